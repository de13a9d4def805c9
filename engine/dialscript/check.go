package dialscript

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/msisdn"
	"github.com/paytrace/paytrace/engine/spelling"
)

// Check reports what a script that can be read should not contain: calls that
// check nothing (D903), PINs and numbers that may be real (D904), placeholders
// that hide the screen (D905), and callers who are not in people.yaml (D902).
func Check(f *File, people *engine.Personas) diag.List {
	c := &checker{people: people}
	for i := range f.Calls {
		call := &f.Calls[i]
		c.callers(call)
		c.nothing(call)
		c.real(call)
		c.wide(call)
	}
	c.out.Sort()
	return c.out
}

type checker struct {
	people *engine.Personas
	out    diag.List
}

func (c *checker) find(code string, severity diag.Severity, pos engine.Pos, length int, message, help string) {
	if len(c.out) < MaxFindings {
		c.out = append(c.out, diag.Diagnostic{Code: code, Severity: severity, Pos: pos, Length: length, Message: message, Help: help})
	}
}

func (c *checker) callers(call *Call) {
	if len(c.people.List) == 0 {
		return
	}
	var names []string
	for _, one := range c.people.List {
		names = append(names, one.Name)
	}
	for _, d := range call.Given {
		if d.Kind != As {
			continue
		}
		if _, ok := c.people.Persona(d.Name); !ok {
			help := spelling.DidYouMean(d.Name, names)
			if help == "" {
				help = "There are " + strings.Join(names, ", ") + "."
			}
			c.find(CodeLine, diag.Error, d.Pos, len(d.Text)+2, fmt.Sprintf("people.yaml has nobody called %q.", d.Name), help)
		}
	}
}

// nothing reports a call that passes whatever the service shows.
func (c *checker) nothing(call *Call) {
	for _, s := range call.Steps {
		if len(s.Shown) > 0 && !(len(s.Shown) == 1 && s.Shown[0].Rest) {
			return
		}
		for _, d := range s.Directions {
			if d.Phase() == Then {
				return
			}
		}
	}
	if len(call.Steps) > 0 && !call.Broken {
		c.find(CodeNothing, diag.Error, call.Pos, len("===")+1+len([]rune(call.Title)),
			"This call checks nothing, so it always passes.", `Write what the phone shows, as "| " lines, or what must be true, as (session ends).`)
	}
}

func (c *checker) wide(call *Call) {
	for _, s := range call.Steps {
		if wide(s.Shown) {
			c.find(CodeWide, diag.Warning, s.Shown[0].Pos, len([]rune(s.Shown[0].String())),
				"Almost any screen would do here, so these lines hide what is shown.", "Write more of the screen's own words, or leave the lines out.")
		}
	}
}

// real reports PINs and phone numbers that may belong to someone.
func (c *checker) real(call *Call) {
	for i, s := range call.Steps {
		if i > 0 && asksPIN(call.Steps[i-1].Shown) {
			c.pin(s)
		}
		// The digits of the code are no number, but inputs behind it may be.
		c.numbers(s.Pos, s.Input, i == 0)
		if typed, err := s.Input.fill(nil); err == nil && strings.ContainsAny(typed, " -()") {
			if digits, ok := number(typed); ok {
				c.number(s.Pos, digits)
			}
		}
		for _, line := range s.Shown {
			c.numbers(line.Pos, withoutExamples(line.Text), false)
		}
		for _, d := range s.Directions {
			c.numbers(d.Pos, d.SMS, false)
			c.numbers(d.Pos, d.Want, false)
			if d.Kind == SMSTo {
				c.number(d.Pos, d.Phone)
			}
		}
	}
	for _, d := range call.Given {
		for _, a := range d.Answers {
			for _, v := range a.Values {
				c.numbers(d.Pos, PlainText(v.Text), false)
			}
		}
	}
}

// withoutExamples removes the numbers that a question for one shows as an example: they
// are the program's words, and nobody's.
func withoutExamples(w Text) Text {
	list := make(Text, len(w))
	for i, part := range w {
		part.Lit = digitRuns.ReplaceAllStringFunc(part.Lit, func(run string) string {
			if msisdn.IsExample(run) {
				return ""
			}
			return run
		})
		list[i] = part
	}
	return list
}

// asksPIN reports whether a screen asks for a PIN. All languages of the menus
// write PIN in the same way.
func asksPIN(shown []ScreenLine) bool {
	for _, s := range shown {
		if AsksPIN(s.Text.String() + s.Regexp) {
			return true
		}
	}
	return false
}

// AsksPIN reports whether a screen asks for a PIN. All languages of the menus
// write PIN in the same way.
func AsksPIN(screen string) bool { return pinWord.MatchString(screen) }

var pinWord = regexp.MustCompile(`\bPIN\b`)

func (c *checker) pin(s Step) {
	typed, err := s.Input.fill(nil)
	if err != nil || !IsPIN(typed) || madeUp(typed) {
		return
	}
	for _, one := range c.people.List {
		if one.PIN.Reveal() == typed {
			return
		}
	}
	for _, pin := range c.people.PINs {
		if pin.Reveal() == typed {
			return
		}
	}
	c.find(CodeReal, diag.Error, s.Pos, len(s.Line()), "This PIN may be someone's.", "Use the PIN of a person in people.yaml, a run as 1234 or 4321, or list it there under pins.")
}

// IsPIN reports whether an input has four to eight digits.
func IsPIN(typed string) bool { return pinDigits.MatchString(typed) }

var pinDigits = regexp.MustCompile(`^\d{4,8}$`)

// madeUp reports whether digits are no real PIN: each is one higher or one lower
// than the digit before, or equal to it.
func madeUp(digits string) bool {
	step := int(digits[1]) - int(digits[0])
	for i := 1; i < len(digits); i++ {
		if int(digits[i])-int(digits[i-1]) != step {
			return false
		}
	}
	return step >= -1 && step <= 1
}

// numbers reports phone numbers in a text. dial says that the text is a dialled
// code, which has asterisks around them.
func (c *checker) numbers(pos engine.Pos, w Text, dial bool) {
	for _, part := range w {
		text := part.Lit
		if dial {
			text = strings.ReplaceAll(text, "*", " ")
		}
		for _, found := range digitRuns.FindAllString(text, -1) {
			if digits, ok := RealNumber(found); ok {
				c.number(pos, digits)
			}
		}
	}
}

// digitRuns finds runs of digits that are as long as a phone number.
var digitRuns = regexp.MustCompile(`\+?\d{9,15}`)

// RealNumber reads a Kenyan mobile number, or any number with a plus sign.
func RealNumber(s string) (string, bool) {
	if digits, ok := msisdn.Parse(s); ok {
		return digits, true
	}
	if strings.HasPrefix(s, "+") {
		return msisdn.Digits(s)
	}
	return "", false
}

func (c *checker) number(pos engine.Pos, digits string) {
	for _, one := range c.people.List {
		if one.Phone == digits {
			return
		}
	}
	for _, n := range c.people.Numbers {
		if n == digits {
			return
		}
	}
	c.find(CodeReal, diag.Error, pos, 1, fmt.Sprintf("The number %s may be someone's.", msisdn.Mask(digits)), "Use the number of a person in people.yaml, or list it there under numbers.")
}
