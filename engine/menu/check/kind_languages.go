package check

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

var _ = kinds.Add(engine.ScreenLanguages, &kind{
	edges: func(fl *flow, s *syntax.Screen, st *step) {
		fl.arrow(st, edgeAnswer, "a language", s.Languages)
	},
	names: func(c *checker, s *syntax.Screen) {
		var codes []string
		for _, l := range c.msgs.Langs {
			codes = append(codes, l.Code.Value)
		}
		for _, only := range s.LanguagesOnly {
			if !within([]string{only.Value}, codes) {
				c.find(only, fmt.Sprintf("The menu has no language %s.", syntax.Quote(only.Value)), "It has "+strings.Join(codes, ", ")+".")
			}
		}
	},
	numbered: func(c *checker, _ *syntax.Screen) int { return len(c.msgs.Langs) },
	pages:    always,
	labels: func(c *checker, s *syntax.Screen) []label {
		var list []label
		for _, l := range c.msgs.Langs {
			if len(s.LanguagesOnly) == 0 || slices.ContainsFunc(s.LanguagesOnly, func(only syntax.Text) bool { return only.Value == l.Code.Value }) {
				list = append(list, label{key: strconv.Itoa(len(list) + 1), own: l.Name})
			}
		}
		return list
	},
	rows: func(r *ruler, _ *syntax.Screen, _ int) []piece {
		var rows []piece
		for i, l := range r.c.msgs.Langs {
			rows = append(rows, piece{ext: composed.Row(strconv.Itoa(i+1), literal(l.Name.Value))})
		}
		return rows
	},
	errors: oneError,
})
