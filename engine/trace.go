package engine

// Move is one thing that happened to a session within a step, for those who
// watch: coverage of dial scripts, the studio. It holds nothing that was typed.
type Move struct {
	// Screen is where it happened, and To where it led; To is "" where the
	// session stayed.
	Screen, To string
	// Trigger says how. After a retry Screen is the question, not the action's step.
	Trigger Trigger
	// Chosen is the code of the language that the caller has chosen with a
	// TriggerLanguage, otherwise "".
	Chosen string
	// Page is the page of a TriggerShown, from 0; More says that another follows it.
	Page int
	More bool
	// Lang is the language the session spoke then, before a choice of another.
	Lang string
}

// Trace is Step, and what happened on the way.
func (p *Program) Trace(s Session, ev Event) (Session, Effect, []Move, error) {
	w := walk{p: p, s: s, moves: &[]Move{}}
	eff, err := w.take(ev)
	if err != nil {
		return s, Effect{}, nil, err
	}
	return w.s, eff, *w.moves, nil
}

// note adds a move where somebody watches.
func (w *walk) note(m Move) {
	if w.moves != nil {
		if m.Lang == "" {
			m.Lang = w.s.Lang()
		}
		*w.moves = append(*w.moves, m)
	}
}

// spoken is the language in which a screen was answered: its answer may choose
// another. "" stands for what the session speaks now.
func (w *walk) spoken(n *node) string {
	if n.Kind.Silent() {
		return ""
	}
	return w.asked
}
