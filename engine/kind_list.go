package engine

// listKind shows the rows of a list and lets the caller choose one. A replay
// shows it again, because the list may have other rows now.
var listKind = kind{
	key: "list", role: RoleChoice,
	link: func(l *linker, n *node) {
		n.paged, n.replay = true, ReplayShows
		n.slot = l.slot(n.List.As, n.Pos)
		l.slot(n.List.Items.Name, n.Pos)
		l.on(n.Name, Trigger{Kind: TriggerRow}, n.List.Go, n.Pos)
		l.on(n.Name, Trigger{Kind: TriggerEmpty}, n.List.Empty, n.Pos)
		l.options(n)
	},
	rowRefs: func(s *Screen, see func(Ref)) {
		see(s.List.Items)
		s.List.Each.refs(see)
		optionRefs(s, see)
	},
	refs:  optionSets,
	gives: func(_ *Definition, s *Screen) []string { return []string{s.List.As} },
	onward: func(p *Program, n *node, s Session) Trigger {
		if isEmpty(p.value(&s, n.List.Items)) {
			return Trigger{Kind: TriggerEmpty}
		}
		return Trigger{Kind: TriggerShown}
	},
	rows: func(p *Program, n *node, s Session, lang int) []row {
		return p.optionRows(p.listRows(n, s, lang), n, &s, lang)
	},
	input: func(_ *Program, n *node, _ Session, in input) decision {
		r := in.row()
		switch {
		case r == nil:
			return decision{trigger: invalid}
		case r.trigger.Kind == TriggerRow:
			return decision{trigger: r.trigger, sets: true, value: r.value}
		default:
			return decision{trigger: r.trigger, assign: n.Options[r.trigger.Index].Set}
		}
	},
}

// listRows shows each item through the list's text. Meanwhile the item stands
// under the row's name.
func (p *Program) listRows(n *node, s Session, lang int) []row {
	items := p.value(&s, n.List.Items).Items()
	cut := len(items) > MaxRows
	if cut {
		items = items[:MaxRows]
	}
	s.Values = append([]Value(nil), s.Values...)
	rows := make([]row, 0, len(items))
	for i, item := range items {
		s.Values[n.slot] = item
		r := row{key: n.number(i + 1), trigger: Trigger{Kind: TriggerRow}, value: item}
		rows = append(rows, r.labelled(p.text(n.List.Each, &s, lang)))
	}
	if cut {
		words := p.def.Nav.words(BuiltinListCut)
		rows = append(rows, row{text: p.text(words, &s, lang)})
	}
	return rows
}
