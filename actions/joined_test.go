package actions_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/store"
)

// followed makes a registration with two calls that follow it: a message and a
// remembered value.
func followed(id string) engine.Call {
	c := call(id, "create_account", amina, amina)
	c.Then = func(out engine.Outcome) []engine.Call {
		receipt := smsCall(id+" receipt", amina, "You are "+value(out, "worker_id").Text())
		remember := engine.Call{
			ID: id + " remember", Action: engine.CallRemember, Caller: amina, Service: "*384*8481#",
			Remember: []engine.Named{{Name: "lang", Value: engine.ChoiceValue("sw")}},
		}
		return []engine.Call{receipt, remember}
	}
	return c
}

func TestFollowingCallsJoinTheAction(t *testing.T) { onStores(t, joins) }

func joins(t *testing.T, open func(testing.TB, func() time.Time) store.Store) {
	b := withAccounts(t, newBenchOn(t, open), nil)
	first, again := b.mustAct(t, followed("id")), b.mustAct(t, followed("id"))
	if !first.Joined {
		t.Error("the following calls did not join")
	}
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("a repeat (-first +again):\n%s", diff)
	}
	var texts []string
	for _, m := range b.messages(t) {
		if m.ID == "id receipt" {
			texts = append(texts, m.Text)
		}
	}
	if diff := cmp.Diff([]string{"You are " + value(first, "worker_id").Text()}, texts); diff != "" {
		t.Errorf("receipts (-want +got):\n%s", diff)
	}
	if out := b.must(t, facts("later", "lang")); len(out.Values) != 1 {
		t.Errorf("remembered %v", out.Values)
	}
}

// mute is a database that can't store remembered values.
type mute struct{ store.Store }

// Within implements store.Store.
func (m mute) Within(ctx context.Context, fn func(context.Context, store.Tx) error) error {
	return m.Store.Within(ctx, func(ctx context.Context, tx store.Tx) error { return fn(ctx, muteTx{tx}) })
}

type muteTx struct{ store.Tx }

var errMute = errors.New("disk full")

// Remember implements store.Tx.
func (muteTx) Remember(context.Context, string, string, map[string]json.RawMessage) error {
	return errMute
}

func TestFailedFollowingCallUndoesTheAction(t *testing.T) {
	clock := newClock()
	db := openStore(t, clock.Now)
	b := withAccounts(t, &bench{Table: actions.New(mute{db}, clock.Now), store: db, clock: clock}, nil)
	if _, err := b.first(t, followed("id")); !errors.Is(err, errMute) || errors.Is(err, engine.ErrUnknown) {
		t.Fatalf("error %v, want %v", err, errMute)
	}
	if _, err := db.Worker(context.Background(), amina); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the account: %v, want none", err)
	}
	if got := b.messages(t); len(got) != 0 {
		t.Errorf("messages %v", got)
	}
}

// A following call that can't be done at all is left to run, and fail, alone.
func TestImpossibleFollowingCallDoesNotUndoTheAction(t *testing.T) {
	b := withAccounts(t, newBench(t), nil)
	c := call("id", "create_account", amina, amina)
	c.Then = func(engine.Outcome) []engine.Call {
		next := smsCall("next", amina, "text")
		next.Args[0] = engine.Value{}
		return []engine.Call{next}
	}
	if out := b.mustAct(t, c); out.Joined || out.Name != "created" {
		t.Errorf("outcome %+v", out)
	}
}
