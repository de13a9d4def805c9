package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
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
	// told says that the text alone told the state, and no record was asked for.
	told bool
	// recorded says that the first input answers a screen that a record shows
	// to have been seen.
	recorded bool
	// probing says that no consent is proven yet: no write may run, but one
	// that has a stored result is the proof.
	probing bool
	// moves are what happened so far, where somebody watches.
	moves []Move
	// skipped says that inputs are left over behind the screen the session
	// stands on, which the caller may not have seen: a consent, a secret, a list.
	skipped bool
	// doubtful says that a Yes to the consent that the record has may be an answer
	// to another screen.
	doubtful bool
	// twice says that a consent which was asked again is asked once more.
	twice bool
	// trace notes the screens and actions on the way, where it is wanted.
	trace *trace
	// tried says that the last input led to a write, and wrote that its result is
	// known.
	tried, wrote bool
	// day is the day on which the call began, as the first stored result has it.
	day Date
	// unsure says that the inputs may be read otherwise, or may answer another
	// screen than the record has.
	unsure bool
}

// whole folds the whole text from its start.
func (f *fold) whole(ctx context.Context, dropped *Snapshot) error {
	f.s = f.p.Begin(f.req, f.begunOn(ctx))
	var inputs []string
	if f.text != "" {
		f.inputs, inputs = splitText(f.text)
	}
	dial := Event{Kind: EventDial, Start: f.p.StartFor(f.req.Service), Resume: dropped}
	if err := f.event(ctx, dial, len(inputs) > 0); err != nil {
		return err
	}
	return f.take(ctx, inputs)
}

// take folds the inputs, the last of which is what the caller typed now.
func (f *fold) take(ctx context.Context, inputs []string) error {
	for i := 0; i < len(inputs); {
		took := 1
		var err error
		switch {
		case f.s.Ended:
			took = 0
		case f.fresh && f.stops() && !(i == 0 && f.recorded):
			took, err = f.proven(ctx, inputs[i:])
		default:
			if err = f.input(ctx, inputs[i], i < len(inputs)-1); err == nil && f.recorded && i < len(inputs)-1 {
				err = f.straight(ctx)
			}
		}
		if err != nil {
			return err
		}
		if took == 0 {
			// What is left was typed ahead of a screen that must be seen.
			f.inputs = append(f.inputs, inputs[i:]...)
			return nil
		}
		i += took
	}
	return nil
}

// input takes one input. replay says that the caller has typed more since.
func (f *fold) input(ctx context.Context, in string, replay bool) error {
	f.inputs = append(f.inputs, in)
	f.heard = f.p.heard(&f.s, in)
	ev := Event{Kind: EventInput, Input: in}
	if f.p.Repeats(&f.s) {
		ev.Digest = f.Identity.repeat(&f.req, f.s.Screen, strings.TrimSpace(in))
	}
	return f.event(ctx, ev, replay)
}

// proven goes on behind a screen that must be seen as far as a stored result
// shows that it was: the write ran, so the caller had answered here. took is
// how many inputs that were, 0 if nothing shows it. Without it a callback whose
// record is lost would ask for a consent that was given, and do twice what it
// was given for. A write that was withdrawn shows that the screen was asked again
// behind its input.
func (f *fold) proven(ctx context.Context, inputs []string) (took int, err error) {
	f.skipped = true
	try := *f
	try.inputs, try.probing = slices.Clip(f.inputs), true
	for i, in := range inputs {
		if try.s.Ended {
			return 0, nil
		}
		err := try.input(ctx, in, i < len(inputs)-1)
		switch {
		case errors.Is(err, ErrWithdrawn):
			f.inputs = try.inputs
			return i + 1, nil
		case errors.Is(err, errExpired):
			return 0, nil
		case err != nil:
			return 0, err
		case !try.probing:
			*f = try
			f.skipped = false
			return i + 1, nil
		}
	}
	return 0, nil
}

