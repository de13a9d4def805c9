package dialscript

import (
	"strconv"

	"github.com/paytrace/paytrace/engine"
)

// An Event is one thing that happened while a call was played: a move of the
// engine in callers' terms. Coverage is counted from the events of all results.
type Event struct {
	engine.Move
	// Step is the index of the step whose callback caused the event.
	Step int
	// Menu is the name of the menu, Program its version.
	Menu, Program string
	// Kind is the word for the trigger in the JSON report.
	Kind string
	// Name is the key of an option or offer, the chosen language, the outcome of
	// Action, or why an answer was wrong ("invalid", "accept 1", "retry
	// OUTCOME"). For a dropped call it is "asked", "yes" or "no". Otherwise it
	// is "".
	Name   string
	Action string
	// Index counts the options, offers or cases of the screen from 0; it is -1
	// without one.
	Index int
	// Pos is the position in the menu: of the option, the outcome or the screen.
	Pos engine.Pos
}

// SeesEvents is implemented by targets that record events. Events returns those since
// its last call.
type SeesEvents interface{ Events() []Event }

var eventKinds = map[engine.TriggerKind]string{
	engine.TriggerStart: "dial", engine.TriggerDropped: "dial", engine.TriggerShown: "screen",
	engine.TriggerOption: "option", engine.TriggerOffer: "offer", engine.TriggerAnswer: "answer",
	engine.TriggerYes: "yes", engine.TriggerNo: "no", engine.TriggerRow: "row", engine.TriggerEmpty: "empty",
	engine.TriggerLanguage: "language", engine.TriggerOutcome: "outcome",
	engine.TriggerInvalid: "wrong", engine.TriggerRefused: "wrong", engine.TriggerRetry: "wrong",
	engine.TriggerGiveUp: "give_up", engine.TriggerMore: "page", engine.TriggerBack: "back", engine.TriggerHome: "home",
	engine.TriggerResumed: "resume", engine.TriggerSkip: "skip", engine.TriggerCase: "case", engine.TriggerGo: "go",
	engine.TriggerNoFacts: "go", engine.TriggerLeft: "dropped",
}

// EventOf returns a move of a program as an event, without its step.
func EventOf(p *engine.Program, m engine.Move) Event {
	e := Event{Move: m, Menu: p.Name(), Program: p.Hash(), Kind: eventKinds[m.Trigger.Kind], Index: -1}
	s, ok := p.Screen(m.Screen)
	if !ok {
		s = &engine.Screen{}
	}
	e.Pos = s.Pos
	switch t := m.Trigger; t.Kind {
	case engine.TriggerStart, engine.TriggerDropped:
		e.begun(p)
	case engine.TriggerOption:
		o := &s.Options[t.Index]
		e.Index, e.Name, e.Pos = t.Index, o.Key, o.Pos
		if o.Key == "" || s.Numbered {
			e.Name = strconv.Itoa(t.Index + 1)
		}
	case engine.TriggerOffer:
		e.Index, e.Name, e.Pos = t.Index, t.Name, s.Ask.Offers[t.Index].Pos
	case engine.TriggerCase:
		e.Index, e.Pos = t.Index, s.Choose[t.Index].Pos
	case engine.TriggerOutcome:
		e.outcome(s)
	case engine.TriggerLanguage:
		e.Name = m.Chosen
	case engine.TriggerInvalid, engine.TriggerRefused, engine.TriggerRetry:
		e.Name = t.String()
	case engine.TriggerNoFacts:
		e.Name = t.String()
		if s.Do != nil {
			e.Kind, e.Action = "outcome", s.Do.Action
		}
	case engine.TriggerShown:
		if m.Screen == engine.Resume {
			e.Kind, e.Name = "resume", "asked"
		}
	case engine.TriggerResumed:
		e.Name = "yes"
	}
	return e
}

// begun completes the event at the start of a call that is not resumed.
func (e *Event) begun(p *engine.Program) {
	if e.Screen == engine.Resume {
		e.Kind, e.Name = "resume", "no"
		return
	}
	for _, c := range p.Codes() {
		if c.Start == e.To {
			e.Pos = c.Pos
		}
	}
}

func (e *Event) outcome(s *engine.Screen) {
	e.Name, e.Action = e.Trigger.Name, s.Do.Action
	for _, o := range s.Do.Outcomes {
		if o.Outcome == e.Name {
			e.Pos = o.Pos
		}
	}
}
