package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// fold takes inputs into a session, running the actions on the way.
type fold struct {
	*turn
	p *Program
	s Session
	// inputs are those taken so far.
	inputs []string
	// fresh says that the session has no record: the inputs are a deep dial or
	// a replay, and nothing in them is a consent.
	fresh bool
}

// take folds the inputs, the last of which is what the caller typed now.
func (f *fold) take(ctx context.Context, inputs []string) error {
	for i, in := range inputs {
		if f.s.Ended || f.fresh && f.stops() {
			// What is left was typed ahead of a screen that must be seen.
			f.inputs = append(f.inputs, inputs[i:]...)
			return nil
		}
		f.inputs = append(f.inputs, in)
		ev := Event{Kind: EventInput, Input: in}
		if f.p.Repeats(&f.s) {
			ev.Digest = f.Identity.repeat(&f.req, f.s.Screen, in)
		}
		if err := f.event(ctx, ev, i < len(inputs)-1); err != nil {
			return err
		}
	}
	return nil
}

// stops reports whether a deep dial or a replay must show the screen the
// session stands on: a consent, a secret, or a list that was read again and
// may have other rows.
func (f *fold) stops() bool {
	n := f.p.nodes[f.s.Screen]
	switch {
	case n == nil:
		return true
	case n.Kind == ScreenConfirm, n.Kind == ScreenList:
		return true
	case n.askSlot >= 0:
		return f.p.slots[n.askSlot].Type.Kind == KindSecret
	default:
		return false
	}
}

// event is one step and the calls it asks for. replay says that the caller has
// typed more since: then only what is stored counts as done.
func (f *fold) event(ctx context.Context, ev Event, replay bool) error {
	s, eff, err := f.p.Step(f.s, ev)
	if err != nil {
		return err
	}
	sofar := f.sofar()
	for place := 0; eff.Call != nil; place++ {
		if place == MaxCalls {
			return fmt.Errorf("%w: one input leads through more than %d actions", ErrLoop, MaxCalls)
		}
		call := *eff.Call
		call.ID = f.Identity.Action(&f.req, sofar, place)
		// Facts change nothing, so a replay reads those stored, or else anew. A
		// deep dial's first callback looks like a replay and has none yet.
		call.StoredOnly = replay && call.Action != CallFacts
		out, err := f.act(ctx, call)
		if err != nil {
			return err
		}
		if s, eff, err = f.p.Step(s, Event{Kind: EventOutcome, Outcome: out}); err != nil {
			return err
		}
	}
	f.s = s
	return nil
}

// sofar is the text up to the last input taken.
func (f *fold) sofar() string {
	n := 0
	for i, in := range f.inputs {
		if i > 0 {
			n++
		}
		n += len(in)
	}
	return f.text[:n]
}

// act runs one call and turns what went wrong into an outcome the menu knows.
func (f *fold) act(ctx context.Context, call Call) (Outcome, error) {
	began := f.Now()
	out, err := f.Actions.Do(ctx, call)
	own := call.Action == CallSMS || call.Action == CallRemember
	switch {
	case err == nil:
	case errors.Is(err, ErrNotStored) && !own:
		return Outcome{}, fmt.Errorf("%w: %s at %s", errExpired, call.Action, call.Pos)
	case own:
		// The call goes on; what was to be kept or sent is in the log below.
		out = Outcome{Name: Done}
	case errors.Is(err, ErrLimited):
		out = Outcome{Name: outcomeLimited}
	case errors.Is(err, ErrUnknown):
		out = Outcome{Name: Pending}
	default:
		out = Outcome{Name: Failed}
	}
	f.logAction(ctx, call, out, err, f.Now().Sub(began))
	return out, nil
}

func (f *fold) logAction(ctx context.Context, call Call, out Outcome, err error, took time.Duration) {
	if f.Log == nil {
		return
	}
	level, attrs := slog.LevelInfo, []slog.Attr{
		slog.String("session", call.Session), slog.String("action", call.Action),
		slog.String("at", call.Pos.String()), slog.String("outcome", out.Name), slog.Float64("took_ms", float64(took.Microseconds())/1000),
	}
	if err != nil {
		level = slog.LevelError
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	f.Log.LogAttrs(ctx, level, "action", attrs...)
}

// head is the head of the record after this fold.
func (f *fold) head() record {
	lengths := make([]int, len(f.inputs))
	for i, in := range f.inputs {
		lengths[i] = len(in)
	}
	return record{
		V: 1 + len(f.text), H: f.Identity.head(&f.req, f.p.hash, f.inputs),
		Owner: f.Identity.owner(&f.req), Inputs: lengths,
	}
}

// dropped is the call this caller did not finish, if the menu takes such calls
// up again.
func (t *turn) dropped(ctx context.Context, p *Program) *Snapshot {
	if p.Resume() == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, SessionBudget)
	defer cancel()
	id, err := t.Sessions.Latest(ctx, t.Identity.Caller(&t.req))
	if err != nil || id == "" || id == t.req.Session {
		return nil
	}
	stored, err := t.Sessions.Load(ctx, sessionKey(id))
	if err != nil || stored == nil {
		return nil
	}
	rec, err := parseRecord(stored)
	if err != nil || rec.Ended || rec.Resting == nil {
		return nil
	}
	if old, ok := t.Programs.ByHash(rec.Program); !ok || old.Name() != p.Name() || !p.canRest(rec.Resting) {
		return nil
	}
	return rec.Resting
}

// canRest reports whether a dropped call can be taken up on this version, at a
// place worth asking about: not the first screen.
func (p *Program) canRest(snap *Snapshot) bool {
	name := snap.Screen
	if to, ok := p.def.Renamed[name]; ok && p.nodes[name] == nil {
		name = to
	}
	n := p.nodes[name]
	if n == nil || n.Kind.Silent() || n.Kind == ScreenEnd {
		return false
	}
	for _, c := range p.def.Codes {
		if c.Start == name {
			return false
		}
	}
	return name != p.def.Nav.HomeScreen
}

// noteCaller says where the caller can go on after a drop: here, or nowhere
// once the call has ended.
func (t *turn) noteCaller(ctx context.Context, p *Program, s *Session) {
	if p.Resume() == 0 || s.Screen == stateResume {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, SessionBudget)
	defer cancel()
	id := t.req.Session
	if s.Ended {
		id = ""
	}
	if err := t.Sessions.SetLatest(ctx, t.Identity.Caller(&t.req), id, p.Resume()); err != nil {
		t.logFault("resume not noted", err)
	}
}
