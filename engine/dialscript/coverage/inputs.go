package coverage

import (
	"slices"
	"strconv"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/graph"
	"github.com/paytrace/paytrace/engine/sample"
)

// inputs are what is worth typing on a screen: each way on once, what is refused
// in each way, and the keys of nav.
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
	// Of a list no page behind the second is asked for, but where options follow
	// its rows.
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

// dialled reports whether nothing was typed in this session yet.
func (n *node) dialled() bool { return n.dropped || n.from != nil && n.from.from == nil }

func unique(list []string) []string {
	var out []string
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// numbered are the keys from one number on.
func numbered(from, count int) []string {
	var list []string
	for i := range count {
		list = append(list, strconv.Itoa(from+i))
	}
	return list
}

// optionKeys are a row of the list, the last one too where rows decide, and all
// options; a hidden one closes up, so that fewer may be there.
func (x *search) optionKeys(n *node, s *engine.Screen) []string {
	rows := 0
	var list []string
	if s.List != nil {
		rows = len(heldIn(n.program, &n.session, s.List.Items.String()).Items())
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

// refused is the first of inputs that is a wrong answer here; none where no
// input is.
func (x *search) refused(n *node, inputs []string) []string {
	for _, typed := range inputs {
		if typed == "" && n.dialled() {
			continue
		}
		if x.notice(n, typed).Kind == engine.TriggerInvalid {
			return []string{typed}
		}
	}
	return nil
}

// notice returns how an input is refused, zero where it is not.
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

// answers are those of a question: one that is taken, more where its value
// decides, one for each way in which it is refused, and what is offered.
func (x *search) answers(n *node, s *engine.Screen) []string {
	t := x.types[s.Ask.Var]
	held := func(place string) engine.Value { return heldIn(n.program, &n.session, place) }
	texts := x.samples.Texts(&t, x.decides.near(s.Ask.Var, held))
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
		case passes && (taken == 0 || x.decides.weighed(s.Ask.Var)):
			taken++
		case passes || notices[notice]:
			continue
		}
		notices[notice] = true
		list = append(list, typed)
	}
	list = append(list, x.refused(n, x.samples.Wrong(&t))...)
	if n.session.Repeat != "" && len(list) > 0 {
		// The same once more, and another, which is refused.
		list = append([]string{n.session.Repeat[len("of "):]}, list...)
	}
	for _, o := range s.Ask.Offers {
		list = append(list, o.Key)
	}
	return list
}
