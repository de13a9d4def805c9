package dialscript

import (
	"slices"
	"strings"
	"unicode"

	"github.com/paytrace/paytrace/engine/msisdn"
)

// settleRounds is how often a recorded script is played to learn what differs
// from run to run: twice shows it, once more proves that it passes.
const settleRounds = 4

// Settle fills in the screens that a recorded script shows when it is played,
// with holes where two runs differ, until it passes. Steps that nobody answers
// are dropped. The results are those of the last run.
func Settle(f *File, play func(calls []*Call) []Result) []Result {
	var calls []*Call
	for i := range f.Calls {
		calls = append(calls, &f.Calls[i])
	}
	results := play(calls)
	first := results
	for i, r := range results {
		calls[i].fill(r)
	}
	for range settleRounds {
		results = play(calls)
		differs := false
		for i, r := range results {
			differs = calls[i].widen(r) || differs
		}
		if !differs {
			break
		}
	}
	for i := range calls {
		calls[i].messages(first[i].Messages, results[i].Messages)
	}
	return play(calls)
}

// messages notes the SMS that went out, with holes where two runs differ.
func (c *Call) messages(first, last []Message) {
	if len(first) != len(last) || len(c.Steps) == 0 {
		return
	}
	step := &c.Steps[len(c.Steps)-1]
	for i, m := range last {
		line := literal(first[i].Text)
		if line.Regexp != "" || strings.Contains(m.Text, "\n") || m.To != first[i].To {
			continue
		}
		line = line.widened(m.Text)
		number := msisdn.National(m.To)
		step.Directions = append(step.Directions, Direction{
			Kind: SMSTo, Phone: m.To, Words: line.Words, Text: "SMS to " + number + ": " + line.Words.String(),
		})
	}
}

// fill takes the screens as they were shown.
func (c *Call) fill(r Result) {
	for i := range c.Steps {
		if r.Screens[i] == nil {
			c.Steps = c.Steps[:i]
			return
		}
		s := &c.Steps[i]
		s.Shown = nil
		for _, line := range lines(r.Screens[i].Text) {
			s.Shown = append(s.Shown, literal(line))
		}
		ends := func(d Direction) bool { return d.Kind == Ends }
		if last := i == len(c.Steps)-1; last && r.Screens[i].End && !slices.ContainsFunc(s.Directions, ends) {
			s.Directions = append(s.Directions, Direction{Kind: Ends, Text: "session ends"})
		}
	}
}

// widen puts holes where a run shows something else, and reports whether it did.
func (c *Call) widen(r Result) bool {
	differs := false
	for i, screen := range r.Screens {
		if screen == nil || i >= len(c.Steps) {
			continue
		}
		s, shown := &c.Steps[i], lines(screen.Text)
		if matchScreen(s.Shown, shown, kept{}) < 0 {
			continue
		}
		differs = true
		if len(s.Shown) != len(shown) {
			s.Shown = []Shown{s.Shown[0], {Rest: true}}
			shown = shown[:1]
		}
		for n := range shown {
			s.Shown[n] = s.Shown[n].widened(shown[n])
		}
	}
	return differs
}

// widened is a line that holds of another text, too: what stands at its
// beginning and end in both stays, cut at words.
func (s Shown) widened(line string) Shown {
	if s.Rest || s.matchLine(line, kept{}) {
		return s
	}
	was, is := strings.Fields(s.Words.String()), strings.Fields(line)
	if len(was) != len(is) || s.Regexp != "" {
		return Shown{Words: Words{{Hole: "*"}}}
	}
	var words Words
	lit := ""
	for i := range is {
		if i > 0 {
			lit += " "
		}
		if was[i] == is[i] || was[i] == strings.ReplaceAll(is[i], "{", "{{") {
			lit += is[i]
			continue
		}
		// A full stop or comma belongs to the line, not to what changes.
		end := strings.TrimLeftFunc(is[i], func(r rune) bool { return !unicode.IsPunct(r) || r == '-' })
		if !strings.HasSuffix(was[i], end) || end == is[i] {
			end = ""
		}
		words = append(words, plain(lit)...)
		words = append(words, Part{Hole: "*"})
		lit = end
	}
	return Shown{Words: append(words, plain(lit)...)}
}
