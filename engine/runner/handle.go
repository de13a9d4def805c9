package runner

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
)

// Handle answers one callback. Whatever happens, the caller sees a screen.
func (r *Runner) Handle(ctx context.Context, req engine.Request) (reply engine.Reply) {
	if end, ok := ctx.Deadline(); !ok || time.Until(end) > CallbackBudget {
		within := WithTimeout(ctx, CallbackBudget)
		defer within.End()
		ctx = within
	}
	t := &turn{Runner: r, req: req, Identity: r.Identity, tracing: ctx}
	defer func() {
		// A menu or an action that panics ends one call, not the service.
		if x := recover(); x != nil {
			reply = t.fault(fmt.Errorf("panic: %v", x))
		}
	}()
	t.program, t.ahead = t.forCode(req.Service)
	return t.run(ctx)
}

func (t *turn) run(ctx context.Context) engine.Reply {
	if t.req.LastInput {
		return t.lastInput(ctx)
	}
	reply, known, done := t.speculate(ctx)
	if done {
		return reply
	}
	t.textOnly = false
	if !known {
		stored, err := t.load(ctx, SessionKey(t.req.Session))
		if err != nil {
			t.logFault("sessions can't be read; going on without", err)
			t.away = true
		}
		t.stored = stored
	}
	for range maxRounds {
		if reply, ok := t.answer(ctx); ok {
			return reply
		}
	}
	return t.end(t.program, engine.BuiltinBusy, fmt.Errorf("session changed %d times under one callback", maxRounds))
}

func (t *turn) load(ctx context.Context, key string) ([]byte, error) {
	within := WithTimeout(ctx, SessionBudget)
	defer within.End()
	return t.Sessions.Load(within, key)
}

// answer computes the reply from the stored record and saves the next one. ok is false
// if another record stands by then, which is in t.stored.
func (t *turn) answer(ctx context.Context) (reply engine.Reply, ok bool) {
	t.moves = nil
	if t.stored == nil {
		if from := t.remembered(); from != nil {
			return t.answerFrom(ctx, from.point, from.head, "")
		}
		return t.withoutRecord(ctx)
	}
	expect := engine.HeadOf(t.stored)
	rec, err := engine.ParseRecord(t.stored)
	if err != nil {
		t.logFault("session record ignored", err)
		return t.recover(ctx, expect)
	}
	p, err := t.Programs.Find(ctx, rec.Program)
	switch {
	case errors.Is(err, ErrNoProgram):
		return t.end(t.program, engine.BuiltinUpdated, fmt.Errorf("%w: %w", errUpdated, err)), true
	case err != nil:
		// The program may exist, so the record stays as it is.
		return t.fault(fmt.Errorf("the session's menu can't be read: %w", err)), true
	}
	s, err := p.Decode(rec, t.req)
	if err != nil {
		return t.end(p, engine.BuiltinUpdated, err), true
	}
	if !t.identify(rec.Owner) {
		return t.end(p, engine.BuiltinExpired, fmt.Errorf("%w: another owner", errDiverged)), true
	}
	head := rec.Head()
	if from := t.remembered(); from != nil && from.head.V > rec.V && from.head.Epoch >= rec.Epoch {
		return t.answerFrom(ctx, from.point, from.head, expect)
	}
	return t.answerFrom(ctx, point{p: p, s: s, length: rec.V - 1, epoch: rec.Epoch, generation: rec.Generation, unsure: rec.Unsure}, head, expect)
}

