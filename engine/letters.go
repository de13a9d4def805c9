package engine

import (
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/paytrace/paytrace/engine/gsm7"
)

// Values come in any script. A screen in the GSM 7-bit alphabet has more than twice
// as many characters as one outside, so a value is shown in that alphabet as long
// as it can be read there. Otherwise it is shown in its own letters, where the
// screen has room for them.

// foreign reports whether a session has a text outside the GSM 7-bit alphabet.
func (p *Program) foreign(s *Session) bool {
	for _, v := range s.Values {
		if v.foreign() {
			return true
		}
	}
	return false
}

func (v Value) foreign() bool {
	switch v.kind {
	case KindText:
		_, _, outside := gsm7.FirstOutside(v.s)
		return outside
	case KindRecord:
		for _, f := range v.Fields() {
			if f.Value.foreign() {
				return true
			}
		}
	case KindList:
		for _, item := range v.Items() {
			if item.foreign() {
				return true
			}
		}
	}
	return false
}

// prefers reports whether a screen shows values in their own letters: it is outside
// the alphabet anyhow, or the alphabet would lose letters; and it has room for them. A
// screen that may be divided has as many pages as they need, if each line has room
// below the notice of a wrong answer. It does not matter whether there is one: every
// page of a screen must be in the same letters.
func (p *Program) prefers(n *node, s *Session, lang int, plain, letters draft) bool {
	if !letters.paged(n) || p.def.Nav.More.Key == "" {
		return wantsLetters(plain.text, letters.text) && p.fits(letters.text)
	}
	if !wantsLetters(plain.unnoticed(), letters.unnoticed()) {
		return false
	}
	wrong := *s
	wrong.Notice = noticeInvalid
	for _, notice := range []string{p.head(n, &wrong, lang), letters.parts.Notice} {
		for _, u := range letters.units() {
			if !p.fits(texts.Screen(ScreenParts[string]{Notice: notice, Body: u.text, Nav: letters.navMore})) {
				return false
			}
		}
	}
	return true
}

// wantsLetters compares a text in the alphabet with the same in its own letters.
func wantsLetters(plain, letters string) bool {
	const lost = "?" // what replaces a letter without a likeness
	return gsm7.Measure(plain).UCS2 || strings.Count(plain, lost) > strings.Count(letters, lost)
}

// smsText returns a message. It shows values in their own letters like a screen.
func (p *Program) smsText(w Localized, s *Session, lang int) string {
	plain := p.text(w, s, lang)
	if !p.foreign(s) {
		return plain
	}
	own := *s
	own.letters = true
	letters := p.text(w, &own, lang)
	if wantsLetters(plain, letters) && (gsm7.Measure(plain).UCS2 || gsm7.Fits(letters, defaultSeptets, defaultUnits)) {
		return letters
	}
	return plain
}

// inLetters returns a text in its own letters, cut to a width in 16-bit units. A text
// that fits the width only in the alphabet is in the alphabet.
func inLetters(text string, width int) string {
	plain := oneLine(gsm7.Transliterate(text))
	var b strings.Builder
	used := 0
	for _, r := range text {
		if unicode.Is(unicode.Bidi_Control, r) {
			continue // it would turn the rest of the screen round
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) {
			r = ' '
		}
		if used += utf16.RuneLen(r); used > width {
			if gsm7.Cut(plain, width) == plain {
				return plain
			}
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}
