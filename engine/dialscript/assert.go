package dialscript

import (
	"fmt"
	"strings"

	"github.com/paytrace/paytrace/engine/gsm7"
	"github.com/paytrace/paytrace/engine/msisdn"
)

// A verdict is the result of one check. The zero verdict passes.
type verdict struct {
	// wrong says what was found and what was expected.
	wrong string
	// unseen says what the target can't see.
	unseen string
}

var asExpected = verdict{}

func wrong(format string, args ...any) verdict { return verdict{wrong: fmt.Sprintf(format, args...)} }

func unseen(what string) verdict { return verdict{unseen: "this target can't see " + what} }

// assert checks a direction.
func (g *play) assert(d Direction) {
	if g.base != nil {
		var says bool
		if d, says = otherWords(d); !says {
			return
		}
		if name := d.lacks(g.captures); name != "" {
			g.result.Unchecked = append(g.result.Unchecked, Unchecked{Pos: d.Pos, Text: "(" + d.Text + ")", Why: "the text of {" + name + "} is not known in this language"})
			return
		}
	}
	v := g.check(d)
	switch {
	case v.unseen != "":
		g.result.Unchecked = append(g.result.Unchecked, Unchecked{Pos: d.Pos, Text: "(" + d.Text + ")", Why: v.unseen})
		return
	case v.wrong != "":
		if g.screen.Fault != "" {
			v.wrong += ": " + g.screen.Fault
		}
		g.fail(d.Pos, "(%s) is false: %s", d.Text, v.wrong)
	}
	g.result.Checks++
}

func (g *play) check(d Direction) verdict {
	switch d.Kind {
	case ScreenIs:
		return g.screenIs(d)
	case Ends:
		return g.ends(true)
	case GoesOn:
		return g.ends(false)
	case AtMost:
		return g.atMost(d)
	case AnsweredWithin:
		return g.answeredWithin(d)
	case LanguageIs:
		return g.valueIs("lang", d.Name)
	case ValueIs:
		return g.wants(d)
	case SMSTo:
		return g.smsTo(d)
	case NoSMS:
		return g.noSMS()
	case CalledTimes, NotCalled:
		return g.called(d)
	case Nowhere:
		return g.nowhere(d)
	}
	return wrong("this program can't check it")
}

func (g *play) screenIs(d Direction) verdict {
	switch g.screen.Name {
	case d.Name:
		return asExpected
	case "":
		return unseen("the names of screens")
	}
	return wrong("it is %s", g.screen.Name)
}

func (g *play) ends(want bool) verdict {
	switch {
	case g.screen.End == want:
		return asExpected
	case want:
		return wrong("it goes on")
	}
	return wrong("it has ended")
}

// atMost counts characters as the phone does.
func (g *play) atMost(d Direction) verdict {
	if size := gsm7.Measure(g.screen.Text); size.Units > d.Count {
		return wrong("the screen takes %d", size.Units)
	}
	return asExpected
}

func (g *play) answeredWithin(d Direction) verdict {
	if g.screen.Took > d.Span {
		return wrong("it took %s", g.screen.Took)
	}
	return asExpected
}

func (g *play) wants(d Direction) verdict {
	want, err := d.Want.fill(g.captures)
	if err != nil {
		return wrong("%s", err)
	}
	return g.valueIs(d.Name, want)
}

func (g *play) valueIs(name, want string) verdict {
	line, ok := g.target.(SeesValues)
	if !ok {
		return unseen("the session's values")
	}
	v, known, err := line.Value(g.ctx, g.sent[len(g.sent)-1], name)
	switch {
	case err != nil:
		return wrong("%v", err)
	case !known:
		return wrong("the menu has no value called %q", name)
	case !sameValue(v, want):
		return wrong("it is %s", showValue(v))
	}
	return asExpected
}

func (g *play) smsTo(d Direction) verdict {
	line, ok := g.target.(SeesMessages)
	if !ok {
		return unseen("messages")
	}
	var others []string
	for _, m := range line.Messages() {
		if m.To != d.Phone {
			others = append(others, "one to "+msisdn.National(m.To))
			continue
		}
		if d.SMS.match(m.Text, g.captures, true) {
			return asExpected
		}
		others = append(others, fmt.Sprintf("%q", m.Text))
	}
	if len(others) == 0 {
		return wrong("no SMS was sent")
	}
	return wrong("found %s", strings.Join(others, " and "))
}

func (g *play) noSMS() verdict {
	line, ok := g.target.(SeesMessages)
	if !ok {
		return unseen("messages")
	}
	if sent := line.Messages(); len(sent) > 0 {
		return wrong("one was sent to %s: %q", msisdn.National(sent[0].To), sent[0].Text)
	}
	return asExpected
}

func (g *play) nowhere(d Direction) verdict {
	line, ok := g.target.(SeesLog)
	if !ok {
		return unseen("the log")
	}
	secret, err := d.Secret.fill(g.captures)
	if err != nil {
		return wrong("%s", err)
	}
	for entry := range strings.SplitSeq(line.Log(), "\n") {
		if standsIn(entry, secret) {
			return wrong("the log has it: %s", entry)
		}
	}
	return asExpected
}

// standsIn reports whether a log entry contains a secret. Digits must match as a
// whole number: the PIN 1234 is not in 0712345678.
func standsIn(entry, secret string) bool {
	for from := 0; ; {
		i := strings.Index(entry[from:], secret)
		if i < 0 {
			return false
		}
		i += from
		end := i + len(secret)
		inside := i > 0 && isDigit(entry[i-1]) && isDigit(secret[0]) ||
			end < len(entry) && isDigit(entry[end]) && isDigit(secret[len(secret)-1])
		if !inside {
			return true
		}
		from = i + 1
	}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
