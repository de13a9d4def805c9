package record

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/terminal"
)

// ErrNoScreens says that a log has no answers, so nothing could be checked.
var ErrNoScreens = errors.New("the log has callbacks but no screens")

// Scripts writes the sessions of a log as a script, with the people of
// people.yaml instead of those in the log. Screens are those of the log; after
// the last known screen nothing is checked.
func Scripts(path string, calls []Recorded, people *engine.Personas) (*dialscript.File, error) {
	if len(people.List) == 0 {
		return nil, dialscript.ErrNoCaller
	}
	d := newDisguise(people, calls)
	f := &dialscript.File{Path: path}
	titles := map[string]int{}
	for _, c := range calls {
		if len(f.Calls) == dialscript.MaxCalls {
			return nil, fmt.Errorf("the log has more than %d sessions; divide it", dialscript.MaxCalls)
		}
		call := d.call(c)
		titles[call.Title]++
		if n := titles[call.Title]; n > 1 {
			call.Title += fmt.Sprintf(" (%d)", n)
		}
		f.Calls = append(f.Calls, call)
	}
	return f, nil
}

// call converts one session to a call.
func (d *disguise) call(c Recorded) dialscript.Call {
	persona := d.caller(c.Phone)
	secret := secretSteps(c.Steps)
	var typed []string
	for i, s := range c.Steps {
		if secret[i] {
			typed = append(typed, s.Typed)
		}
	}
	pins := d.pins(persona, typed)
	call := dialscript.Call{Given: []dialscript.Direction{{Kind: dialscript.As, Text: "as " + persona.Name, Name: persona.Name}}}
	var keys []string
	for i, s := range c.Steps {
		input := d.typed(s.Typed, i == 0)
		word := input
		switch {
		case secret[i]:
			input, word = pins[s.Typed], "PIN"
		case joinedNumber.MatchString(input) && i > 0:
			word = "a number"
		}
		if i > 0 {
			keys = append(keys, word)
		} else if i == 0 && len(c.Steps) == 1 {
			keys = append(keys, input)
		}
		call.Steps = append(call.Steps, d.step(s, input, i == len(c.Steps)-1))
	}
	call.Title = recordedTitle(keys)
	return call
}

// typed returns an input with its numbers replaced. In a dialled code they are
// between stars.
func (d *disguise) typed(s string, dial bool) string {
	if !dial {
		return d.text(s)
	}
	parts := strings.Split(s, "*")
	for i, p := range parts {
		rest, hash := strings.CutSuffix(p, "#")
		parts[i] = strings.TrimPrefix(d.text(rest), "+")
		if hash {
			parts[i] += "#"
		}
	}
	return strings.Join(parts, "*")
}

// recordedTitle says what the caller typed, cut for long calls.
func recordedTitle(keys []string) string {
	const most = 60
	title := "Recorded: " + strings.Join(keys, ", ")
	title = strings.TrimRight(terminal.Visible(strings.ReplaceAll(title, "\n", " ")), " =")
	if r := []rune(title); len(r) > most {
		title = string(r[:most-1]) + "…"
	}
	return title
}

func (d *disguise) step(s RecordedStep, input string, last bool) dialscript.Step {
	step := dialscript.Step{Input: dialscript.PlainText(input)}
	if s.Answered {
		for _, line := range dialscript.Lines(d.text(s.Answer)) {
			step.Shown = append(step.Shown, dialscript.LiteralLine(line))
		}
	}
	add := func(kind dialscript.Kind, text string) {
		step.Directions = append(step.Directions, dialscript.Direction{Kind: kind, Text: text})
	}
	if s.Twice {
		add(dialscript.SentTwice, "gateway sends that twice")
	}
	if s.Late {
		add(dialscript.OlderLate, "an older callback arrives late")
	}
	if last && s.Answered && s.End {
		add(dialscript.Ends, "session ends")
	}
	return step
}

// secretSteps finds the steps in which a PIN was typed: after a screen that asks
// for one. If no screen is known, any four to eight digits may be a PIN.
func secretSteps(steps []RecordedStep) []bool {
	out := make([]bool, len(steps))
	for i := 1; i < len(steps); i++ {
		before := steps[i-1]
		if !dialscript.IsPIN(steps[i].Typed) {
			continue
		}
		out[i] = !before.Answered || dialscript.AsksPIN(before.Answer)
	}
	return out
}

// Disguise replaces the PINs and numbers that were typed in calls played just
// now by those of people.yaml; results belong to the calls. It leaves screens
// alone, because Settle writes them again.
func Disguise(f *dialscript.File, results []dialscript.Result, people *engine.Personas) error {
	if len(people.List) == 0 {
		return dialscript.ErrNoCaller
	}
	for n := range f.Calls {
		call := &f.Calls[n]
		scene, err := dialscript.SceneOf(call, people)
		if err != nil {
			return err
		}
		d := newDisguise(people, nil)
		d.numbers[scene.Caller.Phone] = scene.Caller.Phone
		steps := make([]RecordedStep, len(call.Steps))
		var pins []string
		for i := range call.Steps {
			typed, ok := call.Steps[i].Input.Literal()
			if s := results[n].Screens[i]; s != nil && ok {
				steps[i] = RecordedStep{Typed: typed, Answer: s.Text, Answered: true}
			}
		}
		secret := secretSteps(steps)
		for i, is := range secret {
			if is {
				pins = append(pins, steps[i].Typed)
			}
		}
		become := d.pins(scene.Caller, pins)
		for i := range call.Steps {
			switch typed, ok := call.Steps[i].Input.Literal(); {
			case !ok || typed == "":
			case secret[i]:
				call.Steps[i].Input = dialscript.PlainText(become[typed])
			default:
				call.Steps[i].Input = dialscript.PlainText(d.typed(typed, i == 0))
			}
		}
	}
	return nil
}

// Loosen puts placeholders where another run would show another text: references
// of letters and digits, and dates.
func Loosen(f *dialscript.File) {
	for i := range f.Calls {
		for j := range f.Calls[i].Steps {
			shown := f.Calls[i].Steps[j].Shown
			for n := range shown {
				if text, ok := shown[n].Text.Literal(); ok && shown[n].Regexp == "" && !shown[n].Rest {
					shown[n].Text = loosened(text)
				}
			}
		}
	}
}

// passing matches the parts of a screen that differ from run to run. A reference
// has letters and digits, six characters at least.
var passing = regexp.MustCompile(`\b\d\d/\d\d/\d{4}\b|\b[A-Z0-9]{2,}(?:-[A-Z0-9]+)*\b`)

func loosened(text string) dialscript.Text {
	const shortest = 6
	var words dialscript.Text
	rest := 0
	for _, at := range passing.FindAllStringIndex(text, -1) {
		found := text[at[0]:at[1]]
		placeholder := "*"
		switch {
		case dialscript.IsDate(found):
			placeholder = "date"
		case len(found) < shortest || !strings.ContainsAny(found, "0123456789") || strings.Trim(found, "0123456789-") == "":
			continue
		}
		words = append(words, dialscript.PlainText(text[rest:at[0]])...)
		words = append(words, dialscript.Part{Placeholder: placeholder})
		rest = at[1]
	}
	return append(words, dialscript.PlainText(text[rest:])...)
}
