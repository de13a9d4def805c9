package check

import (
	"fmt"
	"slices"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// refusalsFit checks U307: after a wrong answer there is room for what the type says of
// its answers. Where there is none, callers read the menu's "invalid".
//
// Nothing is missed: the machine shows the same words, and their length does not depend
// on the day.
func (c *checker) refusalsFit() {
	limits := syntax.LimitsOf(c.f)
	l := &lengths{checker: c, ruler: newRuler(c), room: room{limits.Septets, limits.Units}}
	for _, s := range c.f.Screens {
		for lang := range c.msgs.Langs {
			if l.refusal(s, lang) {
				break // once a question
			}
		}
	}
}

// refusal reports a text of a type that has no room above a question, and whether
// there is one.
func (l *lengths) refusal(s *syntax.Screen, lang int) bool {
	screens := l.refusals(s, lang)
	if len(screens) == 0 || !l.fits(worstOf(l.layouts(s, lang, false))) { // U301
		return false
	}
	for _, screen := range screens {
		e := screen.total()
		if l.fits(e) {
			continue
		}
		length, limit := l.over(e)
		l.find(s.Ask.Var, fmt.Sprintf("Above %s there is no room for %q: the screen would take %d characters in %s; %s.", syntax.Quote(s.Name.Value), screen.notice.what, length, l.language(lang), limit), fmt.Sprintf("Shorten the question, or give %s an \"error\" of its own.", syntax.Quote(s.Ask.Var.Value)))
		return true
	}
	return false
}

// refusals lays a question out below each text of its type about wrong answers. There
// are none if the menu has words of its own, or if the engine has none in the language.
// The text is the name of the notice.
func (r *ruler) refusals(s *syntax.Screen, lang int) []*layout {
	if s.Ask == nil || s.Error != nil {
		return nil
	}
	v := r.c.asked(s)
	if v == nil || v.Error.Written() {
		return nil
	}
	profile, _ := syntax.ProfileNamed(r.c.f.Session.Gateway.Value)
	at := engine.Place{Lang: r.c.msgs.Langs[lang].Code.Value, Currency: profile.Currency, Country: syntax.HomeOf(r.c.f)}
	layouts, again := r.layouts(s, lang, false), r.againKey(s)
	after := slices.IndexFunc(layouts, func(l *layout) bool { return l.again == again })
	if after < 0 {
		return nil // every kind of wrong answer has a text of its own
	}
	var list []*layout
	for _, why := range []engine.Refusal{engine.RefusedForm, engine.RefusedRange, engine.RefusedStar} {
		if s.AgainFor.Text(map[engine.Refusal]string{engine.RefusedForm: "format", engine.RefusedRange: "range", engine.RefusedStar: "format"}[why]).Written() {
			continue
		}
		if words := v.Typed.Words(why, at, 0); words != "" {
			screen := *layouts[after]
			screen.notice = block{words, []piece{{ext: literal(words)}}}
			list = append(list, &screen)
		}
	}
	return list
}
