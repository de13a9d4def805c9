package engine

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine/gsm7"
)

// A Format says how a text shows a value if not as its type says: "{born as D MONTH
// YYYY}", "{address cut 36}", "{account last 4}". The zero Format is that of the type.
type Format struct {
	// Day is how a date is written.
	Day string `json:",omitzero"`
	// Cut shows the first characters of a value, Last the last ones; 0 shows all.
	Cut  int `json:",omitzero"`
	Last int `json:",omitzero"`
}

// The words with which a format begins.
const (
	formatAs   = "as"
	formatCut  = "cut"
	formatLast = "last"
)

// IsFormat reports whether words that follow the name of a value are meant as a format.
func IsFormat(words string) bool {
	first, _, _ := strings.Cut(words, " ")
	return first == formatAs || first == formatCut || first == formatLast
}

// ParseFormat reads "as DD-MM-YYYY", "cut 36" or "last 4". The error is one sentence for
// the author of the menu.
func ParseFormat(words string) (Format, error) {
	first, rest, _ := strings.Cut(words, " ")
	rest = strings.TrimSpace(rest)
	switch first {
	case formatAs:
		return Format{Day: rest}, checkDayFormat(rest)
	case formatCut:
		n, err := parseCount(formatCut, "36", rest, MaxText)
		return Format{Cut: n}, err
	case formatLast:
		n, err := parseCount(formatLast, "4", rest, MaxText)
		return Format{Last: n}, err
	default:
		return Format{}, fmt.Errorf("%q is no form of a value; write as, cut or last", first)
	}
}

// IsZero reports whether the value is shown as its type says.
func (f Format) IsZero() bool { return f == Format{} }

// Whole reports whether all of the value is shown.
func (f Format) Whole() bool { return f.Cut == 0 && f.Last == 0 }

// String returns the format as a menu writes it, or "" for that of the type.
func (f Format) String() string {
	switch {
	case f.Day != "":
		return formatAs + " " + f.Day
	case f.Cut > 0:
		return formatCut + " " + strconv.Itoa(f.Cut)
	case f.Last > 0:
		return formatLast + " " + strconv.Itoa(f.Last)
	default:
		return ""
	}
}

// Fits reports whether values of a type can be shown so, and returns the types that can
// in the words of a menu.
func (f Format) Fits(t Type) (fits bool, which string) {
	switch {
	case f.Day != "":
		return t.Kind == KindDate, "dates"
	case f.Cut > 0:
		return t.Kind == KindText || t.Kind == KindChoice, "texts and choices"
	case f.Last > 0:
		return t.Kind == KindText || t.Kind == KindPhone, "texts and phone numbers"
	default:
		return true, ""
	}
}

// NamesMonth reports whether a date shows the name of its month.
func (f Format) NamesMonth() bool {
	for part := range dayFormatParts(f.Day) {
		if part == "MONTH" || part == "MON" {
			return true
		}
	}
	return false
}

// ShownDay returns a day in the format, in a language.
func (f Format) ShownDay(day Date, lang string) string {
	return string(f.appendDay(nil, day, monthsIn(lang)))
}

// dayFormats has the parts of a written day.
var dayFormats = map[string]func(b []byte, t time.Time, m *monthNames) []byte{
	"D":     func(b []byte, t time.Time, _ *monthNames) []byte { return strconv.AppendInt(b, int64(t.Day()), 10) },
	"DD":    func(b []byte, t time.Time, _ *monthNames) []byte { return t.AppendFormat(b, "02") },
	"M":     func(b []byte, t time.Time, _ *monthNames) []byte { return strconv.AppendInt(b, int64(t.Month()), 10) },
	"MM":    func(b []byte, t time.Time, _ *monthNames) []byte { return t.AppendFormat(b, "01") },
	"MON":   func(b []byte, t time.Time, m *monthNames) []byte { return append(b, m.shown(t.Month(), true)...) },
	"MONTH": func(b []byte, t time.Time, m *monthNames) []byte { return append(b, m.shown(t.Month(), false)...) },
	"YY":    func(b []byte, t time.Time, _ *monthNames) []byte { return t.AppendFormat(b, "06") },
	"YYYY":  func(b []byte, t time.Time, _ *monthNames) []byte { return t.AppendFormat(b, "2006") },
}

