package journal

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine"
)

const (
	// maxOption is the longest input that names an option: no menu has a hundred of
	// them. A note stores such an input, so screens may repeat it.
	maxOption = 2
	// nationalDigits is how many last digits of two phone numbers are alike, however
	// the numbers are written.
	nationalDigits = 9
	// repeated stands for what a screen repeats of an input.
	repeated = "…"
)

// withoutTyped returns what a note stores of the dialled code and of the screen: no
// input behind the code, and no input that the screen repeats. It allocates nothing
// for a screen that repeats none.
func (j *Journal) withoutTyped(req *engine.Request, reply *engine.Reply) (code, shown string) {
	code, screen := req.Service, reply.Text
	if j.config.ShownCode != nil {
		code = j.config.ShownCode(code)
	}
	if declared, cut := strings.CutSuffix(code, repeated); cut {
		screen = withoutInputs(screen, strings.TrimSuffix(strings.TrimPrefix(req.Service, declared), "#"), false)
	}
	return code, withoutInputs(screen, req.Text, strings.HasPrefix(reply.Input, "("))
}

// withoutInputs removes inputs, which stars join, from a screen's text. answered says
// that the last one was an answer, and no option, however short it is.
func withoutInputs(screen, typed string, answered bool) string {
	for rest, more := typed, true; more; {
		var input string
		input, rest, more = strings.Cut(rest, "*")
		if input = strings.TrimSpace(input); input == "" {
			continue
		}
		if len(input) <= maxOption && !strings.ContainsFunc(input, unicode.IsLetter) && (more || !answered) {
			continue
		}
		screen = withoutWord(screen, input)
		screen = withoutNumbers(screen, input)
	}
	return screen
}

// withoutWord removes an input in any case of its letters, however its words are
// spaced. Where it stands within more digits, all of them go: a phone number begins
// with a country's code. A short one must stand alone.
func withoutWord(screen, input string) string {
	short := len(input) <= maxOption
	for from := 0; from < len(screen); {
		if mayNotBegin(screen[from], input[0]) {
			from++
			continue
		}
		n := matchAt(screen[from:], input)
		if n == 0 || short && !alone(screen, from, from+n) {
			from++
			continue
		}
		to := from + n
		for from > 0 && isDigit(screen[from]) && isDigit(screen[from-1]) {
			from--
		}
		for to < len(screen) && isDigit(screen[to-1]) && isDigit(screen[to]) {
			to++
		}
		screen = screen[:from] + repeated + screen[to:]
		from += len(repeated)
	}
	return screen
}

// mayNotBegin reports whether a byte surely begins no repetition of an input. Most bytes
// of a screen do not, and this is checked for each.
func mayNotBegin(b, first byte) bool {
	const caseBit = 0x20
	return b < utf8.RuneSelf && first < utf8.RuneSelf && b|caseBit != first|caseBit
}

// matchAt returns how many bytes of a text repeat an input from its beginning, or 0. Any
// spaces match any others.
func matchAt(text, input string) int {
	i := 0
	for len(input) > 0 {
		want, size := utf8.DecodeRuneInString(input)
		got, read := utf8.DecodeRuneInString(text[i:])
		if unicode.IsSpace(want) {
			if i == len(text) || !unicode.IsSpace(got) {
				return 0
			}
			input = strings.TrimLeftFunc(input, unicode.IsSpace)
			i = len(text) - len(strings.TrimLeftFunc(text[i:], unicode.IsSpace))
			continue
		}
		if i == len(text) || !sameLetter(want, got) {
			return 0
		}
		input, i = input[size:], i+read
	}
	return i
}

// sameLetter compares two characters without their case.
func sameLetter(a, b rune) bool {
	return a == b || unicode.ToLower(a) == unicode.ToLower(b) || unicode.ToUpper(a) == unicode.ToUpper(b)
}

// alone reports whether no letter or digit stands beside a part of a text.
func alone(text string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:from])
	after, _ := utf8.DecodeRuneInString(text[to:])
	word := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	return !word(before) && !word(after)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// joins reports whether c may stand between the digits of one number or date.
func joins(c byte) bool { return strings.IndexByte(" ,.-/", c) >= 0 }

// numberAt returns the end of the digits at from, which may be grouped.
func numberAt(text string, from int) int {
	to := from + 1
	for to < len(text) && (isDigit(text[to]) || joins(text[to]) && to+1 < len(text) && isDigit(text[to+1])) {
		to++
	}
	return to
}

// withoutNumbers removes the numbers and dates in an input however their digits are
// grouped: KES 1500 and 1,500/= are the same amount, 5/3/1990 and 05-03-1990 the same
// day. A phone number is found with and without the country's code.
func withoutNumbers(screen, input string) string {
	for from := 0; from < len(input); from++ {
		if !isDigit(input[from]) {
			continue
		}
		to := numberAt(input, from)
		if typed := input[from:to]; len(typed) > maxOption || len(input) > maxOption {
			screen = withoutNumber(screen, typed)
		}
		from = to
	}
	return screen
}

func withoutNumber(screen, typed string) string {
	if digitsIn(typed) <= maxOption {
		return screen // it is found as a word, or it is the 2 of "2 bags"
	}
	for from := 0; from < len(screen); from++ {
		if !isDigit(screen[from]) {
			continue
		}
		to := numberAt(screen, from)
		if sameNumber(screen[from:to], typed) {
			screen = screen[:from] + repeated + screen[to:]
			to = from + len(repeated)
		}
		from = to
	}
	return screen
}

// digitsIn counts the digits of a number without leading zeros.
func digitsIn(number string) (n int) {
	for i := range len(number) {
		if isDigit(number[i]) && (n > 0 || number[i] != '0') {
			n++
		}
	}
	return n
}

// sameNumber compares two numbers, without allocating.
func sameNumber(a, b string) bool {
	return sameDigits(a, b) || sameDay(a, b)
}

// sameDigits compares the digits of two numbers without leading zeros. An amount may have
// its cents, and a phone number its country.
func sameDigits(a, b string) bool {
	na, nb := digitsIn(a), digitsIn(b)
	switch {
	case na == nb:
		return sameEnd(a, b, na)
	case na == nb+2 && strings.HasSuffix(a, ".00"):
		return sameEnd(a[:len(a)-len(".00")], b, nb)
	}
	return na >= nationalDigits && nb >= nationalDigits && sameEnd(a, b, nationalDigits)
}

// sameEnd compares the last n digits of two numbers.
func sameEnd(a, b string, n int) bool {
	for i, k := len(a), len(b); n > 0; n-- {
		for i--; i >= 0 && !isDigit(a[i]); i-- {
		}
		for k--; k >= 0 && !isDigit(b[k]); k-- {
		}
		if i < 0 || k < 0 || a[i] != b[k] {
			return false
		}
	}
	return true
}

// sameDay compares two dates part by part, because 5/3/1990 is 05-03-1990, and the
// year may have two digits.
func sameDay(a, b string) bool {
	parts := 0
	for a != "" && b != "" {
		var one, other string
		one, a = part(a)
		other, b = part(b)
		one, other = strings.TrimLeft(one, "0"), strings.TrimLeft(other, "0")
		if parts++; one != other && !(parts == 3 && (strings.HasSuffix(one, other) || strings.HasSuffix(other, one))) {
			return false
		}
	}
	return parts == 3 && a == "" && b == ""
}

// part cuts the first digits off a date.
func part(date string) (digits, rest string) {
	for i := range len(date) {
		if !isDigit(date[i]) {
			return date[:i], date[i+1:]
		}
	}
	return date, ""
}
