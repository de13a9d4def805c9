package runner

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"github.com/paytrace/paytrace/engine"
)

// A doing is one step in progress: the actions that it has run. With an uncertain
// outcome the call ends.
type doing struct {
	p   *engine.Program
	day engine.Date
	// known has the results of the first actions, from the row.
	known []Result
	// place is where the actions run. Without a key none may run: errAct.
	place Place
	// epoch is that of the session so far.
	epoch int

	// unseen says that the step may follow answers to other screens. What is to be
	// remembered is then left for a later step.
	unseen bool

	reads []engine.Outcome // since the last action
	n     int              // actions that are logged
	// acted says that the log has a result that the record lacks.
	acted bool
	// uncertain says that an outcome is unknown, unlogged that a failure could not be
	// logged.
	uncertain, unlogged bool
	// reread says that a look-up was run which the caller may have seen another way.
	reread bool
}

// errAct says that an action comes next, which must not run here.
var errAct = errors.New("an action comes next")

func (t *turn) doing(p *engine.Program, day engine.Date, known []Result) doing {
	return doing{p: p, day: day, known: known}
}

// place returns where the actions of the input between two points run.
func (t *turn) place(from, next *point) Place {
	at := Place{
		Key: t.Identity.row(&t.req), generation: from.generation, program: from.p.Hash(), day: from.s.Day(),
		length: next.length, head: t.Identity.head(&t.req, from.p.Hash(), next.inputs), inputs: lengths(next.inputs),
	}
	at.record = func() []byte { return t.encode(from) }
	return at
}

// dialPlace returns where the actions run as a call begins.
func (t *turn) dialPlace(p *engine.Program, generation int, day engine.Date) Place {
	return Place{Key: t.Identity.row(&t.req), generation: generation, program: p.Hash(), day: day, dial: true}
}

// dial begins a call.
func (t *turn) dial(ctx context.Context, d *doing, generation int, dropped *engine.Snapshot) (point, error) {
	p := d.p
	ev := engine.Event{Kind: engine.EventDial, Start: p.StartFor(t.req.Service), Resume: dropped}
	s, err := t.event(ctx, d, p.Begin(t.req, d.day), ev, "")
	return point{p: p, s: s, epoch: d.epoch, generation: generation}, err
}

// event takes one step and runs the actions that it asks for. text is what was typed up
// to here; it names the actions.
func (t *turn) event(ctx context.Context, d *doing, s engine.Session, ev engine.Event, text string) (engine.Session, error) {
	s, eff, err := t.step(d.p, s, ev)
	if err != nil {
		return s, err
	}
	if d.place.generation > 0 {
		// An earlier call with this session ID has used the names without it.
		text = "generation " + strconv.Itoa(d.place.generation) + "*" + text
	}
	actions, own := 0, 0
	joined := false
	for eff.Call != nil {
		if t.speculating {
			return s, errNeedRecord
		}
		if actions+own == MaxCalls {
			return s, fmt.Errorf("%w: one input leads through more than %d actions", engine.ErrLoop, MaxCalls)
		}
		call := *eff.Call
		if d.p.Writes(call.Action) {
			call.ID = t.Identity.Action(&t.req, text, actions)
			call.Then = t.following(d.p, s, text, own)
			actions++
		} else {
			call.ID = t.Identity.own(&t.req, text, own)
			own++
		}
		out := engine.Outcome{Name: engine.Done}
		switch {
		case call.Action == engine.CallRemember && d.unseen && d.n >= len(d.known):
			out.Name = engine.Failed
		case call.Action == engine.CallFacts || d.p.Reads(call.Action):
			out, err = t.look(ctx, d, call)
		case !joined || !engine.IsFollowUp(call.Action):
			out, err = t.act(ctx, d, call)
			joined = out.Joined
		default:
			t.logAction(ctx, call, out, nil, 0)
		}
		if err != nil {
			return s, err
		}
		if s, eff, err = t.step(d.p, s, engine.Event{Kind: engine.EventOutcome, Outcome: out}); err != nil {
			return s, err
		}
	}
	return s, nil
}

// step takes one step of the machine. It keeps the moves until the callback is answered,
// because some steps are only tried.
func (t *turn) step(p *engine.Program, s engine.Session, ev engine.Event) (engine.Session, engine.Effect, error) {
	if t.Watch == nil && !p.HasGoals() {
		return p.Step(s, ev)
	}
	next, eff, moves, err := p.Trace(s, ev)
	t.moves = append(slices.Clip(t.moves), moves...)
	return next, eff, err
}

// look runs an action that changes nothing. Within a callback it is run once.
func (t *turn) look(ctx context.Context, d *doing, call engine.Call) (engine.Outcome, error) {
	out, ok := t.looked[call.ID]
	if known := d.n; !ok && known < len(d.known) && len(d.reads) < len(d.known[known].Reads) {
		out, ok = d.known[known].Reads[len(d.reads)], true
	} else if !ok && t.locked {
		return out, &needs{call}
	} else if d.p.Reads(call.Action) {
		d.reread = true
	}
	if !ok {
		began := t.Now()
		var err error
		out, err = t.Actions.Read(ctx, call)
		switch {
		case errors.Is(err, engine.ErrLimited):
			out = engine.Outcome{Name: engine.Limited}
		case err != nil:
			out = engine.Outcome{Name: engine.Failed}
		}
		t.logAction(ctx, call, out, err, t.Now().Sub(began))
		if t.looked == nil {
			t.looked = map[string]engine.Outcome{}
		}
		t.looked[call.ID] = out
	}
	d.reads = append(d.reads, out)
	return out, nil
}

