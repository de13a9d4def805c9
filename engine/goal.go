package engine

import "slices"

// Goals lists the goals that moves have reached, each once, in the order of the moves.
func (p *Program) Goals(moves []Move) []string {
	var goals []string
	reach := func(goal string) {
		if goal != "" && !slices.Contains(goals, goal) {
			goals = append(goals, goal)
		}
	}
	for i := range moves {
		m := &moves[i]
		if m.Trigger.Kind == TriggerOutcome {
			reach(p.outcomeGoal(m.Screen, m.Trigger.Name))
		}
		if s, ok := p.Screen(m.To); ok && s != nil {
			reach(s.Goal)
		}
	}
	return goals
}

// outcomeGoal returns the goal of an outcome of a screen's action, or "".
func (p *Program) outcomeGoal(screen, outcome string) string {
	s, ok := p.Screen(screen)
	if !ok || s == nil || s.Do == nil {
		return ""
	}
	for i := range s.Do.Outcomes {
		if s.Do.Outcomes[i].Outcome == outcome {
			return s.Do.Outcomes[i].Goal
		}
	}
	return ""
}

// HasGoals reports whether a menu says what its calls are for.
func (d *Definition) HasGoals() bool {
	return slices.ContainsFunc(d.Screens, func(s Screen) bool {
		return s.Goal != "" || s.Do != nil && slices.ContainsFunc(s.Do.Outcomes, func(o OutcomeCase) bool { return o.Goal != "" })
	})
}
