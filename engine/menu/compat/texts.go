package compat

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// A text is what callers read, under its key in translations.
type text struct {
	key   string
	words engine.Localized
	pos   engine.Pos
}

// texts reports changed texts, in each language that both versions have.
func (c *comparison) texts() {
	before := map[string]engine.Localized{}
	for _, t := range textsOf(c.old, c.top(), c.moved) {
		before[t.key] = t.words
	}
	for _, t := range textsOf(c.next, c.top(), func(name string) string { return name }) {
		was, had := before[t.key]
		delete(before, t.key)
		if c.told[t.key] || !had && !c.stays(t.key) {
			continue
		}
		c.text(t, was)
	}
	for _, t := range textsOf(c.old, c.top(), c.moved) {
		if was, gone := before[t.key]; gone && len(was) > 0 && !c.told[t.key] && c.stays(t.key) && !c.keyGone(t.key) {
			c.notice(t.pos, "%s is gone; it was %s.", t.key, quote(was.In(0).String()))
		}
	}
}

// stays reports whether the screen or variable to which a text belongs is in both
// versions. What is new or gone as a whole is reported as a whole.
func (c *comparison) stays(key string) bool {
	owner, _, _ := strings.Cut(key, ".")
	if owner == "nav" || owner == "resume" || key == syntax.DroppedKey && c.old.Dropped != nil && c.next.Dropped != nil || varNamed(c.old, owner) != nil && varNamed(c.next, owner) != nil {
		return true
	}
	now, ok := c.program.Screen(owner)
	return ok && slices.ContainsFunc(c.old.Screens, func(was engine.Screen) bool { return c.moved(was.Name) == owner && was.Kind == now.Kind })
}

// keyGone reports whether a text is the label of a key, because keys are compared
// by themselves.
func (c *comparison) keyGone(key string) bool {
	owner, rest, _ := strings.Cut(key, ".")
	if _, err := strconv.Atoi(rest); err == nil || strings.HasPrefix(rest, "offer.") {
		return true
	}
	v := varNamed(c.old, owner)
	return v != nil && slices.Contains(v.Type.Options, rest)
}

func (c *comparison) text(now text, was engine.Localized) {
	for i, l := range c.next.Languages {
		j := slices.IndexFunc(c.old.Languages, func(was engine.Language) bool { return was.Code == l.Code })
		if j < 0 {
			continue
		}
		if i > 0 && j > 0 && !translated(was, j) && !translated(now.words, i) {
			continue // the same as in the first language
		}
		a, b := was.In(j).String(), now.words.In(i).String()
		switch {
		case a == b && (was == nil) == (now.words == nil):
		case was == nil:
			c.notice(now.pos, "%s is new in %s: %s.", now.key, l.Name, quote(b))
		case now.words == nil:
			c.notice(now.pos, "%s is gone in %s; it was %s.", now.key, l.Name, quote(a))
		default:
			a, b = excerpts(a, b)
			c.notice(now.pos, "%s says in %s %s, and said %s.", now.key, l.Name, b, a)
		}
	}
}

// translated reports whether words have a text of their own in a language.
func translated(w engine.Localized, lang int) bool { return lang < len(w) && w[lang] != nil }

// textsOf lists the texts of a menu with their keys. name returns the new name of a
// screen.
func textsOf(d *engine.Definition, top engine.Pos, name func(string) string) []text {
	n := &d.Nav
	list := []text{
		{"nav.back", n.Back.Label, top},
		{"nav.home", n.Home.Label, top},
		{"nav.more", n.More.Label, top},
		{"nav.confirm", n.Confirm.Label, top},
		{"nav.cancel", n.Cancel.Label, top},
		{"nav.invalid", n.Invalid, top},
		{"nav.gave_up", n.GaveUp, top},
		{"nav.busy", n.Busy, top},
		{"nav.in_progress", n.InProgress, top},
		{"nav.expired", n.Expired, top},
		{"nav.updated", n.Updated, top},
		{"nav.limited", n.Limited, top},
		{"nav.mismatch", n.Mismatch, top},
		{"nav.list_cut", n.ListCut, top},
		{"nav.again", n.Again, top},
	}
	if d.Session.Resume > 0 {
		list = append(list, text{"resume.say", n.Resume, top}, text{"resume.confirm", n.ResumeYes, top}, text{"resume.cancel", n.ResumeNo, top})
	}
	if d.Dropped != nil {
		list = append(list, text{syntax.DroppedKey, d.Dropped.Say, top})
	}
	for i := range d.Vars {
		v := &d.Vars[i]
		list = append(list, text{syntax.VarErrorKey(v.Name), v.Error, v.Pos})
		for j, words := range v.Labels {
			if j < len(v.Type.Options) {
				list = append(list, text{syntax.ChoiceKey(v.Name, v.Type.Options[j]), words, v.Pos})
			}
		}
	}
	for i := range d.Screens {
		s := &d.Screens[i]
		list = append(list, textsOn(s, name(s.Name))...)
	}
	return list
}

