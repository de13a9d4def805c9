package check

import (
	"fmt"
	"slices"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// outcomeOwn is the outcome by which actions confirm that a number is the caller's
// own.
const outcomeOwn = "own"

// privateShown checks U505: no data about a typed number is shown unless the number is
// proved to be the caller's own.
func (c *checker) privateShown() {
	known := c.flow.taints()
	said := map[string]bool{} // one diagnostic a text, however many values it shows
	for _, u := range c.uses {
		t, ok := typeIn(c.values, syntax.Value{Name: u.name, Field: u.field})
		whole := t.Kind == engine.KindRecord || t.Kind == engine.KindList // U203
		if !ok || whole || said[u.in] || u.purpose != shown && u.purpose != sent || feeWords.MatchString(u.name+" "+u.field) {
			continue
		}
		for _, st := range c.flow.stepsOf(u) {
			if from := known[st].about[c.aboutName(u)]; from != nil && !c.sentToTyped(u, known[st]) {
				said[u.in] = true
				c.find(u.at, fmt.Sprintf("%s shows %s to anyone who types %s: %s has looked it up, and nothing proves that the number is the caller's.", syntax.Upper(u.in), syntax.Quote(u.at.Value), syntax.Quote(from.phone), syntax.Quote(from.call.Action.Value)),
					`Look up "caller", the number that the network confirms, or write above this line why everyone may see it: "# allow U505: reason".`,
					diag.At(from.call.Pos, fmt.Sprintf("%s is looked up here.", syntax.Quote(from.phone))))
				break
			}
		}
	}
}

// aboutName returns the value whose origin counts: the list, where a row is shown.
func (c *checker) aboutName(u use) string {
	if u.screen != nil && u.screen.List != nil && slices.Contains(u.also, u.name) {
		return u.screen.List.Items.Name
	}
	return u.name
}

// sentToTyped reports whether a message goes to the number that it is about.
func (c *checker) sentToTyped(u use, k taint) bool {
	return u.purpose == sent && u.call == nil && u.screen.SMS != nil && k.typed[u.screen.SMS.To.Name]
}

// taint holds, for one step of a call, the numbers that were only typed and the
// values that an action has looked up for them. Its maps are never changed.
type taint struct {
	typed map[string]bool
	about map[string]*lookup
}

// A lookup names the action that has looked up a typed number.
type lookup struct {
	call  *syntax.Call
	phone string
}

// taints follows typed numbers and looked-up values from the start of a call to
// every step, until nothing changes.
func (fl *flow) taints() map[*step]taint {
	known := map[*step]taint{fl.begin: {}}
	todo := []*step{fl.begin}
	for len(todo) > 0 {
		st := todo[0]
		todo = todo[1:]
		for _, e := range st.out {
			if e.to == nil || !fl.open(e) {
				continue
			}
			old, been := known[e.to]
			joined, news := old.join(fl.learn(e, known[st]))
			if news || !been {
				known[e.to] = joined
				todo = append(todo, e.to)
			}
		}
	}
	return known
}

// join merges the taint of two paths, and reports whether the second adds to the
// first.
func (k taint) join(other taint) (taint, bool) {
	typed, about, news := k.typed, k.about, false
	for name := range other.typed {
		if !k.typed[name] {
			typed, news = withKey(typed, name, true), true
		}
	}
	for name, from := range other.about {
		if k.about[name] == nil {
			about, news = withKey(about, name, from), true
		}
	}
	return taint{typed, about}, news
}

// learn returns the taint behind an edge.
func (fl *flow) learn(e *edge, k taint) taint {
	asks := e.from.shown && e.from.screen.Ask != nil && e.from.call == nil
	if !asks {
		k = k.assume(fl.c, e.assume)
	}
	next := k
	for _, name := range e.sets {
		next = taint{withoutKey(next.typed, name), withoutKey(next.about, name)}
	}
	switch {
	case e.from.call != nil:
		return fl.answered(e, k, next)
	case asks && e.kind == edgeAnswer:
		name := e.from.screen.Ask.Var.Value
		if v := fl.c.values[name]; v != nil && v.typ.Kind == engine.KindPhone && slices.Contains(e.sets, name) {
			next.typed = withKey(next.typed, name, true)
		}
		return next.assume(fl.c, e.assume)
	case e.from.screen != nil:
		return fl.copied(e, k, next)
	}
	return next
}

// answered adds the values that an action looks up for a number that was only typed.
func (fl *flow) answered(e *edge, k, next taint) taint {
	call := e.from.call
	contract := fl.c.contracts[call.Action.Value]
	if contract == nil || contract.Money {
		return next // a payment's receipt is about the payment
	}
	o, ok := contract.Outcome(e.outcome)
	if !ok {
		return next
	}
	for _, arg := range call.Args {
		from := k.about[arg.Name]
		for _, name := range parts(arg) {
			if from == nil {
				from = k.about[name]
			}
		}
		if k.typed[arg.Name] {
			from = &lookup{call, arg.Name}
		}
		switch {
		case from == nil:
		case o.Whose == engine.WhoseOwn || o.Name == outcomeOwn:
			next.typed = withoutKey(next.typed, arg.Name)
		case o.Whose == engine.WhoseOthers || contract.Reads:
			for _, g := range o.Gives {
				next.about = withKey(next.about, g.Name, from)
			}
		}
	}
	return next
}

// copied passes taint on to the values that "set", an offer or a list's row copy.
func (fl *flow) copied(e *edge, k, next taint) taint {
	s := e.from.screen
	take := func(name, from string) {
		if k.typed[from] {
			next.typed = withKey(next.typed, name, true)
		}
		if at := k.about[from]; at != nil {
			next.about = withKey(next.about, name, at)
		}
	}
	assign := func(list []syntax.Assign) {
		for _, a := range list {
			if v := fl.c.values[a.Name.Value]; a.Value.Dialled && v != nil && v.typ.Kind == engine.KindPhone {
				next.typed = withKey(next.typed, a.Name.Value, true)
			} else if slices.Contains(e.sets, a.Name.Value) {
				for _, name := range parts(a.Value) {
					take(a.Name.Value, name)
				}
			}
		}
	}
	switch {
	case s.List != nil && slices.Contains(e.sets, s.List.As.Value):
		take(s.List.As.Value, s.List.Items.Name)
	case s.Ask != nil && e.kind == edgeOffer && len(e.sets) > 0:
		for _, o := range s.Ask.Offers {
			for _, name := range parts(o.Value) {
				take(s.Ask.Var.Value, name)
			}
		}
	case e.kind == edgeOnward:
		assign(s.Set)
	case e.kind == edgeAnswer:
		for _, o := range s.Menu {
			assign(o.Set)
		}
	}
	return next
}

// assume removes the numbers that a condition proves to be the caller's own.
func (k taint) assume(c *index, list []assumption) taint {
	for _, a := range list {
		for _, name := range c.ownNumbers(a.cond, a.holds) {
			k.typed = withoutKey(k.typed, name)
		}
	}
	return k
}

// ownNumbers returns the names that a condition's outcome shows to be the caller's
// number.
func (c *index) ownNumbers(k *syntax.Cond, holds bool) []string {
	if k == nil {
		return nil
	}
	switch k.Op {
	case "not":
		return c.ownNumbers(k.A, !holds)
	case "and", "or":
		if (k.Op == "and") == holds {
			return append(c.ownNumbers(k.A, holds), c.ownNumbers(k.B, holds)...)
		}
	case "=", "!=":
		own := func(v syntax.Value) bool { return v.Name == "caller" || v.Name == "worker" && v.Field == "phone" }
		switch {
		case (k.Op == "=") != holds:
		case own(k.Right):
			return []string{k.Left.Name}
		case own(k.Left):
			return []string{k.Right.Name}
		}
	}
	return nil
}

func withKey[V any](m map[string]V, key string, v V) map[string]V {
	out := make(map[string]V, len(m)+1)
	for k, old := range m {
		out[k] = old
	}
	out[key] = v
	return out
}

func withoutKey[V any](m map[string]V, key string) map[string]V {
	if _, in := m[key]; !in {
		return m
	}
	out := make(map[string]V, len(m))
	for k, v := range m {
		if k != key {
			out[k] = v
		}
	}
	return out
}
