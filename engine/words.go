package engine

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/paytrace/paytrace/engine/gsm7"
	"github.com/paytrace/paytrace/engine/msisdn"
)

// in is a text in a language, or in the first where it is not translated.
func (w Words) in(lang int) Text {
	if lang < len(w) && w[lang] != nil {
		return w[lang]
	}
	if len(w) == 0 {
		return nil
	}
	return w[0]
}

// fixed is a text without holes; false if it has any.
func (t Text) fixed() (string, bool) {
	switch len(t) {
	case 0:
		return "", true
	case 1:
		return t[0].Lit, t[0].Ref.IsZero()
	}
	text := ""
	for _, part := range t {
		if !part.Ref.IsZero() {
			return "", false
		}
		text += part.Lit
	}
	return text, true
}

// say appends a text with its values filled in.
func (p *Program) say(b []byte, w Words, s *Session, lang int) []byte {
	for _, part := range w.in(lang) {
		if part.Ref.IsZero() {
			b = append(b, part.Lit...)
			continue
		}
		b = p.show(b, part.Ref, s, lang)
	}
	return b
}

// text is a text with its values filled in.
func (p *Program) text(w Words, s *Session, lang int) string {
	if fixed, ok := w.in(lang).fixed(); ok {
		return fixed
	}
	return string(p.say(make([]byte, 0, defaultSeptets), w, s, lang))
}

// show appends a value as callers read it, never wider than its type says.
// What is not set shows as nothing: the checker has seen to it that none is.
func (p *Program) show(b []byte, r Ref, s *Session, lang int) []byte {
	i, ok := p.slotIndex[r.Name]
	if !ok {
		return b
	}
	v, slot := p.value(s, Ref{Name: r.Name}), &p.slots[i]
	t := &slot.Type
	if r.Field != "" {
		v, t = v.Field(r.Field), t.field(r.Field)
		slot = nil
	}
	if t == nil || !v.IsSet() {
		return b
	}
	return p.showValue(b, v, t, slot, lang)
}

// field is the type of a record's field, nil if there is none.
func (t *Type) field(name string) *Type {
	for i := range t.Fields {
		if t.Fields[i].Name == name {
			return &t.Fields[i].Type
		}
	}
	return nil
}

func (p *Program) showValue(b []byte, v Value, t *Type, slot *Var, lang int) []byte {
	switch v.kind {
	case KindNumber:
		return strconv.AppendInt(b, v.n, 10)
	case KindMoney:
		return appendMoney(b, p.def.Currency, v.n)
	case KindDate:
		return Date(v.n).Time().AppendFormat(b, "02/01/2006")
	case KindPhone:
		if !msisdn.Valid(v.s) {
			return append(b, cutSeptets(oneLine(gsm7.Transliterate(v.s)), phoneWidth)...)
		}
		return append(b, msisdn.National(v.s)...)
	case KindChoice:
		return append(b, p.choiceLabel(v.s, t, slot, lang)...)
	case KindText:
		return append(b, cutSeptets(oneLine(gsm7.Transliterate(v.s)), t.Width)...)
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
			label, _ := slot.Labels[i].in(lang).fixed()
			return label
		}
	}
	return name
}

// appendMoney writes cents as "KES 1,500", with cents only where there are any.
func appendMoney(b []byte, currency string, cents int64) []byte {
	b = append(append(b, currency...), ' ')
	if cents < 0 {
		b, cents = append(b, '-'), -cents
	}
	b = append(b, groupDigits(cents/centsPerUnit)...)
	if rest := cents % centsPerUnit; rest != 0 {
		b = fmt.Appendf(b, ".%02d", rest)
	}
	return b
}

// oneLine keeps a value on the line it is shown on: a text from elsewhere must
// not look like an option or a key of the screen.
func oneLine(s string) string { return strings.ReplaceAll(s, "\n", " ") }

// cutSeptets cuts a text to a number of GSM-7 septets.
func cutSeptets(s string, most int) string {
	if len(s)*2 <= most {
		return s
	}
	used := 0
	for i, r := range s {
		used += max(1, gsm7.Septets(r))
		if used > most {
			return s[:i]
		}
	}
	return s
}
