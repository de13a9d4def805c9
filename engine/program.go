// Package engine is the machine behind a USSD service: a compiled menu (a Program),
// the state of one call (a Session), and the pure step between two screens.
//
// It has no I/O, clock or randomness of its own. Package engine/menu compiles menus
// into Programs; tests and benchmarks may build them from a Definition with New.
// Package engine/runner answers callbacks with them.
package engine

import (
	"regexp"
	"time"

	"github.com/paytrace/paytrace/engine/machine"
)

// A Program is a compiled menu: immutable, content-hashed, safe for concurrent
// use. New makes one.
type Program struct {
	def   Definition
	hash  string
	zone  *time.Location
	nodes map[string]*node
	// table carries every change of screen.
	table *machine.Table[Trigger]

	codes      []dialledCode
	slots      []Var
	slotIndex  map[string]int
	sums       map[string]*NamedSum // by name
	remembered []int                // slots
	// leavable has the slots that an outcome may leave unset.
	leavable                   map[int]bool
	defaultLang                string
	langs                      map[string]int
	forms                      []numberForm              // by language
	months                     []*monthNames             // by language
	patterns                   map[string]*regexp.Regexp // of the types
	inputsSuffice, acts, dated bool                      // see the methods of these names
	hasGoals                   bool
	// navs has the navigation lines, by language and the keys that are shown.
	navs [][navSets]string
	// toEffect has AnswersToEffect by first screen.
	toEffect map[string]int
}

// Hash returns the program's identity, which changes with any byte of its source.
func (p *Program) Hash() string { return p.hash }

// Name returns the menu's name.
func (p *Program) Name() string { return p.def.Name }

// Codes returns the dialled codes that the program answers.
func (p *Program) Codes() []Code { return p.def.Codes }

// Definition returns what the program was made of. It must not be changed.
func (p *Program) Definition() *Definition { return &p.def }

// Screen returns a screen by name, and whether there is one.
func (p *Program) Screen(name string) (*Screen, bool) {
	n, ok := p.nodes[name]
	if !ok {
		return nil, false
	}
	return n.Screen, true
}

// Today returns the calendar day of now in the program's time zone.
func (p *Program) Today(now time.Time) Date { return DateOf(now.In(p.zone)) }

// Zone returns the program's time zone.
func (p *Program) Zone() *time.Location { return p.zone }

// Resume returns how long a dropped call of this program can be resumed; 0 for
// never.
func (p *Program) Resume() time.Duration { return p.def.Session.Resume }

// HasGoals reports whether the menu says what its calls are for.
func (p *Program) HasGoals() bool { return p.hasGoals }

// Acts reports whether a call may have an effect: an action that is not only a look-up,
// a message, a value to remember.
func (p *Program) Acts() bool { return p.acts }

// Dated reports whether a session depends on the day.
func (p *Program) Dated() bool { return p.dated }

// InputsSuffice reports whether a session's inputs alone determine its state as
// long as no action runs: it depends on neither the day, the network nor an
// earlier call.
func (p *Program) InputsSuffice() bool { return p.inputsSuffice }

// Reads reports whether an action of the menu changes nothing.
func (p *Program) Reads(action string) bool {
	for i := range p.def.Contracts {
		if p.def.Contracts[i].Name == action {
			return p.def.Contracts[i].Reads
		}
	}
	return false
}

// Writes reports whether a call is an action of the menu that may change
// something.
func (p *Program) Writes(action string) bool {
	return action != CallFacts && !IsFollowUp(action) && !p.Reads(action)
}

// Builtin returns a built-in text in the menu's wording, in a language by code or
// in the menu's default language.
func (p *Program) Builtin(which Builtin, lang string) string {
	i, ok := p.langs[lang]
	if !ok {
		i = p.langs[p.defaultLang]
	}
	text, _ := p.def.Nav.words(which).In(i).fixed()
	return text
}

// Transitions returns all rows of the machine: the start's first, then screen by
// screen in the menu's order.
func (p *Program) Transitions() []Transition {
	states := []string{Idle, Resume}
	for i := range p.def.Screens {
		states = append(states, p.def.Screens[i].Name)
	}
	var all []Transition
	for _, state := range states {
		for _, row := range p.table.Rows(state) {
			all = append(all, Transition(row))
		}
	}
	return all
}
