package engine

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// MaxSilent is how many steps a call may go without showing a screen. The
// checker finds loops; this stops what was built without it.
const MaxSilent = 64

var (
	// ErrLoop: a menu went on and on without showing a screen.
	ErrLoop = errors.New("no screen is shown")
	// ErrEvent: the session does not stand where such an event can happen.
	ErrEvent = errors.New("event out of place")
)

// Step takes one event: it returns the session after it, and the screen to
// show or the call to make. It changes nothing else, keeps nothing and asks
// nobody. An error says that the program or the session is broken; the session
// returned with it is the one that was given.
func (p *Program) Step(s Session, ev Event) (Session, Effect, error) {
	w := walk{p: p, s: s}
	eff, err := w.take(ev)
	if err != nil {
		return s, Effect{}, err
	}
	return w.s, eff, nil
}

// Show is the screen the session stands on, once more.
func (p *Program) Show(s *Session) (text string, end bool) {
	n := p.nodes[s.Screen]
	if n == nil {
		return "", true
	}
	return p.view(n, s, p.lang(s)).text, s.Ended
}

// Repeats reports whether the next input needs a Digest: it is one of two
// answers that must be the same.
func (p *Program) Repeats(s *Session) bool {
	n := p.nodes[s.Screen]
	return n != nil && n.Ask != nil && n.Ask.Repeat != nil
}

func (p *Program) lang(s *Session) int { return p.langs[s.Values[slotLang].s] }

// walk is one step in progress.
type walk struct {
	p *Program
	s Session
	// owned says that s.Values is this step's own and may be written to.
	owned bool
	// ownUndo says the same of s.Undo.
	ownUndo bool
	// asking says that a wrong answer was just given, so its count stays.
	asking bool
	// moves are what happened, nil where nobody watches; asked is the language of
	// the screen that was answered.
	moves *[]Move
	asked string
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
	case ev.Kind == EventDial && w.s.Screen == stateIdle:
		return w.dial(n, ev)
	case ev.Kind == EventInput && w.s.waiting == waitInput && w.s.Screen != stateIdle:
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

// follow fires a trigger and arrives where it leads.
func (w *walk) follow(n *node, on Trigger) (Effect, error) {
	next, err := w.fire(n, on)
	if err != nil {
		return Effect{}, err
	}
	return w.arrive(next)
}

func (w *walk) fire(n *node, on Trigger) (*node, error) {
	dst, err := w.p.machine.fire(n.Name, on)
	if err != nil {
		return nil, err
	}
	m := Move{Screen: n.Name, Trigger: on, To: dst, Lang: w.spoken(n)}
	if on.Kind == TriggerLanguage {
		m.Chosen = w.s.Lang()
	}
	w.note(m)
	w.s.Screen = dst
	return w.p.nodes[dst], nil
}

// arrive goes on from a screen until one is shown or a call is to be made.
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
			return w.call(waitAction, w.actionCall(n)), nil
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
	switch n.Kind {
	case ScreenChoose:
		for i := range n.Choose {
			if w.p.holds(&w.s, n.Choose[i].If) {
				return Trigger{Kind: TriggerCase, Index: i}
			}
		}
		return Trigger{Kind: triggerElse}
	case ScreenSet:
		w.assign(n.Set)
		return Trigger{Kind: TriggerGo}
	case ScreenDo:
		return Trigger{Kind: triggerCall}
	case ScreenList:
		if isEmpty(w.p.value(&w.s, n.List.Items)) {
			return Trigger{Kind: TriggerEmpty}
		}
	}
	return Trigger{Kind: TriggerShown}
}

func (w *walk) call(state waiting, c *Call) Effect {
	w.s.waiting = state
	// The menu's own code, not the one dialled: what is remembered is the same
	// after a deep dial.
	c.Service = w.p.def.Codes[0].Dial
	c.Caller, c.Session, c.Provider = w.s.Caller, w.s.ID, w.s.Provider
	c.Lang = w.s.Lang()
	return Effect{Call: c}
}

func (w *walk) factsCall(n *node) *Call {
	names := []string{"worker"}
	names = append(names, w.p.def.Remember...)
	return &Call{Action: CallFacts, Facts: names, Pos: n.Pos}
}

func (w *walk) smsCall(n *node) *Call {
	text := w.p.text(n.SMS.Say, &w.s, w.p.lang(&w.s))
	return &Call{Action: CallSMS, Args: []Value{w.p.value(&w.s, n.SMS.To), TextValue(text)}, Pos: n.Pos}
}

