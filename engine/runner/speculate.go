package runner

import (
	"context"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
)

// Speculation answers a callback in one round trip, the save, if the state before
// it is known without loading the record: the text alone determines it, or this
// instance saved the record itself. The save decides. It stores nothing unless
// the stored record has the expected head, and returns that record if it has not.

// speculate tries to answer without loading the record. done is false if that
// was not possible; then stored is the record that a save returned, if known.
func (t *turn) speculate(ctx context.Context) (reply engine.Reply, stored []byte, known, done bool) {
	if t.Recent == nil || t.program == nil {
		return engine.Reply{}, nil, false, false
	}
	t.speculating = true
	defer func() { t.speculating = false }()
	save := func(expect string, next []byte, ttl time.Duration) ([]byte, bool) {
		var saved bool
		saved, stored = t.save(ctx, expect, next, ttl)
		known = !saved
		return stored, saved
	}
	recent := t.recent()
	if recent != nil && (!t.program.InputsSuffice() || !strings.Contains(strings.TrimPrefix(t.text[recent.rec.V-1:], "*"), "*")) {
		reply = t.answerFrom(ctx, recent, save)
		done = !t.needsRecord
	} else {
		reply, done = t.fromText(ctx, save)
	}
	// What looks wrong here may be right according to the stored record.
	return reply, stored, known, done && !known && reply.Fault == nil
}

// recent returns the session as this instance saved it last, if it belongs to
// the caller and the callback goes on from it. It does not serve a repeat: the
// call may have gone on elsewhere, and a late callback shows where it is now.
func (t *turn) recent() *saved {
	from := t.Recent.get(t.req.Session)
	if from == nil || len(t.text) <= from.rec.V-1 || !from.of(&t.req) {
		return nil
	}
	return from
}

// remembered returns the session as this instance saved it last, for a store that
// lost its record or has an older one. It returns nil unless that is all the
// callback needs: it was answered before, or it has one input more, which moves
// the session.
func (t *turn) remembered() (from *saved, moves bool) {
	if t.Recent == nil {
		return nil, false
	}
	from = t.Recent.get(t.req.Session)
	if from == nil || !from.of(&t.req) || t.Now().After(from.until) {
		return nil, false
	}
	text := joinText(from.program.TypedAhead(t.req.Service), t.req.Text)
	seen := from.rec.V - 1
	if moves = len(text) > seen; moves && strings.Contains(strings.TrimPrefix(text[seen:], "*"), "*") {
		return nil, false
	}
	return from, moves
}

// restore answers from a remembered session and replaces the stored record, whose
// head is expect. If another record stands there by then, a callback that was
// answered before still shows what is remembered.
func (t *turn) restore(ctx context.Context, from *saved, moves bool, expect string, save saveFunc) engine.Reply {
	p, s := from.program, from.session
	t.lang, t.owner = s.Lang(), from.rec.Owner
	if save == nil {
		return t.answerFrom(ctx, from, nil)
	}
	record, err := p.Encode(&s, from.rec)
	if err != nil {
		return t.fault(err)
	}
	if !moves {
		_, _ = t.save(ctx, expect, record, from.until.Sub(t.Now()))
	} else if _, saved := save(expect, record, from.until.Sub(t.Now())); !saved {
		return engine.Reply{}
	}
	return t.answerFrom(ctx, from, save)
}

// fromText goes on from the state that the inputs alone determine, if no action
// ran and no screen was passed at which a deep dial must stop.
func (t *turn) fromText(ctx context.Context, save saveFunc) (engine.Reply, bool) {
	p := t.program
	if !p.InputsSuffice() || t.text == "" && t.Admit != nil {
		return engine.Reply{}, false
	}
	f := replay{turn: t, p: p, textOnly: true, s: p.Begin(t.req, p.Today(t.Now()))}
	if f.event(ctx, engine.Event{Kind: engine.EventDial, Start: p.StartFor(t.req.Service)}, false) != nil {
		return engine.Reply{}, false
	}
	var inputs []string
	expect := ""
	if t.text != "" {
		f.inputs, inputs = splitText(t.text)
		for _, in := range inputs[:len(inputs)-1] {
			if f.s.Ended || f.stops() || f.input(ctx, in, false) != nil {
				return engine.Reply{}, false
			}
		}
		if f.s.Ended || f.stops() {
			return engine.Reply{}, false
		}
		before := f.headAt(max(0, len(t.text)-len(inputs[len(inputs)-1])-1))
		expect = before.Text()
		inputs = inputs[len(inputs)-1:]
	}
	reply := t.finish(ctx, &f, f.take(ctx, inputs), expect, save)
	return reply, !t.needsRecord
}
