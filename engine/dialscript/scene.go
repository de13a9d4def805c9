package dialscript

import (
	"errors"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/engine"
)

// A Scene holds all that is given when a call begins.
type Scene struct {
	Caller engine.Persona
	// Gateway is the name of a profile; "" means the default.
	Gateway string
	// Clock is the wall clock in the service's time zone, here as UTC.
	Clock time.Time
	// Begins is the language that the menus begin in; "" means their own.
	Begins string
	// Screen is the screen that calls begin on, and Values what is set there; "" means
	// the screen of the dialled code.
	Screen string
	Values []engine.Setting
	// Remembered has the remembered values of this caller, with "lang" among
	// them.
	Remembered []engine.Setting
	// Real asks for the registered actions, on an empty store. Answers and Takes
	// of an action replace it. Standard has the answers of people.yaml, which
	// replace the real actions; it is nil where the real ones are asked for.
	Real     bool
	Answers  map[string][]engine.Answer
	Standard map[string][]engine.Answer
	Takes    map[string]time.Duration
	SMSDown  bool
}

// DefaultClock is the time of a call that sets no clock. It is fixed, so a
// script gives the same screens on any day.
var DefaultClock = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// ClockText returns a wall clock as the direction "clock" has it.
func ClockText(wall time.Time) string { return "(clock " + wall.Format(clockForm) + ")" }

var ErrNoCaller = errors.New("people.yaml names no person who can call")

// SceneOf returns the scene of a call: what people.yaml says, replaced by what
// the call itself says.
func SceneOf(call *Call, people *engine.Personas) (Scene, error) {
	if len(people.List) == 0 {
		return Scene{}, ErrNoCaller
	}
	s := Scene{
		Caller: people.List[0], Clock: DefaultClock, Standard: people.Answers,
		Answers: map[string][]engine.Answer{}, Takes: map[string]time.Duration{},
	}
	for _, d := range call.Given {
		if err := s.who(d, people); err != nil {
			return Scene{}, err
		}
		if d.Kind == RealActions {
			s.Real, s.Standard = true, nil
		}
	}
	s.remember("lang", s.Caller.Lang)
	for _, v := range s.Caller.Values {
		s.remember(v.Name, v.Text)
	}
	for _, d := range call.Given {
		s.set(d)
	}
	return s, nil
}

func (s *Scene) who(d Direction, people *engine.Personas) error {
	if d.Kind != As {
		return nil
	}
	caller, ok := people.Persona(d.Name)
	if !ok {
		return fmt.Errorf("people.yaml has nobody called %q", d.Name)
	}
	s.Caller = caller
	return nil
}

// remember sets one value, in place of an earlier one.
func (s *Scene) remember(name, text string) {
	if text == "" {
		return
	}
	for i := range s.Remembered {
		if s.Remembered[i].Name == name {
			s.Remembered[i].Text = text
			return
		}
	}
	s.Remembered = append(s.Remembered, engine.Setting{Name: name, Text: text})
}

func (s *Scene) set(d Direction) {
	switch d.Kind {
	case LanguageGiven:
		s.remember("lang", d.Name)
	case Clock:
		s.Clock = d.Clock
	case Gateway:
		s.Gateway = d.Name
	case Answers:
		s.Answers[d.Name] = d.Answers
	case Takes:
		s.Takes[d.Name] = d.Span
	case SMSDown:
		s.SMSDown = true
	case BeginsOn:
		s.Screen, s.Values = d.Name, d.Settings
	case Remembered:
		for _, v := range d.Settings {
			s.remember(v.Name, v.Text)
		}
	}
}

// Lang returns the remembered language of the caller, or "".
func (s *Scene) Lang() string {
	for _, v := range s.Remembered {
		if v.Name == "lang" {
			return v.Text
		}
	}
	return ""
}
