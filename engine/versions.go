package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// agree reports errUpdated if a session without its record may have begun on
// another version of the menu, and that version reads the text otherwise: by
// other screens, actions or arguments, or to a last screen that shows something
// else.
func (t *turn) agree(ctx context.Context, p *Program) error {
	others := t.Programs.Replaced(p.Name(), t.Now().Add(-max(t.TTL, p.Resume())))
	if len(others) == 0 {
		return nil
	}
	text := t.text
	defer func() { t.text = text }()
	ours, err := t.traced(ctx, p)
	for _, other := range others {
		theirs, theirErr := t.traced(ctx, other)
		if !slices.Equal(ours.steps, theirs.steps) {
			return fmt.Errorf("%w: it may have begun on version %s, which reads the text otherwise", errUpdated, other.hash)
		}
		err = errors.Join(err, theirErr)
	}
	return err
}

// traced is how a version reads the text, as far as the log can tell: to a write
// that has no result.
func (t *turn) traced(ctx context.Context, p *Program) (trace, error) {
	var tr trace
	_, ahead := p.dialled(t.req.Service)
	t.text = joinText(ahead, t.req.Text)
	f := fold{turn: t, p: p, probing: true, trace: &tr}
	err := f.readAll(ctx, f.begunOn(ctx))
	switch {
	case errors.Is(err, errExpired), errors.Is(err, ErrWithdrawn):
		return tr, nil
	case err == nil:
		text, _ := p.Show(&f.s)
		tr.add("shows", text)
	}
	return tr, err
}

// readAll takes all inputs of a call that began on a day, past screens that a
// replay would stop at, and runs no write.
func (f *fold) readAll(ctx context.Context, day Date) error {
	f.s = f.p.Begin(f.req, day)
	var inputs []string
	if f.text != "" {
		f.inputs, inputs = splitText(f.text)
	}
	err := f.event(ctx, Event{Kind: EventDial, Start: f.p.StartFor(f.req.Service)}, true)
	for i := 0; err == nil && i < len(inputs) && !f.s.Ended; i++ {
		f.probing = true
		err = f.input(ctx, inputs[i], true)
	}
	return err
}

// trace is a list of screens and actions.
type trace struct{ steps []string }

func (t *trace) add(what, which string) { t.steps = append(t.steps, what+" "+which) }

func (t *trace) screen(s *Session) {
	if t != nil {
		t.add("screen", s.Screen)
	}
}

func (t *trace) call(c *Call) {
	if t == nil {
		return
	}
	t.add("action", c.Action)
	for _, v := range c.Args {
		b, err := json.Marshal(v)
		if err != nil {
			b = []byte("a secret")
		}
		t.add("with", string(b))
	}
}
