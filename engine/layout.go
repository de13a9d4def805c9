package engine

import "strings"

// Notices above a question, as Session.Notice names them.
const (
	noticeInvalid = "invalid" // not an answer of this type, or no such option
	noticeRange   = "range"   // an answer of this type, outside of its range
	noticeStar    = "star"    // an asterisk in an answer that may not have one
	noticeAccept  = "accept " // then the index of the accept rule that failed
	noticeRetry   = "retry "  // then the silent screen and its outcome
	noticeDiffers = "differs" // the second of two answers that must be equal
)

// prepare computes a screen that never changes, so showing it needs no work.
func (p *Program) prepare(n *node) {
	if n.kind.silent || !n.fixed() {
		return
	}
	blank := Session{Values: make([]Value, len(p.slots))}
	for lang := range p.def.Languages {
		rows := p.rows(n, &blank, lang)
		text := texts.Screen(ScreenParts[string]{Body: p.text(p.body(n, &blank), &blank, lang), Rows: rowTexts(rows)})
		if !p.fits(texts.Screen(ScreenParts[string]{Body: text, Nav: p.navLine(lang, NavBack|NavHome)})) {
			n.still = nil
			return
		}
		n.still = append(n.still, still{text, rows})
	}
}

// fixed reports whether a screen always shows the same. Errors and the text of a
// second question are laid out when they show.
func (n *node) fixed() bool {
	if len(n.Say) != 1 || n.Say[0].If != nil {
		return false
	}
	fixed := true
	see := func(Ref) { fixed = false }
	n.Say[0].Words.refs(see)
	if n.kind.rowRefs != nil {
		n.kind.rowRefs(n.Screen, see)
	}
	return fixed
}

// rows returns the lines of a screen that can be chosen, on all its pages.
func (p *Program) rows(n *node, s *Session, lang int) []row {
	if n.kind.rows == nil {
		return nil
	}
	return n.kind.rows(p, n, *s, lang)
}

// navLine returns the last line of a screen.
func (p *Program) navLine(lang int, shown NavKeys) string {
	return texts.NavLine(shown, func(one NavKeys) (string, string) {
		key := p.def.Nav.key(one)
		label, _ := key.Label.In(lang).fixed()
		return key.Key, label
	})
}

// key returns one navigation key.
func (n *Nav) key(one NavKeys) NavKey {
	switch one {
	case NavBack:
		return n.Back
	case NavHome:
		return n.Home
	default:
		return n.More
	}
}

// live returns the navigation keys that work on the page shown.
func (p *Program) live(n *node, s *Session) NavKeys {
	var live NavKeys
	if p.def.Nav.Back.Key != "" && !n.kind.ends && (len(s.Pages) > 0 || s.Moved && !n.NoNav && len(s.Undo) > 0) {
		live |= NavBack
	}
	if n.home && s.Moved {
		live |= NavHome
	}
	return live
}

// lang returns the index of the session's language.
func (p *Program) lang(s *Session) int { return p.langs[s.Values[slotLang].s] }

// view lays out the page that the session shows.
func (p *Program) view(n *node, s *Session, lang int) view {
	live := p.live(n, s)
	if v, ok := p.stillView(n, s, lang, live); ok {
		return v
	}
	d := p.draft(n, s, lang, live)
	if p.foreign(s) {
		letters := *s
		letters.letters = true
		if raw := p.draft(n, &letters, lang, live); p.prefers(n, &letters, lang, d, raw) {
			d = raw
		}
	}
	if s.Offset == 0 && p.fits(d.text) {
		return view{text: d.text, rows: d.rows}
	}
	if !d.paged(n) {
		return p.cutView(d.parts, d.rows)
	}
	v := p.page(d.parts.Notice, d.units(), s.Offset, d.parts.Nav, d.navMore, p.def.Nav.More.Key != "")
	v.rows = d.rows
	return v
}

// A draft is a screen before it is divided into pages.
type draft struct {
	parts ScreenParts[string]
	body  []span
	rows  []row
	text  string // the whole
	// navMore is the navigation line of a page that goes on. second says that the
	// screen asks for an answer a second time.
	navMore string
	second  bool
}

// draft lays a screen out. What a type says of its answers gives way to the menu's own
// words where the screen has no room for it.
func (p *Program) draft(n *node, s *Session, lang int, live NavKeys) draft {
	d := p.laidOut(n, s, lang, live)
	if d.parts.Notice == "" || p.fits(d.text) || p.refusalText(n, s, lang) == "" {
		return d
	}
	brief := *s
	brief.brief = true
	return p.laidOut(n, &brief, lang, live)
}

