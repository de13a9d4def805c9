package dialscript

import (
	"errors"
	"fmt"
	"sync"

	"github.com/paytrace/paytrace/engine"
)

// perform does or checks what a stage direction says.
func (g *play) perform(d Direction) {
	switch d.Kind {
	case Drops:
		g.open = false
	case HangsUp:
		g.hangUp(d.Pos)
	case Wait:
		g.wait(d)
	case SentTwice:
		g.again(d)
	case SentAtOnce: // done with the step's own callback
	case OlderLate:
		g.late(d)
	case SessionsLost:
		g.forget(d)
	case Published:
		g.publish(d)
	default:
		g.assert(d)
	}
}

// hangUp ends the session on the phone. The gateway reports that if it can.
func (g *play) hangUp(pos engine.Pos) {
	g.open = false
	line, ok := g.target.(HangsUpOn)
	if !ok || len(g.sent) == 0 {
		return
	}
	if err := line.HangUp(g.ctx, g.sent[len(g.sent)-1]); err != nil {
		g.fatal(pos, "the end of the session can't be reported: %v", err)
	}
}

// wait lets time pass.
func (g *play) wait(d Direction) bool {
	line, ok := g.target.(Waits)
	if !ok {
		g.stop(fmt.Sprintf("%s: this target can't let time pass (%s)", d.Pos, d.Text))
		return false
	}
	switch err := line.Wait(g.ctx, d.Span); {
	case errors.Is(err, ErrCannotSet):
		g.stop(fmt.Sprintf("%s: (%s): %v", d.Pos, d.Text, err))
		return false
	case err != nil:
		g.fatal(d.Pos, "(%s) was cut short: %v", d.Text, err)
		return false
	}
	return true
}

func (g *play) forget(d Direction) {
	line, ok := g.target.(Forgets)
	if !ok {
		g.stop(fmt.Sprintf("%s: this target can't lose sessions", d.Pos))
		return
	}
	line.Forget()
}

// publish puts another version of the menus into service. Every later screen checks
// that the session stays on its own version.
func (g *play) publish(d Direction) {
	line, ok := g.target.(Publishes)
	if !ok {
		g.stop(fmt.Sprintf("%s: this target can't publish a menu", d.Pos))
		return
	}
	if err := line.Publish(); err != nil {
		g.fatal(d.Pos, "(%s) can't be done: %v", d.Text, err)
	}
}

// again delivers the last callback once more, which must give the same screen.
func (g *play) again(d Direction) {
	first := g.screen
	second, err := g.target.Type(g.ctx, g.sent[len(g.sent)-1])
	if err != nil {
		g.noAnswer(d.Pos, err)
		return
	}
	g.same(d.Pos, first, second)
}

// same compares two answers to one callback. It counts as a check, because every
// delivery must get identical bytes.
func (g *play) same(pos engine.Pos, first, second Screen) {
	g.result.Checks++
	if first.Text == second.Text && first.End == second.End {
		return
	}
	p := g.fail(pos, "two deliveries of one callback were answered differently")
	p.Expected, p.Shown = Lines(first.Text), Lines(second.Text)
	p.Line = FirstDifference(p.Expected, p.Shown)
}

func FirstDifference(a, b []string) int {
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			return i
		}
	}
	return len(a)
}

// both delivers a callback twice at the same time.
func (g *play) both(d Direction, cb Callback) error {
	var screens [2]Screen
	var errs [2]error
	var deliveries sync.WaitGroup
	for i := range screens {
		deliveries.Go(func() { screens[i], errs[i] = g.target.Type(g.ctx, cb) })
	}
	deliveries.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	g.screen = screens[0]
	g.same(d.Pos, screens[0], screens[1])
	return nil
}

// late delivers the callback before the last once more. No phone shows its answer.
// The last callback must then get the same screen as before.
func (g *play) late(d Direction) {
	if len(g.sent) < 2 {
		g.fatal(d.Pos, "this session has no older callback yet")
		return
	}
	screen, err := g.target.Type(g.ctx, g.sent[len(g.sent)-2])
	if err != nil {
		g.noAnswer(d.Pos, err)
		return
	}
	g.fits(d.Pos, screen)
	// The last callback again shows whether the session has moved back.
	g.again(d)
}
