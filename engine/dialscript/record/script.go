package record

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/terminal"
)

// ErrNoScreens says that a log has no answers, so nothing could be checked.
var ErrNoScreens = errors.New("the log has callbacks but no screens")

// Scripts writes the sessions of a log as a script, with the people of
// people.yaml instead of those in the log, and without its secrets. Screens are
// those of the log; after the last known screen nothing is checked. The doubts are
// texts that may be secrets and that the script has: judge them before it is written.
func Scripts(path string, calls []Recorded, people *engine.Personas, j Judgement) (*dialscript.File, []Doubt, error) {
	if len(people.List) == 0 {
		return nil, nil, dialscript.ErrNoCaller
	}
	var doubts []Doubt
	d := newDisguise(people, calls)
	f := &dialscript.File{Path: path}
	titles := map[string]int{}
	for _, c := range calls {
		if len(f.Calls) == dialscript.MaxCalls {
			return nil, nil, fmt.Errorf("the log has more than %d sessions; divide it", dialscript.MaxCalls)
		}
		call, unsure := d.call(c, j)
		doubts = append(doubts, unsure...)
		titles[call.Title]++
		if n := titles[call.Title]; n > 1 {
			call.Title += fmt.Sprintf(" (%d)", n)
		}
		f.Calls = append(f.Calls, call)
	}
	return f, doubts, nil
}

// Undisguised writes one session as it is, to be played: the log's own inputs and
// screens, called by the first person.
func Undisguised(c Recorded, people *engine.Personas) dialscript.Call {
	name := people.List[0].Name
	call := dialscript.Call{Given: []dialscript.Direction{{Kind: dialscript.As, Text: "as " + name, Name: name}}}
	plain := newDisguise(people, nil)
	for _, s := range c.Steps {
		step := dialscript.Step{Input: dialscript.PlainText(s.Typed)}
		plain.show(&step, s, func(text string) string { return text })
		call.Steps = append(call.Steps, step)
	}
	return call
}

// call converts one session to a call, and returns what may be a secret in it.
func (d *disguise) call(c Recorded, j Judgement) (dialscript.Call, []Doubt) {
	persona := d.caller(c.Phone)
	found, secret := secretsOf(c, j)
	pins := d.pins(persona, pinsOf(c.Steps, secret, found.secrets))
	hide := found.replacer(pins)
	call := dialscript.Call{Given: []dialscript.Direction{{Kind: dialscript.As, Text: "as " + persona.Name, Name: persona.Name}}}
	var keys []string
	for i, s := range c.Steps {
		input := hide(d.typed(s.Typed, i == 0))
		word := input
		switch {
		case secret[i]:
			input, word = cmp.Or(pins[s.Typed], masked(s.Typed)), "PIN"
		case joinedNumber.MatchString(input) && i > 0:
			word = "a number"
		}
		if i > 0 {
			keys = append(keys, word)
		} else if i == 0 && len(c.Steps) == 1 {
			keys = append(keys, input)
		}
		call.Steps = append(call.Steps, d.step(s, input, i == len(c.Steps)-1, hide))
	}
	call.Title = recordedTitle(keys)
	return call, found.doubts
}

// pinsOf lists the secrets of digits: those that were typed, in their order, behind
// those that only stand on screens, because the last one becomes the caller's PIN.
func pinsOf(steps []RecordedStep, secret []bool, all []string) []string {
	var typed, others []string
	for i, s := range steps {
		if secret[i] && dialscript.IsPIN(s.Typed) {
			typed = append(typed, s.Typed)
		}
	}
	for _, s := range all {
		if dialscript.IsPIN(s) && !slices.Contains(typed, s) {
			others = append(others, s)
		}
	}
	return append(others, typed...)
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

// show adds the recorded screen to a step.
func (d *disguise) show(step *dialscript.Step, s RecordedStep, clear func(string) string) {
	if !s.Answered {
		return
	}
	for _, line := range dialscript.Lines(clear(s.Answer)) {
		step.Shown = append(step.Shown, dialscript.LiteralLine(line))
	}
}

func (d *disguise) step(s RecordedStep, input string, last bool, hide func(string) string) dialscript.Step {
	step := dialscript.Step{Input: dialscript.PlainText(input)}
	d.show(&step, s, func(text string) string { return hide(d.text(text)) })
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

// Disguise replaces the secrets and numbers that were typed in calls played just now
// by those of people.yaml; results belong to the calls, and menus answered them. It
// leaves screens alone, because Settle writes them again.
func Disguise(f *dialscript.File, menus []*engine.Program, results []dialscript.Result, people *engine.Personas) error {
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
		c := Recorded{Steps: make([]RecordedStep, len(call.Steps))}
		for i := range call.Steps {
			c.Steps[i].Typed, _ = call.Steps[i].Input.Literal()
			if s := results[n].Screens[i]; s != nil {
				c.Steps[i].Answer, c.Steps[i].Answered = s.Text, true
			}
		}
		// The menu knows what it asked for, and the person at the terminal what was
		// typed: nothing is in doubt.
		found, secret := secretsOf(c, Judgement{AllPlain: true, Kinds: func(Recorded) []Kind { return Kinds(menus, results[n]) }})
		become := d.pins(scene.Caller, pinsOf(c.Steps, secret, found.secrets))
		hide := found.replacer(become)
		call.Title = hide(call.Title)
		for i := range call.Steps {
			switch typed, ok := call.Steps[i].Input.Literal(); {
			case !ok || typed == "":
			case secret[i]:
				call.Steps[i].Input = dialscript.PlainText(cmp.Or(become[typed], masked(typed)))
			default:
				call.Steps[i].Input = dialscript.PlainText(hide(d.typed(typed, i == 0)))
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
