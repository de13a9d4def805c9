package engine

import (
	"errors"
	"fmt"
	"strings"
)

// ErrEvent says that a session is not in a state where such an event can happen.
var ErrEvent = errors.New("event out of place")

// Begin returns a new session of the program, before its first event.
func (p *Program) Begin(r Request, today Date) Session {
	s := Session{
		ID: r.Session, Provider: r.Provider, Caller: r.Caller, Service: r.Service, Network: r.Network,
		Screen: Idle,
		Values: make([]Value, len(p.slots)),
	}
	s.Values[slotCaller] = PhoneValue(r.Caller)
	s.Values[slotLang] = unchosen(p.defaultLang)
	s.Values[slotToday] = DateValue(today)
	s.Values[slotNetwork] = TextValue(r.Network)
	s.Values[slotService] = TextValue(p.def.Service)
	return s
}

// Step takes one event. It returns the session after it, and the screen to show
// or the call to make. It has no other effect. An error says that the program or
// the session is broken; the session returned with it is the one that was given.
func (p *Program) Step(s Session, ev Event) (Session, Effect, error) {
	w := walk{p: p, s: s}
	eff, err := w.take(ev)
	if err != nil {
		return s, Effect{}, err
	}
	return w.s, eff, nil
}

// Trace takes one event like Step, and also returns what happened on the way.
func (p *Program) Trace(s Session, ev Event) (Session, Effect, []Move, error) {
	w := walk{p: p, s: s, moves: &[]Move{}}
	eff, err := w.take(ev)
	if err != nil {
		return s, Effect{}, nil, err
	}
	return w.s, eff, *w.moves, nil
}

// Show returns the session's screen once more, and whether it is the last.
func (p *Program) Show(s *Session) (text string, end bool) {
	n := p.nodes[s.Screen]
	if n == nil {
		return "", true
	}
	return p.view(n, s, p.lang(s)).text, s.Ended
}

func (w *walk) take(ev Event) (Effect, error) {
	n := w.p.nodes[w.s.Screen]
	switch {
	case n == nil:
		return Effect{}, fmt.Errorf("%w: this program has no screen %q", ErrEvent, w.s.Screen)
	case len(w.s.Values) != len(w.p.slots):
		return Effect{}, fmt.Errorf("%w: the session has %d values, the program %d", ErrEvent, len(w.s.Values), len(w.p.slots))
	case w.s.Ended:
		return Effect{}, fmt.Errorf("%w: the call is over", ErrEvent)
	case ev.Kind == EventDial && w.s.Screen == Idle:
		return w.dial(n, ev)
	case ev.Kind == EventInput && w.s.waiting == waitInput && w.s.Screen != Idle:
		return w.input(n, ev)
	case ev.Kind == EventOutcome && w.s.waiting != waitInput:
		return w.outcome(n, ev.Outcome)
	default:
		return Effect{}, fmt.Errorf("%w: event %d on screen %q", ErrEvent, ev.Kind, w.s.Screen)
	}
}

func (w *walk) dial(n *node, ev Event) (Effect, error) {
	if ev.Resume != nil {
		w.s.offered = ev.Resume
		w.s.start = ev.Start
		w.speak(ev.Resume)
		return w.follow(n, Trigger{Kind: TriggerDropped})
	}
	return w.follow(n, Trigger{Kind: TriggerStart, Name: ev.Start})
}

// input takes a navigation key, or lets the screen's kind decide.
func (w *walk) input(n *node, ev Event) (Effect, error) {
	in := input{typed: strings.TrimSpace(ev.Input), key: plainTyped(ev.Input), digest: ev.Digest}
	w.s.refused = false
	before := w.s
	w.asked = w.s.Lang()
	if n.Name == Resume {
		return w.resume(n, in)
	}
	if eff, known, err := w.navigate(n, &before, in.key); known {
		return eff, err
	}
	var next int
	in.rows, next = w.p.choices(n, &w.s, w.p.lang(&w.s))
	if next > 0 && in.key == w.p.def.Nav.More.Key {
		return w.more(n, next), nil
	}
	d := w.p.decided(n, w.s, in)
	if d.trigger.Kind != TriggerInvalid {
		return w.decide(n, &before, d)
	}
	// It is no key and no answer as it stands, so it may be a key as people write it, or
	// the words behind a key.
	for _, key := range []string{keyWritten(in.key), w.p.keyLabelled(n, &w.s, in, next)} {
		if key == "" {
			continue
		}
		in.key = key
		if eff, known, err := w.navigate(n, &before, key); known {
			return eff, err
		}
		if next > 0 && key == w.p.def.Nav.More.Key {
			return w.more(n, next), nil
		}
		if d = w.p.decided(n, w.s, in); d.trigger.Kind != TriggerInvalid {
			break
		}
	}
	return w.decide(n, &before, d)
}

// navigate takes the keys for Back and Home. It reports whether the key is one of
// them here.
func (w *walk) navigate(n *node, before *Session, key string) (eff Effect, known bool, err error) {
	live := w.p.live(n, &w.s)
	nav := &w.p.def.Nav
	switch {
	case live&NavBack != 0 && key == nav.Back.Key:
		return w.back(n), true, nil
	case live&NavHome != 0 && key == nav.Home.Key:
		eff, err = w.leave(before, n, &decision{trigger: Trigger{Kind: TriggerHome}})
		return eff, true, err
	}
	return Effect{}, false, nil
}

// decided returns what the screen's kind decides about an input.
func (p *Program) decided(n *node, s Session, in input) decision {
	if n.kind.input == nil {
		return decision{trigger: invalid}
	}
	return n.kind.input(p, n, s, in)
}

func (w *walk) outcome(n *node, out Outcome) (Effect, error) {
	state := w.s.waiting
	w.s.waiting = waitInput
	switch state {
	case waitFacts:
		if out.Name != Done {
			return w.follow(n, Trigger{Kind: TriggerNoFacts})
		}
		w.s.Facts = true
		w.give(out.Values)
		w.s.Unsaved = false
		return w.arrive(n)
	case waitSMS:
		w.s.Sent = with(w.s.Sent, n.Name)
		return w.arrive(n)
	case waitRemember:
		// The screen was settled before its values were saved.
		w.s.Unsaved, w.later, w.asking = out.Name != Done, out.Name != Done, true
		return w.shown(n), nil
	default:
		return w.ended(n, out)
	}
}

// ended takes the outcome of a menu's action: its values, then its target.
func (w *walk) ended(n *node, out Outcome) (Effect, error) {
	for _, slot := range n.optional[out.Name] {
		w.set(slot, Value{}) // unless the outcome gives it
	}
	w.give(out.Values)
	taken, retry := n.kind.outcome(n, out.Name)
	w.wipe(taken)
	w.s.acted = true
	if !retry {
		w.s.Wrong = 0
		return w.follow(n, outcomeTrigger(out.Name))
	}
	ask, err := w.fire(n, outcomeTrigger(out.Name))
	if err != nil {
		return Effect{}, err
	}
	return w.wrong(ask, Trigger{Kind: TriggerRetry, Name: out.Name}, noticeRetry+n.Name+" "+out.Name)
}
