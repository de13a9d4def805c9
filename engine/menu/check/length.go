package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// screensFit checks U301: no screen can be too long, whatever its values are. What
// pages is held to less: each piece has room on a page of its own.
//
// Nothing is missed: a value is never shown wider than its type, the extent of a
// text is the sum over its parts and that of a block the longest of its texts, so
// the total is at least what any call shows; errors, navigation and the engine's
// own texts are among the blocks. Two texts that cannot stand together are added
// all the same.
func (c *checker) screensFit() {
	limits := syntax.LimitsOf(c.f)
	l := &lengths{checker: c, ruler: newRuler(c), room: room{limits.Septets, limits.Units}, said: map[engine.Pos]int{}}
	for _, s := range c.f.Screens {
		if !s.Shows() {
			continue
		}
		for lang := range c.msgs.Langs {
			if c.pages(s) {
				l.paged(s, lang)
			} else {
				l.whole(s, lang)
			}
		}
	}
	for lang := range c.msgs.Langs {
		l.everywhere(lang)
	}
}

// pages reports whether a screen may be divided.
func (c *checker) pages(s *syntax.Screen) bool {
	for _, k := range kinds.On(s) {
		if k.pages == nil || !k.pages(c, s) {
			return false
		}
	}
	return true
}

type lengths struct {
	*checker
	*ruler
	room
	// said are the texts that were found too long, and how long: in a language
	// that has no words of its own for one it is the same mistake.
	said map[engine.Pos]int
}

// foundTooLong is find for a text that is too long, once a place.
func (l *lengths) reportTooLong(at syntax.Text, length int, message, help string, notes ...diag.Related) {
	if length <= l.said[at.Pos] {
		return
	}
	l.said[at.Pos] = length
	l.find(at, message, help, notes...)
}

// whole proves a screen that has one page.
func (l *lengths) whole(s *syntax.Screen, lang int) {
	screens := l.layouts(s, lang, false)
	for _, screen := range screens {
		if e := screen.total(); !l.fits(e) {
			l.tooLong(screen, e, "Shorten it, divide it into several screens, or give its values a smaller range.")
		}
	}
	second := l.secondQuestion(s, lang)
	if second == nil {
		return
	}
	if e := second.total(); !l.fits(e) {
		l.tooLong(second, e, "Shorten it.")
	}
}

// secondQuestion returns the screen that asks for an answer again, nil where there is
// none.
func (r *ruler) secondQuestion(s *syntax.Screen, lang int) *layout {
	if s.Ask == nil || !s.Ask.Repeat.Written() {
		return nil
	}
	return &layout{s: s, lang: lang, nav: r.navLine(s, lang, false), body: block{"the second question", []piece{r.piece(syntax.ScreenKey(s, "repeat"), lang)}}}
}

// tooLong says what a screen takes at most, and what that is made of.
func (l *lengths) tooLong(screen *layout, e extent, help string) {
	length, limit := l.over(e)
	at := l.longest(screen)
	notes := []diag.Related{{Text: "Counted: " + screen.sum(length, e.septets > l.septets) + "."}}
	if values := l.worst(screen.keys(), screen.lang); values != "" {
		notes = append(notes, diag.Related{Text: "With the longest values: " + values + "."})
	}
	if !at.Written() {
		at = screen.s.Name
	}
	l.reportTooLong(at, length, fmt.Sprintf("%s can take %d characters in %s; %s.", syntax.Quote(screen.s.Name.Value), length, l.language(screen.lang), limit), help, notes...)
}

func (c *checker) language(lang int) string {
	if name := c.msgs.Langs[lang].Name.Value; name != "" {
		return name
	}
	return c.msgs.Langs[lang].Code.Value
}

// longest returns the longest text of a screen's question, where it is written: in
// the translation, or where callers read it instead.
func (l *lengths) longest(screen *layout) syntax.Text {
	best, key := -1, ""
	for _, t := range screen.body.texts {
		if n := max(t.ext.septets, t.ext.wide); n > best {
			best, key = n, t.key
		}
	}
	return l.source(key, screen.lang)
}

// source returns where a text of a language is written.
func (c *checker) source(key string, lang int) syntax.Text {
	return c.msgs.Shown(key, lang)
}

// sum returns what a length is made of: "error 41, text 80, options 20, navigation
// 17, line breaks 3".
func (l *layout) sum(total int, septets bool) string {
	size := func(e extent) int {
		if septets {
			return max(0, e.septets)
		}
		return max(0, e.units, e.wide)
	}
	var parts []string
	left := total
	add := func(what string, n int) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", what, n))
			left -= n
		}
	}
	for _, b := range l.blocks() {
		add(b.what, size(b.extent()))
	}
	rows := 0
	for _, r := range l.rows {
		rows += size(r.ext)
	}
	add("what can be chosen", rows)
	add("navigation", size(l.nav.ext))
	add("line breaks", left)
	return strings.Join(parts, ", ")
}

// keys returns the texts of a layout.
func (l *layout) keys() []string {
	var keys []string
	for _, b := range l.blocks() {
		for _, t := range b.texts {
			keys = append(keys, t.key)
		}
	}
	for _, r := range l.rows {
		keys = append(keys, r.key)
	}
	return keys
}

// wholeScreens lists the texts that are a screen of their own in every menu.
var wholeScreens = []string{"nav.gave_up", "nav.busy", "nav.in_progress", "nav.expired", "nav.updated", "nav.limited"}

// everywhere proves the texts that are a screen of their own in every menu.
func (l *lengths) everywhere(lang int) {
	for _, key := range wholeScreens {
		if e := l.text(key, lang); !l.fits(e) {
			l.textTooLong(key, lang, e)
		}
	}
	if resume := l.resumeScreen(lang); resume != nil && !l.fits(resume.total()) {
		l.textTooLong(resume.body.texts[0].key, lang, resume.total())
	}
}

