package engine

// menuKind shows options and lets the caller choose one.
var menuKind = kind{
	key: "menu", role: RoleChoice,
	link:    func(l *linker, n *node) { n.paged = true; l.options(n) },
	rowRefs: optionRefs,
	refs:    optionSets,
	rows: func(p *Program, n *node, s Session, lang int) []row {
		return p.optionRows(nil, n, &s, lang)
	},
	input: func(_ *Program, n *node, _ Session, in input) decision {
		r := in.row()
		if r == nil {
			return decision{trigger: invalid}
		}
		return decision{trigger: r.trigger, assign: n.Options[r.trigger.Index].Set}
	},
}

func (l *linker) options(n *node) {
	for i, o := range n.Options {
		l.on(n.Name, Trigger{Kind: TriggerOption, Index: i}, o.Go, o.Pos)
	}
}

func optionRefs(s *Screen, see func(Ref)) {
	for _, o := range s.Options {
		o.If.refs(see)
		o.Label.refs(see)
		o.Note.refs(see)
	}
}

func optionSets(s *Screen, see func(Ref)) {
	for _, o := range s.Options {
		assignRefs(o.Set, see)
	}
}

// optionRows appends the options to rows. Numbered ones continue the numbers of
// the rows before them, and hidden ones leave no gap.
func (p *Program) optionRows(rows []row, n *node, s *Session, lang int) []row {
	numbered := min(len(rows), MaxRows) // one more says that the list was cut
	for i := range n.Options {
		o := &n.Options[i]
		if !p.holds(s, o.If) {
			continue
		}
		r := row{key: o.Key, trigger: Trigger{Kind: TriggerOption, Index: i}}
		numbered++
		if n.Numbered || r.key == "" {
			r.key = n.number(numbered)
		}
		label := p.text(o.Label, s, lang)
		r = r.labelled(label)
		if o.Note != nil {
			r.text = texts.Row(r.key, texts.Noted(label, p.text(o.Note, s, lang)))
		}
		rows = append(rows, r)
	}
	return rows
}
