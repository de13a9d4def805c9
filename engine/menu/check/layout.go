package check

import (
	"strconv"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// block holds one part of a screen, of which one of several texts is shown.
type block struct {
	what  string // "the question"
	texts []piece
}

// piece is a text of a block: a key, and what stands before it on its line.
type piece struct {
	prefix string
	key    string // "" for none
	ext    extent
}

// layout is a screen in one language as the phone shows it at its longest,
// after a wrong answer.
type layout struct {
	s      *syntax.Screen
	lang   int
	blocks []block
	rows   []piece
	nav    piece
}

func (r *ruler) piece(prefix, key string, lang int) piece {
	return piece{prefix, key, literal(prefix).then(r.text(key, lang))}
}

// extent of a block: the longest of its texts.
func (b block) extent() extent {
	if len(b.texts) == 0 {
		return nothing
	}
	e := b.texts[0].ext
	for _, t := range b.texts[1:] {
		e = e.or(t.ext)
	}
	return e
}

// total returns the whole screen.
func (l *layout) total() extent {
	e := nothing
	for _, b := range l.blocks {
		e = b.extent().below(e)
	}
	for _, row := range l.rows {
		e = row.ext.below(e)
	}
	return l.nav.ext.below(e)
}

// layout lays out a screen that callers see. more asks for the navigation line
// of a page that goes on.
func (r *ruler) layout(s *syntax.Screen, lang int, more bool) *layout {
	l := &layout{s: s, lang: lang, nav: r.navLine(s, lang, more)}
	question := block{what: "the text"}
	for _, key := range r.sayKeys(s) {
		question.texts = append(question.texts, r.piece("", key, lang))
	}
	if s.Again != nil {
		again := r.piece("", syntax.ScreenKey(s, "again"), lang)
		question.texts = append(question.texts, again)
	} else if errors := r.errors(s, lang); len(errors.texts) > 0 {
		l.blocks = append(l.blocks, errors)
	}
	l.blocks = append(l.blocks, question)
	l.rows = r.rows(s, lang)
	return l
}

func (r *ruler) sayKeys(s *syntax.Screen) []string {
	if s.Show != nil || s.End != nil {
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
	if s.End != nil {
		return b
	}
	b.texts = append(b.texts, r.piece("", r.wrongKey(s), lang))
	if s.Ask != nil {
		for i := range s.Ask.Accept {
			b.texts = append(b.texts, r.piece("", syntax.AcceptKey(s, i), lang))
		}
	}
	for _, w := range s.When {
		if w.Retry != nil {
			b.texts = append(b.texts, r.piece("", syntax.WhenKey(s, w.Outcome.Value), lang))
		}
	}
	return b
}

// wrongKey returns the text after a wrong answer: the screen's own, the variable's,
// or the menu's.
func (r *ruler) wrongKey(s *syntax.Screen) string {
	if s.Error != nil {
		return syntax.ScreenKey(s, "error") // none where it is ""
	}
	if s.Ask != nil {
		if v := r.c.values[s.Ask.Var.Value]; v != nil && v.v != nil && v.v.Error.Written() {
			return syntax.VarErrorKey(v.name)
		}
	}
	return "nav.invalid"
}

// rows returns the lines that can be chosen; a list's rows are not among them.
func (r *ruler) rows(s *syntax.Screen, lang int) []piece {
	var rows []piece
	number := func(key string) { rows = append(rows, r.piece(strconv.Itoa(len(rows)+1)+". ", key, lang)) }
	switch {
	case s.Confirm != nil:
		return r.yesNo(s, lang)
	case s.Languages.Written():
		for i, l := range r.c.msgs.Langs {
			prefix := strconv.Itoa(i+1) + ". " + l.Name.Value
			rows = append(rows, piece{prefix: prefix, ext: literal(prefix)})
		}
	case s.Ask != nil:
		if v := r.c.values[s.Ask.Var.Value]; v != nil && v.v != nil {
			for _, o := range v.v.Options {
				number(syntax.ChoiceKey(v.name, o.Name.Value))
			}
		}
		for _, o := range s.Ask.Offers {
			rows = append(rows, r.offer(s, o, lang))
		}
	default:
		for i, o := range s.Menu {
			rows = append(rows, r.option(s, i, o, lang))
		}
	}
	return rows
}

func (r *ruler) yesNo(s *syntax.Screen, lang int) []piece {
	n := &r.c.f.Nav
	yes, no := "nav.confirm", "nav.cancel"
	if s.Confirm.YesLabel.Written() {
		yes = syntax.ScreenKey(s, "confirm")
	}
	if s.Confirm.NoLabel.Written() {
		no = syntax.ScreenKey(s, "cancel")
	}
	return []piece{
		r.piece(keyOr(n.Confirm, "1")+". ", yes, lang),
		r.piece(keyOr(n.Cancel, "2")+". ", no, lang),
	}
}

func keyOr(k syntax.NavKey, without string) string {
	if k.Key.Value == "" {
		return without
	}
	return k.Key.Value
}

func (r *ruler) offer(s *syntax.Screen, o *syntax.Offer, lang int) piece {
	if o.Value.Name == "" || o.Label.Written() {
		return r.piece(o.Key.Value+". ", syntax.OfferKey(s, o), lang)
	}
	prefix := o.Key.Value + ". "
	return piece{prefix: prefix, ext: literal(prefix).then(r.value(o.Value.Name, o.Value.Field, lang))}
}

// option returns a menu's row; numbers go on behind a list's rows.
func (r *ruler) option(s *syntax.Screen, i int, o *syntax.Option, lang int) piece {
	key := o.Key.Value
	if s.Numbered || key == "" {
		n := i + 1
		if s.List != nil {
			n += engine.MaxRows
		}
		key = strconv.Itoa(n)
	}
	p := r.piece(key+". ", syntax.OptionKey(s, i), lang)
	if o.Note.Written() {
		p.ext = p.ext.then(plainWidth(1)).then(r.text(syntax.NoteKey(s, i), lang))
	}
	return p
}

// listRow returns a list's longest row: with two digits before it.
func (r *ruler) listRow(s *syntax.Screen, lang int) piece {
	return r.piece(strconv.Itoa(engine.MaxRows)+". ", syntax.ScreenKey(s, "each"), lang)
}

// navLine returns the last line of a screen: "0:Back 00:Home 98:More".
func (r *ruler) navLine(s *syntax.Screen, lang int, more bool) piece {
	n := &r.c.f.Nav
	line := piece{ext: nothing}
	add := func(k syntax.NavKey, key string) {
		if k.Key.Value == "" {
			return
		}
		if !line.ext.empty() {
			line.ext = line.ext.then(plainWidth(1))
		}
		line.ext = line.ext.then(literal(k.Key.Value + ":")).then(r.text(key, lang))
	}
	if s == nil || s.End != nil {
		return line
	}
	moved := r.c.flow.navigates(s)
	if moved || more {
		add(n.Back, "nav.back")
	}
	if moved {
		add(n.Home, "nav.home")
	}
	if more {
		add(n.More, "nav.more")
	}
	return line
}
