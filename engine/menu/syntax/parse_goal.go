package syntax

import (
	"fmt"

	"gopkg.in/yaml.v3"
)

// goal reads "registered", or "{created: registered}" with the outcomes of "when".
func (r *screenReader) goal(e entry) {
	if e.node.Kind != yaml.MappingNode {
		if t, ok := r.scalar(e, "the name of a goal"); ok && r.goodName(t, "a goal") {
			r.s.Goal = t
		}
		return
	}
	for _, one := range r.entries(e.node, `"goal"`) {
		if t, ok := r.scalar(one, "the name of a goal"); ok && r.goodName(t, "a goal") {
			r.s.Goals = append(r.s.Goals, Pair{one.key, t})
		}
	}
}

// goalsHappen reports goals of outcomes that the screen does not have.
func (r *screenReader) goalsHappen() {
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
