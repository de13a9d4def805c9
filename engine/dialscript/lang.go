package dialscript

import (
	"fmt"
	"regexp"
	"unicode/utf8"
)

// These functions play the same keys in another language. The texts of a script
// belong to one language; in the others the call must take the same path, screen
// by screen, and every screen must fit. The call as written is the reference.

// speaking returns the scene in another language. It is remembered if the scene
// remembered one; otherwise the menus begin in it. So "lang is set" has the
// same result.
func (s Scene) speaking(lang string) Scene {
	if s.Lang() == "" {
		s.Begins = lang
		return s
	}
	s.Remembered = append(s.Remembered[:0:0], s.Remembered...)
	s.remember("lang", lang)
	return s
}

// samePath checks that the same keys lead to the same screen as in the call as
// written.
func (g *play) samePath(s *Step) {
	want := g.base.Screens[g.at]
	switch {
	case want == nil:
		g.stop("the call as written stops here")
		return
	case want.Name == "":
		g.stop("this target can't see the names of screens")
		return
	}
	g.result.Checks++
	if want.Name == g.screen.Name && want.End == g.screen.End {
		return
	}
	p := g.fail(s.Pos, "the same keys lead to %s here, and as written to %s", g.screen.Name, want.Name)
	p.Expected, p.Shown = Lines(want.Text), Lines(g.screen.Text)
}

// guess finds the captured texts on a screen in another language: the text after
// the same few characters.
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

// otherWords returns a direction as it applies in another language. It returns false
// if the direction applies only to the language of the script.
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

// lacks returns a name that the direction needs and that has no captured text.
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

// spokenAs returns the result of a call that can't be compared in another
// language.
func spokenAs(base *Result, lang string) (Result, bool) {
	if base.Status == Passed {
		return Result{}, false
	}
	r := unplayed(base.Call, fmt.Sprintf("the call as written is %s", base.Status))
	r.Lang = lang
	return r, true
}
