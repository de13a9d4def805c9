package check

import (
	"fmt"
	"strconv"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// plainRows is how many rows of a list surely have their own number as key. Numbers
// behind them pass over the keys of the screen, as 98 for More.
const plainRows = 90

var _ = kinds.Add(engine.ScreenList, &kind{
	edges: func(fl *flow, s *syntax.Screen, st *step) {
		if e := fl.arrow(st, edgeAnswer, "a row", s.List.To); e != nil && s.List.As.Written() {
			e.sets = append(e.sets, s.List.As.Value)
		}
		if s.List.Empty.Written() {
			fl.to(st, edgeOnward, "an empty list", s.List.Empty)
		}
	},
	uses: func(w *useWalk, s *syntax.Screen) {
		name := syntax.Quote(s.Name.Value)
		w.value(taken, s.List.Items, "the list of "+name, nil)
		row := *w
		row.base.also, row.uses = []string{s.List.As.Value}, nil
		row.text(s.List.Each, "a row of "+name, nil)
		w.uses = append(w.uses, row.uses...)
	},
	gives: func(s *syntax.Screen) []string { return []string{s.List.As.Value} },
	types: func(c *checker, s *syntax.Screen) {
		if t, ok := typeIn(c.values, s.List.Items); ok && t.Kind != engine.KindList {
			c.find(s.List.Items.Text, fmt.Sprintf("A list shows the rows of a list, but %s is %s.", syntax.Quote(s.List.Items.Text.Value), typeName(t)), "")
		}
	},
	numbered: func(*checker, *syntax.Screen) int { return plainRows },
	pages:    always,
	errors:   oneError,
})

// listRow returns a list's longest row: with two digits before it.
func (r *ruler) listRow(s *syntax.Screen, lang int) piece {
	return r.row(strconv.Itoa(engine.MaxRows), syntax.ScreenKey(s, "each"), lang)
}

// listKeys checks U402 on a list: the fixed keys of options behind its rows must not be
// numbers of rows.
func (c *checker) listKeys(s *syntax.Screen) {
	if s.List == nil || s.Numbered {
		return
	}
	for _, o := range s.Menu {
		if n, err := strconv.Atoi(o.Key.Value); err == nil && n >= 1 && n <= plainRows && strconv.Itoa(n) == o.Key.Value {
			c.find(o.Key, fmt.Sprintf("The key %s already chooses row %d of the list.", syntax.Quote(o.Key.Value), n), `Write the menu as a list ("- Label -> screen"): its numbers go on behind the rows.`)
		}
	}
}
