package engine

import "slices"

// Goals lists the goals that moves have reached, each once, in the order of the moves.
func (p *Program) Goals(moves []Move) []string {
	if !p.hasGoals {
		return nil
	}
	var goals []string
	reach := func(goal string) {
		if goal != "" && !slices.Contains(goals, goal) {
			goals = append(goals, goal)
		}
	}
	for i := range moves {
		m := &moves[i]
		switch m.Trigger.Kind {
		case TriggerOutcome:
			reach(p.outcomeGoal(m.Screen, m.Trigger.Name))
		case TriggerShown:
			if s, ok := p.Screen(m.Screen); ok && s != nil {
				reach(s.Goal)
			}
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

func (d *Definition) hasGoals() bool {
	return slices.ContainsFunc(d.Screens, func(s Screen) bool {
		return s.Goal != "" || s.Do != nil && slices.ContainsFunc(s.Do.Outcomes, func(o OutcomeCase) bool { return o.Goal != "" })
	})
}
