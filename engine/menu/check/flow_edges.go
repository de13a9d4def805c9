package check

import (
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// to adds an edge to a screen by its name.
func (fl *flow) to(from *step, kind edgeKind, label string, target syntax.Text) *edge {
	e := &edge{from: from, kind: kind, label: label, target: target}
	if s := fl.c.screens[target.Value]; s != nil {
		e.to = fl.at(from, kind, s)
	}
	fl.link(e)
	return e
}

func (fl *flow) link(e *edge) {
	fl.edges = append(fl.edges, e)
	e.from.out = append(e.from.out, e)
	if e.to != nil {
		e.to.in = append(e.to.in, e)
	}
}

// arrow adds an edge to a target, through its action if it has one. It returns nil if
// there is no target.
func (fl *flow) arrow(from *step, kind edgeKind, label string, t syntax.Target) *edge {
	if t.Call == nil {
		if !t.Screen.Written() {
			return nil
		}
		return fl.to(from, kind, label, t.Screen)
	}
	hidden := fl.step(from.screen, t.Call)
	hidden.first = from.starting(kind)
	if from.first && !hidden.first {
		hidden.origin = from
	}
	e := &edge{from: from, to: hidden, kind: kind, label: label}
	fl.link(e)
	fl.outcomes(hidden)
	return e
}

// fault adds the edge of a fault that a menu need not handle: to the menu's screen
// for it, or to the end of the call.
func (fl *flow) fault(from *step, kind edgeKind, outcome, label string, screen syntax.Text) {
	for _, w := range from.screen.When {
		if outcome != "" && w.Outcome.Value == outcome {
			fl.when(from, w, kind, nil)
			return
		}
	}
	if screen.Written() {
		fl.to(from, kind, label, screen).outcome = outcome
		return
	}
	fl.link(&edge{from: from, to: fl.over, kind: kind, label: label, outcome: outcome})
}

// unread adds the edge for a caller whose data cannot be read. The call ends where
// on_failed itself needs that data.
func (fl *flow) unread(st *step) {
	to := fl.c.f.OnFailed
	if st.call == nil && to.Value == st.screen.Name.Value {
		to = syntax.Text{}
	}
	fl.fault(st, edgeFacts, "", "the caller's data cannot be read", to)
}

// outcomes adds the edges of an action. Outcomes that the screen does not
// handle lead nowhere: U111.
func (fl *flow) outcomes(st *step) {
	f := fl.c.f
	contract := fl.c.contracts[st.call.Action.Value]
	for _, w := range st.screen.When {
		switch name := w.Outcome.Value; {
		case fault(name):
		case contract == nil:
			fl.when(st, w, edgeOutcome, nil)
		default:
			if o, ok := contract.Outcome(name); ok {
				fl.when(st, w, edgeOutcome, &o)
			}
		}
	}
	fl.fault(st, edgeFault, engine.Failed, st.call.Action.Value+" fails", f.OnFailed)
	if contract == nil || !contract.Reads {
		fl.fault(st, edgeFault, engine.Pending, st.call.Action.Value+" is pending", f.OnPending)
	}
	fl.fault(st, edgeFault, outcomeLimited, st.call.Action.Value+" is refused", syntax.Text{})
}

// when adds the edge of one outcome. o is nil where it is unknown what the outcome
// gives.
func (fl *flow) when(st *step, w syntax.When, kind edgeKind, o *engine.OutcomeContract) {
	label := st.call.Action.Value + " answers " + w.Outcome.Value
	var e *edge
	switch {
	case w.Retry != nil && fl.of[st.screen].shown:
		to := st.origin
		if to == nil {
			to = fl.at(st, edgeRetry, st.screen)
		}
		e = &edge{from: st, to: to, kind: edgeRetry, label: label}
		fl.link(e)
	case w.Retry == nil && w.To.Screen.Written():
		e = fl.to(st, kind, label, w.To.Screen)
	default:
		return
	}
	e.outcome = w.Outcome.Value
	if o == nil {
		e.anything = kind == edgeOutcome
		return
	}
	for _, g := range o.Gives {
		e.sets = append(e.sets, g.Name)
		if g.Type.Optional {
			e.leaves = append(e.leaves, g.Name)
		}
	}
}
