package coverage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/dialscript/record"
	"github.com/paytrace/paytrace/engine/graph"
)

// FindPaths finds the shortest path to each missing item, or says why no call can
// show it. If groups are given, it looks only for their items.
func (m *Menu) FindPaths(people *engine.Personas, groups ...Group) error {
	_, err := m.findPaths(people, MaxStates, m.missingIn(groups), nil)
	return err
}

// missingIn returns the missing items of some groups, or of all.
func (m *Menu) missingIn(groups []Group) []*Item {
	missing := m.Missing()
	if len(groups) == 0 {
		return missing
	}
	return slices.DeleteFunc(missing, func(it *Item) bool { return !slices.Contains(groups, it.Group) })
}

// findPaths finds the paths to missing items and returns its search. It uses what an
// earlier search of the same menu found; earlier may be nil.
func (m *Menu) findPaths(people *engine.Personas, states int, missing []*Item, earlier *search) (*search, error) {
	if len(missing) == 0 {
		return earlier, nil
	}
	x := newSearch(m.Program, people, states)
	for _, it := range missing {
		if it.Group == Pages {
			x.endings.long = longLists
		}
		x.drops = x.drops || it.Group == Resumes || it.Screen == engine.Resume
	}
	if earlier != nil && (earlier.drops || !x.drops) && (earlier.endings.long != nil || x.endings.long == nil) {
		x = earlier
	}
	clear(x.want)
	for _, it := range missing {
		if x.found[it.key] == nil {
			x.want[it.key] = true
		}
	}
	if len(x.want) > 0 {
		if err := x.run(); err != nil {
			return nil, err
		}
	}
	x.explain(missing)
	return x, nil
}

// explain says of each item how a call comes to it, or why none does.
func (x *search) explain(missing []*Item) {
	r := reasons{search: x, paths: map[string]graph.Path{}}
	for _, p := range graph.Of(x.program).Paths() {
		r.paths[p.To] = p
	}
	for _, it := range missing {
		switch n := x.found[it.key]; {
		case n != nil:
			it.found, it.Path = n, x.path(n)
			if it.Group == DropOffs {
				it.Path.Keys = append(it.Path.Keys, "("+hangsUp+")")
			}
		case x.cut:
			it.Unsearched = true
		default:
			it.Why = r.why(it)
		}
	}
}

// path describes how a call comes to a node. It names the caller unless it is the
// first persona.
func (x *search) path(n *node) *Path {
	w := &Path{}
	for at := n; at.from != nil; at = at.from {
		if at.dropped {
			w.Keys = append(w.Keys, at.typed, "(network drops)")
			continue
		}
		w.Keys = append(w.Keys, at.typed)
	}
	slices.Reverse(w.Keys)
	for at := n; at != nil; at = at.from {
		w.Moves = append(slices.Clone(at.moves), w.Moves...)
	}
	for i, d := range x.given(n) {
		if i > 0 || d.Name != x.people.List[0].Name {
			w.Given = append(w.Given, "("+d.Text+")")
		}
	}
	return w
}

// given returns the stage directions before a call that comes to a node.
func (x *search) given(n *node) []dialscript.Direction {
	var nodes []*node
	for at := n; at != nil; at = at.from {
		nodes = append(nodes, at)
	}
	slices.Reverse(nodes)
	plan := map[string][]engine.Answer{}
	for _, at := range nodes {
		for _, r := range at.ran {
			plan[r.action] = append(plan[r.action], r.answer)
		}
	}
	for action, list := range plan {
		standard := true
		for i, a := range list {
			std, ok := x.endings.turn(action, i)
			standard = standard && ok && sameAnswer(std, a)
		}
		if standard {
			delete(plan, action)
			continue
		}
		for len(list) > 1 && sameAnswer(list[len(list)-1], list[len(list)-2]) {
			list = list[:len(list)-1] // the last one repeats
		}
		plan[action] = list
	}
	return record.WithAnswers(n.source.given, plan)
}

// reasons says why no call shows an item.
type reasons struct {
	*search
	paths map[string]graph.Path
}

// notGiven says why no stage direction can set a value.
var notGiven = map[string]string{
	"network": "a script can't say which operator the caller has",
	"service": "the menu sets the name of the service",
}

func (r reasons) why(it *Item) string {
	switch {
	case it.Screen == engine.Resume:
		return "a dropped call can't be continued, because it never waits on a screen after the first. Remove resume, or ask something before the PIN or the confirm"
	case !r.reached(it.Screen):
		return r.unmet(it.Screen)
	}
	switch it.Group {
	case Options:
		if c := r.shownIf(it); c != "" {
			return fmt.Sprintf("it is shown only if %s. No call was found in which that is true%s. Change the condition, or remove the option", c, r.because(c))
		}
		return "no answer was found that the question and its rules accept. If it asks for a phone number, add a number of that country to people.yaml"
	case Outcomes:
		return "a script can't write the values of this outcome: a record has a list in it. Test it with (real actions)"
	case Wrongs:
		return "no answer was found that only this rule refuses. Change the rule, or remove it"
	case Pages:
		return "all rows that the list may have fit on one page. You need not do anything"
	case DropOffs:
		return "every call to it has reached a goal before, and then no SMS goes out. Take the screen out of \"after\" of \"dropped\""
	case Languages:
		return "no call shows the screen in this language: callers see it before they choose the language, or do not come here afterwards. If that is intended, you need not do anything"
	}
	return "no call shows it. Conditions on the path exclude each other. Change one of them"
}

// reached reports whether some call came to a screen or a silent step.
func (r reasons) reached(screen string) bool {
	for k := range r.ever {
		if k.screen == screen && k.group != Wrongs {
			return true
		}
	}
	return false
}

// unmet says what the shortest path to a screen needs.
func (r reasons) unmet(screen string) string {
	needs := r.paths[screen].Needs()
	if len(needs) == 0 {
		return "no call was found that comes here. A question on the path may refuse every number and PIN of people.yaml. Add one that it accepts"
	}
	text := strings.Join(needs, "; ")
	return fmt.Sprintf("no call was found that comes here. The path needs: %s%s. Change the conditions, or remove the screen", text, r.because(text))
}

// because says why a script can't make a condition true, if that is known.
func (r reasons) because(needs string) string {
	for _, name := range []string{"network", "service"} {
		if strings.Contains(" "+needs, " "+name+" ") {
			return " (" + notGiven[name] + ")"
		}
	}
	return ""
}

// shownIf returns the condition of an option, or "".
func (r reasons) shownIf(it *Item) string {
	s, ok := r.program.Screen(it.Screen)
	if !ok {
		return ""
	}
	for i := range s.Options {
		if s.Options[i].Pos == it.Pos && s.Options[i].If != nil {
			return s.Options[i].If.String()
		}
	}
	return ""
}
