package runner

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// take takes one input at a point. expect is the head of the record that stands in the
// store. known has the results of the input's first actions, if the row has any.
func (t *turn) take(ctx context.Context, from point, expect, typed string, known []Result) (engine.Reply, bool) {
	p := from.p
	t.input = redact(p, &from.s, typed)
	next := from.after(t.kept(typed), len(t.text))
	if t.req.LastInput {
		next.sequence = t.req.Sequence
	} else if p.Acts() {
		star, takes := strings.Contains(typed, "*"), p.TakesStars(&from.s) && !from.unsure
		if takes || star {
			after, err := t.without(ctx, from, typed)
			switch {
			case err != nil && !errors.Is(err, errAct):
				return t.unable(ctx, p, err, expect)
			case takes && err == nil:
				next.s = after
				return t.log(ctx, from, next, takenText, expect)
			case star:
				next.s, next.unsure = t.refused(p, from.s, typed), true
				return t.log(ctx, from, next, refusedStar, expect)
			}
		}
	}
	if from.unsure {
		// The caller may have answered another screen. This one is shown once more; the
		// next answer counts.
		return t.keep(ctx, next, expect, false)
	}
	d := t.doing(p, from.s.Day(), known)
	d.place = t.place(&from, &next)
	d.epoch = from.epoch
	s, err := t.event(ctx, &d, from.s, t.inputEvent(p, &from.s, typed), t.text)
	if err != nil {
		return t.unable(ctx, p, err, expect)
	}
	next.s, next.epoch = s, d.epoch
	if next, ends := d.ending(next); ends {
		t.lang = next.s.Lang()
		return t.show(p, &next.s), true
	}
	next.s.Ended = next.s.Ended || d.uncertain
	return t.keep(ctx, next, expect, d.acted)
}

// inputEvent returns the event of an input.
func (t *turn) inputEvent(p *engine.Program, s *engine.Session, typed string) engine.Event {
	ev := engine.Event{Kind: engine.EventInput, Input: typed}
	if p.Repeats(s) {
		ev.Digest = t.Identity.repeat(&t.req, s.Screen, p.Compared(s, typed))
	}
	return ev
}

// unable answers a callback whose step could not be taken.
func (t *turn) unable(ctx context.Context, p *engine.Program, err error, expect string) (engine.Reply, bool) {
	switch {
	case errors.Is(err, errNeedRecord):
		t.needsRecord = true
		return engine.Reply{}, true
	case errors.Is(err, engine.ErrFenced):
		return t.recover(ctx, expect)
	}
	return t.failed(p, err), true
}

// without takes an input as far as it leads without an action: errAct if one follows.
func (t *turn) without(ctx context.Context, from point, typed string) (engine.Session, error) {
	moves := t.moves
	d := t.doing(from.p, from.s.Day(), nil)
	s, err := t.event(ctx, &d, from.s, t.inputEvent(from.p, &from.s, typed), t.text)
	if err != nil {
		t.moves = moves
	}
	return s, err
}

// log answers an input that is logged as an action is: one with a star that no question
// takes, since it may be two answers of which the record lacks the first; and any answer
// to a text that takes stars. So of two deliveries that read the text in different ways
// only one goes on.
func (t *turn) log(ctx context.Context, from, next point, what, expect string) (engine.Reply, bool) {
	if t.speculating {
		t.needsRecord = true
		return engine.Reply{}, true
	}
	at := t.place(&from, &next)
	at.Epoch, at.before = from.epoch, t.encode(&from)
	if at.before == nil {
		return t.fault(engine.ErrSecret), true
	}
	err := t.Actions.Update(ctx, at.Key, t.req.Caller, func(row *Row) error {
		_, err := at.Visit(row, func() (engine.Outcome, error) { return engine.Outcome{Name: what}, nil })
		return err
	})
	switch {
	case errors.Is(err, engine.ErrFenced), errors.Is(err, ErrMismatch):
		return t.recover(ctx, expect)
	case err != nil:
		return t.fault(err), true
	}
	next.epoch = at.Epoch
	return t.keep(ctx, next, expect, true)
}

// refused returns the session after an answer with a star. If one of its pieces goes
// back, the record may be behind a Yes that was taken back, and the confirm is shown. If
// the pieces, read as answers, come to a question that has a value already, the record
// may be behind a changed value, and that question is asked. Otherwise the answer is
// wrong.
func (t *turn) refused(p *engine.Program, s engine.Session, typed string) engine.Session {
	pieces := strings.Split(typed, "*")
	if before, ok := p.BeforeYes(&s); ok && slices.ContainsFunc(pieces, p.MayLeadBack) {
		return before
	}
	at := s
	for _, in := range pieces {
		if at.Ended || !p.TakesUnseen(&at, in) {
			break
		}
		next, eff, err := p.Step(at, t.inputEvent(p, &at, in))
		if err != nil {
			break
		}
		if !next.Refused() && p.Answered(&at) {
			return at
		}
		if eff.Call != nil {
			break
		}
		at = next
	}
	// It may be no wrong answer at all, so it never is the last try.
	if next, eff, err := p.Step(s, t.inputEvent(p, &s, typed)); err == nil && eff.Call == nil && !next.Ended && next.Screen == s.Screen {
		return next
	}
	return s
}
