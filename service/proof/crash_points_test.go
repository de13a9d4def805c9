package proof_test

import (
	"context"
	"crypto/rand"
	"os"
	"time"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/store"
)

// points lists the places between the receipt of a callback and its reply where
// an instance is killed: before and after everything that reaches outside the
// process.
var points = []string{
	"receipt",   // the callback is read
	"load",      // before the record is loaded
	"loaded",    // after
	"action",    // before the action's transaction
	"locked",    // the row of the call is locked
	"worked",    // the action's rows are written, the row of the call is not
	"finished",  // everything is written, COMMIT is not sent
	"committed", // the transaction is over
	"save",      // before the record is saved
	"saved",     // after
	"reply",     // before the answer is written
	// The record is lost, and the row of the call says where it stands.
	recovering + "locked",
	recovering + "worked",
	recovering + "finished",
	recovering + "committed",
	recovering + "save",
}

// recovering begins the name of a point at which the record was deleted before.
const recovering = "recovering, "

// crashPoint sets the point at which a crashing instance kills itself.
const crashPoint = "PAYTRACE_TEST_CRASH_AT"

// at kills the process when it reaches the point: no deferred function runs,
// and no connection closes properly.
type at string

func (a at) point(label string) {
	if string(a) == label {
		if self, err := os.FindProcess(os.Getpid()); err == nil {
			_ = self.Kill() // SIGKILL
		}
		select {} // it takes a moment
	}
}

// crashing returns a service with the points, and with an action that takes a
// PIN.
func crashing(context.Context) service.Options {
	a := at(os.Getenv(crashPoint))
	return service.Options{Register: registerPay, Decorators: service.Decorators{
		Store:    []func(store.Store) store.Store{func(s store.Store) store.Store { return crashingStore{s, a} }},
		Sessions: []func(runner.Sessions) runner.Sessions{func(s runner.Sessions) runner.Sessions { return crashingSessions{s, a} }},
		Handle: []func(service.Handle) service.Handle{func(h service.Handle) service.Handle {
			return func(ctx context.Context, r engine.Request) engine.Reply {
				a.point("receipt")
				reply := h(ctx, r)
				a.point("reply")
				return reply
			}
		}},
	}}
}

type crashingSessions struct {
	runner.Sessions
	at at
}

// Load implements runner.Sessions.
func (s crashingSessions) Load(ctx context.Context, id string) ([]byte, error) {
	s.at.point("load")
	b, err := s.Sessions.Load(ctx, id)
	s.at.point("loaded")
	return b, err
}

// Save implements runner.Sessions.
func (s crashingSessions) Save(ctx context.Context, id, expect string, next []byte, ttl time.Duration) ([]byte, bool, error) {
	s.at.point("save")
	stored, saved, err := s.Sessions.Save(ctx, id, expect, next, ttl)
	s.at.point("saved")
	return stored, saved, err
}

type crashingStore struct {
	store.Store
	at at
}

// Within implements store.Store.
func (s crashingStore) Within(ctx context.Context, fn func(ctx context.Context, tx store.Tx) error) error {
	s.at.point("action")
	err := s.Store.Within(ctx, func(ctx context.Context, tx store.Tx) error {
		return fn(ctx, crashingTx{tx, s.at})
	})
	s.at.point("committed")
	return err
}

type crashingTx struct {
	store.Tx
	at at
}

// LockCall implements store.Tx.
func (t crashingTx) LockCall(ctx context.Context, id string) (store.CallState, error) {
	state, err := t.Tx.LockCall(ctx, id)
	t.at.point("locked")
	return state, err
}

// SaveCall implements store.Tx.
func (t crashingTx) SaveCall(ctx context.Context, id string, state store.CallState) error {
	t.at.point("worked")
	err := t.Tx.SaveCall(ctx, id, state)
	t.at.point("finished")
	return err
}

type payIn struct {
	Amount engine.Money  `menu:"amount,money 1..100000"`
	PIN    engine.Secret `menu:"pin,pin 8"`
}

type payOut struct {
	Done *struct {
		Ref string `menu:"ref,text 12"`
	}
	WrongPin *struct{}
}

// registerPay adds an action that takes a PIN. A payment is a message with a
// new text in every run, which shows a second run.
func registerPay(t *actions.Table) error {
	spec := actions.Spec{Name: "pay", About: "Pays.", Money: true, Takes: time.Second}
	return actions.Register(t, spec, func(_ context.Context, c actions.Call, in payIn) (actions.Work[payOut], error) {
		return func(ctx context.Context, tx store.Tx) (out payOut, err error) {
			if in.PIN.Reveal() != canaryPIN {
				out.WrongPin = &struct{}{}
				return out, nil
			}
			out.Done = &struct {
				Ref string `menu:"ref,text 12"`
			}{rand.Text()[:12]}
			return out, tx.AddMessage(ctx, store.Message{
				ID: c.ID + out.Done.Ref, To: c.Caller, Text: "Paid, ref " + out.Done.Ref, Status: "logged", CreatedAt: c.Now,
			})
		}, nil
	})
}
