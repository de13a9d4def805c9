package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// unsetUse describes a use that a call may reach before its value is set.
type unsetUse struct {
	use
	// key is what is not set: the value, or a field that a row may lack.
	key  string
	st   *step
	path []*edge
}

// valuesSet checks U205: a value that is used is set on every path to the use. It
// follows no path past the first diagnostic of a value, because one fix there also
// fixes the uses behind it.
//
// Nothing is missed: must holds what is set on every path, the greatest solution
// over all edges. Each condition counts as both true and false unless it names the
// value. Back restores the values which that screen had before, and a resumed call
// those of a screen that was shown.
func (c *checker) valuesSet() {
	found := c.unsetUses()
	slices.SortStableFunc(found, func(a, b unsetUse) int { return len(a.path) - len(b.path) })
	said := map[string]map[*step]bool{}
	for _, u := range found {
		if said[u.key] == nil {
			said[u.key] = map[*step]bool{}
		}
		if said[u.key][u.st] {
			continue
		}
		if path := c.pathWithout(u, said[u.key]); path != nil {
			for _, st := range c.flow.stepsOf(u.use) {
				said[u.key][st] = true
			}
			c.notSet(u, path)
		}
	}
}

func (c *checker) unsetUses() []unsetUse {
	var found []unsetUse
	for _, u := range c.uses {
		if !c.needsValue(u) {
			continue
		}
		if u.screen == nil && !c.flow.alwaysSet().has(c.flow.names[u.name]) {
			c.find(u.at, fmt.Sprintf("%s shows %s, which is not set on every screen.", syntax.Upper(u.in), syntax.Quote(u.at.Value)), "Such a text can show caller, lang, today, network and service.")
		}
		for _, st := range c.flow.stepsOf(u) {
			known := c.flow.known(u, st)
			for _, key := range c.flow.keysOf(u) {
				if !known.has(c.flow.names[key]) {
					one := unsetUse{use: u, key: key, st: st}
					one.path = c.flow.shortestWithout(one)
					found = append(found, one)
				}
			}
		}
		if len(found) > syntax.MaxDiagnostics {
			break // each costs a search, and this is enough for one round of fixes
		}
	}
	return found
}

// keysOf returns what must be set for a use: its value, and the field that a row may
// lack.
func (fl *flow) keysOf(u use) []string {
	keys := []string{u.name}
	if u.field == "" {
		return keys
	}
	if key := u.name + "." + u.field; slices.Contains(fl.c.optionalFields(u.name), key) {
		keys = append(keys, key)
	}
	return keys
}

// needsValue reports whether a use needs its value to be set and the value exists.
func (c *checker) needsValue(u use) bool {
	v := c.values[u.name]
	if v == nil || u.definition || u.purpose == tested || u.purpose == offered || u.purpose == lent || u.purpose == summed {
		return false
	}
	if _, ok := typeIn(c.values, syntax.Value{Name: u.name, Field: u.field}); !ok {
		return false // U206
	}
	return !v.secret || u.purpose != shown && u.purpose != sent // U501, U502
}

// stepsOf returns the reachable steps of a use, and none for a text of every screen.
func (fl *flow) stepsOf(u use) []*step {
	switch {
	case u.call != nil:
		return fl.reached(fl.calls[u.call]...)
	case u.screen != nil:
		return fl.copies(u.screen)
	}
	return nil
}

// known returns the values that are surely set at a use.
func (fl *flow) known(u use, st *step) bitset {
	b := slices.Clone(fl.must[st])
	if u.outcome != "" {
		b.remove(fl.secrets)
		if contract := fl.c.contracts[u.call.Action.Value]; contract != nil {
			o, _ := contract.Outcome(u.outcome)
			for _, g := range o.Gives {
				b.add(fl.setOf(g.Name))
				b.remove(fl.setOf(fl.c.optionalFields(g.Name)...))
				if g.Type.Optional {
					b.remove(fl.setOf(g.Name))
				}
			}
		}
	}
	for _, a := range u.assume {
		fl.assumed(b, a, true)
	}
	b.add(fl.setOf(u.also...))
	return b
}

var purposeWords = map[purpose]string{
	shown: "shown in", sent: "used in", passed: "needed for", asked: "asked about in", taken: "used in",
}