func textsOn(s *engine.Screen, name string) []text {
	var list []text
	add := func(key string, words engine.Localized, pos engine.Pos) {
		list = append(list, text{name + "." + key, words, pos})
	}
	for i, say := range s.Say {
		add(keyOfSay(s, i), say.Words, s.Pos)
	}
	add("error", s.Error, s.Pos)
	add("again", s.Again, s.Pos)
	add("again.format", s.AgainFor.Format, s.Pos)
	add("again.range", s.AgainFor.Range, s.Pos)
	add("again.mismatch", s.AgainFor.Mismatch, s.Pos)
	for i := range s.Options {
		o, key := &s.Options[i], optionKeyOf(s, i)
		add(key, o.Label, o.Pos)
		add(key+".note", o.Note, o.Pos)
	}
	if a := s.Ask; a != nil {
		for _, o := range a.Offers {
			add("offer."+o.Key, o.Label, o.Pos)
		}
		for i, rule := range a.Accept {
			add("accept."+strconv.Itoa(i+1), rule.Error, s.Pos)
			add("accept."+strconv.Itoa(i+1)+".again", rule.Again, s.Pos)
		}
		add("repeat", a.Repeat, s.Pos)
	}
	if s.Confirm != nil {
		add("confirm", s.Confirm.YesWords, s.Pos)
		add("cancel", s.Confirm.NoWords, s.Pos)
	}
	if s.List != nil {
		add("each", s.List.Each, s.Pos)
	}
	if s.Do != nil {
		for _, o := range s.Do.Outcomes {
			add("when."+o.Outcome, said(o), o.Pos)
		}
		for _, late := range s.Do.Late {
			add("late."+late.Outcome, late.Words, s.Pos)
		}
	}
	if s.SMS != nil {
		add("sms", s.SMS.Say, s.Pos)
	}
	return list
}

// said returns the words with which an outcome asks again, or nil.
func said(o engine.OutcomeCase) engine.Localized {
	if o.Again != nil {
		return o.Again
	}
	return o.Retry
}

// Lengths of quotations, in characters. Two texts of a whole screen are quoted whole up
// to longestWhole; around a difference in a longer one, context is left on each side.
const (
	longestWhole = 60
	context      = 20
)

// excerpts quotes two texts at their difference: what both have at the beginning and
// at the end is cut, except for some words of context.
func excerpts(a, b string) (string, string) {
	x, y := []rune(a), []rune(b)
	if len(x) <= longestWhole && len(y) <= longestWhole {
		return quote(a), quote(b)
	}
	from := 0
	for from < len(x) && from < len(y) && x[from] == y[from] {
		from++
	}
	tail := 0
	for tail < len(x)-from && tail < len(y)-from && x[len(x)-1-tail] == y[len(y)-1-tail] {
		tail++
	}
	return excerpt(x, from, tail), excerpt(y, from, tail)
}

// excerpt quotes a text without most of its first and last characters, at the borders
// of words.
func excerpt(r []rune, from, tail int) string {
	begin, end := max(0, from-context), min(len(r), len(r)-tail+context)
	for begin > 0 && !unicode.IsSpace(r[begin-1]) && from-begin < 2*context {
		begin--
	}
	for end < len(r) && !unicode.IsSpace(r[end]) && end-(len(r)-tail) < 2*context {
		end++
	}
	out := string(r[begin:end])
	if begin > 0 {
		out = "…" + out
	}
	if end < len(r) {
		out += "…"
	}
	return quote(out)
}

// quote quotes a text whole; a line break is written as \n, so that it is seen.
func quote(s string) string { return fmt.Sprintf("%q", s) }
