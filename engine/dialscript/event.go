package dialscript

import (
	"strconv"
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// EventKind says what happened, in callers' terms. The words are those of the
// JSON report.
type EventKind string

// The kinds. Name is of the event, and "" where nothing is said of it.
const (
	EventDial     EventKind = "dial"     // a session began; Screen is its first
	EventScreen   EventKind = "screen"   // the screen was shown, its page Page
	EventOption   EventKind = "option"   // Name is the key, Index the place in the menu's options
	EventOffer    EventKind = "offer"    // a shortcut on a question; Name and Index likewise
	EventAnswer   EventKind = "answer"   // a question was answered
	EventYes      EventKind = "yes"      // a confirm
	EventNo       EventKind = "no"       // …
	EventRow      EventKind = "row"      // a row of a list was chosen
	EventEmpty    EventKind = "empty"    // a list had no rows
	EventLanguage EventKind = "language" // Name is the language chosen
	EventOutcome  EventKind = "outcome"  // Name is the outcome of Action
	EventWrong    EventKind = "wrong"    // Name is "invalid", "accept 1", "retry OUTCOME"
	EventGiveUp   EventKind = "give_up"  // the last wrong answer
	EventPage     EventKind = "page"     // the caller asked for the next page
	EventBack     EventKind = "back"
	EventHome     EventKind = "home"
	EventResume   EventKind = "resume" // Name is "asked", "yes" or "no"
	EventSkip     EventKind = "skip"   // a screen led on without being shown
	EventCase     EventKind = "case"   // Index is the case of a choose
	EventGo       EventKind = "go"     // a set, or an SMS, led on
)

// Event is one thing that happened while a call was played. Coverage is counted
// from the events of all results.
type Event struct {
	Kind EventKind
	// Step is the index of the call's step whose callback it happened in.
	Step int
	// Menu is the menu's name, Program its version.
	Menu, Program string
	// Screen is where, To where it led; "" where the session stayed.
	Screen, To string
	Name       string
	Action     string
	// Index is the place among the screen's options, offers or cases, from 0; -1
	// where there are none.
	Index int
	// Page is which page was shown, from 0, and More whether another follows.
	Page int
	More bool
	// Way is the event of the menu's machine, as graph.Edge names it; "" for what
	// is no transition.
	Way string
	// Lang is what the session spoke.
	Lang string
	// Pos is the menu's line: of the option, outcome, … or the screen.
	Pos engine.Pos
}

// SeesEvents shows what has happened since it was last asked.
type SeesEvents interface{ Events() []Event }

// EventOf says a move of the engine in callers' terms.
func EventOf(p *engine.Program, m engine.Move) Event {
	e := Event{
		Menu: p.Name(), Program: p.Hash(), Screen: m.Screen, To: m.To, Lang: m.Lang, Index: -1, Page: m.Page, More: m.More,
	}
	screen, ok := p.Screen(m.Screen)
	if ok {
		e.Pos = screen.Pos
	}
	switch m.Event {
	case engine.MoveShown:
		e.Kind = EventScreen
		if m.Screen == resumeScreen {
			e.Kind, e.Name = EventResume, "asked"
		}
	case engine.MoveWrong:
		e.Kind, e.Name = EventWrong, noticeName(m.Detail)
	case engine.MoveBack:
		e.Kind = EventBack
	case engine.MoveMore:
		e.Kind = EventPage
	case engine.MoveResumed:
		e.Kind, e.Name = EventResume, "yes"
	default:
		e.Way = m.Event
		e.fired(p, screen, m)
	}
	return e
}

// States that every machine has besides the menu's screens.
const (
	idleScreen   = "(idle)"
	resumeScreen = "(resume)"
)

// noticeName leaves out of a notice what the event says anyway.
func noticeName(notice string) string {
	if rest, ok := strings.CutPrefix(notice, "retry "); ok {
		_, outcome, _ := strings.Cut(rest, " ")
		return "retry " + outcome
	}
	if n, ok := strings.CutPrefix(notice, "accept "); ok {
		if i, err := strconv.Atoi(n); err == nil {
			return "accept " + strconv.Itoa(i+1)
		}
	}
	return notice
}

// fired reads an event of the machine's table.
func (e *Event) fired(p *engine.Program, s *engine.Screen, m engine.Move) {
	switch {
	case m.Screen == idleScreen:
		e.Kind, e.Screen = EventDial, m.To
		for _, c := range p.Codes() {
			if c.Start == m.To {
				e.Pos = c.Pos
			}
		}
	case m.Screen == resumeScreen:
		e.Kind, e.Name = EventResume, "no"
	case s != nil && s.Kind == engine.ScreenDo && m.Event != "skip":
		e.outcome(s, m.Event)
	default:
		e.chosen(s, m)
	}
}

// plainEvents are those that need nothing looked up.
var plainEvents = map[string]EventKind{
	"answer": EventAnswer, "yes": EventYes, "no": EventNo, "row": EventRow, "empty": EventEmpty,
	"give up": EventGiveUp, "home": EventHome, "skip": EventSkip, "go": EventGo, "language": EventLanguage,
	"else": EventCase,
}

func (e *Event) chosen(s *engine.Screen, m engine.Move) {
	word, rest, _ := strings.Cut(m.Event, " ")
	n, err := strconv.Atoi(rest)
	switch {
	case plainEvents[m.Event] != "":
		e.Kind, e.Name = plainEvents[m.Event], m.Detail
	case word == "option" && s != nil && err == nil && n <= len(s.Options):
		e.option(s, n-1)
	case word == "case" && s != nil && err == nil && n <= len(s.Choose):
		e.Kind, e.Index, e.Pos = EventCase, n-1, s.Choose[n-1].Pos
	case word == "offer" && s != nil && s.Ask != nil:
		e.offer(s.Ask, rest)
	default:
		e.Kind, e.Name = EventGo, m.Event
	}
}

func (e *Event) option(s *engine.Screen, i int) {
	e.Kind, e.Index, e.Name, e.Pos = EventOption, i, s.Options[i].Key, s.Options[i].Pos
	if e.Name == "" || s.Numbered {
		e.Name = strconv.Itoa(i + 1)
	}
}

func (e *Event) offer(ask *engine.Ask, key string) {
	e.Kind, e.Name = EventOffer, key
	for i, o := range ask.Offers {
		if o.Key == key {
			e.Index, e.Pos = i, o.Pos
		}
	}
}

func (e *Event) outcome(s *engine.Screen, outcome string) {
	e.Kind, e.Name, e.Action = EventOutcome, outcome, s.Do.Action
	for _, o := range s.Do.Outcomes {
		if o.Outcome == outcome {
			e.Pos = o.Pos
		}
	}
}
