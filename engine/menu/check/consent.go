package check

import (
	"slices"

	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// consentPlace pairs a step with the confirm whose Yes still holds there, nil if
// there is none.
type consentPlace struct {
	st  *step
	yes *syntax.Screen
}

// consents follows every call from its start and notes, at each step, which
// confirm the caller has said Yes to. A Yes is over when a menu, a list or a
// text is shown, and when money has moved.
type consents struct {
	came map[consentPlace]consentWay
}

type consentWay struct {
	from consentPlace
	by   *edge
}

// consents follows the calls of a flow.
func (fl *flow) consents() *consents {
	first := consentPlace{st: fl.begin}
	cs := &consents{came: map[consentPlace]consentWay{first: {}}}
	todo := []consentPlace{first}
	for len(todo) > 0 {
		p := todo[0]
		todo = todo[1:]
		for _, e := range p.st.out {
			if e.to == nil || !fl.open(e) {
				continue
			}
			next := consentPlace{e.to, fl.consentAfter(p, e)}
			if _, been := cs.came[next]; !been {
				cs.came[next] = consentWay{p, e}
				todo = append(todo, next)
			}
		}
	}
	return cs
}

// consentAfter returns the Yes that holds behind an edge.
func (fl *flow) consentAfter(p consentPlace, e *edge) *syntax.Screen {
	from, yes := p.st.screen, p.yes
	switch {
	case from != nil && from.Confirm != nil && e.kind == edgeAnswer && p.st.shown:
		yes = nil
		if e.label == "Yes" {
			yes = from
		}
	case e.kind == edgeHome || e.kind == edgeGiveUp:
		yes = nil
	case p.st.call != nil && fl.c.moves(p.st.call) && e.kind != edgeRetry:
		yes = nil
	}
	if to := e.to.screen; to != nil && e.to.shown && to.Ask == nil && to.Confirm == nil {
		yes = nil
	}
	return yes
}

// without returns a place among the given steps that no Yes covers, if there is one.
func (cs *consents) without(steps []*step) (consentPlace, bool) {
	for _, st := range steps {
		p := consentPlace{st: st}
		if _, ok := cs.came[p]; ok {
			return p, true
		}
	}
	return consentPlace{}, false
}

// path returns the edges that bring a call to a place.
func (cs *consents) path(p consentPlace) []*edge {
	var path []*edge
	for {
		way := cs.came[p]
		if way.by == nil {
			slices.Reverse(path)
			return path
		}
		path = append(path, way.by)
		p = way.from
	}
}
