package actions_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
)

const tooMany = "You have reached the limit. Please try again later."

// Admit limits the sessions a caller starts in a minute. Repeats and further
// inputs of a session do not count, a refused session stays refused, other
// callers are not affected, and the next minute counts from 0. This holds with
// and without runner.Recent, and with all records lost.
func TestSessionsOfACaller(t *testing.T) {
	for name, recent := range map[string]*runner.Recent{"loading": nil, "ahead": runner.NewRecent(8)} {
		t.Run(name, func(t *testing.T) {
			b := withAccounts(t, newBench(t), nil)
			at := slices.IndexFunc(b.Contracts(), func(c engine.Contract) bool { return c.Name == "lookup_worker" })
			def := menuOf(b.Contracts()[at], "worker_id")
			instance := func() *runner.Runner {
				r := runnerFor(t, b, def)
				r.Recent, r.Admit = recent, b.Admit(2)
				return r
			}
			r := instance()
			refused := func(session, typed string) bool {
				t.Helper()
				reply := r.Handle(context.Background(), callback(session, typed))
				if limited := reply.Text == tooMany; limited != (reply.Screen == "(limited)") || limited && (!reply.End || reply.Fault != nil) {
					t.Errorf("session %s text %q: %+v", session, typed, reply)
				}
				return reply.Screen == "(limited)"
			}
			for _, step := range []struct {
				session, typed string
				refused        bool
			}{
				{"a", "", false},
				{"a", "", false}, // a repeat
				{"a", "0", false},
				{"b", "", false},
				{"c", "", true},
				{"c", "", true},
				{"c", "0", true}, // typed after the refusal
				{"d", "0", true}, // a deep dial
				{"a", "0*0", false},
				{"b", "0", false},
			} {
				if got := refused(step.session, step.typed); got != step.refused {
					t.Errorf("session %s text %q: refused %t, want %t", step.session, step.typed, got, step.refused)
				}
			}
			other := callback("e", "")
			other.Caller = brian
			if reply := r.Handle(context.Background(), other); reply.Screen == "(limited)" {
				t.Error("another caller is refused")
			}
			r = instance()
			r.Recent = nil // another instance, without the records
			if refused("a", "0") || !refused("c", "") {
				t.Error("without its record a session is counted again, or a refused one is admitted")
			}
			b.clock.Pass(time.Minute)
			if refused("f", "") {
				t.Error("the next minute does not count from 0")
			}
			if !refused("c", "") {
				t.Error("a late repeat admitted a refused session")
			}
			r.Admit = nil
			for _, session := range []string{"g", "h", "i"} {
				if refused(session, "") {
					t.Error("refused without a limit")
				}
			}
		})
	}
}

// Sessions are admitted when the database can't count them.
func TestSessionsAreAdmittedUncounted(t *testing.T) {
	b := withAccounts(t, newBench(t), nil)
	at := slices.IndexFunc(b.Contracts(), func(c engine.Contract) bool { return c.Name == "lookup_worker" })
	r := runnerFor(t, b, menuOf(b.Contracts()[at], "worker_id"))
	asked := 0
	r.Admit = func(ctx context.Context, _ engine.Request, id string) error {
		asked++
		if _, ends := ctx.Deadline(); !ends || id == "" {
			t.Errorf("asked with id %q, ends %t", id, ends)
		}
		return errors.New("no database")
	}
	for i, typed := range []string{"", "", "0"} {
		if reply := r.Handle(context.Background(), callback("a", typed)); reply.Fault != nil || reply.Screen == "(limited)" {
			t.Errorf("callback %d: %+v", i, reply)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times for one session", asked)
	}
}
