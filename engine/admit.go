package engine

import (
	"context"
	"errors"
)

// admitted reports whether a session without a record may begin. A session that
// began and lost its record is asked for again under the same name.
func (t *turn) admitted(ctx context.Context) bool {
	if t.Admit == nil {
		return true
	}
	within := WithTimeout(ctx, admitBudget)
	defer within.End()
	err := t.Admit(within, t.req, t.Identity.session(&t.req))
	if err != nil && !errors.Is(err, ErrLimited) {
		t.logFault("sessions of a caller can't be counted; this one is let in", err)
	}
	return !errors.Is(err, ErrLimited)
}