func (c *checker) notSet(u unsetUse, path []*edge) {
	help := fmt.Sprintf(`Ask for it on the way, or test "%s is set" first.`, u.name)
	switch {
	case u.in == droppedIn:
		help = `Take the screen out of "after", or the value out of the SMS.`
	case u.name == "worker":
		help = `Not every caller has an account: test "worker is set" first.`
	case u.key != u.name:
		help = fmt.Sprintf(`Not every %s has it: use it only where "%s is set".`, c.values[u.name].typ.Record, u.key)
	case c.leaver(u.name) != "":
		help = fmt.Sprintf(`%s may leave it out: use it only where "%s is set".`, syntax.Quote(c.leaver(u.name)), u.name)
	case c.dayless(u.name):
		help = fmt.Sprintf(`Its numbers may make no day, as 31/2: use it only where "%s is set".`, u.name)
	case c.values[u.name].secret:
		help = "A secret is deleted by the action that takes it and by the next screen: ask for it right before."
	}
	where := fmt.Sprintf("%s is %s %s, but", syntax.Quote(u.at.Value), purposeWords[u.purpose], u.in)
	message := where + " nothing has set it."
	if c.flow.may[u.st].has(c.flow.names[u.key]) {
		message = where + " a call can come here without it."
	}
	var notes []diag.Related
	if len(path) > 0 {
		notes = append(notes, diag.Related{Text: "Path: " + pathWords(path) + "."})
	}
	c.find(u.at, message, help, append(notes, c.setters(u.name)...)...)
}

// leaver returns an action that may leave a value out, or "".
func (c *checker) leaver(name string) string {
	for _, e := range c.flow.edges {
		if e.from.call != nil && slices.Contains(e.leaves, name) {
			return e.from.call.Action.Value
		}
	}
	return ""
}

// dayless reports whether "set" may leave a date unset, because its numbers make no day.
func (c *checker) dayless(name string) bool {
	return slices.ContainsFunc(c.flow.edges, func(e *edge) bool {
		return slices.Contains(e.leaves, name) && slices.ContainsFunc(e.assigns, func(a syntax.Assign) bool { return a.Name.Value == name })
	})
}

// setters returns up to three places that set a value.
func (c *checker) setters(name string) []diag.Related {
	const most = 3 // enough to show the intention
	var notes []diag.Related
	for _, e := range c.flow.edges {
		if !slices.Contains(e.sets, name) || e.from.screen == nil || len(notes) == most {
			continue
		}
		at := e.from.screen.Name.Pos
		if e.from.call != nil {
			at = e.from.call.Pos
		}
		note := diag.At(at, fmt.Sprintf("%q is set here, by %s.", name, e.subject()))
		if !slices.Contains(notes, note) {
			notes = append(notes, note)
		}
	}
	return notes
}

