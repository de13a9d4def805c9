package engine

// Idle is the state of a machine before its call begins.
const Idle = stateIdle

// Transition is one row of a program's machine: on the screen From, Event leads
// to To. Screens in parentheses are the engine's own: Idle, and the texts that
// end a call where the menu names no screen for it.
//
// Events are "option N" (the Nth option of a menu, hidden ones counted),
// "answer", "offer KEY", "yes", "no", "row", "empty", "language", "home",
// "give up", "skip", "go", "case N", the outcomes of the screen's action, and
// "start facts failed". Back is none: it restores an earlier state.
type Transition struct{ From, Event, To string }

// Transitions are all rows of the machine: the start's first, then screen by
// screen as the menu has them.
func (p *Program) Transitions() []Transition {
	states := []string{stateIdle, stateResume}
	for i := range p.def.Screens {
		states = append(states, p.def.Screens[i].Name)
	}
	var all []Transition
	for _, state := range states {
		sh := p.machine.shards[state]
		if sh == nil {
			continue
		}
		for _, row := range sh.rows {
			all = append(all, Transition{From: state, Event: row.Name, To: row.Dst})
		}
	}
	return all
}
