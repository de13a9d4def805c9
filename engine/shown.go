package engine

import "slices"

// shown ends a step: the caller sees n. If remembered values have changed, it
// saves them first and runs again after that.
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
	if w.s.Unsaved && !w.later {
		return w.call(waitRemember, w.rememberCall(n))
	}
	w.s.Ended, w.s.acted = n.kind.ends, false
	v := w.p.view(n, &w.s, w.p.lang(&w.s))
	w.note(Move{Screen: n.Name, Trigger: Trigger{Kind: TriggerShown}, Page: len(w.s.Pages), More: v.next > 0})
	return Effect{Text: v.text, End: w.s.Ended}
}

// settle completes the way back once the next screen is known: nothing leads back
// from a screen to itself; otherwise the values that have changed are noted.
func (w *walk) settle(n *node) {
	if w.s.before == nil {
		return
	}
	last := len(w.s.Undo) - 1
	if w.s.Undo[last].Screen == n.Name {
		w.s.Undo = w.s.Undo[:last]
	} else {
		if !w.ownUndo {
			w.s.Undo, w.ownUndo = slices.Clone(w.s.Undo), true
		}
		w.s.Undo[last].Values = changes(w.s.before, w.s.Values)
		if w.s.acted {
			// One that asks the same question again was refused, and the Yes still holds.
			for i := range w.s.Undo {
				w.s.Undo[i].Yes = false
			}
		}
	}
	w.s.before = nil
}

func changes(old, now []Value) []Change {
	var list []Change
	for i := range old {
		if i != slotWorker && old[i].kind != KindSecret && !old[i].Equal(now[i]) {
			list = append(list, Change{Slot: i, Old: old[i]})
		}
	}
	return list
}

// rest notes where a dropped call resumes. Resuming never passes a consent, and a
// secret is asked again. So after one of these the place stays until an action has
// run and a screen that asks nothing is shown.
func (w *walk) rest(n *node) {
	if w.p.def.Session.Resume == 0 || n.kind.ends || n.Name == Resume {
		return
	}
	if w.s.acted && !n.kind.asks {
		w.s.Guarded = false
	}
	if n.question != nil && n.question.Kind == KindSecret {
		w.s.Guarded = true
	}
	if w.s.Guarded {
		return
	}
	w.s.Resting = Snapshot{Screen: n.Name, Values: w.p.named(w.s.Values)}
	if lang := w.s.Values[slotLang]; lang.IsSet() {
		w.s.Resting.Values = append(w.s.Resting.Values, Named{w.p.slots[slotLang].Name, lang})
	}
}

// named returns the values that may be stored: those that are set, without
// secrets and without what every call reads for itself.
func (p *Program) named(values []Value) []Named {
	var list []Named
	for i := builtinSlots; i < len(values); i++ {
		if v := values[i]; v.IsSet() && v.kind != KindSecret {
			list = append(list, Named{p.slots[i].Name, v})
		}
	}
	return list
}

func (w *walk) rememberCall(n *node) *Call {
	c := &Call{Action: CallRemember, Pos: n.Pos}
	for _, i := range w.p.remembered {
		// A value that an action has left out replaces the one of an earlier call.
		if v := w.s.Values[i]; v.IsSet() || w.p.leavable[i] {
			c.Remember = append(c.Remember, Named{w.p.slots[i].Name, v})
		}
	}
	return c
}

// call ends a step that waits for the outcome of c.
func (w *walk) call(state waiting, c *Call) Effect {
	w.s.waiting = state
	// The menu's own code, not the dialled one: a deep dial remembers the same.
	c.Service = w.p.def.Codes[0].Dial
	c.Caller, c.Session, c.Provider = w.s.Caller, w.s.ID, w.s.Provider
	c.Lang = w.s.Lang()
	return Effect{Call: c}
}
