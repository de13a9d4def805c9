package engine

// facts says whether a screen needs what is read at the start of a call: the
// caller's account, or anything remembered. It is read only then, so that a
// menu that asks for neither touches no database on its first screen.
func (l *linker) facts(n *node) {
	needs := map[string]bool{"worker": true}
	for _, name := range l.p.def.Remember {
		needs[name] = true
	}
	// Where facts that can't be read lead, they are not waited for once more.
	if needs["lang"] && !n.Kind.Silent() && n.Name != l.p.def.OnFailed {
		n.facts = true
	}
	for _, name := range l.sets(n.Screen) {
		if needs[name] {
			n.facts = true // or what is read later would take its place
		}
	}
	walkRefs(n.Screen, func(r Ref) {
		if needs[r.Name] {
			n.facts = true
		}
		if _, ok := l.p.slotIndex[r.Name]; !ok {
			l.fail(r.Pos, "screen %q uses %q, but there is no such value", n.Name, r.Name)
		}
	})
	if n.facts {
		to := l.p.def.OnFailed
		if to == "" || to == n.Name {
			to = stateFailed
		}
		l.on(n.Name, Trigger{Kind: TriggerNoFacts}, to, n.Pos)
	}
}

// sets are the values that a screen gives besides those of its "set".
func (l *linker) sets(s *Screen) []string {
	var names []string
	switch {
	case s.Ask != nil:
		names = append(names, s.Ask.Var)
	case s.List != nil:
		names = append(names, s.List.As)
	case s.Do != nil:
		for _, c := range l.p.def.Contracts {
			if c.Name != s.Do.Action {
				continue
			}
			for _, o := range c.Outcomes {
				for _, g := range o.Gives {
					names = append(names, g.Name)
				}
			}
		}
	}
	return names
}

// walkRefs calls see with every value a screen uses.
func walkRefs(s *Screen, see func(Ref)) {
	for _, t := range s.Say {
		walkCond(t.If, see)
		walkWords(t.Words, see)
	}
	if s.Skip != nil {
		walkCond(s.Skip.If, see)
	}
	walkWords(s.Error, see)
	walkWords(s.Again, see)
	for _, o := range s.Options {
		walkCond(o.If, see)
		walkWords(o.Label, see)
		walkWords(o.Note, see)
		walkAssigns(o.Set, see)
	}
	walkAssigns(s.Set, see)
	for _, c := range s.Choose {
		walkCond(c.If, see)
	}
	if s.SMS != nil {
		see(s.SMS.To)
		walkWords(s.SMS.Say, see)
	}
	walkVerb(s, see)
}

func walkVerb(s *Screen, see func(Ref)) {
	if a := s.Ask; a != nil {
		walkWords(a.Repeat, see)
		for _, o := range a.Offers {
			walkWords(o.Label, see)
			if !o.Value.IsZero() {
				see(o.Value)
			}
		}
		for _, c := range a.Accept {
			walkCond(c.If, see)
			walkWords(c.Error, see)
		}
	}
	if c := s.Confirm; c != nil {
		walkWords(c.YesWords, see)
		walkWords(c.NoWords, see)
	}
	if li := s.List; li != nil {
		see(li.Items)
		walkWords(li.Each, see)
	}
	if d := s.Do; d != nil {
		for _, a := range d.Args {
			if !a.Ref.IsZero() {
				see(a.Ref)
			}
		}
		for _, o := range d.Outcomes {
			walkWords(o.Retry, see)
		}
	}
}

func walkAssigns(set []Assign, see func(Ref)) {
	for _, a := range set {
		see(Ref{Name: a.Var})
		if !a.From.IsZero() {
			see(a.From)
		}
	}
}

func walkWords(w Words, see func(Ref)) {
	for _, t := range w {
		for _, part := range t {
			if !part.Ref.IsZero() {
				see(part.Ref)
			}
		}
	}
}

func walkCond(c *Cond, see func(Ref)) {
	if c == nil {
		return
	}
	walkCond(c.A, see)
	walkCond(c.B, see)
	for _, a := range []Arg{c.Left, c.Right} {
		if !a.Ref.IsZero() {
			see(a.Ref)
		}
	}
}
