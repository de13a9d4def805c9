package engine

import (
	"strings"
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine/gsm7"
)

// A view is one page of a screen as the phone shows it.
type view struct {
	text string
	rows []row // those of all pages
	next int   // the unit at which the next page begins; 0 on the last page
}

// fits reports whether a text fits one screen.
func (p *Program) fits(text string) bool {
	return gsm7.Fits(text, p.def.Limits.Septets, p.def.Limits.Units)
}

func rowTexts(rows []row) []string {
	list := make([]string, len(rows))
	for i, r := range rows {
		list[i] = r.text
	}
	return list
}

// A span is a part of a text: words of the menu, or a value.
type span struct {
	text  string
	value bool
}

// A unit is the smallest piece of a screen with which a page may begin: a word of
// the text, a piece of a long word or of a value, or a row.
type unit struct {
	sep  string // what stands before it, unless it begins a page
	text string
	// inside says that it goes on with a word or a value. A page begins with it only
	// if the whole word or value does not fit a page.
	inside bool
}

// MaxWord is how many characters a page always has room for: longer words and
// values may be divided if they must.
const MaxWord = 16

// flowOf divides a body and rows into units.
func flowOf(body []span, rows []string) []unit {
	f := flow{sep: "\n"}
	for _, s := range body {
		if s.value {
			f.word = append(f.word, s)
			continue
		}
		for rest := s.text; ; {
			i := strings.IndexAny(rest, " \n")
			if i < 0 {
				f.append(rest)
				break
			}
			f.append(rest[:i])
			f.end(rest[i : i+1])
			rest = rest[i+1:]
		}
	}
	if len(body) > 0 {
		f.end("\n")
	}
	for _, row := range rows {
		f.units = append(f.units, unit{sep: "\n", text: row})
	}
	return f.units
}

// A flow collects the units of a text, word by word.
type flow struct {
	units []unit
	word  []span // since the last separator
	sep   string // before the word
}

func (f *flow) append(words string) {
	if words != "" {
		f.word = append(f.word, span{text: words})
	}
}

// end completes a word and notes the separator behind it. Only a value has spaces
// inside a word.
func (f *flow) end(sep string) {
	first := len(f.units)
	joined := f.sep
	if len(f.word) == 0 {
		f.add(joined, "", first) // two separators in a row
	}
	for _, s := range f.word {
		for i, piece := range strings.Split(s.text, " ") {
			if i > 0 {
				joined = " "
			}
			for cut := runeOffset(piece, MaxWord); cut < len(piece); cut = runeOffset(piece, MaxWord) {
				f.add(joined, piece[:cut], first)
				piece, joined = piece[cut:], ""
			}
			f.add(joined, piece, first)
			joined = ""
		}
	}
	f.word, f.sep = f.word[:0], sep
}

// add adds one unit of a word whose first unit has an index.
func (f *flow) add(sep, text string, first int) {
	f.units = append(f.units, unit{sep: sep, text: text, inside: len(f.units) > first})
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

// page fills one page, beginning with a unit. more is false if the menu has no key
// for a next page.
func (p *Program) page(head string, units []unit, from int, nav, navMore string, more bool) view {
	from = min(from, len(units))
	if text := pageText(head, units[from:], nav); p.fits(text) {
		return view{text: text}
	}
	if !more {
		navMore = nav
	}
	end := from
	for end < len(units) && p.fits(pageText(head, units[from:end+1], navMore)) {
		end++
	}
	if end > from && end < len(units) {
		whole := end
		for whole > from && units[whole].inside {
			whole--
		}
		if whole > from {
			end = whole
		}
	}
	if end == from && head != "" {
		return p.page("", units, from, nav, navMore, more)
	}
	v := view{next: end}
	if end == from {
		// Not even one unit fits. Show what does, and let the caller go on.
		v.next = from + 1
		v.text = p.clamp(units[from].text, navMore)
	} else {
		v.text = pageText(head, units[from:end], navMore)
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
	return texts.Below(b.String(), nav)
}

// cutView shows a screen that may not be divided and does not fit; the checker
// refuses such a menu. It cuts the text, never the keys.
func (p *Program) cutView(parts ScreenParts[string], rows []row) view {
	tail := texts.Screen(ScreenParts[string]{Rows: parts.Rows, Nav: parts.Nav})
	return view{text: p.clamp(texts.Below(parts.Notice, parts.Body), tail), rows: rows}
}

// clamp cuts text until it fits above the tail, and the tail if it is too long
// alone.
func (p *Program) clamp(text, tail string) string {
	whole := texts.Below(text, tail)
	for !p.fits(whole) && text != "" {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
		whole = texts.Below(strings.TrimRight(text, " \n"), tail)
	}
	for !p.fits(whole) {
		_, size := utf8.DecodeLastRuneInString(whole)
		whole = whole[:len(whole)-size]
	}
	return whole
}