// pathWords describes a path as a caller would dial it: "main, option 3, to amount".
func pathWords(path []*edge) string {
	const head, tail = 4, 8 // steps; dialling shows those in between
	var b strings.Builder
	for i, e := range path {
		if i >= head && i < len(path)-tail {
			if i == head {
				b.WriteString(", …")
			}
			continue
		}
		switch {
		case e.kind == edgeStart:
			b.WriteString("the call begins on " + syntax.Quote(e.target.Value))
			continue
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(e.label)
		if e.to != nil && e.to.screen != nil && e.to.screen != e.from.screen {
			b.WriteString(" to " + syntax.Quote(e.to.screen.Name.Value))
		}
	}
	return b.String()
}

// pathPlace pairs a step with whether a value is set there, and what else is known.
type pathPlace struct {
	st    *step
	set   bool
	known string
}

// Limits of the search for a path along which all conditions agree.
const (
	// mostPlaces is how many places one search may visit.
	mostPlaces = 10_000
	// mostDeciding is how many values may decide about one path.
	mostDeciding = 8
)

// pathWithout returns a path to a use at a step where its value is not set. The path
// passes no step to avoid; it is nil if there is none that a call can take.
//
// It first looks for a path without regard to what conditions say about other values. If
// two of them contradict each other on it, it looks again with regard to the values that
// they test, until the path is one that a call can take. Beyond the limits it returns the
// path that it has: that only brings a diagnostic, and hides none.
func (c *checker) pathWithout(u unsetUse, avoid map[*step]bool) []*edge {
	deciding := map[string]bool{}
	for {
		path, ok := c.flow.searchWithout(u, avoid, c.decisions.about(deciding))
		if !ok {
			path, _ = c.flow.searchWithout(u, avoid, nil)
			return path
		}
		names := c.contradiction(u, path)
		more := false
		for _, name := range names {
			more = more || !deciding[name]
			deciding[name] = true
		}
		if !more || len(deciding) > mostDeciding {
			return path
		}
	}
}

// shortestWithout returns a shortest path to a use at a step where its value is not set,
// without regard to what conditions say about other values.
func (fl *flow) shortestWithout(u unsetUse) []*edge {
	path, _ := fl.searchWithout(u, nil, nil)
	return path
}

// contradiction returns the values about which the conditions of a path to a use do not
// agree, or which they test where that shows; none if a call can take the path.
func (c *checker) contradiction(u unsetUse, path []*edge) []string {
	d := c.decisions
	know := []knowledge{c.flow.atBegin(d)}
	for _, e := range path {
		if know = d.along(e, know); len(know) == 0 {
			return d.tests(e.assume)
		}
	}
	if !slices.ContainsFunc(know, func(k knowledge) bool { return d.agrees(k, u.assume) }) {
		return d.tests(u.assume)
	}
	return nil
}

// searchWithout is pathWithout along decisions, or along none. It gives up, and returns
// false, after mostPlaces.
func (fl *flow) searchWithout(u unsetUse, avoid map[*step]bool, d *decisions) (path []*edge, ok bool) {
	first := pathPlace{st: fl.begin, set: fl.alwaysSet().has(fl.names[u.key])}
	begun := fl.atBegin(d)
	first.known = begun.String()
	w := &unsetSearch{
		fl: fl, d: d, key: u.key, avoid: avoid, todo: []pathPlace{first},
		came: map[pathPlace]origin{first: {}}, know: map[pathPlace]knowledge{first: begun},
	}
	for len(w.todo) > 0 {
		p := w.todo[0]
		w.todo = w.todo[1:]
		if p.st == u.st && !p.set && d.agrees(w.know[p], u.assume) {
			return w.pathTo(p, first), true
		}
		for _, e := range p.st.out {
			w.take(p, e)
		}
		if len(w.came) > mostPlaces {
			return nil, false
		}
	}
	return nil, true
}

// An unsetSearch goes along edges to places where a value is not set.
type unsetSearch struct {
	fl    *flow
	d     *decisions
	key   string
	avoid map[*step]bool
	came  map[pathPlace]origin
	know  map[pathPlace]knowledge
	todo  []pathPlace
}

// origin says from which place, and by which edge, a place was found.
type origin struct {
	from pathPlace
	by   *edge
}

// take adds the places behind an edge.
func (w *unsetSearch) take(p pathPlace, e *edge) {
	if e.to == nil || w.avoid[e.to] {
		return
	}
	behind := w.d.along(e, []knowledge{w.know[p]})
	for _, next := range w.fl.follow(e, p.set, w.key) {
		for _, k := range behind {
			next.known = k.String()
			if _, been := w.came[next]; !been {
				w.came[next], w.know[next] = origin{p, e}, k
				w.todo = append(w.todo, next)
			}
		}
	}
}

// pathTo returns the edges from the first place to another.
func (w *unsetSearch) pathTo(p, first pathPlace) (path []*edge) {
	for p != first {
		path = append(path, w.came[p].by)
		p = w.came[p].from
	}
	slices.Reverse(path)
	return path
}

// atBegin returns what is known when a call begins: which values are not set.
func (fl *flow) atBegin(d *decisions) knowledge {
	know := knowledge{}
	if d == nil {
		return know
	}
	for name := range d.domains {
		if n, value := fl.names[name]; value && !fl.may[fl.begin].has(n) {
			know[name] = 1 << cellUnset
		}
	}
	return know
}

// follow returns where an edge leads, once with the value set and once without it if
// both can be. A call can't take the edge if its condition says that the value is
// already set.
func (fl *flow) follow(e *edge, set bool, name string) []pathPlace {
	if !fl.open(e) {
		return nil
	}
	n := fl.names[name]
	secret := fl.secrets.has(n)
	if secret && e.from.call != nil {
		set = false
	}
	gives, leaves := slices.Contains(e.sets, name), slices.Contains(e.leaves, name)
	for _, a := range e.assume {
		if !set && !gives && fl.implied(a.cond, a.holds, true).has(n) {
			return nil
		}
	}
	set = set || e.anything || gives || leaves
	if secret && e.to != nil && e.to.shown {
		set = false
	}
	if leaves && set {
		return []pathPlace{{st: e.to, set: true}, {st: e.to}}
	}
	return []pathPlace{{st: e.to, set: set}}
}