// answerFrom computes the reply from a point that a record, or this instance, knows.
// expect is the head of the record that stands in the store.
func (t *turn) answerFrom(ctx context.Context, from point, head engine.RecordHead, expect string) (engine.Reply, bool) {
	p, s := from.p, &from.s
	t.lang = s.Lang()
	t.identify(head.Owner)
	// The session's own version decides what was typed ahead in the code: a newer one
	// may answer a longer code.
	t.text = joinText(p.TypedAhead(t.req.Service), t.req.Text)
	if t.req.ReusesIDs && s.Ended && t.req.Text == "" && from.length > len(t.text) {
		return t.begin(ctx, p, from.generation+1, expect)
	}
	if len(t.text) < from.length {
		return t.show(p, s), true // a late callback moves nothing
	}
	inputs, err := cutInputs(t.text, head.Inputs)
	if err == nil && t.Identity.head(&t.req, p.Hash(), inputs) != head.H {
		err = fmt.Errorf("%w: other inputs of the same length", errDiverged)
	}
	if err != nil {
		return t.end(p, engine.BuiltinExpired, err), true
	}
	from.inputs = inputs
	typed, ok := from.rest(t.text)
	switch {
	case len(t.text) == from.length && expect != "" && expect != head.Text():
		return t.keep(ctx, from, expect, false) // the store has an older record
	case len(t.text) == from.length:
		return t.show(p, s), true // a repeat gets the same bytes
	case !ok:
		return t.end(p, engine.BuiltinExpired, fmt.Errorf("%w: the last input is longer", errDiverged)), true
	case s.Ended:
		// A copy of an older callback may have ended it. The database knows.
		if t.speculating {
			t.needsRecord = true
			return engine.Reply{}, true
		}
		return t.recover(ctx, expect)
	}
	if rest, empty := strings.CutPrefix(typed, "*"); empty && len(from.inputs) == 0 {
		// An empty first answer left the text empty, so it counted as a repeat.
		from.inputs, typed = []string{""}, rest
	}
	return t.take(ctx, from, expect, typed, nil)
}

// withoutRecord answers a call that begins, or whose record was lost.
func (t *turn) withoutRecord(ctx context.Context) (engine.Reply, bool) {
	p := t.program
	if p == nil {
		return t.end(nil, engine.BuiltinUnknownCode, ErrUnknownCode), true
	}
	t.text = joinText(t.ahead, t.req.Text)
	if t.staged.Closed && (t.req.Text == "" || t.req.First) {
		return t.closed(p), true
	}
	if !t.admitted(ctx) {
		return t.end(p, engine.BuiltinLimited, nil), true
	}
	if (t.req.Text == "" || t.req.First) && (t.text == "" || !t.away && t.recoveries == 0 && !t.replaced(p)) {
		return t.begin(ctx, p, 0, "")
	}
	if p.Resume() > 0 && t.text != "" {
		// The inputs of a call that resumed an earlier one mean nothing without it.
		if _, asked := t.latest(ctx); asked == t.req.Session {
			return t.failed(p, errResumed), true
		}
	}
	return t.recover(ctx, "")
}

// begin answers the first callback. What was typed ahead in the code is taken for
// answers; the last may run an action. Every copy of the callback stops at the same
// place, so nothing about it is unsure.
func (t *turn) begin(ctx context.Context, p *engine.Program, generation int, expect string) (engine.Reply, bool) {
	var dropped *engine.Snapshot
	if t.text == "" {
		dropped = t.dropped(ctx, p)
	}
	d := t.doing(p, p.Today(t.Now()), nil)
	d.place = t.dialPlace(p, generation, d.day)
	from, err := t.dial(ctx, &d, generation, dropped)
	if err != nil {
		return t.unable(ctx, p, err, expect)
	}
	if from, ends := d.ending(from); ends {
		t.lang = from.s.Lang()
		return t.show(p, &from.s), true
	}
	got := recovered{at: from}
	if t.text != "" {
		at, parts := split(from, t.text)
		if got, err = t.pieces(ctx, at, parts, piecesDialled); err != nil {
			return t.failed(p, err), true
		}
		got.at.unsure = false
	}
	if got.goesOn {
		return t.take(ctx, got.at, expect, got.input, nil)
	}
	return t.keep(ctx, got.at, expect, d.acted)
}

// replaced reports whether the call may have begun on another version of the menu.
func (t *turn) replaced(p *engine.Program) bool {
	return len(t.Programs.Replaced(p.Name(), t.Now().Add(-max(t.TTL, p.Resume())))) > 0
}

// admitted reports whether a session without a record may begin. A session that
// lost its record is counted again under the same name.
func (t *turn) admitted(ctx context.Context) bool {
	if t.Admit == nil {
		return true
	}
	within := WithTimeout(ctx, admitBudget)
	defer within.End()
	err := t.Admit(within, t.req, t.Identity.session(&t.req))
	if err != nil && !errors.Is(err, engine.ErrLimited) {
		t.logFault("sessions of a caller can't be counted; this one is let in", err)
	}
	return !errors.Is(err, engine.ErrLimited)
}
