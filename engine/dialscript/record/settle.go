package record

import (
	"slices"
	"strings"
	"unicode"

	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/msisdn"
)

// settleRounds bounds how often a recorded script is played: twice shows what
// differs from run to run, once more proves that it passes.
const settleRounds = 4

// Settle fills in the screens that a recorded script shows when it is played,
// with placeholders where two runs differ, until it passes. It drops steps
// without an answer. The results are those of the last run.
func Settle(f *dialscript.File, play func(calls []*dialscript.Call) []dialscript.Result) []dialscript.Result {
	var calls []*dialscript.Call
	for i := range f.Calls {
		calls = append(calls, &f.Calls[i])
	}
	results := play(calls)
	first := results
	for i, r := range results {
		fillScreens(calls[i], r)
	}
	for range settleRounds {
		results = play(calls)
		differs := false
		for i, r := range results {
			differs = widen(calls[i], r) || differs
		}
		if !differs {
			break
		}
	}
	for i := range calls {
		addMessages(calls[i], first[i].Messages, results[i].Messages)
	}
	return play(calls)
}

// addMessages adds the SMS that were sent, with placeholders where two runs
// differ.
func addMessages(c *dialscript.Call, first, last []dialscript.Message) {
	if len(first) != len(last) || len(c.Steps) == 0 {
		return
	}
	step := &c.Steps[len(c.Steps)-1]
	for i, m := range last {
		line := dialscript.LiteralLine(first[i].Text)
		if line.Regexp != "" || strings.Contains(m.Text, "\n") || m.To != first[i].To {
			continue
		}
		line = widened(line, m.Text)
		number := msisdn.National(m.To)
		step.Directions = append(step.Directions, dialscript.Direction{
			Kind: dialscript.SMSTo, Phone: m.To, SMS: line.Text, Text: "SMS to " + number + ": " + line.Text.String(),
		})
	}
}

// fillScreens takes the screens as they were shown.
func fillScreens(c *dialscript.Call, r dialscript.Result) {
	for i := range c.Steps {
		if r.Screens[i] == nil {
			c.Steps = c.Steps[:i]
			return
		}
		s := &c.Steps[i]
		s.Shown = nil
		for _, line := range dialscript.Lines(r.Screens[i].Text) {
			s.Shown = append(s.Shown, dialscript.LiteralLine(line))
		}
		ends := func(d dialscript.Direction) bool { return d.Kind == dialscript.Ends }
		if last := i == len(c.Steps)-1; last && r.Screens[i].End && !slices.ContainsFunc(s.Directions, ends) {
			s.Directions = append(s.Directions, dialscript.Direction{Kind: dialscript.Ends, Text: "session ends"})
		}
	}
}

// widen puts placeholders where a run shows another text, and reports whether it
// did.
func widen(c *dialscript.Call, r dialscript.Result) bool {
	differs := false
	for i, screen := range r.Screens {
		if screen == nil || i >= len(c.Steps) {
			continue
		}
		s, shown := &c.Steps[i], dialscript.Lines(screen.Text)
		if dialscript.MatchScreen(s.Shown, shown, dialscript.Captures{}) < 0 {
			continue
		}
		differs = true
		if len(s.Shown) != len(shown) {
			s.Shown = []dialscript.ScreenLine{s.Shown[0], {Rest: true}}
			shown = shown[:1]
		}
		for n := range shown {
			s.Shown[n] = widened(s.Shown[n], shown[n])
		}
	}
	return differs
}

// widened returns a line that also matches another text: the words that both
// share at the start and the end stay.
func widened(s dialscript.ScreenLine, line string) dialscript.ScreenLine {
	if s.Rest || s.Matches(line, dialscript.Captures{}) {
		return s
	}
	was, is := strings.Fields(s.Text.String()), strings.Fields(line)
	if len(was) != len(is) || s.Regexp != "" {
		return dialscript.ScreenLine{Text: dialscript.Text{{Placeholder: "*"}}}
	}
	var words dialscript.Text
	lit := ""
	for i := range is {
		if i > 0 {
			lit += " "
		}
		if was[i] == is[i] || was[i] == strings.ReplaceAll(is[i], "{", "{{") {
			lit += is[i]
			continue
		}
		// A full stop or comma belongs to the line, not to the part that
		// changes.
		end := strings.TrimLeftFunc(is[i], func(r rune) bool { return !unicode.IsPunct(r) || r == '-' })
		if !strings.HasSuffix(was[i], end) || end == is[i] {
			end = ""
		}
		words = append(words, dialscript.PlainText(lit)...)
		words = append(words, dialscript.Part{Placeholder: "*"})
		lit = end
	}
	return dialscript.ScreenLine{Text: append(words, dialscript.PlainText(lit)...)}
}
