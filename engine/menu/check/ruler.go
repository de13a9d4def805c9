package check

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/gsm7"
	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/engine/msisdn"
)

// ruler measures what a menu's texts and values take at most.
type ruler struct {
	c     *checker
	texts map[syntax.InLanguage]extent
	vals  map[syntax.InLanguage]extent
	// letters measures texts in their own letters. The machine shows them so only
	// where that fits; see WorstCases.
	letters bool
}

func newRuler(c *checker) *ruler {
	return &ruler{c: c, texts: map[syntax.InLanguage]extent{}, vals: map[syntax.InLanguage]extent{}}
}

// text returns the extent of a text in a language, "" being none.
func (r *ruler) text(key string, lang int) extent {
	if key == "" || !r.c.msgs.Has(key) {
		return nothing
	}
	at := syntax.InLanguage{Key: key, Lang: lang}
	e, done := r.texts[at]
	if done {
		return e
	}
	e = nothing
	for _, p := range r.c.msgs.Parts(key, lang) {
		if p.Placeholder() {
			e = e.then(r.placeholder(p, lang))
		} else {
			e = e.then(literal(p.Lit))
		}
	}
	r.texts[at] = e
	return e
}

// placeholder returns the extent of a value as a text shows it.
func (r *ruler) placeholder(p syntax.Part, lang int) extent {
	t, known := typeIn(r.c.values, syntax.Value{Name: p.Name, Field: p.Field})
	whole := r.value(p.Name, p.Field, lang)
	switch {
	case !known || p.Format.IsZero():
		return whole
	case p.Format.Day != "":
		return r.writtenDay(p.Format, lang)
	default:
		most := p.Format.Width(engine.Type{Width: max(whole.septets, whole.wide, t.Width)})
		return extent{min(whole.septets, most), min(whole.units, most), min(whole.wide, 2*most), whole.outside}
	}
}

// aLongDay is the day of a month that takes as much as any other in every format.
const aLongDay = 28

// writtenDay returns the extent of any day in a format, in a language.
func (r *ruler) writtenDay(f engine.Format, lang int) extent {
	code := r.c.msgs.Langs[lang].Code.Value
	e := extent{never, never, never, 0}
	for month := time.January; month <= time.December; month++ {
		day := engine.DateOf(time.Date(2028, month, aLongDay, 0, 0, 0, 0, time.UTC))
		e = e.or(literal(f.ShownDay(day, code)))
	}
	return e
}

// value returns the extent of a value as it is shown.
func (r *ruler) value(name, field string, lang int) extent {
	at := syntax.InLanguage{Key: name + "." + field, Lang: lang}
	e, done := r.vals[at]
	if !done {
		e = r.measure(name, field, lang)
		r.vals[at] = e
	}
	return e
}

func (r *ruler) measure(name, field string, lang int) extent {
	v := r.c.values[name]
	switch {
	case v == nil:
		return nothing // U206
	case name == "service":
		return literal(gsm7.Transliterate(r.c.f.Service.Value))
	case field != "":
		t, _ := fieldType(v.typ, field)
		return r.shownType(t, true)
	case v.typ.Kind == engine.KindChoice:
		return r.choice(v, lang)
	}
	e := r.shownType(v.typ, v.foreign)
	for _, t := range v.also {
		if t.Kind == v.typ.Kind {
			e = e.or(r.shownType(t, true))
		}
	}
	for _, g := range v.given {
		if g.typ.Kind == v.typ.Kind {
			e = e.or(r.shownType(g.typ, true))
		}
	}
	return e
}

// choice returns the extent of an option's words, or of its name where it has none.
func (r *ruler) choice(v *value, lang int) extent {
	e := extent{never, never, never, 0}
	switch {
	case v.name == "lang":
		for _, l := range r.c.msgs.Langs {
			e = e.or(literal(l.Name.Value))
		}
	case v.v != nil && len(v.v.Options) > 0:
		for _, o := range v.v.Options {
			e = e.or(r.text(v.v.OptionKey(o.Name.Value), lang))
		}
	default:
		for _, o := range v.typ.Options {
			e = e.or(literal(o))
		}
	}
	if e.septets < 0 && e.wide < 0 {
		return nothing
	}
	return e
}

