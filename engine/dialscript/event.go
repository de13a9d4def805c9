package dialscript

import (
	"strconv"

	"github.com/paytrace/paytrace/engine"
)

// An Event is one thing that happened while a call was played: a move of the
// engine in callers' terms. Coverage is counted from the events of all results.
type Event struct {
	engine.Move
	// Step is the index of the call's step whose callback it happened in.
	Step int
	// Menu is the menu's name, Program its version.
	Menu, Program string
	// Kind is the word of the JSON report for the trigger.
	Kind string
	// Name is the key of an option or offer, the language chosen, the outcome of
	// Action, how an answer was wrong ("invalid", "accept 1", "retry OUTCOME"), or
	// of a dropped call "asked", "yes" or "no". Otherwise it is "".
	Name   string
	Action string
	// Index is the place among the screen's options, offers or cases, from 0; -1
	// where there are none.
	Index int
	// Pos is the menu's line: of the option, outcome, … or the screen.
	Pos engine.Pos
}

// SeesEvents shows what has happened since it was last asked.
type SeesEvents interface{ Events() []Event }

var eventKinds = map[engine.TriggerKind]string{
	engine.TriggerStart: "dial", engine.TriggerDropped: "dial", engine.TriggerShown: "screen",
	engine.TriggerOption: "option", engine.TriggerOffer: "offer", engine.TriggerAnswer: "answer",
	engine.TriggerYes: "yes", engine.TriggerNo: "no", engine.TriggerRow: "row", engine.TriggerEmpty: "empty",
	engine.TriggerLanguage: "language", engine.TriggerOutcome: "outcome",
	engine.TriggerInvalid: "wrong", engine.TriggerRefused: "wrong", engine.TriggerRetry: "wrong",
	engine.TriggerGiveUp: "give_up", engine.TriggerMore: "page", engine.TriggerBack: "back", engine.TriggerHome: "home",
	engine.TriggerResumed: "resume", engine.TriggerSkip: "skip", engine.TriggerCase: "case", engine.TriggerGo: "go",
	engine.TriggerNoFacts: "go",
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

// begun completes the beginning of a call, or of one that is not resumed.
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
