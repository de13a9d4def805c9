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

// A unit is the smallest piece of a screen with which a page may begin: a word of
// the text, or a row.
type unit struct {
	sep  string // what stands before it, unless it begins a page
	text string
}

// MaxWord is how many characters of a word are never broken: few enough that a
// page always has room for them.
const MaxWord = 16

func flowOf(body string, rows []string) []unit {
	var units []unit
	if body != "" {
		for _, line := range strings.Split(body, "\n") {
			sep := "\n"
			for _, word := range strings.Split(line, " ") {
				for utf8.RuneCountInString(word) > MaxWord {
					cut := runeOffset(word, MaxWord)
					units = append(units, unit{sep: sep, text: word[:cut]})
					word, sep = word[cut:], ""
				}
				units = append(units, unit{sep: sep, text: word})
				sep = " "
			}
		}
	}
	for _, row := range rows {
		units = append(units, unit{sep: "\n", text: row})
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