// shownType returns the extent of any value of a type. Texts from elsewhere are
// cut to the type's width. They are measured in the GSM alphabet: the machine shows
// them in other letters only where the screen has room for these. foreign
// says that a phone number may be of any country.
func (r *ruler) shownType(t engine.Type, foreign bool) extent {
	switch t.Kind {
	case engine.KindPhone:
		if !foreign && r.homeOnly(t) {
			return plainWidth(len("0712345678"))
		}
		return plainWidth(msisdn.MaxShown)
	case engine.KindMoney:
		return plainWidth(max(t.Width, moneyWidth(t.Lo), moneyWidth(t.Hi)))
	case engine.KindNumber:
		return plainWidth(max(t.Width, engine.ShownWidth(t.Lo, t.Hi)))
	case engine.KindChoice:
		e := nothing
		for _, o := range t.Options {
			e = e.or(literal(o))
		}
		return e
	case engine.KindText:
		if r.letters {
			return extent{t.Width, t.Width, t.Width, 0}
		}
		return plainWidth(t.Width)
	case engine.KindDate:
		return plainWidth(t.Width)
	}
	return nothing // secrets, records and lists are not shown: U501, U203
}

// homeOnly reports a type that only takes mobile numbers of Kenya, in a menu for
// Kenya: they are shown with ten digits.
func (r *ruler) homeOnly(t engine.Type) bool {
	return syntax.HomeOf(r.c.f) == msisdn.Kenya && (len(t.Countries) == 0 || len(t.Countries) == 1 && t.Countries[0] == msisdn.Kenya)
}

// moneyWidth returns how wide an amount of cents is at most, as "KES 70,000.00": the
// signs of currencies have three letters (ISO 4217).
func moneyWidth(cents int64) int {
	const sign, fraction = len("KES "), len(".00")
	digits := strconv.FormatInt(cents/100, 10)
	whole := strings.TrimPrefix(digits, "-")
	return sign + len(digits) + (len(whole)-1)/3 + fraction
}

// worst lists the values of a text, each with the greatest length that it can take.
func (r *ruler) worst(keys []string, lang int) string {
	seen := map[string]bool{}
	var list []string
	for _, key := range keys {
		for _, p := range r.c.msgs.Parts(key, lang) {
			if !p.Placeholder() || seen[p.Written()] {
				continue
			}
			seen[p.Written()] = true
			e := r.placeholder(p, lang)
			list = append(list, fmt.Sprintf("{%s} %d%s", p.Written(), max(e.septets, e.wide), r.example(p)))
		}
	}
	return strings.Join(list, ", ")
}

// example returns a longest value of a placeholder, where that is easily said.
func (r *ruler) example(p syntax.Part) string {
	t, _ := typeIn(r.c.values, syntax.Value{Name: p.Name, Field: p.Field})
	if !p.Format.IsZero() {
		return ""
	}
	switch t.Kind {
	case engine.KindMoney:
		units := t.Hi / 100
		digits := strconv.FormatInt(units, 10)
		for i := len(digits) - 3; i > 0; i -= 3 {
			digits = digits[:i] + "," + digits[i:]
		}
		profile, _ := syntax.ProfileNamed(r.c.f.Session.Gateway.Value)
		return " (" + profile.Currency + " " + digits + ".00)"
	case engine.KindPhone:
		if r.value(p.Name, p.Field, 0).septets > len("0712345678") {
			return " (a number of another country)"
		}
	}
	return ""
}

// wrongKey returns the text after a wrong answer: the screen's own, or the menu's.
func (r *ruler) wrongKey(s *syntax.Screen) string {
	if s.Error != nil {
		return syntax.ScreenKey(s, "error") // none where it is ""
	}
	return "nav.invalid"
}
