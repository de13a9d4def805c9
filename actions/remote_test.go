package actions_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/memory"
)

// buy is an action that a backend answers.
func buy() engine.Contract {
	text := func(n int) engine.Type { return engine.Type{Kind: engine.KindText, Width: n} }
	return engine.Contract{
		Name: "buy", Takes: 2 * time.Second,
		Params: []engine.Field{
			{Name: "what", Type: text(10)},
			{Name: "pin", Type: engine.Type{Kind: engine.KindSecret, Digits: 4, Width: 4}},
		},
		Outcomes: []engine.OutcomeContract{{Name: "bought", Gives: []engine.Field{{Name: "ref", Type: text(8)}}}, {Name: "wrong_pin"}},
	}
}

var bought = engine.Outcome{Name: "bought", Values: []engine.Named{{Name: "ref", Value: engine.TextValue("R-1")}}}

// errLost is what a client returns if the backend may have acted.
var errLost = fmt.Errorf("%w: no answer in time", engine.ErrUnknown)

// remote is a backend whose answers a test writes.
type remote struct {
	mu    sync.Mutex
	asked []actions.Question
	// answer gives the n-th answer, from 0.
	answer func(n int, q actions.Question) (engine.Outcome, error)
}

func (r *remote) ask(_ context.Context, q actions.Question) (engine.Outcome, error) {
	r.mu.Lock()
	n := len(r.asked)
	r.asked = append(r.asked, q)
	r.mu.Unlock()
	if r.answer == nil {
		return bought, nil
	}
	return r.answer(n, q)
}

func withRemote(t testing.TB, b *bench, answer func(int, actions.Question) (engine.Outcome, error)) *remote {
	t.Helper()
	r := &remote{answer: answer}
	if err := b.RegisterRemote(buy(), r.ask); err != nil {
		t.Fatal(err)
	}
	return r
}

func buyCall(id string) engine.Call {
	return engine.Call{
		ID: id, Action: "buy", Caller: amina, Service: "*384*1#", Lang: "sw", Session: "s",
		Args: []engine.Value{engine.TextValue("maize"), engine.SecretValue("4821")},
	}
}

// askJobs returns the jobs of actions that were asked, by their IDs.
func askJobs(t testing.TB, b *bench, ids ...string) map[string]store.Job {
	t.Helper()
	var mu sync.Mutex
	found := map[string]store.Job{}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	err := b.store.Work(ctx, map[string]store.JobHandler{actions.JobAsk: func(_ context.Context, j store.Job, _ int) error {
		mu.Lock()
		defer mu.Unlock()
		if found[j.Key] = j; len(found) == len(ids) {
			stop()
		}
		return store.Snooze(time.Hour)
	}}, time.Second)
	for _, id := range ids {
		if err != nil || found[id].Key == "" {
			t.Fatalf("no job asks again for %s: %v", id, err)
		}
	}
	return found
}

func askJob(t testing.TB, b *bench, id string) store.Job { t.Helper(); return askJobs(t, b, id)[id] }

func TestRemoteIsAskedOnce(t *testing.T) {
	onStores(t, func(t *testing.T, open func(testing.TB, func() time.Time) store.Store) {
		b := newBenchOn(t, open)
		r := withRemote(t, b, nil)
		for _, out := range atOnceAct(t, b, 4, buyCall("one")) {
			if out.Name != "bought" || out.Values[0].Value.Text() != "R-1" {
				t.Errorf("%v", out)
			}
		}
		if len(r.asked) != 1 || r.asked[0].Again || r.asked[0].Call.Args[1].Reveal() != "4821" {
			t.Errorf("asked %d times: %+v", len(r.asked), r.asked)
		}
		job := askJob(t, b, "one")
		b.clock.Pass(time.Minute)
		if err := b.AskAgain(context.Background(), job, 1); err != nil || len(r.asked) != 1 {
			t.Errorf("the job: %v, asked %d times", err, len(r.asked))
		}
	})
}

// atOnceAct runs one action from several deliveries at once.
func atOnceAct(t testing.TB, b *bench, n int, c engine.Call) []engine.Outcome {
	t.Helper()
	outs := make([]engine.Outcome, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { outs[i] = b.mustAct(t, c) })
	}
	all.Wait()
	return outs
}

// A delivery whose instance was killed while it asked is not awaited for longer than it
// could have lasted: repeats tell the caller that the outcome is pending, at once.
func TestRemoteOfAKilledInstance(t *testing.T) {
	b := newBench(t)
	r := withRemote(t, b, nil)
	c := buyCall("one")
	at, err := runner.FirstPlace(runner.RowKey{Name: c.ID}, &c)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Update(t.Context(), runner.RowKey{Name: c.ID}, c.Caller, func(row *runner.Row) error {
		_, _, err := at.Ask(row, "killed", b.clock.Now())
		return err
	}); err != nil {
		t.Fatal(err)
	}
	b.PauseWith(func(context.Context, time.Duration) bool {
		t.Error("a repeat waits for a delivery that has ended")
		return false
	})
	b.clock.Pass(actions.Budget)
	if out := b.mustAct(t, c); out.Name != engine.Pending || len(r.asked) != 0 {
		t.Errorf("%v, asked %d times", out, len(r.asked))
	}
}

