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

// FindWays finds how a call comes to what is missing, by the fewest inputs, and
// says why none does where there is no such call.
func (m *Menu) FindWays(people *engine.Personas) error { return m.findWays(people, MaxStates) }

func (m *Menu) findWays(people *engine.Personas, states int) error {
	missing := m.Missing()
	if len(missing) == 0 {
		return nil
	}
	x := newSearch(m.Program, people, states)
	for _, it := range missing {
		x.want[it.key] = true
		if it.Group == Pages {
			x.endings.long = longLists
		}
		x.drops = x.drops || it.Group == Resumes || it.Screen == engine.Resume
	}
	if err := x.run(); err != nil {
		return err
	}
	r := reasons{search: x, paths: map[string]graph.Path{}}
	for _, p := range graph.Of(m.Program).Paths() {
		r.paths[p.To] = p
	}
	for _, it := range missing {
		switch n := x.found[it.key]; {
		case n != nil:
			it.found, it.Way = n, x.way(n)
		case x.cut:
			it.Lost = true
		default:
			it.Why = r.why(it)
		}
	}
	return nil
}

// way is a node as people read it. Who calls is said where it is not the first.
func (x *search) way(n *node) *Way {
	w := &Way{}
	for at := n; at.from != nil; at = at.from {
		if at.dropped {
			w.Keys = append(w.Keys, at.typed, "(network drops)")
			continue
		}
		w.Keys = append(w.Keys, at.typed)
	}
	slices.Reverse(w.Keys)
	for i, d := range x.given(n) {
		if i > 0 || d.Name != x.people.List[0].Name {
			w.Given = append(w.Given, "("+d.Text+")")
		}
	}
	return w
}

// given are the stage directions of a call that goes a node's way.
func (x *search) given(n *node) []dialscript.Direction {
	var path []*node
	for at := n; at != nil; at = at.from {
		path = append(path, at)
	}
	slices.Reverse(path)
	plan := map[string][]engine.Answer{}
	for _, at := range path {
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

// reasons say why no call comes to something.
type reasons struct {
	*search
	paths map[string]graph.Path
}

// unsayable are values that no stage direction can give.
var unsayable = map[string]string{
	"network": "a script can't say which operator the caller has",
	"service": "the service's name is the menu's own",
}

func (r reasons) why(it *Item) string {
	switch {
	case it.Screen == engine.Resume:
		return "no call that drops can be taken up again: none rests on a screen behind the first one; set no resume, or ask something before the PIN or the confirm"
	case !r.came(it.Screen):
		return r.unmet(it.Screen)
	}
	switch it.Group {
	case Options:
		if c := r.shownIf(it); c != "" {
			return fmt.Sprintf("it is shown if %s, and no call was found in which that holds%s; mend the condition, or remove the option", c, r.hint(c))
		}
		return "no answer was found that the question takes and its rules let pass; for a phone, people.yaml needs a number of that country"
	case Outcomes:
		return "what it gives can't be written in a script: a list inside a record; test it with (real actions)"
	case Wrongs:
		return "no answer was found that is refused so: others are refused before, or every answer is taken; mend the rule, or remove it"
	case Pages:
		return "as many rows as a list may have fit one page; nothing is to be done"
	case Languages:
		return "no call comes here in this language; its callers see it before they choose one, or are led past it; nothing is to be done, or lead to it once more"
	}
	return "no call comes here; the conditions on the way can't hold together"
}

// came reports whether some call has stood on a screen or silent step.
func (r reasons) came(screen string) bool {
	for k := range r.ever {
		if k.screen == screen && k.group != Wrongs {
			return true
		}
	}
	return false
}

// unmet is what the shortest way to a screen needs.
func (r reasons) unmet(screen string) string {
	needs := r.paths[screen].Needs()
	if len(needs) == 0 {
		return "no call was found that comes here; the answers on the way may be refused: people.yaml needs a number or PIN that they take"
	}
	text := strings.Join(needs, "; ")
	return fmt.Sprintf("no call was found that comes here, which needs: %s%s; mend the conditions, or remove the screen", text, r.hint(text))
}

func (r reasons) hint(needs string) string {
	for _, name := range []string{"network", "service"} {
		if strings.Contains(" "+needs, " "+name+" ") {
			return " (" + unsayable[name] + ")"
		}
	}
	return ""
}

// shownIf is the condition of an option.
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
