// Package coverage says in callers' terms what of a menu its dial scripts have
// shown, how a call comes to what is missing, and writes the scripts for it.
package coverage

import (
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
)

// Group is what kind of thing can be covered. The words are those of reports.
type Group string

// The groups, in the order of reports.
const (
	Screens   Group = "screens"       // a screen was shown
	Options   Group = "options"       // a way on from a screen was taken
	Outcomes  Group = "outcomes"      // an action has ended so
	Wrongs    Group = "wrong answers" // … were answered with a prompt
	GiveUps   Group = "give-ups"      // the last wrong answer
	Pages     Group = "pages"         // the second page and those behind it, by language
	Resumes   Group = "resumes"       // of a dropped call
	Languages Group = "languages"     // a screen was shown in a language
)

// Groups are all groups, in the order of reports.
var Groups = []Group{Screens, Options, Outcomes, Wrongs, GiveUps, Pages, Resumes, Languages}

// one names a single thing of a group, where its own name does not.
var one = map[Group]string{
	Screens: "screen", Options: "option", Outcomes: "outcome", Wrongs: "wrong answer", GiveUps: "give-up", Languages: "screen",
}

// Item is one thing that a call can show.
type Item struct {
	Group Group
	// Screen is where; for an outcome the step that runs the action.
	Screen string
	// Name is what people call it: "account", "account: 1 Balance", "balance
	// answers locked, asked by balance_pin".
	Name string
	// Lang is the language of a page, or of a screen among Languages; "" for
	// others, which Langs tells of.
	Lang string
	// Pos is the menu's line.
	Pos engine.Pos
	// Calls is how many calls have shown it, and First the first of them.
	Calls int
	First *dialscript.Call
	// Langs are the languages in which it was shown, by code.
	Langs map[string]bool
	// Way is how a call comes there, where none has and one was looked for.
	Way *Way
	// Why says that no call can come there, and what to do; "" where one can, or
	// where nobody has looked.
	Why string
	// Lost says that the search for a way ended before it had seen everything.
	Lost bool

	key itemKey
	// found is the call that comes there.
	found *node
	// last is the call that was counted last: a call counts once.
	last *dialscript.Result
}

// Covered reports whether a call has shown it.
func (it *Item) Covered() bool { return it.Calls > 0 }

// Out reports that it does not count: no call can come there.
func (it *Item) Out() bool { return it.Calls == 0 && it.Why != "" }

// Way is how a call comes to something.
type Way struct {
	// Keys are what is typed, the dialled code first.
	Keys []string
	// Given are the stage directions that set the scene.
	Given []string
}

// Menu is what of one menu was covered.
type Menu struct {
	Program *engine.Program
	// Items by group, and within it in the menu's order.
	Items []*Item
	// Calls is how many calls came to this menu.
	Calls int

	byKey map[itemKey]*Item
	// taken has the rows of the machine that some call went by.
	taken map[row]bool
}

// Share is how much of something is covered; what no call can come to is left
// out.
type Share struct{ Covered, Of int }

// Percent is rounded down, so that 100 means everything; of nothing, all is
// covered.
func (s Share) Percent() int {
	if s.Of == 0 {
		return percent
	}
	return s.Covered * percent / s.Of
}

const percent = 100

func (s *Share) add(covered bool) {
	s.Of++
	if covered {
		s.Covered++
	}
}

// Total is the share of all groups together.
func (m *Menu) Total() Share {
	var s Share
	for _, it := range m.Items {
		if !it.Out() {
			s.add(it.Covered())
		}
	}
	return s
}

// Share is that of a group. In a language, "" for any, only what was shown in it
// counts as covered.
func (m *Menu) Share(g Group, lang string) Share {
	var s Share
	for _, it := range m.Items {
		if it.Group != g || it.Out() || lang != "" && it.Lang != "" && it.Lang != lang {
			continue
		}
		s.add(it.Covered() && (lang == "" || it.Lang == lang || it.Langs[lang]))
	}
	return s
}

// Missing are the items that no call has shown and that count.
func (m *Menu) Missing() []*Item {
	return m.those(func(it *Item) bool { return !it.Covered() && !it.Out() })
}

// Unreachable are those that no call can come to.
func (m *Menu) Unreachable() []*Item { return m.those((*Item).Out) }

func (m *Menu) those(want func(*Item) bool) []*Item {
	var list []*Item
	for _, it := range m.Items {
		if want(it) {
			list = append(list, it)
		}
	}
	return list
}

// Total is the share of several menus together.
func Total(menus []*Menu) Share {
	var s Share
	for _, m := range menus {
		t := m.Total()
		s.Covered += t.Covered
		s.Of += t.Of
	}
	return s
}
