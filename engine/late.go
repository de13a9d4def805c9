package engine

// Late has what the caller of an action is told by SMS if the outcome comes after they
// were told that it is pending. It can be stored: it has all that its texts need, because
// the menu may be another one by then. It contains no secret.
type Late struct {
	Texts []LateText
	// Lang is the code of the caller's language.
	Lang      string
	Languages []Language
	Currency  string
	Country   string
	// Vars and Sums are those that the texts show, and Values has what was known as the
	// action was run.
	Vars   []Var      `json:",omitempty"`
	Sums   []NamedSum `json:",omitempty"`
	Values []Named    `json:",omitempty"`
}

// late returns what a caller is told if the outcome of an action comes late, or nil if the
// menu has no words for it.
func (p *Program) late(d *Do, s *Session) *Late {
	if len(d.Late) == 0 {
		return nil
	}
	l := &Late{Texts: d.Late, Lang: s.Lang(), Languages: p.def.Languages, Currency: p.def.Currency, Country: p.def.Session.Country}
	seen := map[string]bool{}
	sum := func(r Ref) {
		if one := p.sums[r.Name]; one != nil && !seen[r.Name] {
			seen[r.Name], l.Sums = true, append(l.Sums, *one)
		}
	}
	value := func(r Ref) {
		slot, ok := p.slotIndex[r.Name]
		if !ok || seen[r.Name] || p.slots[slot].Type.Kind == KindSecret {
			return
		}
		seen[r.Name] = true
		if slot >= builtinSlots {
			l.Vars = append(l.Vars, p.slots[slot])
		}
		if v := s.Values[slot]; v.IsSet() {
			l.Values = append(l.Values, Named{r.Name, v})
		}
	}
	for _, text := range d.Late {
		text.Words.refs(sum)
		text.Words.refs(p.throughSums(value))
	}
	return l
}

// Text returns the SMS about an outcome, with its values, and whether there are words for
// it. The words for Failed are also those for Limited: in both cases nothing was done.
func (l *Late) Text(out Outcome) (string, bool) {
	if l == nil {
		return "", false
	}
	name := out.Name
	if name == Limited {
		name = Failed
	}
	for _, late := range l.Texts {
		if late.Outcome != name {
			continue
		}
		p, err := New(l.menu(late.Words))
		if err != nil {
			return "", false // what was stored is not what this version reads
		}
		w := walk{p: p, s: p.Begin(Request{}, 0)}
		w.give(l.Values)
		w.give(out.Values)
		return p.smsText(late.Words, &w.s, p.langs[l.Lang]), true
	}
	return "", false
}

// menu returns a menu that has nothing but a text and what it shows.
func (l *Late) menu(words Localized) Definition {
	const only = "late"
	return Definition{
		Name: only, Codes: []Code{{Dial: only, Start: only}}, Languages: l.Languages, Currency: l.Currency,
		Session: SessionRules{Country: l.Country}, Vars: l.Vars, Sums: l.Sums,
		Screens: []Screen{{Name: only, Kind: ScreenEnd, Say: []Say{{Words: words}}}},
	}
}
