package runner

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// take replays inputs; the last one is what the caller typed now.
func (f *replay) take(ctx context.Context, inputs []string) error {
	for i := 0; i < len(inputs); {
		took := 1
		var err error
		switch {
		case f.s.Ended:
			took = 0
		case f.fresh && f.stops() && !(i == 0 && f.recorded):
			took, err = f.proven(ctx, inputs[i:])
		default:
			if err = f.input(ctx, inputs[i], i < len(inputs)-1); err == nil && f.recorded && i < len(inputs)-1 {
				err = f.straight(ctx)
			}
		}
		if err != nil {
			return err
		}
		if took == 0 {
			// The rest was typed ahead of a screen that must be seen.
			f.inputs = append(f.inputs, inputs[i:]...)
			return nil
		}
		i += took
	}
	return nil
}

// input takes one input. again says that the caller has typed more since.
func (f *replay) input(ctx context.Context, in string, again bool) error {
	f.inputs = append(f.inputs, in)
	f.turn.input = redact(f.p, &f.s, in)
	ev := engine.Event{Kind: engine.EventInput, Input: in}
	if f.p.Repeats(&f.s) {
		ev.Digest = f.Identity.repeat(&f.req, f.s.Screen, f.p.Compared(&f.s, in))
	}
	return f.event(ctx, ev, again)
}

// stops reports whether a deep dial or a replay must show the session's screen:
// a consent, a secret, or a list that was read again and may have other rows.
func (f *replay) stops() bool { return f.p.ReplayStop(&f.s) != engine.ReplayPasses }

// proven passes a screen that must be seen if the stored result of a write shows
// that the caller answered it. took is the number of inputs this took, or 0
// without such a result. Otherwise a callback that lost its record would ask for
// a consent that was given, and act on it twice. A fenced write shows that the
// screen was asked again after its input.
func (f *replay) proven(ctx context.Context, inputs []string) (took int, err error) {
	f.skipped = true
	try := *f
	try.inputs, try.probing = slices.Clip(f.inputs), true
	for i, in := range inputs {
		if try.s.Ended {
			return 0, nil
		}
		err := try.input(ctx, in, i < len(inputs)-1)
		switch {
		case errors.Is(err, engine.ErrFenced):
			f.inputs = try.inputs
			return i + 1, nil
		case errors.Is(err, errExpired):
			return 0, nil
		case err != nil:
			return 0, err
		case !try.probing:
			*f = try
			f.skipped = false
			return i + 1, nil
		}
	}
	return 0, nil
}

// splitText cuts a text without a record at every star, since nothing says which
// stars were typed. An empty first answer left the text as it was, so it was a
// repeat of the first callback: it counts as taken and answers nothing.
func splitText(text string) (taken, inputs []string) {
	inputs = strings.Split(text, "*")
	if inputs[0] == "" && len(inputs) > 1 {
		return inputs[:1:1], inputs[1:]
	}
	return nil, inputs
}

// takesText reports whether the screen asks for text, which may contain stars.
func takesText(p *engine.Program, s *engine.Session) bool {
	t := p.Question(s)
	return t != nil && (t.Kind == engine.KindText || t.Kind == engine.KindSecret && t.Digits == 0)
}
