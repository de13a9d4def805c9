package check

import (
	"fmt"
	"strconv"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

var _ = kinds.Add(engine.ScreenAsk, &kind{
	edges: (*flow).ask,
	uses:  (*useWalk).ask,
	conds: func(s *syntax.Screen) []*syntax.Cond {
		var conds []*syntax.Cond
		for _, rule := range s.Ask.Accept {
			conds = append(conds, rule.If)
		}
		return conds
	},
	gives: func(s *syntax.Screen) []string { return []string{s.Ask.Var.Value} },
	names: func(c *checker, s *syntax.Screen) {
		if s.Ask.Var.Written() && (c.values[s.Ask.Var.Value] == nil || c.values[s.Ask.Var.Value].v == nil) {
			c.find(s.Ask.Var, fmt.Sprintf("%s asks for %s, but there is no such variable.", syntax.Quote(s.Name.Value), syntax.Quote(s.Ask.Var.Value)), declareHelp(s.Ask.Var.Value)).Suggest(c.nearVariable(s.Ask.Var.Value))
		}
	},
	types: func(c *checker, s *syntax.Screen) { c.offerTypes(s.Ask) },
	keys: func(s *syntax.Screen) []syntax.Text {
		var keys []syntax.Text
		for _, o := range s.Ask.Offers {
			keys = append(keys, o.Key)
		}
		return keys
	},
	numbered: func(c *checker, s *syntax.Screen) int {
		if v := c.asked(s); v != nil {
			return len(v.Options)
		}
		return 0
	},
	labels: func(c *checker, s *syntax.Screen) []label {
		var list []label
		if v := c.asked(s); v != nil {
			for i, o := range v.Options {
				list = append(list, label{key: strconv.Itoa(i + 1), text: v.OptionKey(o.Name.Value)})
			}
		}
		for _, o := range s.Ask.Offers {
			if o.Label.Written() {
				list = append(list, label{key: o.Key.Value, text: syntax.OfferKey(s, o)})
			}
		}
		return list
	},
	pages: func(c *checker, s *syntax.Screen) bool {
		v := c.values[s.Ask.Var.Value]
		return v != nil && v.typ.Kind == engine.KindChoice
	},
	rows: func(r *ruler, s *syntax.Screen, lang int) []piece {
		var rows []piece
		if v := r.c.asked(s); v != nil {
			for i, o := range v.Options {
				rows = append(rows, r.row(strconv.Itoa(i+1), v.OptionKey(o.Name.Value), lang))
			}
		}
		for _, o := range s.Ask.Offers {
			rows = append(rows, r.offer(s, o, lang))
		}
		return rows
	},
	errors: (*ruler).wrongAnswers,
})

// asked returns the variable that a screen asks for, or nil.
func (c *checker) asked(s *syntax.Screen) *syntax.Var {
	if v := c.values[s.Ask.Var.Value]; v != nil {
		return v.v
	}
	return nil
}

// wrongAnswers returns the texts after each kind of wrong answer to a question.
func (r *ruler) wrongAnswers(s *syntax.Screen) []wrong {
	usual := r.wrongKey(s)
	if v := r.c.asked(s); s.Error == nil && v != nil && v.Error.Written() {
		usual = syntax.VarErrorKey(v.Name.Value)
	}
	// A text for one kind of wrong answer is the whole text.
	unless := func(kind, notice string) wrong {
		if s.AgainFor.Text(kind).Written() {
			return wrong{again: syntax.AgainKey(s, kind)}
		}
		return wrong{notice: notice}
	}
	list := []wrong{unless("format", usual), unless("range", usual)}
	if s.Ask.Repeat.Written() {
		list = append(list, unless("mismatch", "nav.mismatch"))
	}
	for i, rule := range s.Ask.Accept {
		w := wrong{}
		if rule.Error.Written() {
			w.notice = syntax.AcceptKey(s, i)
		}
		if rule.Again.Written() {
			w.again = syntax.AcceptAgainKey(s, i)
		}
		list = append(list, w)
	}
	return list
}

func (fl *flow) ask(s *syntax.Screen, st *step) {
	a := s.Ask
	answer := fl.arrow(st, edgeAnswer, "an answer", a.To)
	if answer != nil {
		answer.sets = append(answer.sets, a.Var.Value)
		for _, rule := range a.Accept {
			fl.assuming(answer, holding(rule.If))
		}
	}
	for _, o := range a.Offers {
		label := fmt.Sprintf("offer %s", o.Key.Value)
		switch {
		case o.To.Written():
			fl.arrow(st, edgeOffer, label, o.To)
		case answer != nil && answer.to != nil:
			// An offered value is an answer, and goes its way.
			fl.link(&edge{from: st, to: answer.to, kind: edgeOffer, label: label, sets: answer.sets, assume: answer.assume})
		}
	}
	if a.Retries.N == engine.Unlimited {
		return
	}
	if a.GiveUp.Written() {
		fl.to(st, edgeGiveUp, "too many wrong answers", a.GiveUp)
	} else {
		fl.link(&edge{from: st, to: fl.over, kind: edgeGiveUp, label: "too many wrong answers"})
	}
}

func (w *useWalk) ask(s *syntax.Screen) {
	a := s.Ask
	name := syntax.Quote(s.Name.Value)
	answered := *w
	answered.base.also, answered.uses = []string{a.Var.Value}, nil
	for _, rule := range a.Accept {
		answered.cond(rule.If, `an "accept" of `+name, nil)
		// The answer that failed is forgotten before the error is shown.
		w.text(rule.Error, `an "accept" of `+name, nil)
		w.text(rule.Again, `an "accept" of `+name, nil)
	}
	w.uses = append(w.uses, answered.uses...)
	for _, o := range a.Offers {
		if o.Value.Sum != nil {
			w.sum(offered, o.Value.Sum, o.Value.Text, "an offer of "+name, nil, a.Var.Value, nil)
		} else {
			w.value(offered, o.Value, "an offer of "+name, nil)
		}
		w.text(o.Label, "an offer of "+name, nil)
	}
	w.text(a.Repeat, "the second question of "+name, nil)
	if v := w.c.values[a.Var.Value]; v != nil && v.v != nil {
		w.text(v.v.Error, "the error of "+syntax.Quote(a.Var.Value)+", shown on "+name+",", nil)
	}
}

func (c *checker) offerTypes(a *syntax.Ask) {
	into := c.values[a.Var.Value]
	if into == nil {
		return
	}
	for _, o := range a.Offers {
		if o.Value.Quoted || o.Value.Number {
			c.find(o.Value.Text, "An offer shows a value that the call has, not a constant.", `Write it like "1: caller", or with an arrow: "9: Skip -> next".`)
			continue
		}
		t, ok := typeIn(c.values, o.Value)
		switch {
		case !ok:
		case optionsAsText(into.typ, t):
			c.optionsFit(into, o.Value, t)
		case !sameType(t, into.typ):
			c.find(o.Value.Text, fmt.Sprintf("%s is %s, but %s asks for %s.", syntax.Quote(o.Value.Text.Value), typeName(t), syntax.Quote(a.Var.Value), typeName(into.typ)), "")
		}
	}
}

func (r *ruler) offer(s *syntax.Screen, o *syntax.Offer, lang int) piece {
	if o.Value.Name == "" || o.Label.Written() {
		return r.row(o.Key.Value, syntax.OfferKey(s, o), lang)
	}
	return piece{ext: composed.Row(o.Key.Value, r.value(o.Value.Name, o.Value.Field, lang))}
}
