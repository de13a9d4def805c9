package check

import "github.com/paytrace/paytrace/engine/menu/syntax"

// A kind holds what the checker must know of one screen kind. Functions may be nil
// if a kind has nothing to say.
type kind struct {
	// edges adds the edges that only such a screen has.
	edges func(fl *flow, s *syntax.Screen, st *step)
	// uses adds the places that use values, conds returns the conditions.
	uses  func(w *useWalk, s *syntax.Screen)
	conds func(*syntax.Screen) []*syntax.Cond
	// gives returns the names of the values that the caller's answer or choice sets.
	gives func(*syntax.Screen) []string
	// names and types check what only such a screen names.
	names, types func(*checker, *syntax.Screen)

	// keys returns the keys that the menu writes for what can be chosen. numbered
	// returns how many rows are numbered from 1 on.
	keys     func(*syntax.Screen) []syntax.Text
	numbered func(*checker, *syntax.Screen) int
	// labels returns the words of what can be chosen, without the rows of a list.
	labels func(*checker, *syntax.Screen) []label
	// pages reports whether the screen may be divided into pages; nil means never.
	pages func(*checker, *syntax.Screen) bool
	// rows returns the lines that can be chosen, without the rows of a list.
	rows func(r *ruler, s *syntax.Screen, lang int) []piece
	// errors returns the texts that follow a wrong answer; nil means that no answer is
	// wrong.
	errors func(*ruler, *syntax.Screen) []wrong
}

// kinds is the table of the kinds as they are checked.
var kinds = syntax.NewKinds[*kind]()

// always is the pages of kinds that may always be divided.
func always(*checker, *syntax.Screen) bool { return true }

// oneError is the errors of kinds with one text for every wrong choice.
func oneError(r *ruler, s *syntax.Screen) []wrong { return []wrong{{notice: r.wrongKey(s)}} }