// A request that surely did nothing has failed, and is over.
func TestRemoteThatFails(t *testing.T) {
	b := newBench(t)
	r := withRemote(t, b, func(int, actions.Question) (engine.Outcome, error) {
		return engine.Outcome{}, errors.New("connection refused")
	})
	for range 2 {
		if out := b.mustAct(t, buyCall("one")); out.Name != engine.Failed {
			t.Errorf("%v", out)
		}
	}
	b.clock.Pass(time.Minute)
	if err := b.AskAgain(context.Background(), askJob(t, b, "one"), 1); err != nil || len(r.asked) != 1 {
		t.Errorf("%v, asked %d times", err, len(r.asked))
	}
}

// An unknown outcome is pending. The job asks under the same ID, without the secret,
// until there is one; nothing that it stores has the secret.
func TestRemoteIsAskedAgain(t *testing.T) {
	b := newBench(t)
	r := withRemote(t, b, func(n int, _ actions.Question) (engine.Outcome, error) {
		switch n {
		case 0, 1:
			return engine.Outcome{}, errLost
		case 2:
			return engine.Outcome{Name: engine.Pending}, nil
		}
		return bought, nil
	})
	for range 2 {
		if out := b.mustAct(t, buyCall("one")); out.Name != engine.Pending {
			t.Errorf("%v", out)
		}
	}
	job := askJob(t, b, "one")
	if strings.Contains(string(job.Args), "4821") {
		t.Errorf("the job has the PIN: %s", job.Args)
	}
	if pause, ok := store.SnoozeOf(b.AskAgain(context.Background(), job, 1)); !ok || pause <= 0 || len(r.asked) != 1 {
		t.Errorf("the job asks while the delivery may run: %v, asked %d times", pause, len(r.asked))
	}
	b.clock.Pass(time.Minute)
	for range 2 {
		if err := b.AskAgain(context.Background(), job, 1); err == nil {
			t.Error("an outcome that is still unknown ends the job")
		}
	}
	for range 2 {
		if err := b.AskAgain(context.Background(), job, 1); err != nil {
			t.Error(err)
		}
	}
	if len(r.asked) != 4 {
		t.Errorf("asked %d times", len(r.asked))
	}
	for i, q := range r.asked {
		if again := i > 0; q.Again != again || q.Call.ID != "one" || again && q.Call.Args[1].IsSet() || q.Call.Args[0].Text() != "maize" || q.Call.Caller != amina {
			t.Errorf("request %d: %+v", i, q)
		}
	}
	sent, err := b.store.Messages(context.Background(), 10)
	if err != nil || len(sent) != 1 || sent[0].To != amina || sent[0].Text != "Ombi lako sasa lina jibu. Ili kuliona, piga *384*1#" {
		t.Errorf("the late outcome is told by %+v, %v", sent, err)
	}
	stored, err := b.store.Result(context.Background(), "one")
	if err != nil || !strings.Contains(string(stored), "R-1") {
		t.Errorf("the outcome is not stored: %s, %v", stored, err)
	}
	// Callers were told that it is pending, and a repeat of the callback says the same.
	if out := b.mustAct(t, buyCall("one")); out.Name != engine.Pending {
		t.Errorf("%v", out)
	}
}

// The instance that asked dies. Another delivery waits, says that it is pending, and asks
// nothing: the job does.
func TestRemoteWhoseInstanceDies(t *testing.T) {
	b := newBench(t)
	b.PauseWith(func(context.Context, time.Duration) bool { return false })
	withRemote(t, b, func(int, actions.Question) (engine.Outcome, error) { panic("the instance dies") })
	func() {
		defer func() { _ = recover() }()
		_, _ = b.first(t, buyCall("one"))
	}()
	if out := b.mustAct(t, buyCall("one")); out.Name != engine.Pending {
		t.Errorf("%v", out)
	}
	askJob(t, b, "one")
}

// A late outcome that nothing happened is told as such; one that is told in time, not at
// all.
func TestLateFailureIsTold(t *testing.T) {
	b := newBench(t)
	withRemote(t, b, func(n int, q actions.Question) (engine.Outcome, error) {
		if q.Call.ID == "two" {
			return bought, nil
		}
		if q.Again {
			return engine.Outcome{Name: engine.Failed}, nil
		}
		return engine.Outcome{}, errLost
	})
	b.mustAct(t, buyCall("one"))
	b.mustAct(t, buyCall("two"))
	jobs := askJobs(t, b, "one", "two")
	b.clock.Pass(time.Minute)
	for _, job := range []store.Job{jobs["one"], jobs["two"], jobs["one"]} {
		if err := b.AskAgain(context.Background(), job, 1); err != nil {
			t.Error(err)
		}
	}
	sent, err := b.store.Messages(context.Background(), 10)
	if err != nil || len(sent) != 1 || sent[0].Text != "Ombi lako halikufanyika. Ili kujaribu tena, piga *384*1#" {
		t.Errorf("%+v, %v", sent, err)
	}
}

