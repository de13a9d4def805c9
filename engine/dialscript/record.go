package dialscript

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// ErrNoScreens says that a log has no answers, so that nothing could be checked.
var ErrNoScreens = errors.New("the log has callbacks but no screens")

// Scripts writes the sessions of a log as a script, with the people of
// people.yaml in the places of those in the log. Screens are those of the log;
// what follows the last one that is known stays unchecked.
func Scripts(path string, calls []Recorded, people *engine.Personas) (*File, error) {
	if len(people.List) == 0 {
		return nil, errNobody
	}
	d := newDisguise(people, calls)
	f := &File{Path: path}
	titles := map[string]int{}
	for _, c := range calls {
		if len(f.Calls) == MaxCalls {
			return nil, fmt.Errorf("the log has more than %d sessions; divide it", MaxCalls)
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

// call is one session as a call.
func (d *disguise) call(c Recorded) Call {
	person := d.caller(c.Phone)
	secret := secretSteps(c.Steps)
	var typed []string
	for i, s := range c.Steps {
		if secret[i] {
			typed = append(typed, s.Typed)
		}
	}
	pins := d.pins(person, typed)
	call := Call{Given: []Direction{{Kind: As, Text: "as " + person.Name, Name: person.Name}}}
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

// typed is what was typed with other numbers in it; in a dialled code they stand
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

// recordedTitle says what the caller typed; long calls are cut.
func recordedTitle(keys []string) string {
	const most = 60
	title := "Recorded: " + strings.Join(keys, ", ")
	title = strings.TrimRight(visible(strings.ReplaceAll(title, "\n", " ")), " =")
	if r := []rune(title); len(r) > most {
		title = string(r[:most-1]) + "…"
	}
	return title
}

func (d *disguise) step(s RecordedStep, input string, last bool) Step {
	step := Step{Input: plain(input)}
	if s.Answered {
		for _, line := range lines(d.text(s.Answer)) {
			step.Shown = append(step.Shown, literal(line))
		}
	}
	add := func(kind Kind, text string) {
		step.Directions = append(step.Directions, Direction{Kind: kind, Text: text})
	}
	if s.Twice {
		add(SentTwice, "gateway sends that twice")
	}
	if s.Late {
		add(OlderLate, "an older callback arrives late")
	}
	if last && s.Answered && s.End {
		add(Ends, "session ends")
	}
	return step
}

// secretSteps are those in which a PIN was typed: below a screen that asks for
// one. Where no screen says what was asked, any four to eight digits may be one.
func secretSteps(steps []RecordedStep) []bool {
	out := make([]bool, len(steps))
	for i := 1; i < len(steps); i++ {
		before := steps[i-1]
		if !pinDigits.MatchString(steps[i].Typed) {
			continue
		}
		out[i] = !before.Answered || pinWord.MatchString(before.Answer)
	}
	return out
}

// Disguise puts people.yaml's people in the places of the PINs and numbers that
// were typed in calls played just now; results are theirs. Screens are left
// alone: Settle writes them anew.
func Disguise(f *File, results []Result, people *engine.Personas) error {
	if len(people.List) == 0 {
		return errNobody
	}
	for n := range f.Calls {
		call := &f.Calls[n]
		scene, err := SceneOf(call, people)
		if err != nil {
			return err
		}
		d := newDisguise(people, nil)
		d.numbers[scene.Caller.Phone] = scene.Caller.Phone
		steps := make([]RecordedStep, len(call.Steps))
		var pins []string
		for i := range call.Steps {
			typed, ok := call.Steps[i].Input.literal()
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
			switch typed, ok := call.Steps[i].Input.literal(); {
			case !ok || typed == "":
			case secret[i]:
				call.Steps[i].Input = plain(become[typed])
			default:
				call.Steps[i].Input = plain(d.typed(typed, i == 0))
			}
		}
	}
	return nil
}

// Loosen puts holes where a screen of a log shows what another run would not:
// references of letters and digits, and days.
func Loosen(f *File) {
	for i := range f.Calls {
		for j := range f.Calls[i].Steps {
			shown := f.Calls[i].Steps[j].Shown
			for n := range shown {
				if text, ok := shown[n].Words.literal(); ok && shown[n].Regexp == "" && !shown[n].Rest {
					shown[n].Words = loosened(text)
				}
			}
		}
	}
}

// passing are the parts of a screen that differ from run to run. A reference has
// both letters and digits, six characters at least.
var passing = regexp.MustCompile(`\b\d\d/\d\d/\d{4}\b|\b[A-Z0-9]{2,}(?:-[A-Z0-9]+)*\b`)

func loosened(text string) Words {
	const shortest = 6
	var words Words
	rest := 0
	for _, at := range passing.FindAllStringIndex(text, -1) {
		found := text[at[0]:at[1]]
		hole := "*"
		switch {
		case isDate(found):
			hole = "date"
		case len(found) < shortest || !strings.ContainsAny(found, "0123456789") || strings.Trim(found, "0123456789-") == "":
			continue
		}
		words = append(words, plain(text[rest:at[0]])...)
		words = append(words, Part{Hole: hole})
		rest = at[1]
	}
	return append(words, plain(text[rest:])...)
}

// HasScreens reports whether any step of the file is checked.
func (f *File) HasScreens() bool {
	for i := range f.Calls {
		for _, s := range f.Calls[i].Steps {
			if len(s.Shown) > 0 {
				return true
			}
		}
	}
	return false
}
