package check

import (
	"fmt"
	"strconv"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

var _ = kinds.Add(engine.ScreenMenu, &kind{
	edges: func(fl *flow, s *syntax.Screen, st *step) {
		for _, o := range s.Menu {
			label := fmt.Sprintf("option %s", s.OptionName(o))
			if e := fl.arrow(st, edgeAnswer, label, o.To); e != nil {
				fl.assuming(e, holding(o.If))
				e.sets, e.assigns = append(e.sets, names(o.Set)...), o.Set
			}
		}
	},
	uses: (*useWalk).menu,
	conds: func(s *syntax.Screen) []*syntax.Cond {
		var conds []*syntax.Cond
		for _, o := range s.Menu {
			conds = append(conds, o.If)
		}
		return conds
	},
	keys: func(s *syntax.Screen) []syntax.Text {
		var keys []syntax.Text
		for _, o := range s.Menu {
			keys = append(keys, o.Key)
		}
		return keys
	},
	numbered: func(_ *checker, s *syntax.Screen) int {
		if s.Numbered {
			return len(s.Menu)
		}
		return 0
	},
	pages: always,
	labels: func(_ *checker, s *syntax.Screen) []label {
		var list []label
		for i, o := range s.Menu {
			list = append(list, label{key: o.Key.Value, text: syntax.OptionKey(s, i), cond: o.If})
		}
		return list
	},
	rows: func(r *ruler, s *syntax.Screen, lang int) []piece {
		var rows []piece
		for i, o := range s.Menu {
			rows = append(rows, r.option(s, i, o, lang))
		}
		return rows
	},
	errors: oneError,
})

func (w *useWalk) menu(s *syntax.Screen) {
	for _, o := range s.Menu {
		w.cond(o.If, "the condition of an option of "+syntax.Quote(s.Name.Value), nil)
		in := fmt.Sprintf("option %s of %s", s.OptionName(o), syntax.Quote(s.Name.Value))
		w.text(o.Say, in, holding(o.If))
		w.text(o.Note, in, holding(o.If))
		w.assigns(o.Set, holding(o.If))
	}
}

// option returns a menu's row; numbers go on behind a list's rows.
func (r *ruler) option(s *syntax.Screen, i int, o *syntax.Option, lang int) piece {
	key := o.Key.Value
	if s.Numbered || key == "" {
		n := i + 1
		if s.List != nil {
			n += engine.MaxRows
		}
		key = strconv.Itoa(n)
	}
	label := r.text(syntax.OptionKey(s, i), lang)
	if o.Note.Written() {
		label = composed.Noted(label, r.text(syntax.NoteKey(s, i), lang))
	}
	return piece{syntax.OptionKey(s, i), composed.Row(key, label)}
}