// A job whose action is gone waits for a person and says why.
func TestRemoteThatIsGone(t *testing.T) {
	b := newBench(t)
	args, err := json.Marshal(map[string]any{"action": "sell", "at": b.clock.Now().Add(-time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	err = b.AskAgain(context.Background(), store.Job{Kind: actions.JobAsk, Key: "x", Args: args}, 1)
	if err == nil || !strings.Contains(err.Error(), "no backend answers the action sell any more") {
		t.Error(err)
	}
}

const buyMenu = `ussd: 1
service: Shop
dial: "*384*1#"
start: first
on_failed: sorry
on_pending: wait
vars:
  what: text 10
  pin: pin 4
screens:
  first: {say: "What?", ask: what -> secret}
  secret:
    say: "PIN?"
    ask: pin -> buy(what, pin)
    when: {bought: done, wrong_pin: retry Wrong PIN.}
  done: {end: "Bought. Ref {ref}."}
  sorry: {end: Nothing was bought.}
  wait: {end: It takes a while.}
`

// A call whose record is lost while a backend is asked is told that the outcome is
// pending, and so is the delivery that asked: it never says something else. The control
// does not store that the backend is asked.
func TestRecoveryWhileABackendIsAsked(t *testing.T) {
	for _, control := range []bool{false, true} {
		b := newBench(t)
		var asked atomic.Int32
		var instances [2]*runner.Runner
		var lost engine.Reply
		r := withRemote(t, b, func(n int, q actions.Question) (engine.Outcome, error) {
			if asked.Add(1) == 1 {
				lost = instances[1].Handle(t.Context(), callback("s", "maize*4821"))
			}
			return bought, nil
		})
		p, found := loadMenu(b, buyMenu)
		if p == nil {
			t.Fatal(found)
		}
		for i := range instances {
			instances[i] = runnerOf(t, b, p)
			instances[i].Sessions = memory.NewSessions(b.clock.Now)
		}
		if control {
			instances[0].Actions = forgetful{b.Table, r}
		}
		for _, typed := range []string{"", "maize"} {
			instances[0].Handle(t.Context(), callback("s", typed))
		}
		told := instances[0].Handle(t.Context(), callback("s", "maize*4821"))
		if told.Fault != nil {
			t.Error(told.Fault)
		}
		same := told.Text == lost.Text && told.Text == "It takes a while."
		if same == control {
			t.Errorf("control %v: told %q and %q", control, told.Text, lost.Text)
		}
		if control {
			continue
		}
		if len(r.asked) != 1 {
			t.Errorf("asked %d times", len(r.asked))
		}
		b.clock.Pass(time.Minute)
		id := r.asked[0].Call.ID
		if err := b.AskAgain(context.Background(), askJob(t, b, id), 1); err != nil || len(r.asked) != 2 {
			t.Errorf("the job: %v, asked %d times", err, len(r.asked))
		}
	}
}

// forgetful asks a backend and stores nothing before it does.
type forgetful struct {
	*actions.Table
	remote *remote
}

func (f forgetful) Act(ctx context.Context, call engine.Call, at *runner.Place) (engine.Outcome, error) {
	out, err := f.remote.ask(ctx, actions.Question{Call: call})
	if err != nil {
		return out, err
	}
	err = f.Update(ctx, at.Key, call.Caller, func(row *runner.Row) error {
		_, err := at.Visit(row, func() (engine.Outcome, error) { return out, nil })
		return err
	})
	return out, err
}

// A late outcome is told in the words of the menu, if it has any, once.
func TestLateWordsOfTheMenu(t *testing.T) {
	b := newBench(t)
	withRemote(t, b, func(_ int, q actions.Question) (engine.Outcome, error) {
		if q.Again {
			return bought, nil
		}
		return engine.Outcome{}, errLost
	})
	call := buyCall("one")
	call.Late = &engine.Late{
		Lang: "sw", Languages: []engine.Language{{Code: "en", Name: "English"}, {Code: "sw", Name: "Kiswahili"}},
		Texts: []engine.LateText{{Outcome: "bought", Words: engine.Localized{
			{{Lit: "Bought: "}, {Ref: engine.Ref{Name: "ref"}}}, {{Lit: "Umenunua: "}, {Ref: engine.Ref{Name: "ref"}}},
		}}},
		Vars: []engine.Var{{Name: "ref", Type: engine.Type{Kind: engine.KindText, Width: 8}}},
	}
	if out := b.mustAct(t, call); out.Name != engine.Pending {
		t.Fatalf("%v", out)
	}
	job := askJob(t, b, "one")
	b.clock.Pass(time.Minute)
	for range 2 {
		if err := b.AskAgain(context.Background(), job, 1); err != nil {
			t.Error(err)
		}
	}
	sent, err := b.store.Messages(context.Background(), 10)
	if err != nil || len(sent) != 1 || sent[0].Text != "Umenunua: R-1" {
		t.Errorf("%+v, %v", sent, err)
	}
}
