package engine

import "strings"

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

// SaysYes reports whether an input says Yes on the session's screen, which asks for a
// consent.
func (p *Program) SaysYes(s *Session, typed string) bool {
	_, _, moves, err := p.Trace(*s, Event{Kind: EventInput, Input: typed})
	return err == nil && len(moves) > 0 && moves[0].Trigger.Kind == TriggerYes
}

// Compared returns an answer in the form in which two answers are compared: people
// write one number in several ways.
func (p *Program) Compared(s *Session, typed string) string {
	n := p.nodes[s.Screen]
	if n != nil && n.question != nil {
		if v, ok := p.parseAnswer(n.question, typed, p.lang(s), s.Day()); ok && v.kind == KindSecret {
			return v.s
		} else if ok {
			return v.String()
		}
	}
	return strings.TrimSpace(typed)
}
