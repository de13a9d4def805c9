package actions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/store"
)

// Versions up to 0.1 kept no state of a call: each action had a line of its own in the
// action log. A call that began on such a version may go on here, and both versions may
// answer its callbacks while the instances are replaced. So for a time after the upgrade
// each action of a call is in the log, too.

// UpgradeTime is how long after the upgrade a call may have begun before it: longer than
// any network keeps a call open, with the time in which all instances are replaced.
const UpgradeTime = 30 * time.Minute

// UpgradedAt says when the database got the states of calls. Until UpgradeTime later,
// actions of calls are looked up and stored in the action log as well.
func (t *Table) UpgradedAt(at time.Time) { t.upgraded = at }

// asBefore runs an action of a call under its ID in the action log, if calls of an
// earlier version may still be open.
func (t *Table) asBefore(ctx context.Context, tx store.Tx, call engine.Call, run func() (engine.Outcome, error)) (engine.Outcome, error) {
	if t.upgraded.IsZero() || call.ID == "" || t.now().After(t.upgraded.Add(UpgradeTime)) {
		return run()
	}
	fp, err := runner.Fingerprint(&call)
	if err != nil {
		return engine.Outcome{}, err
	}
	stored, done, err := tx.Begin(ctx, call.ID, fp)
	switch {
	case errors.Is(err, store.ErrMismatch):
		// The earlier version has asked the caller again, and fenced the action.
		return engine.Outcome{}, engine.ErrFenced
	case err != nil:
		return engine.Outcome{}, err
	case done:
		r, err := parseResult(stored, fp)
		if err != nil {
			return engine.Outcome{}, err
		}
		return r.outcome()
	}
	out, err := run()
	if err != nil {
		return out, err
	}
	b, err := json.Marshal(result{Name: out.Name, Values: out.Values, Fingerprint: fp})
	if err != nil {
		return out, fmt.Errorf("store the result: %w", err)
	}
	return out, tx.Finish(ctx, call.ID, b)
}
