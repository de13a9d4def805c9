package engine

import (
	"cmp"
	"strconv"
)

// decide applies what a screen's kind has decided about an input.
func (w *walk) decide(n *node, before *Session, d decision) (Effect, error) {
	if d.trigger.Kind == TriggerInvalid {
		notice := cmp.Or(d.notice, noticeInvalid)
		if n.question != nil {
			return w.wrong(n, d.trigger, notice)
		}
		return w.again(n, d.trigger, notice), nil
	}
	switch {
	case d.lang:
		w.set(slotLang, d.value)
	case d.sets:
		w.set(n.slot, d.value)
	}
	w.assign(d.assign)
	w.s.Guarded = w.s.Guarded || d.consent
	for i, rule := range d.accept {
		if !w.p.holds(&w.s, rule.If) {
			w.forget(before)
			return w.wrong(n, Trigger{Kind: TriggerRefused, Index: i}, noticeAccept+strconv.Itoa(i))
		}
	}
	switch {
	case d.digest == "" || d.digest == w.s.Repeat:
		return w.leave(before, n, &d)
	case w.s.Repeat == "":
		w.forget(before)
		w.s.Repeat, w.s.Notice = d.digest, ""
		w.asking = true
		return w.shown(n), nil
	default:
		w.forget(before)
		how := invalid
		if n.AgainFor.Mismatch != nil {
			how = mismatch
		}
		return w.wrong(n, how, noticeDiffers)
	}
}

// forget takes an answer back.
func (w *walk) forget(before *Session) {
	w.s.Values, w.owned, w.s.Unsaved = before.Values, false, before.Unsaved
}

// wrong counts a wrong answer to a question, and gives up after the last one. A
// question that gives up to itself is asked once more.
func (w *walk) wrong(ask *node, how Trigger, notice string) (Effect, error) {
	w.s.Repeat, w.s.refused = "", true
	if ask.retries > 0 {
		w.s.Wrong++
	}
	if ask.retries <= 0 || w.s.Wrong < ask.retries {
		return w.again(ask, how, notice), nil
	}
	w.s.Wrong = 0
	w.note(Move{Screen: ask.Name, Trigger: how})
	next, err := w.fire(ask, Trigger{Kind: TriggerGiveUp})
	if err != nil {
		return Effect{}, err
	}
	if next == ask {
		return w.refuse(ask, notice), nil
	}
	return w.arrive(next)
}

// again shows the screen once more and says why the answer was not taken.
func (w *walk) again(n *node, how Trigger, notice string) Effect {
	w.note(Move{Screen: n.Name, Trigger: how})
	w.s.refused = true
	return w.refuse(n, notice)
}

// refuse shows the page with a notice above it. Words in place of the question begin
// the screen from its first page.
func (w *walk) refuse(n *node, notice string) Effect {
	w.s.Notice, w.asking = notice, true
	if w.p.replaced(n, &w.s) {
		w.s.Offset, w.s.Pages = 0, nil
	}
	return w.shown(n)
}

// more shows the next page, which begins at a unit.
func (w *walk) more(n *node, next int) Effect {
	w.note(Move{Screen: n.Name, Trigger: Trigger{Kind: TriggerMore}})
	return w.turn(n, next, with(w.s.Pages, w.s.Offset))
}

// turn shows another page of the screen. A notice is gone then, but words in place of
// the question go on: the pages were counted with them.
func (w *walk) turn(n *node, offset int, pages []int) Effect {
	if !w.p.replaced(n, &w.s) {
		w.s.Notice = ""
	}
	w.s.Offset, w.s.Pages, w.asking = offset, pages, true
	return w.shown(n)
}

// leave goes on from the screen shown and notes the way back.
func (w *walk) leave(before *Session, n *node, d *decision) (Effect, error) {
	left := Undo{Screen: n.Name, Offset: before.Offset, Pages: before.Pages, Moved: before.Moved, Yes: d.consent}
	if w.p.replaced(n, before) {
		left.Offset, left.Pages = 0, nil
	}
	w.s.Undo = append(w.s.Undo[:len(w.s.Undo):len(w.s.Undo)], left)
	w.s.before, w.ownUndo = before.Values, true
	if len(w.s.Undo) > MaxUndo {
		w.s.Undo = w.s.Undo[len(w.s.Undo)-MaxUndo:]
	}
	return w.follow(n, d.trigger)
}

// back returns to the page before, or to the screen before as it was when it was
// shown. It fires nothing.
func (w *walk) back(n *node) Effect {
	if last := len(w.s.Pages) - 1; last >= 0 {
		w.note(Move{Screen: n.Name, Trigger: Trigger{Kind: TriggerBack}, To: n.Name})
		return w.turn(n, w.s.Pages[last], w.s.Pages[:last])
	}
	w.asking = true
	last := len(w.s.Undo) - 1
	u := w.s.Undo[last]
	w.note(Move{Screen: n.Name, Trigger: Trigger{Kind: TriggerBack}, To: u.Screen})
	w.s.Undo = w.s.Undo[:last]
	for _, c := range u.Values {
		w.set(c.Slot, c.Old)
	}
	w.s.Screen = u.Screen
	w.s.Wrong, w.s.Notice, w.s.Repeat = 0, "", ""
	w.s.Offset, w.s.Pages, w.s.Moved = u.Offset, u.Pages, u.Moved
	w.s.Shown = u.Screen
	return w.shown(w.p.nodes[u.Screen])
}
