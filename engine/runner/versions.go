package runner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/paytrace/paytrace/engine"
)

// agree returns errUpdated if a session without its record may have begun on
// another version of the menu which reads the text differently: through other
// screens, actions or arguments, or to a last screen that shows something else.
func (t *turn) agree(ctx context.Context, p *engine.Program) error {
	others := t.Programs.Replaced(p.Name(), t.Now().Add(-max(t.TTL, p.Resume())))
	if len(others) == 0 {
		return nil
	}
	text := t.text
	defer func() { t.text = text }()
	ours, err := t.read(ctx, p)
	for _, other := range others {
		theirs, theirErr := t.read(ctx, other)
		if !slices.Equal(ours.steps, theirs.steps) {
			return fmt.Errorf("%w: it may have begun on version %s, which reads the text differently", errUpdated, other.Hash())
		}
		err = errors.Join(err, theirErr)
	}
	return err
}

// read returns how a version reads the text, up to a write without a stored
// result.
func (t *turn) read(ctx context.Context, p *engine.Program) (reading, error) {
	var r reading
	t.text = joinText(p.TypedAhead(t.req.Service), t.req.Text)
	f := replay{turn: t, p: p, probing: true, reading: &r}
	err := f.readAll(ctx, f.begunOn(ctx))
	switch {
	case errors.Is(err, errExpired), errors.Is(err, engine.ErrFenced):
		return r, nil
	case err == nil:
		text, _ := p.Show(&f.s)
		r.add("shows", text)
	}
	return r, err
}

// readAll takes all inputs of a call that began on day. It passes screens at
// which a replay would stop, and runs no write.
func (f *replay) readAll(ctx context.Context, day engine.Date) error {
	f.s = f.p.Begin(f.req, day)
	var inputs []string
	if f.text != "" {
		f.inputs, inputs = splitText(f.text)
	}
	err := f.event(ctx, engine.Event{Kind: engine.EventDial, Start: f.p.StartFor(f.req.Service)}, true)
	for i := 0; err == nil && i < len(inputs) && !f.s.Ended; i++ {
		f.probing = true
		err = f.input(ctx, inputs[i], true)
	}
	return err
}

// longestCall exceeds the time for which any network keeps a call open. That long
// after midnight a text may belong to a call that began on the day before.
const longestCall = 30 * time.Minute

// begunOn returns the day on which the call began. The text does not carry the
// date; the first stored result does: just after midnight the text is read as on
// the day before, up to a write with a result. Without one it is today, and then
// only the screens shown depend on it.
func (f *replay) begunOn(ctx context.Context) engine.Date {
	now := f.Now()
	today := f.p.Today(now)
	if f.text == "" || !f.p.Dated() || !f.p.Acts() {
		return today
	}
	before := f.p.Today(now.Add(-longestCall))
	if before == today {
		return today
	}
	for _, day := range [...]engine.Date{before, today} {
		try := replay{turn: f.turn, p: f.p, fresh: true, probing: true}
		// How far it gets does not matter: on the wrong day the text may go wrong.
		if _ = try.readAll(ctx, day); try.day != 0 {
			return try.day
		}
	}
	return today
}