func (p *Program) laidOut(n *node, s *Session, lang int, live NavKeys) draft {
	d := draft{body: p.spans(p.body(n, s), s, lang), rows: p.rows(n, s, lang), navMore: p.navs[lang][live|NavMore], second: s.Repeat != ""}
	d.parts = ScreenParts[string]{Notice: p.head(n, s, lang), Body: joinSpans(d.body), Rows: rowTexts(d.rows), Nav: p.navs[lang][live]}
	d.text = texts.Screen(d.parts)
	return d
}

// unnoticed returns the whole without the words above it.
func (d *draft) unnoticed() string {
	parts := d.parts
	parts.Notice = ""
	return texts.Screen(parts)
}

// paged reports whether the screen may be divided.
func (d *draft) paged(n *node) bool { return n.paged && !d.second }

func (d *draft) units() []unit { return flowOf(d.body, d.parts.Rows) }

// stillView returns the view of a screen that never changes, with at most a
// notice above it.
func (p *Program) stillView(n *node, s *Session, lang int, live NavKeys) (view, bool) {
	if n.still == nil || s.Offset != 0 || s.Repeat != "" || p.replaced(n, s) {
		return view{}, false
	}
	text := texts.Screen(ScreenParts[string]{Notice: p.head(n, s, lang), Body: n.still[lang].text, Nav: p.navs[lang][live]})
	return view{text: text, rows: n.still[lang].rows}, s.Notice == "" || p.fits(text)
}

// choices returns the rows of a screen, on all its pages, and where the next page
// begins. A number means the same on each page: callers type what they have seen on
// another, or what they know by heart.
func (p *Program) choices(n *node, s *Session, lang int) ([]row, int) {
	if n.still != nil && s.Offset == 0 && s.Notice == "" && s.Repeat == "" {
		return n.still[lang].rows, 0
	}
	v := p.view(n, s, lang)
	return v.rows, v.next
}

// head returns the text above the question after a wrong answer.
func (p *Program) head(n *node, s *Session, lang int) string {
	if s.Notice == "" {
		return ""
	}
	r := p.reason(n, s.Notice)
	if r.instead != nil && s.Offset > 0 {
		return "" // it stands on the page on which those words begin
	}
	if r.above == nil && !r.whole {
		if text := p.refusalText(n, s, lang); text != "" {
			return text
		}
	}
	if r.above == nil && r.instead == nil {
		r.above = p.def.Nav.words(BuiltinInvalid)
	}
	return p.text(r.above, s, lang)
}

// replaced reports whether other words stand in the place of the question.
func (p *Program) replaced(n *node, s *Session) bool {
	return s.Notice != "" && p.reason(n, s.Notice).instead != nil
}

// A reason has the words that say why an answer was not taken: those above the
// question, and those in its place. Either may be nil. whole says that nothing but the
// text of this kind of wrong answer is shown.
type reason struct {
	above, instead Localized
	whole          bool
}

// reason returns why an answer was not taken. Both words are nil if there are none but
// those of every menu. A text for one kind of wrong answer is the whole text. "again"
// of the screen or the menu replaces the question and the menu's words, and never a
// reason.
func (p *Program) reason(n *node, notice string) reason {
	from, which := n, ""
	r := reason{}
	switch rest, ok := strings.CutPrefix(notice, noticeAccept); {
	case ok:
		which = rest
	case strings.HasPrefix(notice, noticeRetry):
		var name string
		name, which, _ = strings.Cut(notice[len(noticeRetry):], " ")
		from = p.nodes[name]
	case notice == noticeDiffers:
		r.above, r.instead = p.def.Nav.words(BuiltinMismatch), n.AgainFor.Mismatch
	case notice == noticeRange:
		r.instead = n.AgainFor.Range
	default:
		r.instead = n.AgainFor.Format
	}
	if which != "" && from != nil && from.kind.notice != nil {
		if r, ok := from.kind.notice(from, which); ok {
			return r.or(n.again)
		}
	}
	switch {
	case r.instead != nil:
		return reason{instead: r.instead, whole: true}
	case r.above != nil:
	case n.Error != nil:
		r.above = n.Error
	case n.question != nil && p.slots[n.slot].Error != nil:
		r.above = p.slots[n.slot].Error
	}
	return r.or(n.again)
}

// or returns the reason with a text in the question's place where it has none.
func (r reason) or(again Localized) reason {
	if r.instead == nil {
		r.instead = again
	}
	return r
}

// body returns the words of the question, or of the text in its place.
func (p *Program) body(n *node, s *Session) Localized {
	if s.Repeat != "" && n.question != nil {
		return n.repeat
	}
	if s.Notice != "" {
		if again := p.reason(n, s.Notice).instead; again != nil {
			return again
		}
	}
	for _, say := range n.Say {
		if p.holds(s, say.If) {
			return say.Words
		}
	}
	return nil
}