func (w *walk) actionCall(n *node) *Call {
	args := make([]Value, len(n.Do.Args))
	for i, a := range n.Do.Args {
		args[i] = w.p.arg(&w.s, a)
	}
	return &Call{Action: n.Do.Action, Args: args, Pos: n.Pos}
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
		// The screen was settled before its values were kept.
		w.s.Unsaved, w.asking = false, true
		return w.shown(n), nil
	default:
		return w.ended(n, out)
	}
}

// ended takes the outcome of a menu's action: its values, then its arrow.
func (w *walk) ended(n *node, out Outcome) (Effect, error) {
	w.give(out.Values)
	w.wipe(n.Do.Args)
	w.s.acted = true
	for i := range n.Do.Outcomes {
		c := &n.Do.Outcomes[i]
		if c.Outcome == out.Name && c.Retry != nil {
			return w.retry(n, out.Name)
		}
	}
	w.s.Wrong = 0
	return w.follow(n, outcomeTrigger(out.Name))
}

// retry asks the question again, using up one try.
func (w *walk) retry(n *node, outcome string) (Effect, error) {
	ask, err := w.fire(n, outcomeTrigger(outcome))
	if err != nil {
		return Effect{}, err
	}
	return w.wrong(ask, Trigger{Kind: TriggerRetry, Name: outcome}, noticeRetry+n.Name+" "+outcome)
}

// give sets the values that an outcome gives. What the program does not know
// under that name is left out.
func (w *walk) give(values []Named) {
	for _, v := range values {
		if i, ok := w.p.slotIndex[v.Name]; ok && fitsType(v.Value, &w.p.slots[i].Type) {
			w.set(i, v.Value)
		}
	}
}

// fitting is a value as a slot can hold it: not set where it is of another kind
// or holds a secret that could not be kept, and a list no longer than is shown.
func (p *Program) fitting(slot int, v Value) Value {
	t := &p.slots[slot].Type
	_, spoken := p.langs[v.s]
	switch {
	case slot == slotLang && (v.kind != KindChoice || !spoken):
		return unchosen(p.defaultLang)
	case !fitsType(v, t), t.Kind != KindSecret && v.holdsSecret():
		return Value{}
	case v.kind == KindList && len(v.Items()) > MaxRows:
		return ListValue(v.Items()[:MaxRows])
	}
	return v
}

func fitsType(v Value, t *Type) bool { return !v.IsSet() || v.kind == t.Kind }

// wipe forgets the secrets that an action has taken.
func (w *walk) wipe(args []Arg) {
	for _, a := range args {
		if i, ok := w.p.slotIndex[a.Ref.Name]; ok && w.s.Values[i].kind == KindSecret {
			w.set(i, Value{})
		}
	}
}

// wipeAll forgets every secret: none outlives the step it was typed in.
func (w *walk) wipeAll() {
	for i := range w.s.Values {
		if w.s.Values[i].kind == KindSecret {
			w.set(i, Value{})
		}
	}
}

func (w *walk) set(slot int, v Value) {
	v = w.p.fitting(slot, v)
	if !w.owned {
		w.s.Values = append([]Value(nil), w.s.Values...)
		w.owned = true
	}
	for _, r := range w.p.remembered {
		if r == slot && !w.s.Values[slot].Equal(v) {
			w.s.Unsaved = true
		}
	}
	w.s.Values[slot] = v
}

func (w *walk) assign(set []Assign) {
	for _, a := range set {
		v := a.Value
		if !a.From.IsZero() {
			v = w.p.value(&w.s, a.From)
		}
		w.set(w.p.slotIndex[a.Var], v)
	}
}

// shown is the end of a step: the caller sees n. Remembered values that have
// changed are kept first, and shown runs again once they are.
func (w *walk) shown(n *node) Effect {
	w.wipeAll()
	w.settle(n)
	if !w.asking {
		w.s.Wrong, w.s.Notice, w.s.Offset, w.s.Pages, w.s.Repeat = 0, "", 0, nil, ""
	}
	if w.s.Shown != "" && w.s.Shown != n.Name {
		w.s.Moved = true
	}
	w.s.Shown = n.Name
	w.rest(n)
	if w.s.Unsaved {
		return w.call(waitRemember, w.rememberCall(n))
	}
	w.s.Ended, w.s.acted = n.Kind == ScreenEnd, false
	v := w.p.view(n, &w.s, w.p.lang(&w.s))
	w.note(Move{Screen: n.Name, Trigger: Trigger{Kind: TriggerShown}, Page: len(w.s.Pages), More: v.next > 0})
	return Effect{Text: v.text, End: w.s.Ended}
}

func (w *walk) rememberCall(n *node) *Call {
	c := &Call{Action: CallRemember, Pos: n.Pos}
	for _, i := range w.p.remembered {
		if v := w.s.Values[i]; v.IsSet() {
			c.Remember = append(c.Remember, Named{w.p.slots[i].Name, v})
		}
	}
	return c
}

