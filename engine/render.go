package engine

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine/gsm7"
)

// Notices above a question, as Session.Notice names them.
const (
	noticeInvalid = "invalid" // not an answer of this type, or no such option
	noticeAccept  = "accept " // then the number of the accept rule that failed
	noticeRetry   = "retry "  // then the silent screen and its outcome
)

// row is one line a caller can choose.
type row struct {
	key     string
	text    string // "1. Create account"
	trigger Trigger
	value   Value // of a choice, an offer or a list
}

// view is one page of a screen as the phone shows it.
type view struct {
	text string
	rows []row // those shown
	next int   // where the next page begins; 0 when this is the last
}

// navBits choose among the navigation lines.
const (
	navBack = 1 << iota
	navHome
	navMore
	navKinds
)

// prepare works out what of a screen never changes, so that showing it needs
// no work.
func (p *Program) prepare(n *node) {
	if n.Kind.Silent() || !n.fixed(p) {
		return
	}
	blank := Session{Values: make([]Value, len(p.slots))}
	for lang := range p.def.Languages {
		body := p.body(n, &blank, lang)
		rows := p.rows(n, &blank, lang)
		text := joinLines(body, rowsText(rows))
		if !p.fits(joinLines(text, p.navLine(lang, navBack|navHome))) {
			n.still = nil
			return
		}
		n.still = append(n.still, still{text, rows})
	}
}

// fixed reports whether a screen always shows the same.
func (n *node) fixed(p *Program) bool {
	if n.Kind == ScreenList || len(n.Say) != 1 || n.Say[0].If != nil {
		return false
	}
	// Errors and the text of a second question are laid out when they show.
	bare := Screen{Say: n.Say, Confirm: n.Confirm}
	for _, o := range n.Options {
		if o.If != nil {
			return false
		}
		bare.Options = append(bare.Options, Option{Label: o.Label, Note: o.Note})
	}
	if n.Ask != nil {
		bare.Ask = &Ask{Offers: n.Ask.Offers}
	}
	still := true
	walkRefs(&bare, func(Ref) { still = false })
	return still
}

// navLine is the last line of a screen: "0:Back 00:Home 98:More".
func (p *Program) navLine(lang, bits int) string {
	var parts []string
	for _, k := range []struct {
		bit int
		key NavKey
	}{{navBack, p.def.Nav.Back}, {navHome, p.def.Nav.Home}, {navMore, p.def.Nav.More}} {
		if bits&k.bit == 0 || k.key.Key == "" {
			continue
		}
		label, _ := k.key.Label.in(lang).fixed()
		parts = append(parts, k.key.Key+":"+label)
	}
	return strings.Join(parts, " ")
}

// live says which navigation keys work on the page that the session shows.
func (p *Program) live(n *node, s *Session) int {
	bits := 0
	if p.def.Nav.Back.Key != "" && n.Kind != ScreenEnd && (len(s.Pages) > 0 || s.Moved && !n.NoNav && len(s.Undo) > 0) {
		bits |= navBack
	}
	if n.home && s.Moved {
		bits |= navHome
	}
	return bits
}

func (p *Program) fits(text string) bool {
	return gsm7.Fits(text, p.def.Limits.Septets, p.def.Limits.Units)
}

// view lays out the page that the session shows.
func (p *Program) view(n *node, s *Session, lang int) view {
	bits := p.live(n, s)
	if v, ok := p.stillView(n, s, lang, bits); ok {
		return v
	}
	head, body := p.head(n, s, lang), p.body(n, s, lang)
	rows := p.rows(n, s, lang)
	if s.Offset == 0 {
		text := joinLines(joinLines(head, body), joinLines(rowsText(rows), p.navs[lang][bits]))
		if p.fits(text) {
			return view{text: text, rows: rows}
		}
	}
	if !n.pages(p) || s.Repeat != "" {
		return p.cutView(head, body, rows, p.navs[lang][bits])
	}
	return p.page(head, flowOf(body, rows), s.Offset, p.navs[lang][bits], p.navs[lang][bits|navMore], p.def.Nav.More.Key != "")
}

// stillView is the view of a screen that always shows the same, with at most a
// notice above it.
func (p *Program) stillView(n *node, s *Session, lang, bits int) (view, bool) {
	if n.still == nil || s.Offset != 0 || s.Repeat != "" || s.Notice != "" && n.Again != nil {
		return view{}, false
	}
	v := view{text: joinLines(n.still[lang].text, p.navs[lang][bits]), rows: n.still[lang].rows}
	if s.Notice == "" {
		return v, true
	}
	v.text = joinLines(p.head(n, s, lang), v.text)
	return v, p.fits(v.text)
}

// choices are the rows of the page that the session shows, and where the next
// page begins.
func (p *Program) choices(n *node, s *Session, lang int) ([]row, int) {
	if n.still != nil && s.Offset == 0 && s.Notice == "" && s.Repeat == "" {
		return n.still[lang].rows, 0
	}
	v := p.view(n, s, lang)
	return v.rows, v.next
}

// pages reports whether a screen may be divided. A question, a confirm and an
// end have one screen; the checker proves that they fit.
func (n *node) pages(p *Program) bool {
	switch n.Kind {
	case ScreenMenu, ScreenList, ScreenLanguages, ScreenShow:
		return true
	case ScreenAsk:
		return p.slots[n.askSlot].Type.Kind == KindChoice
	default:
		return false
	}
}

