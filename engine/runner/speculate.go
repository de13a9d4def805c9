package runner

import (
	"context"
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// Speculation answers a callback in one round trip, the save, if the state before
// it is known without loading the record: the text alone determines it, or this
// instance saved the record itself. The save decides. It stores nothing unless
// the stored record has the expected head, and returns that record if it has not.

// speculate tries to answer without loading the record. done is false if that
// was not possible; known says that t.stored has the record that stands there.
func (t *turn) speculate(ctx context.Context) (reply engine.Reply, known, done bool) {
	if t.Recent == nil || t.program == nil {
		return engine.Reply{}, false, false
	}
	t.speculating = true
	defer func() { t.speculating = false }()
	var ok bool
	if from := t.recent(); from != nil {
		reply, ok = t.answerFrom(ctx, from.point, from.head, from.head.Text())
	} else if from, started := t.fromText(ctx); started {
		reply, ok = t.takeText(ctx, from)
	} else {
		return engine.Reply{}, false, false
	}
	if t.needsRecord {
		return engine.Reply{}, false, false
	}
	// What looks wrong here may be right according to the stored record.
	return reply, !ok, ok && reply.Fault == nil
}

// recent returns the session as this instance saved it last, if it belongs to
// the caller and the callback goes on from it. It does not serve a repeat: the
// call may have gone on elsewhere, and a late callback shows where it is now.
func (t *turn) recent() *saved {
	from := t.Recent.get(t.req.Session)
	if from == nil || !from.of(&t.req) || t.Now().After(from.until) {
		return nil
	}
	text := joinText(from.p.TypedAhead(t.req.Service), t.req.Text)
	if len(text) <= from.length || strings.Contains(strings.TrimPrefix(text[from.length:], "*"), "*") {
		return nil
	}
	return from
}

// remembered returns the session as this instance saved it last, for a store that
// lost its record or has an older one. It returns nil unless that is all the
// callback needs: it was answered before, or it has one input more.
func (t *turn) remembered() *saved {
	if t.Recent == nil {
		return nil
	}
	from := t.Recent.get(t.req.Session)
	if from == nil || !from.of(&t.req) || t.Now().After(from.until) {
		return nil
	}
	text := joinText(from.p.TypedAhead(t.req.Service), t.req.Text)
	if len(text) > from.length && strings.Contains(strings.TrimPrefix(text[from.length:], "*"), "*") {
		return nil
	}
	return from
}

// fromText returns the point before the last input, if the inputs alone determine it: no
// action ran, and no screen was passed that must be seen. started is false otherwise.
func (t *turn) fromText(ctx context.Context) (from point, started bool) {
	p := t.program
	t.text = joinText(t.ahead, t.req.Text)
	if !p.InputsSuffice() || t.ahead != "" || t.text == "" && (t.Admit != nil || t.staged.Closed) {
		return point{}, false
	}
	d := t.doing(p, p.Today(t.Now()), nil)
	from, err := t.dial(ctx, &d, 0, nil)
	if err != nil || t.text == "" {
		return from, err == nil
	}
	from, parts := split(from, t.text)
	got, err := t.pieces(ctx, from, parts[:len(parts)-1], piecesUnseen)
	last := parts[len(parts)-1]
	if err != nil || got.dropped || got.at.s.Ended || !got.at.p.TakesUnseen(&got.at.s, last) {
		return point{}, false
	}
	return got.at, true
}

// takeText takes the last input at a point that the text gave.
func (t *turn) takeText(ctx context.Context, from point) (engine.Reply, bool) {
	t.lang = from.s.Lang()
	if t.text == "" {
		return t.keep(ctx, from, "", false)
	}
	t.textOnly = true
	head := t.head(&from)
	typed, _ := from.rest(t.text)
	return t.take(ctx, from, head.Text(), typed, nil)
}
