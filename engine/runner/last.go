package runner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
)

// Some gateways send only what the caller typed last. The record then is the only one who
// knows what came before, so these calls have rules of their own:
//
//   - A lost record ends the call. Nothing is replayed from a text.
//   - A repeat is told by its number, if the gateway counts its callbacks. Otherwise it is
//     told while the first delivery is in flight: by this instance, which answers both at
//     once, or by the save, which finds the other one's record.
//   - A number that was left out says that the record is behind. The database is told, and
//     the caller is shown its screen.
//   - A screen whose record can't be saved ends the call: the next answer could be taken
//     for an older screen.
//   - A star in an answer is a character like any other.
//
// The text of such a call has one stand-in for each input. So lengths, records and rows
// count its inputs as they do elsewhere, and never hold what was typed.

// standIn is what the text of a call has in place of an input.
const standIn = "x"

// generationsFrom is when the first generation of a reused session ID may begin. Seconds
// since then fit into a record for decades.
var generationsFrom = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

var (
	errNoRecord  = errors.New("the record is lost, and the gateway sends only the last input")
	errBehind    = errors.New("the record is behind, and the gateway sends only the last input")
	errNotSaved  = errors.New("the screen could not be saved, and the gateway sends only the last input")
	errSkippedOn = errors.New("callbacks of a call that has ended are missing")
)

// lastOf is what a point knows of a call whose gateway sends only the last input.
type lastOf struct {
	sequence int
	code     string
}

// kept returns an input as the text of the call has it.
func (t *turn) kept(in string) string {
	if t.req.LastInput {
		return standIn
	}
	return in
}

// keptAll returns copies of inputs as the text of the call has them.
func (t *turn) keptAll(parts []string) []string {
	list := slices.Clone(parts)
	for i := range list {
		list[i] = t.kept(list[i])
	}
	return list
}

// standIns returns the text of n inputs.
func standIns(n int) string {
	return strings.TrimSuffix(strings.Repeat(standIn+"*", n), "*")
}

// lastInput answers a callback of a gateway that sends only the last input. Deliveries of
// one callback that are in flight here at once get one answer.
func (t *turn) lastInput(ctx context.Context) engine.Reply {
	r := &t.req
	key := strings.Join([]string{r.Provider, r.Session, r.Caller, strconv.Itoa(r.Sequence), strconv.FormatBool(r.First), r.Service, r.Text}, "\x00")
	reply, _, _ := t.flights.Do(key, func() (any, error) { return t.lastOnce(ctx), nil })
	return reply.(engine.Reply)
}

func (t *turn) lastOnce(ctx context.Context) (reply engine.Reply) {
	defer func() {
		// Recovered here, a panic reaches no other delivery.
		if x := recover(); x != nil {
			reply = t.fault(fmt.Errorf("panic: %v", x))
		}
	}()
	stored, err := t.load(ctx, SessionKey(t.req.Session))
	if err != nil {
		return t.fault(fmt.Errorf("sessions can't be read: %w", err))
	}
	t.stored = stored
	for range maxRounds {
		if reply, ok := t.answerLast(ctx); ok {
			return reply
		}
		t.outrun = true
	}
	return t.end(t.program, engine.BuiltinBusy, fmt.Errorf("session changed %d times under one callback", maxRounds))
}

// answerLast computes the reply from the stored record and saves the next one. ok is false
// if another record stands by then, which is in t.stored.
func (t *turn) answerLast(ctx context.Context) (reply engine.Reply, ok bool) {
	if t.stored == nil {
		if t.req.MayBegin {
			t.mayBegin()
		}
		if t.req.First {
			return t.beginLast(ctx, nil, "")
		}
		return t.end(t.program, engine.BuiltinExpired, errNoRecord), true
	}
	rec, err := engine.ParseRecord(t.stored)
	if err != nil {
		return t.end(t.program, engine.BuiltinExpired, fmt.Errorf("%w: %w", errNoRecord, err)), true
	}
	p, err := t.Programs.Find(ctx, rec.Program)
	switch {
	case errors.Is(err, ErrNoProgram):
		return t.end(t.program, engine.BuiltinUpdated, fmt.Errorf("%w: %w", errUpdated, err)), true
	case err != nil:
		return t.fault(fmt.Errorf("the session's menu can't be read: %w", err)), true
	}
	dialled := t.req.Service
	t.req.Service = rec.Code
	s, err := p.Decode(rec, t.req)
	if err != nil {
		return t.end(p, engine.BuiltinUpdated, err), true
	}
	if !t.identify(rec.Owner) {
		return t.end(p, engine.BuiltinExpired, fmt.Errorf("%w: another owner", errDiverged)), true
	}
	t.lang = s.Lang()
	from := point{
		p: p, s: s, inputs: t.keptAll(make([]string, len(rec.Inputs))), length: rec.V - 1, epoch: rec.Epoch,
		generation: rec.Generation, unsure: rec.Unsure, lastOf: lastOf{rec.Sequence, rec.Code},
	}
	if t.req.First {
		return t.dialledAgain(ctx, &from, dialled)
	}
	return t.answerLastFrom(ctx, from, engine.HeadOf(t.stored))
}

// mayBegin takes an input for the dialled code if a menu has that code.
func (t *turn) mayBegin() {
	p, ahead := t.Programs.ForCode(t.req.Text)
	if p != nil && p.Answers(t.req.Text) {
		t.program, t.ahead = p, ahead
		t.req.First, t.req.Service, t.req.Text = true, t.req.Text, ""
	}
}