// act runs one action at its place and turns an error into an outcome that the menu
// knows.
func (t *turn) act(ctx context.Context, d *doing, call engine.Call) (engine.Outcome, error) {
	if d.n < len(d.known) {
		out := d.known[d.n].outcome()
		d.n, d.reads = d.n+1, nil
		return out, nil
	}
	switch {
	case d.place.Key.Name == "":
		return engine.Outcome{}, errAct
	case (d.uncertain || d.unlogged) && engine.IsFollowUp(call.Action):
		return engine.Outcome{Name: engine.Done}, nil // the call ends here
	case d.uncertain || d.unlogged:
		return engine.Outcome{}, fmt.Errorf("%s at %s comes after an action whose outcome is not known", call.Action, call.Pos)
	}
	at, err := t.at(d, &call)
	if err != nil {
		return engine.Outcome{}, err
	}
	began := t.Now()
	out, err := t.Actions.Act(ctx, call, &at)
	followUp := engine.IsFollowUp(call.Action)
	switch {
	case err == nil:
		d.result(&at)
	case errors.Is(err, engine.ErrFenced), errors.Is(err, ErrMismatch):
		return out, fmt.Errorf("%s at %s: %w", call.Action, call.Pos, err)
	case call.Action == engine.CallRemember:
		out = engine.Outcome{Name: engine.Failed} // it is tried again after the next answer
	case followUp:
		// The call goes on; the log line below has what was lost.
		out = engine.Outcome{Name: engine.Done}
	case errors.Is(err, engine.ErrUnknown):
		out, d.uncertain = engine.Outcome{Name: engine.Pending}, true
	default:
		failed, noted := t.noteFailed(ctx, d, &at)
		if errors.Is(noted, engine.ErrFenced) {
			return out, fmt.Errorf("%s at %s: %w", call.Action, call.Pos, noted)
		}
		if out = failed; noted != nil {
			d.unlogged = true
		}
	}
	t.logAction(ctx, call, out, err, t.Now().Sub(began))
	return out, nil
}

// ending ends the call if a failure could not be logged. Another delivery may still run
// the action, so nothing is saved.
func (d *doing) ending(pt point) (point, bool) {
	pt.s.Ended = pt.s.Ended || d.unlogged
	return pt, d.unlogged
}

// result goes on behind an action whose result the log has.
func (d *doing) result(at *Place) {
	d.epoch, d.acted = at.Epoch, true
	d.n, d.reads = d.n+1, nil
}

// at returns the place of the step's next action.
func (t *turn) at(d *doing, call *engine.Call) (Place, error) {
	at := d.place
	var err error
	if at.fingerprint, err = Fingerprint(call); err != nil {
		return at, err
	}
	at.n, at.Epoch, at.reads = d.n, d.epoch, d.reads
	if at.before == nil && !at.dial {
		if d.place.before = at.record(); d.place.before == nil {
			return at, engine.ErrSecret
		}
		at.before = d.place.before
	}
	return at, nil
}

// noteFailed logs at its place that an action surely failed, so that no other delivery
// runs it once the caller was told. It returns another delivery's result if that one has
// run it by now.
func (t *turn) noteFailed(ctx context.Context, d *doing, at *Place) (engine.Outcome, error) {
	out := engine.Outcome{Name: engine.Failed}
	err := t.Actions.Update(ctx, at.Key, t.req.Caller, func(row *Row) (err error) {
		out, err = at.Visit(row, func() (engine.Outcome, error) { return engine.Outcome{Name: engine.Failed}, nil })
		return err
	})
	if err != nil {
		return engine.Outcome{Name: engine.Failed}, err
	}
	d.result(at)
	return out, nil
}

// following returns Call.Then for a session that waits for an outcome. own is the
// place of the engine's next own call.
func (t *turn) following(p *engine.Program, s engine.Session, text string, own int) func(engine.Outcome) []engine.Call {
	return func(out engine.Outcome) (calls []engine.Call) {
		s, eff, err := p.Step(s, engine.Event{Kind: engine.EventOutcome, Outcome: out})
		for err == nil && eff.Call != nil && engine.IsFollowUp(eff.Call.Action) && len(calls) < MaxCalls {
			call := *eff.Call
			call.ID = t.Identity.own(&t.req, text, own+len(calls))
			calls = append(calls, call)
			s, eff, err = p.Step(s, engine.Event{Kind: engine.EventOutcome, Outcome: engine.Outcome{Name: engine.Done}})
		}
		return calls
	}
}

func (t *turn) logAction(ctx context.Context, call engine.Call, out engine.Outcome, err error, took time.Duration) {
	if t.Log == nil {
		return
	}
	level, attrs := slog.LevelInfo, []slog.Attr{
		slog.String("session", engine.ShownSession(call.Session, t.req.Caller)), slog.String("action", call.Action),
		slog.String("at", call.Pos.String()), slog.String("outcome", out.Name), slog.Float64("took_ms", float64(took.Microseconds())/1000),
	}
	if list, rows := out.LongestList(); rows > engine.MaxRows {
		level = slog.LevelWarn
		attrs = append(attrs, slog.String("list", list), slog.Int("rows", rows), slog.Int("shown", engine.MaxRows))
	}
	if err != nil {
		level = slog.LevelError
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	t.Log.LogAttrs(ctx, level, "action", attrs...)
}
