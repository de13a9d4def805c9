package check

import (
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// layout is a screen in one language as the phone shows it at its longest.
type layout struct {
	s    *syntax.Screen
	lang int
	// notice is empty where nothing can stand above the body.
	notice, body block
	rows         []piece
	nav          piece
}

// blocks returns the parts that hold texts, from top to bottom.
func (l *layout) blocks() []block { return []block{l.notice, l.body} }

// total returns the whole screen.
func (l *layout) total() extent {
	parts := engine.ScreenParts[extent]{Notice: l.notice.extent(), Body: l.body.extent(), Nav: l.nav.ext}
	for _, row := range l.rows {
		parts.Rows = append(parts.Rows, row.ext)
	}
	return composed.Screen(parts)
}

// layouts lays out a screen that callers see: at its first showing with the
// longest of its texts, and after a wrong answer. They are one layout if the
// question stays the same. more asks for the navigation line of a page that goes
// on.
func (r *ruler) layouts(s *syntax.Screen, lang int, more bool) []*layout {
	first := &layout{s: s, lang: lang, body: block{what: "the text"}, rows: r.rows(s, lang), nav: r.navLine(s, lang, more)}
	for _, key := range r.sayKeys(s) {
		first.body.texts = append(first.body.texts, r.piece(key, lang))
	}
	if s.Again == nil {
		first.notice = r.errors(s, lang)
		return []*layout{first}
	}
	again := &layout{s: s, lang: lang, rows: first.rows, nav: first.nav, notice: r.errors(s, lang)}
	again.body = block{`the text of "again"`, []piece{r.piece(syntax.ScreenKey(s, "again"), lang)}}
	return []*layout{first, again}
}

// worstOf returns the extent of the longest of several layouts.
func worstOf(layouts []*layout) extent {
	e := layouts[0].total()
	for _, l := range layouts[1:] {
		e = e.or(l.total())
	}
	return e
}

func (r *ruler) sayKeys(s *syntax.Screen) []string {
	if s.OwnText() != nil {
		return []string{syntax.ScreenKey(s, "say")}
	}
	var keys []string
	for i := range s.Say {
		keys = append(keys, syntax.SayKey(s, i))
	}
	return keys
}

// errors returns the texts that may stand above a question.
func (r *ruler) errors(s *syntax.Screen, lang int) block {
	b := block{what: "the error"}
	if s.Ends() {
		return b
	}
	for _, k := range kinds.On(s) {
		if k.errors == nil {
			continue
		}
		for _, key := range k.errors(r, s) {
			if key != "nav.invalid" || s.Again == nil { // "again" replaces the menu's words
				b.texts = append(b.texts, r.piece(key, lang))
			}
		}
	}
	for _, w := range s.When {
		if w.Retry != nil {
			b.texts = append(b.texts, r.piece(syntax.WhenKey(s, w.Outcome.Value), lang))
		}
	}
	return b
}

// rows returns the lines that can be chosen; a list's rows are not among them.
func (r *ruler) rows(s *syntax.Screen, lang int) []piece {
	var rows []piece
	for _, k := range kinds.On(s) {
		if k.rows != nil {
			rows = append(rows, k.rows(r, s, lang)...)
		}
	}
	return rows
}

func keyOr(k syntax.NavKey, without string) string {
	if k.Key.Value == "" {
		return without
	}
	return k.Key.Value
}

// navLine returns the last line of a screen. more says that the page goes on.
func (r *ruler) navLine(s *syntax.Screen, lang int, more bool) piece {
	if s == nil || s.Ends() {
		return piece{ext: nothing}
	}
	var shown engine.NavKeys
	if r.c.flow.navigates(s) {
		shown = engine.NavBack | engine.NavHome
	}
	if more {
		shown |= engine.NavBack | engine.NavMore
	}
	return piece{ext: composed.NavLine(shown, func(one engine.NavKeys) (string, extent) {
		key, label := r.navKey(one)
		return key.Key.Value, r.text(label, lang)
	})}
}

// navKey returns one navigation key and the key of its label.
func (r *ruler) navKey(one engine.NavKeys) (key syntax.NavKey, label string) {
	nav := &r.c.f.Nav
	switch one {
	case engine.NavBack:
		return nav.Back, "nav.back"
	case engine.NavHome:
		return nav.Home, "nav.home"
	default:
		return nav.More, "nav.more"
	}
}
