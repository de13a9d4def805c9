package engine

import (
	"cmp"
	"strings"
	"unicode"
)

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

// TakesUnseen reports whether an input may be taken for the answer to the session's
// screen although nobody knows that the caller has seen this very screen. A Yes, a
// secret and a row of a list may not. A way back may: it agrees to nothing.
func (p *Program) TakesUnseen(s *Session, in string) bool {
	n := p.nodes[s.Screen]
	if n == nil {
		return false
	}
	typed, live, nav := strings.TrimSpace(in), p.live(n, s), &p.def.Nav
	switch {
	case n.replay == ReplayPasses:
		return true
	case n.Name == Resume:
		return false
	case live&NavBack != 0 && typed == nav.Back.Key, live&NavHome != 0 && typed == nav.Home.Key:
		return true
	}
	return n.kind == &confirmKind && !p.SaysYes(s, in)
}

// MayLeadBack reports whether an input may be a key that leads away from what was agreed
// to, whatever the screen was.
func (p *Program) MayLeadBack(in string) bool {
	nav := &p.def.Nav
	key := cmp.Or(keyWritten(in), strings.TrimSpace(in))
	words := strings.ContainsFunc(in, unicode.IsLetter) // "Back" is taken for its key, too
	return key != "" && (key == nav.Back.Key || key == nav.Home.Key) || words
}

// BeforeYes goes back to the confirm whose Yes no action has used yet, and reports
// whether there is one. It is for a session that may not know that the Yes was taken
// back.
func (p *Program) BeforeYes(s *Session) (Session, bool) {
	at := len(s.Undo) - 1
	for at >= 0 && !s.Undo[at].Yes {
		at--
	}
	if at < 0 || s.Ended {
		return *s, false
	}
	w := walk{p: p, s: *s, later: true}
	for len(w.s.Undo) > at {
		w.s.Pages = nil
		w.back(p.nodes[w.s.Screen])
	}
	return w.s, true
}

// Answered reports whether the session's screen asks for a value that it has already.
func (p *Program) Answered(s *Session) bool {
	n := p.nodes[s.Screen]
	return n != nil && n.question != nil && s.Values[n.slot].IsSet()
}

// TakesStars reports whether the session's screen asks for a text that may contain
// stars.
func (p *Program) TakesStars(s *Session) bool {
	n := p.nodes[s.Screen]
	return n != nil && n.question != nil && n.question.Stars
}

// AnswersToEffect returns the fewest answers after which a call that begins on a screen
// may have an effect: an action that is not only a look-up, a message, a value to
// remember. It returns 0 if the call may have one at once, and NoEffect if it has none.
func (p *Program) AnswersToEffect(start string) int {
	if n, ok := p.toEffect[start]; ok {
		return n
	}
	return NoEffect
}

// NoEffect is more answers than any call has.
const NoEffect = 1 << 20

// findEffects counts the answers before an effect for each first screen of a call.
func (p *Program) findEffects() {
	next := map[string][]string{}
	for _, t := range p.Transitions() {
		next[t.From] = append(next[t.From], t.To)
	}
	p.toEffect = map[string]int{}
	for _, c := range p.def.Codes {
		n := p.fewestAnswers(c.Start, next)
		if len(p.remembered) > 0 {
			n = min(n, 1) // any answer may be a value to remember
		}
		p.toEffect[c.Start] = n
	}
}

// fewestAnswers goes through the screens that can be reached, those after fewer
// answers first, and stops at one with an effect.
func (p *Program) fewestAnswers(start string, next map[string][]string) int {
	seen := map[string]bool{start: true}
	for at, answers := []string{start}, 0; len(at) > 0; answers++ {
		var after []string // one answer later
		for i := 0; i < len(at); i++ {
			n := p.nodes[at[i]]
			if n.acts || n.SMS != nil {
				return answers
			}
			for _, to := range next[n.Name] {
				if seen[to] {
					continue
				}
				seen[to] = true
				if n.kind.silent {
					at = append(at, to)
				} else {
					after = append(after, to)
				}
			}
		}
		at = after
	}
	return NoEffect
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