// answerLastFrom takes the input at a point, unless it was taken there.
func (t *turn) answerLastFrom(ctx context.Context, from point, expect string) (engine.Reply, bool) {
	counted := t.req.Sequence > 0 && from.sequence > 0
	switch {
	case !counted && (t.outrun || from.s.Ended), counted && t.req.Sequence <= from.sequence:
		return t.show(from.p, &from.s), true // a repeat, or a late copy: nothing moves
	case from.s.Ended:
		return t.end(from.p, engine.BuiltinExpired, errSkippedOn), true
	}
	t.text = standIns(len(from.inputs) + 1)
	if counted && t.req.Sequence > from.sequence+1 {
		return t.skippedOn(ctx, from, expect)
	}
	return t.take(ctx, from, expect, t.req.Text, nil)
}

// skippedOn answers a callback of a caller who has answered screens that the record does
// not know. Another delivery of it may find the newer record, so the database is told
// where the call stands now: nothing runs on that record any more. A Yes may have been
// taken back. The next answer gets the same screen once more. Where an action has run
// since, the call ends.
func (t *turn) skippedOn(ctx context.Context, from point, expect string) (engine.Reply, bool) {
	from.s, _ = from.p.BeforeYes(&from.s)
	next := from.after(t.kept(t.req.Text), len(t.text))
	next.sequence, next.unsure = t.req.Sequence, true
	if from.p.Acts() {
		switch err := t.tell(ctx, &next); {
		case errors.Is(err, engine.ErrFenced):
			return t.end(from.p, engine.BuiltinExpired, errBehind), true
		case err != nil:
			return t.fault(err), true
		}
	}
	return t.keep(ctx, next, expect, from.p.Acts())
}

// dialledAgain answers a first callback of a session that has a record: a repeat, or the
// first of another session with the same ID.
func (t *turn) dialledAgain(ctx context.Context, from *point, dialled string) (engine.Reply, bool) {
	t.program, t.ahead = t.forCode(dialled)
	repeated := len(from.inputs) == len(t.typedAhead()) && from.code == t.codeOf(dialled)
	if t.outrun || !t.req.ReusesIDs || repeated && !from.s.Ended {
		return t.show(from.p, &from.s), true
	}
	t.req.Service, t.lang = dialled, ""
	return t.beginLast(ctx, from, engine.HeadOf(t.stored))
}

// typedAhead returns what was typed behind the service code.
func (t *turn) typedAhead() []string {
	ahead := joinText(t.ahead, t.req.Text)
	if ahead == "" {
		return nil
	}
	return strings.Split(ahead, "*")
}

// codeOf returns a dialled code without what was typed behind it.
func (t *turn) codeOf(dialled string) string {
	if t.ahead == "" {
		return engine.DialledCode(dialled)
	}
	return engine.DialledCode(strings.TrimSuffix(engine.CodeKey(dialled), "*"+t.ahead))
}

// beginLast answers the first callback of a session. before is where a session with the
// same ID stands, or nil.
func (t *turn) beginLast(ctx context.Context, before *point, expect string) (engine.Reply, bool) {
	p := t.program
	if p == nil {
		return t.end(nil, engine.BuiltinUnknownCode, ErrUnknownCode), true
	}
	if t.staged.Closed {
		return t.closed(p), true
	}
	if !t.admitted(ctx) {
		return t.end(p, engine.BuiltinLimited, nil), true
	}
	parts := t.typedAhead()
	code := t.codeOf(t.req.Service)
	t.req.Service, t.text = code, standIns(len(parts))
	var dropped *engine.Snapshot
	if len(parts) == 0 {
		dropped = t.dropped(ctx, p)
	}
	generation := t.generation(before)
	d := t.doing(p, p.Today(t.Now()), nil)
	d.place = t.dialPlace(p, generation, d.day)
	from, err := t.dial(ctx, &d, generation, dropped)
	if err != nil {
		return t.unable(ctx, p, err, expect)
	}
	from.lastOf = lastOf{t.req.Sequence, code}
	if from, ends := d.ending(from); ends {
		t.lang = from.s.Lang()
		return t.show(p, &from.s), true
	}
	got := recovered{at: from}
	if len(parts) > 0 {
		if got, err = t.pieces(ctx, from, parts, piecesDialled); err != nil {
			return t.failed(p, err), true
		}
		got.at.unsure = false
	}
	if got.goesOn {
		return t.take(ctx, got.at, expect, got.input, nil)
	}
	// A late copy of a first callback may have begun the call anew under its caller, who
	// then answers another screen.
	got.at.unsure = before != nil && !before.s.Ended
	return t.keep(ctx, got.at, expect, d.acted)
}

// generation returns the number of a call among those with its session ID. It is greater
// than that of an earlier call, also where nothing is known of that one any more.
func (t *turn) generation(before *point) int {
	if !t.req.ReusesIDs {
		return 0
	}
	now := max(1, int(t.Now().Sub(generationsFrom)/time.Second))
	if before != nil {
		now = max(now, before.generation+1)
	}
	return now
}

// notSaved ends a call whose next screen could not be saved. The caller sees what an
// action has done.
func (t *turn) notSaved(next *point, acted bool, err error) engine.Reply {
	if !acted {
		return t.fault(fmt.Errorf("%w: %w", errNotSaved, err))
	}
	reply := t.show(next.p, &next.s)
	reply.End, reply.Fault = true, fmt.Errorf("%w: %w", errNotSaved, err)
	return reply
}
