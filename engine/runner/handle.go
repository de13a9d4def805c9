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
	t := &turn{Runner: r, req: req}
	defer func() {
		// A menu or an action that panics ends one call, not the service.
		if x := recover(); x != nil {
			reply = t.fault(fmt.Errorf("panic: %v", x))
		}
	}()
	t.program, t.ahead = r.Programs.ForCode(req.Service)
	t.text = joinText(t.ahead, req.Text)
	return t.run(ctx)
}

func (t *turn) run(ctx context.Context) engine.Reply {
	reply, stored, known, done := t.speculate(ctx)
	if done {
		return reply
	}
	var err error
	if !known {
		stored, err = t.load(ctx, SessionKey(t.req.Session))
	}
	if err != nil {
		t.logFault("sessions can't be read; answering from the text alone", err)
		return t.answer(ctx, nil, nil)
	}
	for range maxRounds {
		var again bool
		reply := t.answer(ctx, stored, func(expect string, next []byte, ttl time.Duration) ([]byte, bool) {
			var saved bool
			saved, stored = t.save(ctx, expect, next, ttl)
			again = !saved
			return stored, saved
		})
		if !again {
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

// answer computes the reply from the stored record and saves the next one. A nil
// save means that nothing is written.
func (t *turn) answer(ctx context.Context, stored []byte, save saveFunc) engine.Reply {
	if stored == nil {
		if from, moves := t.remembered(); from != nil {
			return t.restore(ctx, from, moves, "", save)
		}
		return t.fresh(ctx, save)
	}
	rec, err := engine.ParseRecord(stored)
	if err != nil {
		t.logFault("session record ignored", err)
		return t.fresh(ctx, nil)
	}
	p, err := t.Programs.Find(ctx, rec.Program)
	switch {
	case errors.Is(err, ErrNoProgram):
		return t.end(t.program, engine.BuiltinUpdated, fmt.Errorf("%w: %w", errUpdated, err))
	case err != nil:
		// The program may exist, so the record stays as it is.
		return t.fault(fmt.Errorf("the session's menu can't be read: %w", err))
	}
	s, err := p.Decode(rec, t.req)
	if err != nil {
		return t.end(p, engine.BuiltinUpdated, err)
	}
	head := rec.Head()
	if from, moves := t.remembered(); from != nil && from.rec.V > rec.V {
		return t.restore(ctx, from, moves, head.Text(), save)
	}
	if rec.Owner != t.Identity.owner(&t.req) {
		return t.end(p, engine.BuiltinExpired, fmt.Errorf("%w: another owner", errDiverged))
	}
	return t.answerFrom(ctx, &saved{rec: head, program: p, session: s}, save)
}

// answerFrom computes the reply from a saved session.
func (t *turn) answerFrom(ctx context.Context, from *saved, save saveFunc) engine.Reply {
	p, s, rec := from.program, from.session, &from.rec
	t.lang, t.owner = s.Lang(), rec.Owner
	// The session's own version decides what was typed ahead in the code: a newer
	// one may answer a longer code.
	t.text = joinText(p.TypedAhead(t.req.Service), t.req.Text)
	seen := rec.V - 1
	if len(t.text) < seen {
		return t.show(p, &s) // a late callback moves nothing
	}
	inputs, err := cutInputs(t.text, rec.Inputs)
	if err == nil && t.Identity.head(&t.req, p.Hash(), inputs) != rec.H {
		err = fmt.Errorf("%w: other inputs of the same length", errDiverged)
	}
	switch {
	case err != nil:
		return t.end(p, engine.BuiltinExpired, err)
	case len(t.text) == seen:
		return t.show(p, &s) // a repeat gets the same bytes
	case s.Ended:
		return t.overtaken(ctx, p, &s, rec, save)
	default:
		return t.goOn(ctx, replay{turn: t, p: p, s: s, inputs: inputs, unsure: rec.Again}, rec, save)
	}
}

// goOn takes what was typed since the record.
func (t *turn) goOn(ctx context.Context, f replay, rec *engine.RecordHead, save saveFunc) engine.Reply {
	typed := t.text[rec.V-1:]
	if len(rec.Inputs) > 0 {
		typed = typed[1:]
	} else if rest, ok := strings.CutPrefix(typed, "*"); ok {
		// An empty first answer left the text empty, so it counted as a repeat.
		f.inputs, typed = append(f.inputs, ""), rest
	}
	f.doubtful = rec.Again && !rec.Twice && f.p.YesActs(&f.s)
	if f.doubtful && f.p.SaysYes(&f.s, typed) {
		return f.askTwice(ctx, typed, rec, save)
	}
	since, err := f.since(ctx, typed)
	if err != nil {
		return t.finish(ctx, &f, f.giveUp([]string{typed}, err), rec.Text(), save)
	}
	if err = f.take(ctx, since); err == nil {
		err = f.giveUp(nil, f.settle(ctx))
	}
	return t.finish(ctx, &f, err, rec.Text(), save)
}

// askTwice shows a consent again that was already asked again for want of a
// record. Its Yes may answer another screen that the caller saw: it may be a late
// copy of an older callback. Asking again never runs an action.
func (f *replay) askTwice(ctx context.Context, typed string, rec *engine.RecordHead, save saveFunc) engine.Reply {
	f.inputs = append(f.inputs, typed)
	f.skipped, f.twice = true, true
	return f.finish(ctx, f, f.giveUp(nil, f.settle(ctx)), rec.Text(), save)
}

// overtaken answers a callback of a call that has ended. A late copy of an older
// callback, which had no record, may have ended it; then the stored result of this
// callback's own action decides.
func (t *turn) overtaken(ctx context.Context, p *engine.Program, s *engine.Session, rec *engine.RecordHead, save saveFunc) engine.Reply {
	if !p.Acts() {
		return t.show(p, s)
	}
	if t.speculating {
		t.needsRecord = true
		return engine.Reply{}
	}
	f := replay{turn: t, p: p, fresh: true}
	if !f.logged(ctx, t.text) || f.whole(ctx, nil) != nil || !f.wrote {
		return t.show(p, s)
	}
	return t.finish(ctx, &f, nil, rec.Text(), save)
}

// fresh answers a session without a record: a call that begins, a deep dial, or
// a call whose record was lost.
func (t *turn) fresh(ctx context.Context, save saveFunc) engine.Reply {
	p := t.program
	if p == nil {
		return t.end(nil, engine.BuiltinUnknownCode, ErrUnknownCode)
	}
	t.text = joinText(t.ahead, t.req.Text)
	if !t.admitted(ctx) {
		return t.end(p, engine.BuiltinLimited, nil)
	}
	var dropped *engine.Snapshot
	if t.text == "" && save != nil {
		dropped = t.dropped(ctx, p)
	} else if err := t.mayReplay(ctx, p); err != nil {
		return t.failed(p, err)
	}
	f, err := t.fromStart(ctx, p, dropped)
	return t.finish(ctx, f, err, "", save)
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

// mayReplay returns an error if a text without its record can't be replayed on
// p: the call resumed an earlier one, or began on another version. An empty text
// begins a call unless an unreadable record may exist.
func (t *turn) mayReplay(ctx context.Context, p *engine.Program) error {
	if p.Resume() > 0 && t.text != "" {
		if _, asked := t.latest(ctx); asked == t.req.Session {
			return fmt.Errorf("%w: the call resumed an earlier one", errExpired)
		}
	}
	return t.agree(ctx, p)
}
