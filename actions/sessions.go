package actions

import (
	"context"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/store"
)

// sessionsCall is what the action log calls the beginning of a session; no
// action can have this name.
const sessionsCall = "(session)"

// Admit counts the sessions that callers begin, for engine.Runner.Admit: each is
// counted once, with its first callback, and those above most in a minute are
// refused with engine.ErrLimited, their repeats too. Minutes are those of the
// clock.
func (t *Table) Admit(most int) func(ctx context.Context, req engine.Request, id string) error {
	return func(ctx context.Context, req engine.Request, id string) error {
		fp, err := fingerprint(engine.Call{Action: sessionsCall})
		if err != nil {
			return err
		}
		_, err = t.once(ctx, id, fp, func(ctx context.Context, tx store.Tx) (result, error) {
			n, err := tx.Count(ctx, "session", req.Caller, time.Minute, t.now())
			if err == nil && n > most {
				err = engine.ErrLimited
			}
			return result{Name: engine.Done}, err
		})
		return err
	}
}
