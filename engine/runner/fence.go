package runner

import (
	"context"
	"errors"
	"fmt"

	"github.com/paytrace/paytrace/engine"
)

// ran reports whether an action has run at the end of the text. If none has, it
// fences it: none will.
func (f *replay) ran(ctx context.Context) (bool, error) {
	call := f.callAt(engine.CallFence, f.text)
	call.Shown = f.standing()
	_, err := f.Actions.Do(ctx, call)
	switch {
	case errors.Is(err, engine.ErrFenced), errors.Is(err, engine.ErrNotStored):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("ask whether a duplicate has acted: %w", err)
	}
	return true, nil
}

// straight makes sure, between two of several inputs that an older record lacks,
// that no callback ended here with another answer. Otherwise the caller's next
// input answered another screen.
func (f *replay) straight(ctx context.Context) error {
	if !f.p.Acts() {
		return nil
	}
	var fenced *engine.Fenced
	switch err := f.look(ctx, f.sofar()); {
	case errors.As(err, &fenced) && fenced.Shown != "" && fenced.Shown == f.standing():
		// That callback was fenced and showed the same screen as here.
		return nil
	case errors.Is(err, engine.ErrFenced):
		return fmt.Errorf("%w: an earlier callback got another answer", errExpired)
	case err != nil && !errors.Is(err, engine.ErrNotStored):
		return fmt.Errorf("ask whether a callback got another answer: %w", err)
	}
	return nil
}

// standing returns an opaque name of the session's state, or "" if a secret
// prevents one.
func (f *replay) standing() string {
	b, err := f.p.Encode(&f.s, engine.RecordHead{})
	if err != nil {
		return ""
	}
	return f.Identity.name(headNameSize, "standing", string(b))
}

// look returns what the log has for the first action at the end of a text: nil
// for a result, ErrFenced or ErrNotStored.
func (f *replay) look(ctx context.Context, text string) error {
	_, err := f.Actions.Do(ctx, f.callAt(engine.CallFenced, text))
	return err
}

// logged reports whether the log has a result there.
func (f *replay) logged(ctx context.Context, text string) bool { return f.look(ctx, text) == nil }

// callAt returns a call about the first action at the end of a text.
func (f *replay) callAt(action, text string) engine.Call {
	return engine.Call{
		Action: action, ID: f.Identity.Action(&f.req, text, 0), StoredOnly: true,
		Caller: f.req.Caller, Session: f.req.Session, Provider: f.req.Provider, Service: f.req.Service,
	}
}