const dayFormatHelp = "write D or DD, M, MM, MON or MONTH, and YY or YYYY, as DD-MM-YYYY or D MONTH YYYY"

// maxDayFormat bounds a written day. No day is that long.
const maxDayFormat = 40

func checkDayFormat(format string) error {
	known := 0
	for part := range dayFormatParts(format) {
		if dayFormats[part] != nil {
			known++
		} else if unicode.IsUpper([]rune(part)[0]) {
			return fmt.Errorf("%q is no part of a day; %s", part, dayFormatHelp)
		}
	}
	switch {
	case known == 0:
		return errors.New("this writing of a day has no part of it; " + dayFormatHelp)
	case len(format) > maxDayFormat || strings.Contains(format, "\n"):
		return fmt.Errorf("a written day has at most %d characters, on one line", maxDayFormat)
	}
	return nil
}

// dayFormatParts divides a written day into its parts, which have capital letters, and
// what stands between them.
func dayFormatParts(format string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for rest := format; rest != ""; {
			part := unicode.IsUpper([]rune(rest)[0])
			end := strings.IndexFunc(rest, func(r rune) bool { return unicode.IsUpper(r) != part })
			if end < 0 {
				end = len(rest)
			}
			if !yield(rest[:end]) {
				return
			}
			rest = rest[end:]
		}
	}
}

func (f Format) appendDay(b []byte, day Date, m *monthNames) []byte {
	for part := range dayFormatParts(f.Day) {
		if add := dayFormats[part]; add != nil {
			b = add(b, day.Time(), m)
		} else {
			b = append(b, part...)
		}
	}
	return b
}

// of returns the part of a text that is shown: its first characters or its last ones,
// counted in septets of the GSM alphabet, without a space at the end where it was cut.
func (f Format) of(text string) string {
	switch {
	case f.Cut > 0:
		cut := gsm7.Cut(text, f.Cut)
		if trimmed := strings.TrimRight(cut, " "); cut != text && trimmed != "" {
			return trimmed
		}
		return orUnknown(cut, text)
	case f.Last > 0:
		return orUnknown(lastOf(text, f.Last, func(r rune) int { return max(1, gsm7.Septets(r)) }), text)
	}
	return text
}

// orUnknown returns a part of a text, or "?" where not even one character fits: the
// brackets and "~" take two places of the GSM alphabet, and "last 1" has one. A
// screen would show nothing for a value that is set.
func orUnknown(part, text string) string {
	if part == "" && text != "" {
		return string(gsm7.Unknown)
	}
	return part
}

// inLetters is of for a text in its own letters, counted in 16-bit units.
func (f Format) inLetters(text string, width int) string {
	if f.Last > 0 {
		text = orUnknown(lastOf(text, f.Last, utf16.RuneLen), text)
	}
	shown := inLetters(text, f.width(width))
	if f.Whole() {
		return shown
	}
	return orUnknown(shown, text)
}

// lastOf returns the longest end of a text whose characters take at most so much.
func lastOf(text string, most int, size func(rune) int) string {
	from := len(text)
	for used := 0; from > 0; {
		r, n := utf8.DecodeLastRuneInString(text[:from])
		if used += size(r); used > most {
			break
		}
		from -= n
	}
	return text[from:]
}

// width returns how many characters of a text of a width are shown at most.
func (f Format) width(width int) int {
	switch {
	case f.Cut > 0:
		return min(width, f.Cut)
	case f.Last > 0:
		return min(width, f.Last)
	default:
		return width
	}
}

// Width returns how many characters of a value of a type are shown at most, if not all
// of it is shown.
func (f Format) Width(t Type) int { return f.width(t.Width) }