// resumeScreen returns the screen that offers to continue a dropped call, nil where
// the menu has none.
func (r *ruler) resumeScreen(lang int) *layout {
	resume := &r.c.f.Session.Resume
	if resume.For == 0 {
		return nil
	}
	say, yes, no := "nav.resume", "nav.confirm", "nav.cancel"
	if resume.Say.Written() {
		say = "resume.say"
	}
	if resume.Confirm.Written() {
		yes = "resume.confirm"
	}
	if resume.Cancel.Written() {
		no = "resume.cancel"
	}
	return &layout{
		lang: lang, notice: block{"the error", []piece{r.piece("nav.invalid", lang)}}, body: block{"the text", []piece{r.piece(say, lang)}},
		rows: []piece{
			r.row(keyOr(r.c.f.Nav.Confirm, engine.DefaultYesKey), yes, lang),
			r.row(keyOr(r.c.f.Nav.Cancel, engine.DefaultNoKey), no, lang),
		},
		nav: piece{ext: nothing},
	}
}

func (l *lengths) textTooLong(key string, lang int, e extent) {
	length, limit := l.over(e)
	at := l.source(key, lang)
	if !at.Written() {
		at = l.f.Limits.Screen.Text
	}
	l.reportTooLong(at, length, fmt.Sprintf("The screen with %s can take %d characters in %s; %s.", syntax.Quote(key), length, l.language(lang), limit), "Shorten it.")
}

// paged proves a screen that may be divided: each row and each error has room
// beside the navigation line, and where there is no key for more, the whole.
func (l *lengths) paged(s *syntax.Screen, lang int) {
	screens := l.layouts(s, lang, false)
	if s.List == nil && l.fits(worstOf(screens)) {
		return
	}
	if !l.f.Nav.More.Key.Written() {
		if s.List == nil {
			at := slices.IndexFunc(screens, func(screen *layout) bool { return !l.fits(screen.total()) })
			l.tooLong(screens[at], screens[at].total(), `Give the menu a key for further pages: "more: 98 More" below "nav".`)
			return
		}
		l.findKey(s.List.Pos, "list", fmt.Sprintf("The list %s may have more rows than fit one screen, and no key shows further ones.", syntax.Quote(s.Name.Value)), `Add "more: 98 More" below "nav".`)
		return
	}
	screens = l.layouts(s, lang, true)
	for _, row := range screens[0].rows {
		l.rowFits(s, screens[0], row)
	}
	if s.List != nil {
		l.rowFits(s, screens[0], l.piece("nav.list_cut", lang))
	}
	for _, screen := range screens {
		l.errorFits(s, screen)
	}
}

func (l *lengths) rowFits(s *syntax.Screen, screen *layout, row piece) {
	e := composed.Below(row.ext, screen.nav.ext)
	if l.fits(e) {
		return
	}
	length, limit := l.over(e)
	at := l.source(row.key, screen.lang)
	if !at.Written() {
		at = s.Name
	}
	l.reportTooLong(at, length, fmt.Sprintf("An option of %s can take %d characters in %s with the navigation line; %s, and an option is never divided.", syntax.Quote(s.Name.Value), length, l.language(screen.lang), limit), "Shorten it.")
}

// errorFits: an error shares its page with at least one row or word.
func (l *lengths) errorFits(s *syntax.Screen, screen *layout) {
	first := l.firstLine(s, screen)
	if !l.fits(composed.Below(first, screen.nav.ext)) {
		return // the row alone does not fit, which has been said
	}
	for _, t := range screen.notice.texts {
		e := composed.Screen(engine.ScreenParts[extent]{Notice: t.ext, Body: first, Nav: screen.nav.ext})
		if t.key == "" || l.fits(e) {
			continue
		}
		length, limit := l.over(e)
		at := l.source(t.key, screen.lang)
		if !at.Written() {
			at = s.Name
		}
		l.reportTooLong(at, length, fmt.Sprintf("This text above %s can take %d characters in %s with one line below it; %s.", syntax.Quote(s.Name.Value), length, l.language(screen.lang), limit), "Shorten it.")
	}
}

// firstLine returns the most that the first line of a page takes.
func (r *ruler) firstLine(s *syntax.Screen, screen *layout) extent {
	first := longestWord(screen.body.extent()).or(r.shortValues(screen))
	for _, row := range screen.rows {
		first = first.or(row.ext)
	}
	if s.List != nil {
		first = first.or(r.listRow(s, screen.lang).ext).or(r.text("nav.list_cut", screen.lang))
	}
	return first
}

// mostWhole is the width up to which a value surely stands whole on its page, also
// below an error: amounts, phone numbers, days and names. Longer texts stand whole
// if they fit.
const mostWhole = 24

// shortValues returns the extent of the longest value in the body that surely
// stands whole on its page.
func (r *ruler) shortValues(screen *layout) extent {
	e := nothing
	for _, t := range screen.body.texts {
		for _, part := range r.c.msgs.Parts(t.key, screen.lang) {
			if !part.Placeholder() {
				continue
			}
			if v := r.placeholder(part, screen.lang); v.septets <= mostWhole && v.wide <= mostWhole {
				e = e.or(v)
			}
		}
	}
	return e
}

// longestWord returns the most that the first word of a page takes. Longer words
// are divided.
func longestWord(text extent) extent {
	const septets, units = 2 * engine.MaxWord, 2 * engine.MaxWord // a character takes two at most
	e := extent{min(text.septets, septets), min(text.units, engine.MaxWord), never, text.outside}
	if text.wide > 0 {
		e.wide = min(text.wide, units)
	}
	return e
}