// takesText reports whether the screen asks for text, in which a star is as good
// as any letter.
func (p *Program) takesText(s *Session) bool {
	n := p.nodes[s.Screen]
	if n == nil || n.askSlot < 0 {
		return false
	}
	t := &p.slots[n.askSlot].Type
	return t.Kind == KindText || t.Kind == KindSecret && t.Digits == 0
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
	s, eff, err := f.step(f.s, ev)
	if err != nil {
		return err
	}
	sofar := f.sofar()
	actions, own := 0, 0
	joined := false
	for eff.Call != nil {
		if f.guessing {
			return errAsk
		}
		if actions+own == MaxCalls {
			return fmt.Errorf("%w: one input leads through more than %d actions", ErrLoop, MaxCalls)
		}
		call := *eff.Call
		if f.p.writes(call.Action) {
			call.ID = f.Identity.Action(&f.req, sofar, actions)
			call.Then = f.following(s, sofar, own)
			actions++
		} else {
			call.ID = f.Identity.own(&f.req, sofar, own)
			own++
		}
		call.StoredOnly = f.storedOnly(ev, call.Action, replay)
		if f.p.dated {
			call.Day = Date(s.Values[slotToday].n)
		}
		f.trace.call(&call)
		out, known := Outcome{Name: Done}, true
		if !joined || !follows(call.Action) {
			if out, known, err = f.act(ctx, call); err != nil {
				return err
			}
			joined = out.Joined
		} else {
			f.logAction(ctx, call, out, nil, 0)
		}
		if !replay && f.p.writes(call.Action) {
			f.tried, f.wrote = true, f.wrote || known
		}
		if s, eff, err = f.step(s, Event{Kind: EventOutcome, Outcome: out}); err != nil {
			return err
		}
	}
	f.s = s
	f.trace.screen(&s)
	return nil
}

// storedOnly is Call.StoredOnly of an action in an event. Facts change nothing, so a
// replay reads those stored, or else anew. A deep dial's first callback looks like
// a replay, and what is sent as it begins was not sent yet.
func (f *fold) storedOnly(ev Event, action string, replay bool) bool {
	switch {
	case action == CallFacts:
		return false
	case f.probing:
		return true
	default:
		return replay && !(ev.Kind == EventDial && follows(action))
	}
}

// following is Call.Then of a call in which the session waits for an outcome,
// where own is the place of the next of the engine's own calls.
func (f *fold) following(s Session, sofar string, own int) func(Outcome) []Call {
	p := f.p
	return func(out Outcome) (calls []Call) {
		s, eff, err := p.Step(s, Event{Kind: EventOutcome, Outcome: out})
		for err == nil && eff.Call != nil && follows(eff.Call.Action) && len(calls) < MaxCalls {
			call := *eff.Call
			call.ID = f.Identity.own(&f.req, sofar, own+len(calls))
			calls = append(calls, call)
			s, eff, err = p.Step(s, Event{Kind: EventOutcome, Outcome: Outcome{Name: Done}})
		}
		return calls
	}
}

