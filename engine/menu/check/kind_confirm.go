package check

import (
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

var _ = kinds.Add(engine.ScreenConfirm, &kind{
	edges: func(fl *flow, s *syntax.Screen, st *step) {
		fl.arrow(st, edgeAnswer, "Yes", s.Confirm.Yes)
		fl.arrow(st, edgeAnswer, "No", s.Confirm.No)
	},
	uses: func(w *useWalk, s *syntax.Screen) {
		name := syntax.Quote(s.Name.Value)
		w.text(s.Confirm.YesLabel, "the Yes of "+name, nil)
		w.text(s.Confirm.NoLabel, "the No of "+name, nil)
	},
	rows: (*ruler).yesNo,
	labels: func(c *checker, s *syntax.Screen) []label {
		n := &c.f.Nav
		yes, no := yesNoKeys(s)
		return []label{{key: keyOr(n.Confirm, engine.DefaultYesKey), text: yes}, {key: keyOr(n.Cancel, engine.DefaultNoKey), text: no}}
	},
	errors: oneError,
})

// yesNoKeys returns the keys of the words for Yes and No on a screen.
func yesNoKeys(s *syntax.Screen) (yes, no string) {
	yes, no = "nav.confirm", "nav.cancel"
	if s.Confirm.YesLabel.Written() {
		yes = syntax.ScreenKey(s, "confirm")
	}
	if s.Confirm.NoLabel.Written() {
		no = syntax.ScreenKey(s, "cancel")
	}
	return yes, no
}

func (r *ruler) yesNo(s *syntax.Screen, lang int) []piece {
	n := &r.c.f.Nav
	yes, no := yesNoKeys(s)
	return []piece{
		r.row(keyOr(n.Confirm, engine.DefaultYesKey), yes, lang),
		r.row(keyOr(n.Cancel, engine.DefaultNoKey), no, lang),
	}
}
