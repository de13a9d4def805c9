package engine

import (
	"errors"
	"fmt"
)

// MaxSilent is how many steps a call may take without showing a screen. The
// checker finds such cycles; this stops programs that were made without it.
const MaxSilent = 64

// ErrLoop says that a menu went on and on without showing a screen.
var ErrLoop = errors.New("no screen is shown")

// fire sends a trigger to the machine and returns the screen it leads to.
func (w *walk) fire(n *node, on Trigger) (*node, error) {
	dst, err := w.p.table.Fire(n.Name, on)
	if err != nil {
		return nil, err
	}
	m := Move{Screen: n.Name, Trigger: on, To: dst}
	if !n.kind.silent {
		m.Lang = w.asked // the answer may have chosen another
	}
	if on.Kind == TriggerLanguage {
		m.Chosen = w.s.Lang()
	}
	w.note(m)
	w.s.Screen = dst
	return w.p.nodes[dst], nil
}

// follow fires a trigger and arrives where it leads.
func (w *walk) follow(n *node, on Trigger) (Effect, error) {
	next, err := w.fire(n, on)
	if err != nil {
		return Effect{}, err
	}
	return w.arrive(next)
}

// arrive goes on from a screen until one is shown or a call must be made.
func (w *walk) arrive(n *node) (Effect, error) {
	for range MaxSilent {
		if n.facts && !w.s.Facts {
			return w.call(waitFacts, w.factsCall(n)), nil
		}
		if n.SMS != nil && !w.s.sent(n.Name) {
			return w.call(waitSMS, w.smsCall(n)), nil
		}
		on := w.onward(n)
		switch on.Kind {
		case TriggerShown:
			return w.shown(n), nil
		case triggerCall:
			return w.call(waitAction, n.kind.call(w.p, n, w.s)), nil
		}
		next, err := w.fire(n, on)
		if err != nil {
			return Effect{}, err
		}
		n = next
	}
	return Effect{}, fmt.Errorf("%w: %d silent steps, the last on %q (%s)", ErrLoop, MaxSilent, n.Name, n.Pos)
}

// onward returns the trigger by which a screen leads on by itself: TriggerShown
// if the caller must see it, triggerCall if its action must run first.
func (w *walk) onward(n *node) Trigger {
	if n.Skip != nil && !w.s.skipped(n.Name) {
		w.s.Skipped = with(w.s.Skipped, n.Name)
		if w.p.holds(&w.s, n.Skip.If) {
			return Trigger{Kind: TriggerSkip}
		}
	}
	if n.kind.onward == nil {
		return Trigger{Kind: TriggerShown}
	}
	if n.kind.assigns {
		w.assign(n.Set)
	}
	return n.kind.onward(w.p, n, w.s)
}

func (w *walk) factsCall(n *node) *Call {
	names := []string{"worker"}
	names = append(names, w.p.def.Remember...)
	return &Call{Action: CallFacts, Facts: names, Pos: n.Pos}
}

func (w *walk) smsCall(n *node) *Call {
	text := w.p.smsText(n.SMS.Say, &w.s, w.p.lang(&w.s))
	return &Call{Action: CallSMS, Args: []Value{w.p.value(&w.s, n.SMS.To), TextValue(text)}, Pos: n.Pos}
}
