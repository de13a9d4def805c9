// Package coverage measures which parts of a menu its dial scripts show, finds the
// calls that show the rest, and writes scripts for them.
package coverage

import (
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
)

// A Group is a kind of item. Its text is its name in reports.
type Group string

// An item of a group is covered when a call does this.
const (
	Screens   Group = "screens"       // sees the screen
	Options   Group = "options"       // chooses the option, or answers the question
	Outcomes  Group = "outcomes"      // gets this outcome of an action
	Wrongs    Group = "wrong answers" // is asked again for this reason
	GiveUps   Group = "give-ups"      // gives the last wrong answer allowed
	Pages     Group = "pages"         // sees a page after the first, in a language
	Resumes   Group = "resumes"       // continues after a drop, or begins again
	DropOffs  Group = "drop-offs"     // drops off, and gets an SMS
	Languages Group = "languages"     // sees the screen in this language
)

// Groups lists all groups in the order of reports.
var Groups = []Group{Screens, Options, Outcomes, Wrongs, GiveUps, Pages, Resumes, DropOffs, Languages}

// one names a single item of a group if its own name does not say what it is.
var one = map[Group]string{
	Screens: "screen", Options: "option", Outcomes: "outcome", Wrongs: "wrong answer", GiveUps: "give-up", DropOffs: "drop-off", Languages: "screen",
}

// An Item is one part of a menu that a call can show.
type Item struct {
	Group Group
	// Screen is the screen of the item. For an outcome it is the step that runs the
	// action.
	Screen string
	// Name describes the item: "account", "account: 1 Balance", "balance answers
	// locked, asked by balance_pin".
	Name string
	// Lang is the language of a page, or of a screen in the group Languages. It is
	// "" for all others.
	Lang string
	// Pos is the item's line in the menu.
	Pos engine.Pos
	// Calls counts the calls that showed it. First is the first of them.
	Calls int
	First *dialscript.Call
	// Langs has the codes of the languages in which it was shown.
	Langs map[string]bool
	// Path is the shortest path to an item that is not covered. FindPaths sets it.
	Path *Path
	// Why says why no call can show the item, and what to do. It is "" if a call can,
	// or if nobody has searched.
	Why string
	// Unsearched says that the search stopped at its limit before it found a path.
	Unsearched bool

	key itemKey
	// found is the end of the path in the search.
	found *node
	// last is the call that was counted last. It makes a call count once.
	last *dialscript.Result
}

// Covered reports whether a call showed the item.
func (it *Item) Covered() bool { return it.Calls > 0 }

// Excluded reports whether the item does not count because no call can show it.
func (it *Item) Excluded() bool { return it.Calls == 0 && it.Why != "" }

// A Path is what a caller does to see an item.
type Path struct {
	// Keys lists what is typed. The dialled code is first.
	Keys []string
	// Given lists the stage directions before the call.
	Given []string
	// Moves lists the transitions that the call takes.
	Moves []engine.Move
}

// A Menu holds the coverage of one menu.
type Menu struct {
	Program *engine.Program
	// Items are sorted by group, then in the menu's order.
	Items []*Item
	// Calls counts the calls that dialled this menu.
	Calls int

	byKey map[itemKey]*Item
	// taken has the transitions of the machine that some call took.
	taken map[row]bool
}

// A Share counts how many of some items are covered. Excluded items are left out.
type Share struct{ Covered, Of int }

// Percent rounds down, so 100 means everything. If there are no items it returns
// 100.
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

// Total returns the share of all items of a menu.
func (m *Menu) Total() Share {
	var s Share
	for _, it := range m.Items {
		if !it.Excluded() {
			s.add(it.Covered())
		}
	}
	return s
}

// Share returns the share of a group in one language, or in any if lang is "".
func (m *Menu) Share(g Group, lang string) Share {
	var s Share
	for _, it := range m.Items {
		if it.Group != g || it.Excluded() || lang != "" && it.Lang != "" && it.Lang != lang {
			continue
		}
		s.add(it.Covered() && (lang == "" || it.Lang == lang || it.Langs[lang]))
	}
	return s
}

// Missing returns the items that count and that no call showed.
func (m *Menu) Missing() []*Item {
	return m.filter(func(it *Item) bool { return !it.Covered() && !it.Excluded() })
}

// Unreachable returns the items that no call can show.
func (m *Menu) Unreachable() []*Item { return m.filter((*Item).Excluded) }

func (m *Menu) filter(want func(*Item) bool) []*Item {
	var list []*Item
	for _, it := range m.Items {
		if want(it) {
			list = append(list, it)
		}
	}
	return list
}

// Total returns the share of all items of several menus.
func Total(menus []*Menu) Share {
	var s Share
	for _, m := range menus {
		t := m.Total()
		s.Covered += t.Covered
		s.Of += t.Of
	}
	return s
}
