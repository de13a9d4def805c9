package check

import (
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// A TextSpace says how much space a text has for a translator.
type TextSpace struct {
	// Length is the greatest length of the text, with the longest values.
	Length int
	// Limit is the greatest length with which every screen that shows the text, or its
	// SMS, still fits; 0 if the text may have any length, because its screen is
	// divided into pages, or because no screen shows it.
	Limit int
	// SMS says that the limit is that of an SMS of one part.
	SMS bool
	// Whole is what the whole screen or SMS holds: 160 characters, or 70 where
	// characters outside GSM-7 are among them.
	Whole int
}

// TextSpaces returns the space of every text in one language, by its key. lang is the
// index of the language among the menu's. A text without a translation has the length
// of the original, which callers see in its place.
func TextSpaces(f *syntax.File, contracts []engine.Contract, lang int) map[string]TextSpace {
	c := newChecker(f, contracts)
	limits := syntax.LimitsOf(f)
	s := &spaces{ruler: newRuler(c), room: room{limits.Septets, limits.Units}, lang: lang, free: map[string]space{}}
	for _, screen := range f.Screens {
		s.screen(screen)
	}
	if f.Dropped != nil {
		s.sms(syntax.DroppedKey)
	}
	s.wholeScreens()
	s.insideTexts()
	out := map[string]TextSpace{}
	for _, m := range c.msgs.All {
		out[m.Key] = s.of(m.Key)
	}
	return out
}

// spaces collects how far each text can still grow.
type spaces struct {
	*ruler
	room
	lang int
	free map[string]space
}

// space is how many characters are free beside a text on its fullest screen, and how
// many that screen holds. A negative number says by how many it is too long.
type space struct {
	left, whole int
	sms         bool // it is an SMS
}

// of returns the space of one text.
func (s *spaces) of(key string) TextSpace {
	e := s.text(key, s.lang)
	free, bounded := s.free[key]
	out := TextSpace{Length: max(0, e.septets, e.wide)}
	if bounded {
		if free.whole == s.units {
			out.Length = max(0, e.units, e.wide)
		}
		out.Limit, out.Whole, out.SMS = max(0, out.Length+free.left), free.whole, free.sms
	}
	return out
}

// note records what a text leaves free on a screen.
func (s *spaces) note(key string, screen extent) {
	if key != "" {
		s.keep(key, s.left(screen))
	}
}

// keep remembers the least space of a text.
func (s *spaces) keep(key string, free space) {
	if old, ok := s.free[key]; !ok || free.left < old.left {
		s.free[key] = free
	}
}

// left returns what is free on a screen at its longest.
func (r room) left(e extent) space {
	plain, wide := space{left: r.septets - e.septets, whole: r.septets}, space{left: r.units - e.wide, whole: r.units}
	if e.septets < 0 || e.wide >= 0 && wide.left < plain.left {
		return wide
	}
	return plain
}

// screen measures what each text of a screen leaves free.
func (s *spaces) screen(screen *syntax.Screen) {
	for _, key := range smsKeys(screen) {
		s.sms(key)
	}
	if !screen.Shows() {
		return
	}
	divided := s.c.pages(screen) && s.c.f.Nav.More.Key.Written()
	for _, l := range s.layouts(screen, s.lang, divided) {
		if divided {
			s.pages(screen, l)
		} else {
			s.whole(l)
		}
	}
	if second := s.secondQuestion(screen, s.lang); second != nil {
		s.whole(second)
	}
}

// sms measures what an SMS of one part leaves free.
func (s *spaces) sms(key string) {
	free := smsRoom.left(s.text(key, s.lang))
	free.sms = true
	s.keep(key, free)
}

// whole measures a screen that has one page: each text beside the longest of the
// others.
func (s *spaces) whole(l *layout) {
	total := l.total()
	for _, b := range []*block{&l.notice, &l.body} {
		all := b.texts
		for i := range all {
			b.texts = all[i : i+1]
			s.note(all[i].key, l.total())
		}
		b.texts = all
	}
	for _, row := range l.rows {
		s.note(row.key, total)
	}
	s.navigation(l, engine.NavBack|engine.NavHome, total)
}

// pages measures a screen that may be divided: each row and each notice needs a page
// with the navigation line, and the text above the rows may go on for pages.
func (s *spaces) pages(screen *syntax.Screen, l *layout) {
	shown := engine.NavBack | engine.NavHome
	if screen.List != nil || !s.fits(worstOf(s.layouts(screen, s.lang, false))) {
		shown |= engine.NavMore
	}
	rows := l.rows
	if screen.List != nil {
		rows = append(rows[:len(rows):len(rows)], s.listRow(screen, s.lang), s.piece("nav.list_cut", s.lang))
	}
	for _, row := range rows {
		page := composed.Below(row.ext, l.nav.ext)
		s.note(row.key, page)
		s.navigation(l, shown, page)
	}
	first := s.firstLine(screen, l)
	for _, t := range l.notice.texts {
		page := composed.Screen(engine.ScreenParts[extent]{Notice: t.ext, Body: first, Nav: l.nav.ext})
		s.note(t.key, page)
		for _, row := range rows {
			s.note(row.key, composed.Screen(engine.ScreenParts[extent]{Notice: t.ext, Body: row.ext, Nav: l.nav.ext}))
		}
		s.navigation(l, shown, page)
	}
}

// navigation records the labels of the keys that a navigation line may show.
func (s *spaces) navigation(l *layout, shown engine.NavKeys, page extent) {
	if l.nav.ext.empty() {
		return
	}
	for one := engine.NavBack; one <= engine.NavMore; one <<= 1 {
		if key, label := s.navKey(one); shown&one != 0 && key.Key.Written() {
			s.note(label, page)
		}
	}
}

// wholeScreens measures the texts that are a screen of their own in every menu.
func (s *spaces) wholeScreens() {
	for _, key := range wholeScreens {
		s.note(key, s.text(key, s.lang))
	}
	if resume := s.resumeScreen(s.lang); resume != nil {
		s.whole(resume)
	}
}

// insideTexts measures the texts that stand inside others: shared texts, and the words
// of a choice. A text that is shown twice in one text has half of the space.
func (s *spaces) insideTexts() {
	inside := map[string]space{}
	for key, free := range s.free {
		for name, times := range s.shared(key) {
			leastOf(inside, name, space{free.left / times, free.whole, free.sms})
		}
	}
	for name, free := range inside {
		s.keep(name, free)
	}
	words := map[string]space{}
	for key, free := range s.free {
		for name, times := range s.choices(key) {
			longest := s.value(name, "", s.lang)
			for _, o := range s.c.values[name].v.Options {
				option := s.c.values[name].v.OptionKey(o.Name.Value)
				spare := max(longest.septets, longest.wide) - max(s.text(option, s.lang).septets, s.text(option, s.lang).wide)
				leastOf(words, option, space{spare + free.left/times, free.whole, free.sms})
			}
		}
	}
	for option, free := range words {
		s.keep(option, free)
	}
}

func leastOf(all map[string]space, key string, free space) {
	if old, ok := all[key]; !ok || free.left < old.left {
		all[key] = free
	}
}

// shared counts the shared texts that a text shows.
func (s *spaces) shared(key string) map[string]int {
	times := map[string]int{}
	if strings.HasPrefix(key, syntax.SharedTexts+".") {
		return times // a shared text cannot show another
	}
	for _, p := range s.c.msgs.Own(key, s.lang) {
		if p.Name == syntax.SharedTexts {
			times[syntax.SharedKey(p.Field)]++
		}
	}
	return times
}

// choices counts the variables with words of their own that a text shows.
func (s *spaces) choices(key string) map[string]int {
	times := map[string]int{}
	for _, p := range s.c.msgs.Parts(key, s.lang) {
		if v := s.c.values[p.Name]; p.Placeholder() && v != nil && v.v != nil && len(v.v.Options) > 0 {
			times[p.Name]++
		}
	}
	return times
}