// head is the text above the question, after a wrong answer.
func (p *Program) head(n *node, s *Session, lang int) string {
	if s.Notice == "" || n.Again != nil {
		return ""
	}
	return p.text(p.noticeWords(n, s.Notice), s, lang)
}

func (p *Program) noticeWords(n *node, notice string) Words {
	if rest, ok := strings.CutPrefix(notice, noticeAccept); ok && n.Ask != nil {
		if i, err := strconv.Atoi(rest); err == nil && i >= 0 && i < len(n.Ask.Accept) {
			return n.Ask.Accept[i].Error
		}
	}
	if rest, ok := strings.CutPrefix(notice, noticeRetry); ok {
		name, outcome, _ := strings.Cut(rest, " ")
		if do := p.nodes[name]; do != nil && do.Do != nil {
			for _, o := range do.Do.Outcomes {
				if o.Outcome == outcome {
					return o.Retry
				}
			}
		}
	}
	switch {
	case n.Error != nil:
		return n.Error
	case n.askSlot >= 0 && p.slots[n.askSlot].Error != nil:
		return p.slots[n.askSlot].Error
	default:
		return p.def.Nav.words(BuiltinInvalid)
	}
}

// body is the question, or what stands in its place.
func (p *Program) body(n *node, s *Session, lang int) string {
	switch {
	case s.Repeat != "" && n.Ask != nil:
		return p.text(n.Ask.Repeat, s, lang)
	case s.Notice != "" && n.Again != nil:
		return p.text(n.Again, s, lang)
	}
	for _, say := range n.Say {
		if p.holds(s, say.If) {
			return p.text(say.Words, s, lang)
		}
	}
	return ""
}

func joinLines(a, b string) string {
	if a == "" {
		return b
	}
	if b == "" {
		return a
	}
	return a + "\n" + b
}

func rowsText(rows []row) string {
	var b strings.Builder
	for i, r := range rows {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(r.text)
	}
	return b.String()
}

// unit is the smallest piece of a screen that a page may begin with: a word of
// the text, or a row.
type unit struct {
	sep  string // what stands before it, unless it begins the page
	text string
	row  *row
}

// maxWord is the longest piece of a word that is never broken, in characters:
// short enough that a page always has room for one.
const maxWord = 16

func flowOf(body string, rows []row) []unit {
	var units []unit
	if body != "" {
		for _, line := range strings.Split(body, "\n") {
			sep := "\n"
			for _, word := range strings.Split(line, " ") {
				for utf8.RuneCountInString(word) > maxWord {
					cut := runeOffset(word, maxWord)
					units = append(units, unit{sep: sep, text: word[:cut]})
					word, sep = word[cut:], ""
				}
				units = append(units, unit{sep: sep, text: word})
				sep = " "
			}
		}
	}
	for i := range rows {
		units = append(units, unit{sep: "\n", text: rows[i].text, row: &rows[i]})
	}
	return units
}

func runeOffset(s string, n int) int {
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}

// page fills one page from a unit on. more is false where the menu has no key
// for a next page.
func (p *Program) page(head string, units []unit, from int, nav, navMore string, more bool) view {
	from = min(from, len(units))
	if text := pageText(head, units[from:], nav); p.fits(text) {
		return view{text: text, rows: rowsOf(units[from:])}
	}
	if !more {
		navMore = nav
	}
	end := from
	for end < len(units) && p.fits(pageText(head, units[from:end+1], navMore)) {
		end++
	}
	if end == from && head != "" {
		return p.page("", units, from, nav, navMore, more)
	}
	v := view{next: end}
	if end == from {
		// Not even one piece fits: show what does, so that the caller gets on.
		v.next = from + 1
		v.text = p.clamp(units[from].text, navMore)
		v.rows = rowsOf(units[from : from+1])
	} else {
		v.text = pageText(head, units[from:end], navMore)
		v.rows = rowsOf(units[from:end])
	}
	if !more || v.next >= len(units) {
		v.next = 0
	}
	return v
}

func pageText(head string, units []unit, nav string) string {
	var b strings.Builder
	b.WriteString(head)
	for i, u := range units {
		switch {
		case i > 0:
			b.WriteString(u.sep)
		case head != "":
			b.WriteByte('\n')
		}
		b.WriteString(u.text)
	}
	return joinLines(b.String(), nav)
}

func rowsOf(units []unit) []row {
	var rows []row
	for _, u := range units {
		if u.row != nil {
			rows = append(rows, *u.row)
		}
	}
	return rows
}

// cutView shows a screen that may not be divided and does not fit, which the
// checker refuses to publish: the text is cut, never the keys.
func (p *Program) cutView(head, body string, rows []row, nav string) view {
	tail := joinLines(rowsText(rows), nav)
	return view{text: p.clamp(joinLines(head, body), tail), rows: rows}
}

// clamp cuts text so that it fits above the tail, and the tail where it does
// not fit by itself.
func (p *Program) clamp(text, tail string) string {
	whole := joinLines(text, tail)
	for !p.fits(whole) && text != "" {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
		whole = joinLines(strings.TrimRight(text, " \n"), tail)
	}
	for !p.fits(whole) {
		_, size := utf8.DecodeLastRuneInString(whole)
		whole = whole[:len(whole)-size]
	}
	return whole
}
