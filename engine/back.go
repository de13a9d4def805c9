package engine

import "slices"

// leave fires the trigger by which the caller goes on from the screen shown, and
// notes the way back.
func (w *walk) leave(before *Session, n *node, on Trigger) (Effect, error) {
	w.s.Undo = append(w.s.Undo[:len(w.s.Undo):len(w.s.Undo)], Undo{Screen: n.Name, Offset: before.Offset, Pages: before.Pages, Moved: before.Moved})
	w.s.before, w.ownUndo = before.Values, true
	if len(w.s.Undo) > MaxUndo {
		w.s.Undo = w.s.Undo[len(w.s.Undo)-MaxUndo:]
	}
	return w.follow(n, on)
}

// settle completes the way back once the next screen is known: none to the
// screen itself, otherwise with the values that have changed since.
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

// back returns to the page before, or to the screen before as it was when it
// was shown. It is no transition: nothing is fired.
func (w *walk) back(n *node) (Effect, error) {
	if last := len(w.s.Pages) - 1; last >= 0 {
		w.note(Move{Screen: n.Name, Trigger: Trigger{Kind: TriggerBack}, To: n.Name})
		w.s.Offset, w.s.Pages, w.s.Notice = w.s.Pages[last], w.s.Pages[:last], ""
		w.asking = true
		return w.shown(n), nil
	}
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
	w.asking = true
	return w.shown(w.p.nodes[u.Screen]), nil
}

// resume answers the question whether to go on with a dropped call.
func (w *walk) resume(n *node, typed string) (Effect, error) {
	nav := &w.p.def.Nav
	switch typed {
	case nav.Cancel.Key:
		return w.anew(n)
	case nav.Confirm.Key:
		return w.restore(n)
	default:
		return w.again(n, invalid, noticeInvalid), nil
	}
}

// anew begins the call as if nothing had been asked.
func (w *walk) anew(n *node) (Effect, error) {
	w.s.offered, w.s.Shown = nil, ""
	w.speak(nil)
	return w.follow(n, Trigger{Kind: TriggerStart, Name: w.s.start})
}

// speak makes the call go on in the language of a dropped one, or as if none
// had been chosen.
func (w *walk) speak(snap *Snapshot) {
	lang := Value{}
	if snap != nil {
		for _, v := range snap.Values {
			if v.Name == w.p.slots[slotLang].Name {
				lang = v.Value
			}
		}
	}
	w.set(slotLang, lang)
	w.s.Unsaved = false
}

// restore takes up a dropped call where it stood.
func (w *walk) restore(n *node) (Effect, error) {
	snap := w.s.offered
	if snap == nil {
		return w.anew(n)
	}
	name := snap.Screen
	if to, ok := w.p.def.Renamed[name]; ok && w.p.nodes[name] == nil {
		name = to
	}
	target := w.p.nodes[name]
	if target == nil || target.Kind.Silent() || target.Kind == ScreenEnd {
		return w.anew(n)
	}
	w.give(snap.Values)
	// What is remembered was kept in the dropped call.
	w.s.offered, w.s.Unsaved = nil, false
	if !w.s.skipped(name) {
		w.s.Skipped = with(w.s.Skipped, name)
	}
	w.note(Move{Screen: n.Name, Trigger: Trigger{Kind: TriggerResumed}, To: name})
	w.s.Screen = name
	w.s.Shown, w.s.Moved = name, true
	return w.arrive(target)
}

// rest notes where a dropped call would be taken up again. A consent is never
// passed over and a secret is asked anew: behind one, the place stays until an
// action has run and a screen that asks nothing is shown.
func (w *walk) rest(n *node) {
	if w.p.def.Session.Resume == 0 || n.Kind == ScreenEnd || n.Name == stateResume {
		return
	}
	secret := n.askSlot >= 0 && w.p.slots[n.askSlot].Type.Kind == KindSecret
	if w.s.acted && n.Kind != ScreenAsk && n.Kind != ScreenConfirm {
		w.s.Guarded = false
	}
	if secret {
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

// named are the values that may be kept: those that are set, without secrets
// and without what every call finds out for itself.
func (p *Program) named(values []Value) []Named {
	var list []Named
	for i := builtinSlots; i < len(values); i++ {
		if v := values[i]; v.IsSet() && v.kind != KindSecret {
			list = append(list, Named{p.slots[i].Name, v})
		}
	}
	return list
}
