package engine

// resume takes the answer to the question about a dropped call.
func (w *walk) resume(n *node, in input) (Effect, error) {
	nav := &w.p.def.Nav
	in.rows = w.p.rows(n, &w.s, w.p.lang(&w.s))
	for _, key := range []string{in.key, keyWritten(in.key), w.p.keyLabelled(n, &w.s, in, 0)} {
		switch key {
		case nav.Cancel.Key:
			return w.beginAgain(n)
		case nav.Confirm.Key:
			return w.restore(n)
		}
	}
	return w.again(n, invalid, noticeInvalid), nil
}

// beginAgain begins the call as if nothing had been asked.
func (w *walk) beginAgain(n *node) (Effect, error) {
	w.s.offered, w.s.Shown = nil, ""
	w.speak(nil)
	return w.follow(n, Trigger{Kind: TriggerStart, Name: w.s.start})
}

// restore resumes a dropped call where it was.
func (w *walk) restore(n *node) (Effect, error) {
	snap := w.s.offered
	if snap == nil {
		return w.beginAgain(n)
	}
	target := w.p.resting(snap)
	if target == nil {
		return w.beginAgain(n)
	}
	w.give(snap.Values)
	// The dropped call has saved what is remembered.
	w.s.offered, w.s.Unsaved = nil, false
	if !w.s.skipped(target.Name) {
		w.s.Skipped = with(w.s.Skipped, target.Name)
	}
	w.note(Move{Screen: n.Name, Trigger: Trigger{Kind: TriggerResumed}, To: target.Name})
	w.s.Screen = target.Name
	w.s.Shown, w.s.Moved = target.Name, true
	return w.arrive(target)
}

// CanResume reports whether this version can resume a dropped call, at a place
// worth asking about: not the first screen.
func (p *Program) CanResume(snap *Snapshot) bool {
	n := p.resting(snap)
	if n == nil {
		return false
	}
	return !p.BeginsOn(n.Name) && n.Name != p.def.Nav.HomeScreen
}

// resting returns the screen at which a dropped call resumes, or nil if this
// version has none.
func (p *Program) resting(snap *Snapshot) *node {
	name := snap.Screen
	if to, ok := p.def.Renamed[name]; ok && p.nodes[name] == nil {
		name = to
	}
	if n := p.nodes[name]; n != nil && !n.kind.silent && !n.kind.ends {
		return n
	}
	return nil
}
