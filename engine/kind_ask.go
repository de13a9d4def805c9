package engine

import (
	"strconv"
	"strings"
)

// defaultRetries is how many answers a caller has if the menu does not say.
const defaultRetries = 3

// askKind asks for a value, with shortcuts on offer.
var askKind = kind{
	key: "ask", role: RoleQuestion,
	asks: true,
	link: func(l *linker, n *node) {
		a := n.Ask
		if n.slot = l.slot(a.Var, n.Pos); n.slot >= 0 {
			n.question = &l.p.slots[n.slot].Type
			n.paged = n.question.Kind == KindChoice
			if n.question.Kind == KindSecret {
				n.replay = ReplayAsks
			}
		}
		if a.Retries == 0 {
			a.Retries = defaultRetries
		}
		n.retries, n.repeat = a.Retries, a.Repeat
		l.on(n.Name, Trigger{Kind: TriggerAnswer}, a.Go, n.Pos)
		if a.Retries != Unlimited {
			giveUp := a.GiveUp
			if giveUp == "" {
				giveUp = stateGaveUp
			}
			l.on(n.Name, Trigger{Kind: TriggerGiveUp}, giveUp, n.Pos)
		}
		for i, o := range a.Offers {
			to := o.Go
			if to == "" {
				to = a.Go
			}
			l.on(n.Name, Trigger{Kind: TriggerOffer, Index: i, Name: o.Key}, to, o.Pos)
		}
	},
	rowRefs: func(s *Screen, see func(Ref)) {
		for _, o := range s.Ask.Offers {
			o.Label.refs(see)
			if !o.Value.IsZero() {
				see(o.Value)
			}
		}
	},
	refs: func(s *Screen, see func(Ref)) {
		s.Ask.Repeat.refs(see)
		for _, c := range s.Ask.Accept {
			c.If.refs(see)
			c.Error.refs(see)
			c.Again.refs(see)
		}
	},
	gives: func(_ *Definition, s *Screen) []string { return []string{s.Ask.Var} },
	rows:  (*Program).askRows,
	input: askInput,
	notice: func(n *node, which string) (reason, bool) {
		if i, err := strconv.Atoi(which); err == nil && i >= 0 && i < len(n.Ask.Accept) {
			return reason{above: n.Ask.Accept[i].Error, instead: n.Ask.Accept[i].Again}, true
		}
		return reason{}, false
	},
}

// askRows returns the options of a choice and the shortcuts on offer.
func (p *Program) askRows(n *node, s Session, lang int) []row {
	var rows []row
	if s.Repeat != "" {
		return nil
	}
	slot := &p.slots[n.slot]
	if slot.Type.Kind == KindChoice {
		for _, name := range slot.Type.Options {
			r := row{key: n.number(len(rows) + 1), trigger: Trigger{Kind: TriggerAnswer}, value: ChoiceValue(name)}
			rows = append(rows, r.labelled(p.choiceLabel(name, &slot.Type, slot, lang)))
		}
	}
	for i := range n.Ask.Offers {
		o := &n.Ask.Offers[i]
		r := row{key: o.Key, trigger: Trigger{Kind: TriggerOffer, Index: i, Name: o.Key}}
		label := p.text(o.Label, &s, lang)
		if !o.Value.IsZero() {
			r.value = p.value(&s, o.Value)
			if !r.value.IsSet() {
				continue
			}
			if o.Label == nil {
				label = string(p.show(nil, o.Value, Format{}, &s, lang))
			}
		}
		rows = append(rows, r.labelled(label))
	}
	return rows
}

// askInput takes a row, or a value of the asked type. What a row offers is not
// asked a second time.
func askInput(p *Program, n *node, s Session, in input) decision {
	if r := in.row(); r != nil {
		if r.value.IsSet() {
			return decision{trigger: r.trigger, sets: true, value: r.value, accept: n.Ask.Accept}
		}
		return decision{trigger: r.trigger}
	}
	value, ok := p.parseAnswer(n.question, in.typed, p.lang(&s), s.Day())
	switch {
	case ok:
	case n.AgainFor.Range != nil && p.outOfRange(n.question, in.typed, p.lang(&s), s.Day()):
		return decision{trigger: outOfRange, notice: noticeRange}
	case value.IsSet():
		return decision{trigger: invalid, notice: noticeRange}
	case strings.Contains(in.typed, "*") && !n.question.Stars:
		return decision{trigger: invalid, notice: noticeStar}
	default:
		return decision{trigger: invalid}
	}
	d := decision{trigger: Trigger{Kind: TriggerAnswer}, sets: true, value: value, accept: n.Ask.Accept}
	if n.repeat != nil {
		d.digest = in.digest
	}
	return d
}
