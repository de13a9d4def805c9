package syntax

import (
	"fmt"

	"gopkg.in/yaml.v3"
)

// goal reads "registered", or "{created: registered}" with the outcomes of "when".
func (r *screenReader) goal(e entry) {
	if e.node.Kind != yaml.MappingNode {
		r.s.Goal = r.name(e, "a goal")
		return
	}
	for _, one := range r.entries(e.node, `"goal"`) {
		if t := r.name(one, "a goal"); t.Written() {
			r.s.Goals = append(r.s.Goals, Pair{one.key, t})
		}
	}
}

// goalsHappen reports goals of outcomes that the screen does not have, and of a screen that
// nobody sees.
func (r *screenReader) goalsHappen() {
	if r.s.Do != nil && r.s.Goal.Written() {
		outcome := "done"
		if len(r.s.When) > 0 {
			outcome = r.s.When[0].Outcome.Value
		}
		r.find("U003", r.s.Goal, "Nobody sees this screen, so \"goal\" needs the outcome by which the call reaches it.", fmt.Sprintf("Write \"goal: {%s: %s}\".", outcome, r.s.Goal.Value))
	}
	for _, g := range r.s.Goals {
		if !r.s.handles(g.Key.Value) {
			r.find("U003", g.Key, fmt.Sprintf("\"goal\" has the outcome %q, and the screen's \"when\" has none of this name.", Short(g.Key.Value)),
				fmt.Sprintf("Add it to \"when\", or write \"goal: %s\" on the screen where the goal is reached.", g.Value.Value))
		}
	}
}

// handles reports whether "when" has an outcome.
func (s *Screen) handles(outcome string) bool {
	for _, w := range s.When {
		if w.Outcome.Value == outcome {
			return true
		}
	}
	return false
}

// GoalOf returns the goal that an outcome of "when" reaches, or "".
func (s *Screen) GoalOf(outcome string) string {
	for _, g := range s.Goals {
		if g.Key.Value == outcome {
			return g.Value.Value
		}
	}
	return ""
}