// wrong counts a wrong answer to a question, and gives up after the last.
func (w *walk) wrong(ask *node, how Trigger, notice string) (Effect, error) {
	w.s.Wrong++
	w.s.Repeat, w.s.refused = "", true
	if ask.Ask != nil && w.s.Wrong >= ask.Ask.Retries {
		w.s.Wrong = 0
		w.note(Move{Screen: ask.Name, Trigger: how})
		return w.follow(ask, Trigger{Kind: TriggerGiveUp})
	}
	return w.again(ask, how, notice), nil
}

// again shows the same page with a notice above it.
func (w *walk) again(n *node, how Trigger, notice string) Effect {
	w.note(Move{Screen: n.Name, Trigger: how})
	w.s.Notice, w.s.refused = notice, true
	w.asking = true
	return w.shown(n)
}

// input resolves what was typed to a trigger before anything is fired.
func (w *walk) input(n *node, ev Event) (Effect, error) {
	typed := strings.TrimSpace(ev.Input)
	w.s.refused = false
	before := w.s
	w.asked = w.s.Lang()
	lang := w.p.lang(&w.s)
	live := w.p.live(n, &w.s)
	nav := &w.p.def.Nav
	switch {
	case n.Name == stateResume:
		return w.resume(n, typed)
	case live&navBack != 0 && typed == nav.Back.Key:
		return w.back(n)
	case live&navHome != 0 && typed == nav.Home.Key:
		return w.leave(&before, n, Trigger{Kind: TriggerHome})
	}
	rows, next := w.p.choices(n, &w.s, lang)
	if next > 0 && typed == nav.More.Key {
		w.note(Move{Screen: n.Name, Trigger: Trigger{Kind: TriggerMore}})
		w.s.Pages = with(w.s.Pages, w.s.Offset)
		w.s.Offset, w.s.Notice = next, ""
		w.asking = true
		return w.shown(n), nil
	}
	if n.Kind == ScreenAsk {
		return w.answer(n, &before, rows, typed, ev.Digest)
	}
	return w.choice(n, &before, rows, typed)
}

// choice takes one of the rows shown.
func (w *walk) choice(n *node, before *Session, rows []row, typed string) (Effect, error) {
	for i := range rows {
		if rows[i].key != typed {
			continue
		}
		switch rows[i].trigger.Kind {
		case TriggerRow:
			w.set(n.rowSlot, rows[i].value)
		case TriggerLanguage:
			w.set(slotLang, rows[i].value)
		case TriggerYes:
			w.s.Guarded = true
		case TriggerNo:
		default:
			w.assign(n.Options[rows[i].trigger.Index].Set)
		}
		return w.leave(before, n, rows[i].trigger)
	}
	return w.again(n, invalid, noticeInvalid), nil
}

// answer takes an answer to a question: a shortcut on offer, or a value of the
// asked type that the accept rules let pass.
func (w *walk) answer(n *node, before *Session, rows []row, typed, digest string) (Effect, error) {
	t := &w.p.slots[n.askSlot].Type
	for i := range rows {
		if rows[i].key != typed {
			continue
		}
		if rows[i].value.IsSet() {
			return w.accept(n, before, rows[i].value, rows[i].trigger, "")
		}
		return w.leave(before, n, rows[i].trigger)
	}
	value, ok := w.p.parseAnswer(t, typed, Date(w.s.Values[slotToday].n))
	if !ok {
		return w.wrong(n, invalid, noticeInvalid)
	}
	return w.accept(n, before, value, Trigger{Kind: TriggerAnswer}, digest)
}

func (w *walk) accept(n *node, before *Session, value Value, on Trigger, digest string) (Effect, error) {
	w.set(n.askSlot, value)
	for i, rule := range n.Ask.Accept {
		if !w.p.holds(&w.s, rule.If) {
			w.forget(before)
			return w.wrong(n, Trigger{Kind: TriggerRefused, Index: i}, noticeAccept+strconv.Itoa(i))
		}
	}
	if n.Ask.Repeat != nil && digest != "" {
		if w.s.Repeat == "" {
			w.forget(before)
			w.s.Repeat, w.s.Notice = digest, ""
			w.asking = true
			return w.shown(n), nil
		}
		if w.s.Repeat != digest {
			w.forget(before)
			return w.wrong(n, invalid, noticeInvalid)
		}
	}
	return w.leave(before, n, on)
}

// forget takes an answer back, as if it had not been given.
func (w *walk) forget(before *Session) {
	w.s.Values, w.owned, w.s.Unsaved = before.Values, false, before.Unsaved
}
