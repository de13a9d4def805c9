package coverage

import (
	"slices"
	"strconv"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/graph"
	"github.com/paytrace/paytrace/engine/sample"
)

// inputs returns what the search types on a screen: one answer for each transition,
// one for each kind of refusal, and the navigation keys.
func (x *search) inputs(n *node) []string {
	nav := n.program.Definition().Nav
	if n.session.Screen == engine.Resume {
		return []string{nav.Confirm.Key, nav.Cancel.Key}
	}
	s, ok := n.program.Screen(n.session.Screen)
	if !ok {
		return nil
	}
	var list []string
	switch role := s.Kind.Role(); {
	case role == engine.RoleQuestion:
		list = x.answers(n, s)
	case role == engine.RoleConsent:
		list = append([]string{nav.Confirm.Key, nav.Cancel.Key}, x.refused(n, sample.WrongKeys)...)
	case s.Kind == engine.ScreenLanguages:
		list = append(numbered(1, len(n.program.Definition().Languages)), x.refused(n, sample.WrongKeys)...)
	case role == engine.RoleText:
		list = x.refused(n, sample.WrongKeys) // the notice takes room: there may be another page
		if len(list) == 0 {
			list = []string{graph.AnyKey} // no key is wrong: each leads on
		}
	case role == engine.RoleChoice:
		list = append(x.optionKeys(n, s), x.refused(n, sample.WrongKeys)...)
	}
	// The second page of a list stands for all others, unless options follow the
	// rows.
	if n.more && (s.List == nil || len(s.Options) > 0 || len(n.session.Pages) == 0) {
		list = append(list, nav.More.Key)
	}
	for _, k := range []string{nav.Home.Key, nav.Back.Key} {
		if k != "" {
			list = append(list, k)
		}
	}
	if n.dialled() {
		// A gateway sends the dial and an empty first answer alike.
		list = slices.DeleteFunc(list, func(s string) bool { return s == "" })
	}
	return unique(list)
}

// dialled reports whether nothing was typed in this session after the code.
func (n *node) dialled() bool { return n.dropped || n.from != nil && n.from.from == nil }

// unique returns the texts without repetitions.
func unique(list []string) []string {
	var out []string
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// numbered returns count keys, from the number from on.
func numbered(from, count int) []string {
	var list []string
	for i := range count {
		list = append(list, strconv.Itoa(from+i))
	}
	return list
}

// optionKeys returns the key of the first row of a list, and of all options. Hidden
// options take no number, so the last keys may be wrong answers.
func (x *search) optionKeys(n *node, s *engine.Screen) []string {
	rows := 0
	var list []string
	if s.List != nil {
		rows = len(valueAt(n.program, &n.session, s.List.Items.String()).Items())
		list = append(list, "1")
	}
	for i := range s.Options {
		if k := s.Options[i].Key; k != "" && !s.Numbered {
			list = append(list, k)
		} else {
			list = append(list, strconv.Itoa(rows+i+1))
		}
	}
	return list
}

// refused returns the first input that is a wrong answer here, or nothing.
func (x *search) refused(n *node, inputs []string) []string {
	return x.refusedBy(n, inputs, 1)
}

// refusedBy returns the first input of each kind of wrong answer, for up to so many
// kinds.
func (x *search) refusedBy(n *node, inputs []string, kinds int) []string {
	var list []string
	seen := map[engine.Trigger]bool{}
	for _, typed := range inputs {
		if typed == "" && n.dialled() {
			continue
		}
		if by := x.notice(n, typed); by.Kind == engine.TriggerInvalid && !seen[by] {
			seen[by] = true
			if list = append(list, typed); len(list) == kinds {
				break
			}
		}
	}
	return list
}

// wrongKinds returns how many kinds of wrong answers a question tells apart.
func wrongKinds(s *engine.Screen) int {
	kinds := 1
	for _, words := range []engine.Localized{s.AgainFor.Range, s.AgainFor.Mismatch} {
		if words != nil {
			kinds++
		}
	}
	return kinds
}

// notice returns the trigger that refuses an input, or zero if none does.
func (x *search) notice(n *node, typed string) engine.Trigger {
	_, _, moves, err := n.program.Trace(n.session, engine.Event{Kind: engine.EventInput, Input: typed, Digest: "of " + typed})
	if err != nil {
		return engine.Trigger{}
	}
	for _, m := range moves {
		if m.Trigger.Wrong() {
			return m.Trigger
		}
	}
	return engine.Trigger{}
}

// answers returns answers to a question: one that it accepts, or more if a condition
// asks for the value; one for each kind of refusal; and its offers.
func (x *search) answers(n *node, s *engine.Screen) []string {
	t := x.types[s.Ask.Var]
	current := func(place string) engine.Value { return valueAt(n.program, &n.session, place) }
	texts := x.samples.Texts(&t, x.decides.near(s.Ask.Var, current))
	if t.Kind == engine.KindChoice {
		texts = numbered(1, len(t.Options))
	}
	var list []string
	notices := map[engine.Trigger]bool{}
	taken := 0
	for _, typed := range texts {
		notice := x.notice(n, typed)
		passes := notice == engine.Trigger{}
		switch {
		case notice.Kind == engine.TriggerInvalid:
			continue
		case passes && (taken == 0 || x.decides.compares(s.Ask.Var)):
			taken++
		case passes || notices[notice]:
			continue
		}
		notices[notice] = true
		list = append(list, typed)
	}
	wrong := x.samples.Wrong(&t)
	if kinds := wrongKinds(s); kinds > 1 {
		list = append(list, x.refusedBy(n, append(wrong, texts...), kinds)...)
	} else {
		list = append(list, x.refused(n, wrong)...)
	}
	if n.session.Repeat != "" && len(list) > 0 {
		// The same once more, and another, which is refused.
		list = append([]string{n.session.Repeat[len("of "):]}, list...)
	}
	for _, o := range s.Ask.Offers {
		list = append(list, o.Key)
	}
	return list
}