// follows reports whether it is a call of the engine's own that can follow an
// action within its step.
func follows(action string) bool { return action == CallSMS || action == CallRemember }

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
// known says that it is the one that is stored.
func (f *fold) act(ctx context.Context, call Call) (out Outcome, known bool, err error) {
	began := f.Now()
	out, err = f.Actions.Do(ctx, call)
	known = err == nil || errors.Is(err, ErrLimited)
	own := follows(call.Action)
	if call.StoredOnly && known && !f.p.reads(call.Action) {
		f.probing = false
		if f.day == 0 {
			f.day = out.Day
		}
	}
	switch {
	case err == nil:
	case errors.Is(err, ErrWithdrawn):
		return Outcome{}, false, fmt.Errorf("%s at %s: %w", call.Action, call.Pos, ErrWithdrawn)
	case errors.Is(err, ErrNotStored) && !own:
		return Outcome{}, false, fmt.Errorf("%w: %s at %s", errExpired, call.Action, call.Pos)
	case (call.StoredOnly && !own || f.trace != nil) && !errors.Is(err, ErrLimited):
		// The caller has gone on from a result that can't be looked up now: that
		// is no failure of the action, and no sign that it never ran.
		return Outcome{}, false, fmt.Errorf("replay %s at %s: %w", call.Action, call.Pos, err)
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
	return out, known, nil
}

// reads reports whether an action changes nothing.
func (p *Program) reads(action string) bool {
	for i := range p.def.Contracts {
		if p.def.Contracts[i].Name == action {
			return p.def.Contracts[i].Reads
		}
	}
	return false
}

// writes reports whether it is a menu's action, and one that changes something.
func (p *Program) writes(action string) bool {
	return action != CallFacts && !follows(action) && !p.reads(action)
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
func (f *fold) head() recordHead { return f.headAt(len(f.text)) }

// headAt is the head where the text so far has that many bytes.
func (f *fold) headAt(length int) recordHead {
	lengths := make([]int, len(f.inputs))
	for i, in := range f.inputs {
		lengths[i] = len(in)
	}
	return recordHead{
		V: 1 + length, H: f.Identity.head(&f.req, f.p.hash, f.inputs),
		Owner: f.ownerName(), Inputs: lengths, Again: f.skipped, Twice: f.twice,
	}
}

func (t *turn) ownerName() string {
	if t.owner == "" {
		t.owner = t.Identity.owner(&t.req)
	}
	return t.owner
}

// dropped is the call this caller did not finish, if the menu takes such calls
// up again.
func (t *turn) dropped(ctx context.Context, p *Program) *Snapshot {
	if p.Resume() == 0 {
		return nil
	}
	within := WithTimeout(ctx, SessionBudget)
	defer within.End()
	id, _ := t.latest(within)
	if id == "" || id == t.req.Session {
		return nil
	}
	stored, err := t.Sessions.Load(within, sessionKey(id))
	if err != nil || stored == nil {
		return nil
	}
	rec, err := parseRecord(stored)
	if err != nil || rec.Ended || rec.Resting == nil {
		return nil
	}
	if !t.sameMenu(within, p, rec, id) || !p.canRest(rec.Resting) {
		return nil
	}
	t.offers = id
	return rec.Resting
}

// sameMenu reports whether a session's record is of another version of p. Where
// that version is not known here, it is if the same code was dialled.
func (t *turn) sameMenu(ctx context.Context, p *Program, rec *record, session string) bool {
	if old, err := t.Programs.Find(ctx, rec.Program); err == nil {
		return old.Name() == p.Name()
	}
	then := t.req
	then.Session = session
	return t.Identity.owner(&then) == rec.Owner
}

// latest is the session in which the caller can go on, and the one in which the
// question about a dropped call was asked, "" for none. The inputs of such a
// session mean nothing without its record.
func (t *turn) latest(ctx context.Context) (goesOn, asked string) {
	within := WithTimeout(ctx, SessionBudget)
	defer within.End()
	note, err := t.Sessions.Latest(within, t.Identity.Caller(&t.req))
	if err != nil {
		return "", ""
	}
	goesOn, asked, _ = strings.Cut(note, askedMark)
	return goesOn, asked
}

// askedMark stands between the two sessions of a note, which is opaque to
// Sessions. No gateway's session ID has a line break.
const askedMark = "\n"

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
	if p.Resume() == 0 || s.Screen == stateResume && t.offers == "" {
		return
	}
	within := WithTimeout(ctx, SessionBudget)
	defer within.End()
	note := t.req.Session
	switch {
	case s.Screen == stateResume:
		note = t.offers
	case s.Ended:
		note = ""
	}
	if s.start != "" {
		note += askedMark + t.req.Session
	}
	if err := t.Sessions.SetLatest(within, t.Identity.Caller(&t.req), note, p.Resume()); err != nil {
		t.logFault("resume not noted", err)
	}
}
