package engine

import "strconv"

// MaxRows is how many rows of a list are shown: two digits, below the keys that
// navigation uses (98, 99).
const MaxRows = 90

// rows are the lines of a screen that can be chosen, on all its pages.
func (p *Program) rows(n *node, s *Session, lang int) []row {
	switch n.Kind {
	case ScreenMenu:
		return p.optionRows(nil, n, s, lang)
	case ScreenAsk:
		return p.askRows(n, s, lang)
	case ScreenConfirm:
		return p.confirmRows(n, s, lang)
	case ScreenList:
		return p.optionRows(p.listRows(n, s, lang), n, s, lang)
	case ScreenLanguages:
		return p.languageRows(n)
	default:
		return nil
	}
}

func (r row) labelled(label string) row {
	r.text = r.key + ". " + label
	return r
}

// optionRows are a menu's; numbered ones go on from the rows before them, and
// a hidden one closes up.
func (p *Program) optionRows(rows []row, n *node, s *Session, lang int) []row {
	for i := range n.Options {
		o := &n.Options[i]
		if !p.holds(s, o.If) {
			continue
		}
		r := row{key: o.Key, trigger: Trigger{Kind: TriggerOption, Index: i}}
		if n.Numbered || r.key == "" {
			r.key = strconv.Itoa(len(rows) + 1)
		}
		label := p.text(o.Label, s, lang)
		if o.Note != nil {
			label += " " + p.text(o.Note, s, lang)
		}
		rows = append(rows, r.labelled(label))
	}
	return rows
}

func (p *Program) askRows(n *node, s *Session, lang int) []row {
	var rows []row
	if s.Repeat != "" {
		return nil
	}
	slot := &p.slots[n.askSlot]
	if slot.Type.Kind == KindChoice {
		for _, name := range slot.Type.Options {
			r := row{key: strconv.Itoa(len(rows) + 1), trigger: Trigger{Kind: TriggerAnswer}, value: ChoiceValue(name)}
			rows = append(rows, r.labelled(p.choiceLabel(name, &slot.Type, slot, lang)))
		}
	}
	for i := range n.Ask.Offers {
		o := &n.Ask.Offers[i]
		r := row{key: o.Key, trigger: Trigger{Kind: TriggerOffer, Index: i, Name: o.Key}}
		label := p.text(o.Label, s, lang)
		if !o.Value.IsZero() {
			r.value = p.value(s, o.Value)
			if !r.value.IsSet() {
				continue
			}
			if o.Label == nil {
				label = string(p.show(nil, o.Value, s, lang))
			}
		}
		rows = append(rows, r.labelled(label))
	}
	return rows
}

func (p *Program) confirmRows(n *node, s *Session, lang int) []row {
	nav := &p.def.Nav
	yes, no := n.Confirm.YesWords, n.Confirm.NoWords
	if yes == nil {
		yes = nav.words(BuiltinYes)
	}
	if no == nil {
		no = nav.words(BuiltinNo)
	}
	return []row{
		row{key: nav.Confirm.Key, trigger: Trigger{Kind: TriggerYes}}.labelled(p.text(yes, s, lang)),
		row{key: nav.Cancel.Key, trigger: Trigger{Kind: TriggerNo}}.labelled(p.text(no, s, lang)),
	}
}

// listRows shows each item through the list's text, the item standing under
// the row's name while it is laid out.
func (p *Program) listRows(n *node, s *Session, lang int) []row {
	items := p.value(s, n.List.Items).Items()
	if len(items) > MaxRows {
		items = items[:MaxRows]
	}
	one := *s
	one.Values = append([]Value(nil), s.Values...)
	rows := make([]row, 0, len(items))
	for i, item := range items {
		one.Values[n.rowSlot] = item
		r := row{key: strconv.Itoa(i + 1), trigger: Trigger{Kind: TriggerRow}, value: item}
		rows = append(rows, r.labelled(p.text(n.List.Each, &one, lang)))
	}
	return rows
}

func (p *Program) languageRows(n *node) []row {
	var rows []row
	for _, l := range p.def.Languages {
		if !n.offersLanguage(l.Code) {
			continue
		}
		r := row{key: strconv.Itoa(len(rows) + 1), trigger: Trigger{Kind: TriggerLanguage}, value: ChoiceValue(l.Code)}
		rows = append(rows, r.labelled(l.Name))
	}
	return rows
}

func (n *node) offersLanguage(code string) bool {
	for _, only := range n.Only {
		if only == code {
			return true
		}
	}
	return len(n.Only) == 0
}
