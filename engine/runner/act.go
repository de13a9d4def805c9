package runner

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/paytrace/paytrace/engine"
)

// event takes one step and runs the actions it asks for. again says that the
// caller has typed more since; then only stored results count as done.
func (f *replay) event(ctx context.Context, ev engine.Event, again bool) error {
	s, eff, err := f.step(f.s, ev)
	if err != nil {
		return err
	}
	sofar := f.sofar()
	actions, own := 0, 0
	joined := false
	for eff.Call != nil {
		if f.speculating {
			return errNeedRecord
		}
		if actions+own == MaxCalls {
			return fmt.Errorf("%w: one input leads through more than %d actions", engine.ErrLoop, MaxCalls)
		}
		call := *eff.Call
		if f.p.Writes(call.Action) {
			call.ID = f.Identity.Action(&f.req, sofar, actions)
			call.Then = f.following(s, sofar, own)
			actions++
		} else {
			call.ID = f.Identity.own(&f.req, sofar, own)
			own++
		}
		call.StoredOnly = f.storedOnly(ev, call.Action, again)
		if f.p.Dated() {
			call.Day = s.Day()
		}
		f.reading.call(&call)
		out, known := engine.Outcome{Name: engine.Done}, true
		if !joined || !engine.IsFollowUp(call.Action) {
			if out, known, err = f.act(ctx, call); err != nil {
				return err
			}
			joined = out.Joined
		} else {
			f.logAction(ctx, call, out, nil, 0)
		}
		if !again && f.p.Writes(call.Action) {
			f.tried, f.wrote = true, f.wrote || known
		}
		if s, eff, err = f.step(s, engine.Event{Kind: engine.EventOutcome, Outcome: out}); err != nil {
			return err
		}
	}
	f.s = s
	f.reading.screen(&s)
	return nil
}

// step takes one step. It keeps the moves until the replay is final, because
// some replays are only tried.
func (f *replay) step(s engine.Session, ev engine.Event) (engine.Session, engine.Effect, error) {
	if f.Watch == nil {
		return f.p.Step(s, ev)
	}
	next, eff, moves, err := f.p.Trace(s, ev)
	f.moves = append(slices.Clip(f.moves), moves...)
	return next, eff, err
}

// storedOnly returns Call.StoredOnly for an action. Facts change nothing, so a
// replay reads the stored ones or reads again. The first callback of a deep dial
// looks like a replay, but what is sent as a call begins was not sent yet.
func (f *replay) storedOnly(ev engine.Event, action string, again bool) bool {
	switch {
	case action == engine.CallFacts:
		return false
	case f.probing:
		return true
	default:
		return again && !(ev.Kind == engine.EventDial && engine.IsFollowUp(action))
	}
}

// following returns Call.Then for a session that waits for an outcome. own is the
// place of the engine's next own call.
func (f *replay) following(s engine.Session, sofar string, own int) func(engine.Outcome) []engine.Call {
	p := f.p
	return func(out engine.Outcome) (calls []engine.Call) {
		s, eff, err := p.Step(s, engine.Event{Kind: engine.EventOutcome, Outcome: out})
		for err == nil && eff.Call != nil && engine.IsFollowUp(eff.Call.Action) && len(calls) < MaxCalls {
			call := *eff.Call
			call.ID = f.Identity.own(&f.req, sofar, own+len(calls))
			calls = append(calls, call)
			s, eff, err = p.Step(s, engine.Event{Kind: engine.EventOutcome, Outcome: engine.Outcome{Name: engine.Done}})
		}
		return calls
	}
}

// sofar returns the text up to the last input taken.
func (f *replay) sofar() string {
	n := 0
	for i, in := range f.inputs {
		if i > 0 {
			n++
		}
		n += len(in)
	}
	return f.text[:n]
}

// act runs one call and turns an error into an outcome that the menu knows.
// known reports whether the log holds that outcome.
func (f *replay) act(ctx context.Context, call engine.Call) (out engine.Outcome, known bool, err error) {
	began := f.Now()
	out, err = f.Actions.Do(ctx, call)
	known = err == nil || errors.Is(err, engine.ErrLimited)
	followUp := engine.IsFollowUp(call.Action)
	if call.StoredOnly && known && !f.p.Reads(call.Action) {
		f.probing = false
		if f.day == 0 {
			f.day = out.Day
		}
	}
	switch {
	case err == nil:
	case errors.Is(err, engine.ErrFenced):
		return engine.Outcome{}, false, fmt.Errorf("%s at %s: %w", call.Action, call.Pos, engine.ErrFenced)
	case errors.Is(err, engine.ErrNotStored) && !followUp:
		return engine.Outcome{}, false, fmt.Errorf("%w: %s at %s", errExpired, call.Action, call.Pos)
	case (call.StoredOnly && !followUp || f.reading != nil) && !errors.Is(err, engine.ErrLimited):
		// The caller went on from a result that can't be read now. The action did
		// not fail, and nothing says that it never ran.
		return engine.Outcome{}, false, fmt.Errorf("replay %s at %s: %w", call.Action, call.Pos, err)
	case followUp:
		// The call goes on; the log line below has what was lost.
		out = engine.Outcome{Name: engine.Done}
	case errors.Is(err, engine.ErrLimited):
		out = engine.Outcome{Name: engine.Limited}
	case errors.Is(err, engine.ErrUnknown) && !f.p.Reads(call.Action):
		// A late look-up has failed: nothing is in progress, and no news will come.
		out = engine.Outcome{Name: engine.Pending}
	default:
		out = engine.Outcome{Name: engine.Failed}
	}
	f.logAction(ctx, call, out, err, f.Now().Sub(began))
	return out, known, nil
}

func (f *replay) logAction(ctx context.Context, call engine.Call, out engine.Outcome, err error, took time.Duration) {
	if f.Log == nil {
		return
	}
	level, attrs := slog.LevelInfo, []slog.Attr{
		slog.String("session", engine.ShownSession(call.Session, f.req.Caller)), slog.String("action", call.Action),
		slog.String("at", call.Pos.String()), slog.String("outcome", out.Name), slog.Float64("took_ms", float64(took.Microseconds())/1000),
	}
	if err != nil {
		level = slog.LevelError
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	f.Log.LogAttrs(ctx, level, "action", attrs...)
}
