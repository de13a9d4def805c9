package journal

import (
	"strings"

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
func (j *Journal) withoutTyped(req *engine.Request, screen string) (code, shown string) {
	code = req.Service
	if j.config.ShownCode != nil {
		code = j.config.ShownCode(code)
	}
	if declared, cut := strings.CutSuffix(code, repeated); cut {
		screen = withoutInputs(screen, strings.TrimSuffix(strings.TrimPrefix(req.Service, declared), "#"))
	}
	return code, withoutInputs(screen, req.Text)
}

// withoutInputs removes inputs, which stars join, from a screen's text.
func withoutInputs(screen, typed string) string {
	for input := range strings.SplitSeq(typed, "*") {
		if input = strings.TrimSpace(input); len(input) <= maxOption {
			continue
		}
		screen = withoutWord(screen, input)
		if number := onlyDigits(input); number != "" {
			screen = withoutNumber(screen, number)
		}
	}
	return screen
}

// withoutWord removes an input in any case of its letters. Where it stands within more
// digits, all of them go: a phone number begins with a country's code.
func withoutWord(screen, input string) string {
	for from := 0; from+len(input) <= len(screen); {
		if !strings.EqualFold(screen[from:from+len(input)], input) {
			from++
			continue
		}
		to := from + len(input)
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

// onlyDigits returns a number without its grouping, sign and leading zeros, or ""
// for another input.
func onlyDigits(input string) string {
	for i := range len(input) {
		if !isDigit(input[i]) && !joins(input[i]) && !(i == 0 && input[i] == '+') {
			return ""
		}
	}
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, input)
	return strings.TrimLeft(digits, "0")
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// joins reports whether c may stand between the digits of one number or date.
func joins(c byte) bool { return strings.IndexByte(" ,.-/", c) >= 0 }

// withoutNumber removes a number however its digits are grouped, and a phone number
// with and without the country's code.
func withoutNumber(screen, number string) string {
	for from := 0; from < len(screen); from++ {
		if !isDigit(screen[from]) {
			continue
		}
		to := from + 1
		for to < len(screen) && (isDigit(screen[to]) || joins(screen[to]) && to+1 < len(screen) && isDigit(screen[to+1])) {
			to++
		}
		if sameNumber(onlyDigits(screen[from:to]), number) {
			screen = screen[:from] + repeated + screen[to:]
			to = from + len(repeated)
		}
		from = to
	}
	return screen
}

func sameNumber(a, b string) bool {
	if a == b || strings.TrimSuffix(a, "00") == b { // an amount with its cents
		return true
	}
	return len(a) >= nationalDigits && len(b) >= nationalDigits && a[len(a)-nationalDigits:] == b[len(b)-nationalDigits:]
}
