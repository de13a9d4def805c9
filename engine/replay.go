package engine

// ReplayStop returns what a replay does at the session's screen.
func (p *Program) ReplayStop(s *Session) ReplayStop {
	if n := p.nodes[s.Screen]; n != nil {
		return n.replay
	}
	return ReplayAsks
}

// Question returns the type that the session's screen asks for, or nil if it asks
// for none.
func (p *Program) Question(s *Session) *Type {
	if n := p.nodes[s.Screen]; n != nil {
		return n.question
	}
	return nil
}

// Repeats reports whether the next input needs a Digest: it is one of two answers
// that must be equal.
func (p *Program) Repeats(s *Session) bool {
	n := p.nodes[s.Screen]
	return n != nil && n.repeat != nil
}

// YesActs reports whether the session's screen asks for a consent to an action
// that a Yes runs at once: no PIN is asked between them.
func (p *Program) YesActs(s *Session) bool {
	if n := p.nodes[s.Screen]; n == nil || n.kind != &confirmKind {
		return false
	}
	_, eff, err := p.Step(*s, Event{Kind: EventInput, Input: p.def.Nav.Confirm.Key})
	return err == nil && eff.Call != nil && p.Writes(eff.Call.Action)
}
