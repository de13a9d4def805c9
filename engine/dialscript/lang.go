package dialscript

import (
	"fmt"
	"regexp"
	"unicode/utf8"
)

// The same keys in another language. What a script says in words is true of one
// language; in the others the call must take the same way, screen by screen, on
// screens that fit. That is checked against the call as it was written.

// speaking is the scene in another language: remembered where a language was,
// otherwise what the menus begin in, so that "lang is set" stays as it is.
func (s Scene) speaking(lang string) Scene {
	if s.Lang() == "" {
		s.Begins = lang
		return s
	}
	s.Remembered = append(s.Remembered[:0:0], s.Remembered...)
	s.remember("lang", lang)
	return s
}

// sameWay holds the screen against the one of the call as written.
func (g *play) sameWay(s *Step) {
	want := g.base.Screens[g.at]
	switch {
	case want == nil:
		g.stop("the call as written stops here")
		return
	case want.Name == "":
		g.stop("this line can't see the names of screens")
		return
	}
	g.result.Checks++
	if want.Name == g.screen.Name && want.End == g.screen.End {
		return
	}
	p := g.fail(s.Pos, "the same keys lead to %s here, and as written to %s", g.screen.Name, want.Name)
	p.Expected, p.Shown = Lines(want.Text), Lines(g.screen.Text)
}

// guess keeps what named holes stand for on a screen in other words: what stands
// behind the same few characters.
func (g *play) guess(s *Step) {
	for _, line := range s.Shown {
		for i, part := range line.Text {
			if part.Name == "" || part.Placeholder == "" {
				continue
			}
			left, _ := line.Text.beside(i)
			pattern := placeholders[part.Placeholder]
			if part.Placeholder == "*" {
				pattern = `[\pL\pN-]+`
			}
			re, err := regexp.Compile(regexp.QuoteMeta(left) + "(" + pattern + ")")
			if err != nil || utf8.RuneCountInString(left) == 0 {
				continue
			}
			if m := re.FindStringSubmatch(g.screen.Text); m != nil {
				g.captures[part.Name] = m[1]
			}
		}
	}
}

// otherWords is a direction as it holds in another language; false where it says
// nothing about one.
func otherWords(d Direction) (Direction, bool) {
	switch d.Kind {
	case LanguageIs:
		return d, false
	case ValueIs:
		return d, d.Name != "lang"
	case SMSTo:
		d.SMS = Text{{Placeholder: "*"}}
	}
	return d, true
}

// lacks is a name that the direction needs and nothing was kept under.
func (d *Direction) lacks(k Captures) string {
	for _, words := range []Text{d.Want, d.SMS, d.Secret} {
		for _, part := range words {
			if _, known := k[part.Name]; part.Placeholder == "" && part.Name != "" && !known {
				return part.Name
			}
		}
	}
	return ""
}

// spokenAs is the result of a call that can't be compared in another language.
func spokenAs(base *Result, lang string) (Result, bool) {
	if base.Status == Passed {
		return Result{}, false
	}
	r := unplayed(base.Call, fmt.Sprintf("the call as written is %s", base.Status))
	r.Lang = lang
	return r, true
}
