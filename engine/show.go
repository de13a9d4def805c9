package engine

import (
	"strconv"
	"strings"

	"github.com/paytrace/paytrace/engine/gsm7"
	"github.com/paytrace/paytrace/engine/msisdn"
)

// text returns a text with its values filled in.
func (p *Program) text(w Localized, s *Session, lang int) string {
	t := w.In(lang)
	if fixed, ok := t.fixed(); ok {
		return fixed
	}
	b := make([]byte, 0, MaxText)
	for _, part := range t {
		if part.Ref.IsZero() {
			b = append(b, part.Lit...)
			continue
		}
		b = p.show(b, part.Ref, part.Format, s, lang)
	}
	return string(b)
}

// spans returns a text with its values filled in, and says which parts are values.
func (p *Program) spans(w Localized, s *Session, lang int) []span {
	t := w.In(lang)
	if fixed, ok := t.fixed(); ok {
		if fixed == "" {
			return nil
		}
		return []span{{text: fixed}}
	}
	list := make([]span, 0, len(t))
	for _, part := range t {
		one := span{text: part.Lit}
		if !part.Ref.IsZero() {
			one = span{string(p.show(nil, part.Ref, part.Format, s, lang)), true}
		}
		if one.text != "" {
			list = append(list, one)
		}
	}
	return list
}

func joinSpans(list []span) string {
	if len(list) == 1 {
		return list[0].text
	}
	var b strings.Builder
	for _, s := range list {
		b.WriteString(s.text)
	}
	return b.String()
}

// show appends a value as callers read it, never wider than its type and its format
// say. An unset value shows nothing; the checker makes sure that there is none.
func (p *Program) show(b []byte, r Ref, f Format, s *Session, lang int) []byte {
	v, t, slot := p.shownAs(r, s)
	if t == nil || !v.IsSet() {
		return b
	}
	if s.letters && v.kind == KindText {
		return append(b, f.inLetters(v.s, t.Width)...)
	}
	switch {
	case f.Day != "" && v.kind == KindDate:
		return f.appendDay(b, Date(v.n), p.months[lang])
	case !f.Whole():
		return append(b, f.of(string(p.showValue(nil, v, t, slot, lang)))...)
	}
	return p.showValue(b, v, t, slot, lang)
}

// shownAs returns a value with its type, and its slot if it is the whole value of one.
func (p *Program) shownAs(r Ref, s *Session) (v Value, t *Type, slot *Var) {
	if sum := p.sums[r.Name]; sum != nil {
		return p.value(s, r), &sum.Type, nil
	}
	i, ok := p.slotIndex[r.Name]
	switch {
	case !ok:
		return Value{}, nil, nil
	case r.Field != "":
		return p.value(s, r), p.slots[i].Type.field(r.Field), nil
	}
	return p.value(s, r), &p.slots[i].Type, &p.slots[i]
}

func (p *Program) showValue(b []byte, v Value, t *Type, slot *Var, lang int) []byte {
	switch v.kind {
	case KindNumber:
		if t.Year {
			return strconv.AppendInt(b, v.n, 10)
		}
		return p.forms[lang].append(b, v.n)
	case KindMoney:
		return p.forms[lang].appendMoney(b, p.def.Currency, v.n)
	case KindDate:
		return Date(v.n).Time().AppendFormat(b, dayForm)
	case KindPhone:
		if !msisdn.Valid(v.s) {
			return append(b, gsm7.Cut(oneLine(gsm7.Transliterate(v.s)), phoneWidth)...)
		}
		return append(b, msisdn.Local(v.s, p.def.Session.Country)...)
	case KindChoice:
		return append(b, p.choiceLabel(v.s, t, slot, lang)...)
	case KindText:
		return append(b, gsm7.Cut(oneLine(gsm7.Transliterate(v.s)), t.Width)...)
	default:
		return b // secrets, records and lists are never shown whole
	}
}

func (p *Program) choiceLabel(name string, t *Type, slot *Var, lang int) string {
	if slot != nil && slot.Name == "lang" {
		if i, ok := p.langs[name]; ok {
			return p.def.Languages[i].Name
		}
	}
	for i, o := range t.Options {
		if o == name && slot != nil && i < len(slot.Labels) {
			label, _ := slot.Labels[i].In(lang).fixed()
			return label
		}
	}
	return name
}

// dayForm is how a date is shown and typed.
const dayForm = "02/01/2006"

// oneLine keeps a value on its line: a foreign text must not look like an option
// or a key of the screen.
func oneLine(s string) string { return strings.ReplaceAll(s, "\n", " ") }
