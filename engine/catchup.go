package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// maxReadings bounds how many ways are tried to read stars in an answer that may
// hold some: each may ask the action log. Nobody types eight stars into a name.
const maxReadings = 8

// since cuts what a text has beyond the record into inputs. Mostly it is one,
// whatever it holds. A star may have been typed, or it parts inputs of which the
// store has lost the record, and either may be taken for the other:
//   - where the screen takes text, a star is typed, unless the log has a result
//     of what the inputs would have led to;
//   - where it does not, the star parts inputs if any of them is an answer that
//     its screen takes: the caller has seen the refusals of the others.
func (f *fold) since(ctx context.Context, typed string) ([]string, error) {
	one := []string{typed}
	if !strings.Contains(typed, "*") {
		return one, nil
	}
	if f.guessing {
		return nil, errAsk // only the log can tell
	}
	f.unsure = true
	parts := strings.Split(typed, "*")
	readings := 1
	if f.p.takesText(&f.s) {
		readings = min(len(parts)-1, maxReadings)
	}
	for k := 1; k <= readings; k++ {
		several := append([]string{strings.Join(parts[:k], "*")}, parts[k:]...)
		ok, err := f.leadOn(ctx, several)
		if err != nil {
			return nil, err
		}
		if ok {
			f.fresh, f.recorded = true, !f.doubtful
			return several, nil
		}
	}
	return one, nil
}

// yesActs reports whether the session stands at a consent to which a Yes is all
// that its action needs: no PIN is asked for in between.
func (p *Program) yesActs(s *Session) bool {
	if n := p.nodes[s.Screen]; n == nil || n.Kind != ScreenConfirm {
		return false
	}
	_, eff, err := p.Step(*s, Event{Kind: EventInput, Input: p.def.Nav.Confirm.Key})
	return err == nil && eff.Call != nil && p.writes(eff.Call.Action)
}

// askTwice shows a consent once more that was asked again for want of a record.
// The Yes to it may be an answer to another screen, which the caller has seen: it
// may have been a late copy of an older callback that was answered by asking
// again. Nobody pays by that.
func (f *fold) askTwice(ctx context.Context, typed string, rec *recordHead, save saveFunc) Reply {
	f.inputs = append(f.inputs, typed)
	f.skipped, f.twice = true, true
	return f.finish(ctx, f, f.giveUp(nil, f.settle(ctx)), rec.head(), save)
}

// leadOn reports whether the parts are inputs of their own.
func (f *fold) leadOn(ctx context.Context, parts []string) (bool, error) {
	try := *f
	try.inputs, try.probing = slices.Clip(f.inputs), true
	text, taken := f.p.takesText(&f.s), false
	for i, in := range parts {
		if try.s.Ended {
			break
		}
		last := i == len(parts)-1
		err := try.input(ctx, in, !last)
		switch {
		case errors.Is(err, ErrWithdrawn) && !last:
			// A callback ended here and was answered otherwise.
			return false, fmt.Errorf("%w: %w", errExpired, err)
		case errors.Is(err, ErrWithdrawn), errors.Is(err, errExpired):
			return last && !text, nil
		case err != nil:
			return false, err
		case !try.probing:
			return true, nil
		}
		taken = taken || !try.s.refused
	}
	return taken && !text, nil
}

// settle makes sure of what a callback did not do. Where the inputs led to no
// write, and another reading of them might, the write that they might have led
// to is withdrawn: a twin that knows better, and has not run it by now, never
// will, and asks the caller again as well. If one has run, what the log tells is
// the state.
func (f *fold) settle(ctx context.Context) error {
	if f.tried || !f.unsure && !f.skipped || !f.p.acts {
		return nil
	}
	if f.guessing {
		return errAsk
	}
	ran, err := f.ran(ctx)
	if err != nil || !ran {
		return err
	}
	whole := fold{turn: f.turn, p: f.p, fresh: true}
	if err := whole.whole(ctx, nil); err != nil {
		return err
	}
	if !whole.wrote {
		return fmt.Errorf("%w: it is not seen what the inputs led to", errExpired)
	}
	*f = whole
	return nil
}

// ran reports whether an action has run at the end of the text. If not, none
// will.
func (f *fold) ran(ctx context.Context) (bool, error) {
	call := Call{
		Action: CallWithdraw, ID: f.Identity.Action(&f.req, f.text, 0), StoredOnly: true, Shown: f.standing(),
		Caller: f.req.Caller, Session: f.req.Session, Provider: f.req.Provider, Service: f.req.Service,
	}
	_, err := f.Actions.Do(ctx, call)
	switch {
	case errors.Is(err, ErrWithdrawn), errors.Is(err, ErrNotStored):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("ask whether a twin has acted: %w", err)
	}
	return true, nil
}

// giveUp ends the call where the log could not be asked what the inputs mean, or
// have led to: the caller hears that it may be in progress. That is kept, so that
// every delivery of the callback hears the same.
func (f *fold) giveUp(left []string, err error) error {
	if err == nil || errors.Is(err, errAsk) || errors.Is(err, errExpired) || errors.Is(err, ErrWithdrawn) {
		return err
	}
	f.logFault("the log can't be asked what a callback means", err)
	f.inputs = append(f.inputs, left...)
	f.s.Screen, f.s.Shown, f.s.Ended, f.skipped = statePending, statePending, true, false
	return nil
}

// straight makes sure, between two of several inputs that an older record lacks,
// that no callback ended here which was answered otherwise: what the caller then
// typed would answer another screen.
func (f *fold) straight(ctx context.Context) error {
	if !f.p.acts {
		return nil
	}
	var instead *Withdrawal
	switch err := f.look(ctx, f.sofar()); {
	case errors.As(err, &instead) && instead.Shown != "" && instead.Shown == f.standing():
		// It was asked what it means, and was answered as it is here.
		return nil
	case errors.Is(err, ErrWithdrawn):
		return fmt.Errorf("%w: a callback on the way was answered otherwise", errExpired)
	case err != nil && !errors.Is(err, ErrNotStored):
		return fmt.Errorf("ask whether a callback was answered otherwise: %w", err)
	}
	return nil
}

// standing is an opaque name of the session as it stands; "" where a secret keeps
// it from being named.
func (f *fold) standing() string {
	b, err := f.p.encode(&f.s, recordHead{})
	if err != nil {
		return ""
	}
	return f.Identity.name(headNameSize, "standing", string(b))
}

// look asks what the log has for the first action at the end of a text: nil for
// a result, ErrWithdrawn, ErrNotStored.
func (f *fold) look(ctx context.Context, text string) error {
	_, err := f.Actions.Do(ctx, Call{
		Action: CallWithdrawn, ID: f.Identity.Action(&f.req, text, 0), StoredOnly: true,
		Caller: f.req.Caller, Session: f.req.Session, Provider: f.req.Provider, Service: f.req.Service,
	})
	return err
}

// logged reports whether the log has a result there.
func (f *fold) logged(ctx context.Context, text string) bool { return f.look(ctx, text) == nil }
