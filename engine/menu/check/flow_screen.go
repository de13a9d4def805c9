package check

import (
	"fmt"

	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// screen adds the edges that leave a screen.
func (fl *flow) screen(s *syntax.Screen, st *step) {
	if s.Skip != nil {
		fl.assuming(fl.arrow(st, edgeSkip, "skip", s.Skip.To), holding(s.Skip.If))
	}
	for _, o := range s.Menu {
		label := fmt.Sprintf("option %s", s.OptionName(o))
		if e := fl.arrow(st, edgeAnswer, label, o.To); e != nil {
			fl.assuming(e, holding(o.If))
			e.sets = append(e.sets, names(o.Set)...)
		}
	}
	switch {
	case s.Ask != nil:
		fl.ask(s, st)
	case s.Confirm != nil:
		fl.arrow(st, edgeAnswer, "Yes", s.Confirm.Yes)
		fl.arrow(st, edgeAnswer, "No", s.Confirm.No)
	case s.List != nil:
		if e := fl.arrow(st, edgeAnswer, "a row", s.List.To); e != nil && s.List.As.Written() {
			e.sets = append(e.sets, s.List.As.Value)
		}
		if s.List.Empty.Written() {
			fl.to(st, edgeOnward, "an empty list", s.List.Empty)
		}
	case s.Languages.Written():
		fl.arrow(st, edgeAnswer, "a language", s.Languages)
	case s.Do != nil:
		fl.outcomes(st)
	case s.Choose != nil:
		fl.choose(s, st)
	case s.Go.Written():
		if e := fl.arrow(st, edgeOnward, `"go"`, s.Go); e != nil {
			e.sets = append(e.sets, names(s.Set)...)
		}
	}
	if st.shown && !st.first && s.End == nil && !s.NavOff && fl.c.f.Nav.HomeTo.Screen.Written() {
		fl.to(st, edgeHome, "Home", fl.c.f.Nav.HomeTo.Screen)
	}
}

func (fl *flow) assuming(e *edge, list []assumption) {
	if e != nil {
		e.assume = append(e.assume, list...)
	}
}

func names(set []syntax.Assign) []string {
	var list []string
	for _, a := range set {
		list = append(list, a.Name.Value)
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
	if a.GiveUp.Written() {
		fl.to(st, edgeGiveUp, "too many wrong answers", a.GiveUp)
	} else {
		fl.link(&edge{from: st, to: fl.over, kind: edgeGiveUp, label: "too many wrong answers"})
	}
}

// choose adds one edge a case: what holds on it is its own condition and that
// none before it did.
func (fl *flow) choose(s *syntax.Screen, st *step) {
	var before []assumption
	for i, k := range s.Choose {
		label := fmt.Sprintf("case %d", i+1)
		if k.If == nil {
			label = "else"
		}
		if e := fl.arrow(st, edgeOnward, label, k.To); e != nil {
			fl.assuming(e, with(before, holding(k.If)...))
		}
		before = passedOver(before, k.If)
	}
}
