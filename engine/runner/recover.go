package runner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// fromStart replays the whole text and settles what it leaves open.
func (t *turn) fromStart(ctx context.Context, p *engine.Program, dropped *engine.Snapshot) (*replay, error) {
	f := &replay{turn: t, p: p, fresh: true}
	err := f.whole(ctx, dropped)
	if err == nil {
		err = f.settle(ctx)
	}
	return f, err
}

// whole replays the whole text from its start.
func (f *replay) whole(ctx context.Context, dropped *engine.Snapshot) error {
	f.s = f.p.Begin(f.req, f.begunOn(ctx))
	var inputs []string
	if f.text != "" {
		f.inputs, inputs = splitText(f.text)
	}
	dial := engine.Event{Kind: engine.EventDial, Start: f.p.StartFor(f.req.Service), Resume: dropped}
	if err := f.event(ctx, dial, len(inputs) > 0); err != nil {
		return err
	}
	return f.take(ctx, inputs)
}

// maxReadings bounds how many ways of reading stars in one answer are tried. Each
// may ask the action log, and nobody types eight stars into a name.
const maxReadings = 8

// since cuts the text beyond the record into inputs. Mostly that is one input.
// A star may have been typed, or it may separate inputs whose record was lost:
//   - if the screen takes text, the star was typed, unless the log has a result
//     of what the inputs would have led to;
//   - otherwise it separates inputs if the screen of any of them accepts it: the
//     caller has seen the refusals of the others.
func (f *replay) since(ctx context.Context, typed string) ([]string, error) {
	one := []string{typed}
	if !strings.Contains(typed, "*") {
		return one, nil
	}
	if f.speculating {
		return nil, errNeedRecord // only the log can decide
	}
	f.unsure = true
	parts := strings.Split(typed, "*")
	readings := 1
	if takesText(f.p, &f.s) {
		readings = min(len(parts)-1, maxReadings)
	}
	for k := 1; k <= readings; k++ {
		several := append([]string{strings.Join(parts[:k], "*")}, parts[k:]...)
		ok, err := f.leadOn(ctx, several)
		if err != nil {
			return nil, err
		}
		if ok {
			f.fresh, f.recorded = true, !f.doubtful
			return several, nil
		}
	}
	return one, nil
}

// leadOn reports whether the parts are separate inputs.
func (f *replay) leadOn(ctx context.Context, parts []string) (bool, error) {
	try := *f
	try.inputs, try.probing = slices.Clip(f.inputs), true
	text, taken := takesText(f.p, &f.s), false
	for i, in := range parts {
		if try.s.Ended {
			break
		}
		last := i == len(parts)-1
		err := try.input(ctx, in, !last)
		switch {
		case errors.Is(err, engine.ErrFenced) && !last:
			// A callback ended here and got another answer.
			return false, fmt.Errorf("%w: %w", errExpired, err)
		case errors.Is(err, engine.ErrFenced), errors.Is(err, errExpired):
			return last && !text, nil
		case err != nil:
			return false, err
		case !try.probing:
			return true, nil
		}
		taken = taken || !try.s.Refused()
	}
	return taken && !text, nil
}

// settle handles a write that did not run here but may run elsewhere. If the
// inputs led to no write and another reading of them might, it fences that write:
// a duplicate that knows better and has not run it by now never will, and asks
// the caller again as well. If a duplicate has run it, the log gives the state.
func (f *replay) settle(ctx context.Context) error {
	if f.tried || !f.unsure && !f.skipped || !f.p.Acts() {
		return nil
	}
	if f.speculating {
		return errNeedRecord
	}
	ran, err := f.ran(ctx)
	if err != nil || !ran {
		return err
	}
	whole := replay{turn: f.turn, p: f.p, fresh: true}
	if err := whole.whole(ctx, nil); err != nil {
		return err
	}
	if !whole.wrote {
		return fmt.Errorf("%w: the log does not show what the inputs led to", errExpired)
	}
	*f = whole
	return nil
}

// giveUp ends the call if the log can't say what the inputs mean or led to: the
// caller sees that it may be in progress. The end is saved, so every delivery of
// the callback shows the same.
func (f *replay) giveUp(left []string, err error) error {
	if err == nil || errors.Is(err, errNeedRecord) || errors.Is(err, errExpired) || errors.Is(err, engine.ErrFenced) {
		return err
	}
	f.logFault("the log can't be asked what a callback means", err)
	f.inputs = append(f.inputs, left...)
	f.s.EndInProgress()
	f.skipped = false
	return nil
}
