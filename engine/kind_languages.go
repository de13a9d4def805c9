package engine

import "slices"

// languagesKind offers the menu's languages by their own names.
var languagesKind = kind{
	key: "languages", role: RoleChoice,
	link: func(l *linker, n *node) {
		n.paged = true
		l.on(n.Name, Trigger{Kind: TriggerLanguage}, n.Go, n.Pos)
	},
	rows: func(p *Program, n *node, _ Session, _ int) []row {
		var rows []row
		for _, l := range p.def.Languages {
			if len(n.Only) == 0 || slices.Contains(n.Only, l.Code) {
				r := row{key: n.number(len(rows) + 1), trigger: Trigger{Kind: TriggerLanguage}, value: ChoiceValue(l.Code)}
				rows = append(rows, r.labelled(l.Name))
			}
		}
		return rows
	},
	input: func(_ *Program, _ *node, _ Session, in input) decision {
		r := in.row()
		if r == nil {
			return decision{trigger: invalid}
		}
		return decision{trigger: r.trigger, sets: true, lang: true, value: r.value}
	},
}
