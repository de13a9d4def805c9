package check

import (
	"slices"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// layout is a screen in one language as the phone shows it at its longest.
type layout struct {
	s    *syntax.Screen
	lang int
	// again is the key of the text that stands in place of the question, "" for the
	// question itself.
	again string
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
// longest of its texts, and after wrong answers: one layout for each text that may stand
// in the question's place. more asks for the navigation line of a page that goes
// on.
func (r *ruler) layouts(s *syntax.Screen, lang int, more bool) []*layout {
	first := &layout{s: s, lang: lang, body: block{what: "the text"}, rows: r.rows(s, lang), nav: r.navLine(s, lang, more)}
	for _, key := range r.sayKeys(s) {
		first.body.texts = append(first.body.texts, r.piece(key, lang))
	}
	list := []*layout{first}
	for _, w := range r.wrongs(s) {
		i := slices.IndexFunc(list, func(l *layout) bool { return l.again == w.again })
		if i < 0 {
			i, list = len(list), append(list, &layout{s: s, lang: lang, again: w.again, rows: first.rows, nav: first.nav})
			list[i].body = block{`the text of "again"`, []piece{r.piece(w.again, lang)}}
		}
		list[i].notice.what = "the error"
		list[i].notice.texts = append(list[i].notice.texts, r.piece(w.notice, lang))
	}
	return list
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

// wrongs returns all ways in which a screen is shown after a wrong answer. Where "again"
// replaces the question, it replaces the menu's words for a wrong answer, too.
func (r *ruler) wrongs(s *syntax.Screen) []wrong {
	if s.Ends() {
		return nil
	}
	var list []wrong
	for _, k := range kinds.On(s) {
		if k.errors != nil {
			list = append(list, k.errors(r, s)...)
		}
	}
	for _, w := range s.When {
		switch key := syntax.WhenKey(s, w.Outcome.Value); {
		case w.Retry == nil:
		case w.Whole:
			list = append(list, wrong{again: key})
		default:
			list = append(list, wrong{notice: key})
		}
	}
	again := r.againKey(s)
	for i := range list {
		if list[i].again == "" {
			list[i].again = again
		}
		if list[i].again != "" && list[i].notice == "nav.invalid" {
			list[i].notice = ""
		}
	}
	return list
}

// againKey returns the key of the text that replaces a screen's question after a wrong
// answer that has no text of its own: the screen's, or the menu's; "" for none.
func (r *ruler) againKey(s *syntax.Screen) string {
	if s.Again != nil {
		return syntax.ScreenKey(s, "again")
	}
	for kind := range syntax.KindsOf(s) {
		if kind.AsksAgain() && r.c.f.Nav.Again.Written() {
			return "nav.again"
		}
	}
	return ""
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
