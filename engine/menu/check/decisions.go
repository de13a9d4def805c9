package check

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// Conditions on one value that exclude each other are one decision. The values that a
// condition tells apart are the cells of its domain: "not set", each option of a choice,
// each constant that the menu compares with, and what lies between them. A condition
// holds in some cells and not in the others, so two conditions exclude each other if they
// have no cell in common.

// Limits of decisions. A menu that needs more is judged as if its conditions did not
// depend on each other: that only brings diagnostics, and hides none.
const (
	// mostCells is how many cells one value may have: one bit each.
	mostCells = 64
	// mostBranches is how many combinations of cells "or" may lead to.
	mostBranches = 32
)

// A domain divides everything that a value can be into cells.
type domain struct {
	// options are the constants of a value that is only compared for equality; points
	// those of one that has an order, sorted.
	options []string
	points  []int64
	ordered bool
	// closed says that the options are everything that the value can be.
	closed bool
	// alwaysSet says that the value is set in every call.
	alwaysSet bool
}

// The first two cells of every domain. A list or a blank text is empty; numbers and
// choices never are.
const (
	cellUnset = iota
	cellEmpty
	firstCell
)

// cells returns how many cells the domain has. Behind the first two come, for an order:
// below the first point, the first point, between it and the second, and so on; without
// one: each option, and everything else.
func (d *domain) cells() int {
	if d.ordered {
		return firstCell + 2*len(d.points) + 1
	}
	return firstCell + len(d.options) + 1
}

func (d *domain) all() uint64 {
	b := ^uint64(0) >> (mostCells - d.cells())
	if d.alwaysSet {
		b &^= 1 << cellUnset
	}
	if d.ordered || d.closed {
		b &^= 1 << cellEmpty
	}
	if d.closed {
		b &^= 1 << (firstCell + len(d.options))
	}
	return b
}

// where returns the cells in which a comparison with a constant holds.
func (d *domain) where(op, constant string, n int64) uint64 {
	var b uint64
	if !d.ordered {
		i := slices.Index(d.options, constant)
		is := uint64(1) << (firstCell + i)
		if op == "=" {
			return is
		}
		return d.all() &^ (is | 1<<cellUnset)
	}
	for cell := range 2*len(d.points) + 1 {
		at := cell / 2 // the point of the cell, or the one behind it
		order := -1    // of the cell and the constant
		switch {
		case cell%2 == 1:
			order = cmp.Compare(d.points[at], n)
		case at > 0 && d.points[at-1] >= n:
			order = 1
		}
		if compared(op, int64(order), 0) {
			b |= 1 << (firstCell + cell)
		}
	}
	return b
}

// decisions holds the domains of a menu's values, by name or by name and field.
type decisions struct {
	c       *index
	domains map[string]*domain
	// constants are the sides of comparisons, by the condition.
	sides map[*syntax.Cond]side
}

// side is a comparison of a value with a constant: "city = Kisumu".
type side struct {
	name, op, constant string
	n                  int64
}

// langChosen stands for whether the caller has chosen a language, which is what "lang is
// set" asks: a call always has one.
const langChosen = "(language chosen)"

// tested returns the name that "is set" and "is empty" ask about.
func (d *decisions) tested(k *syntax.Cond) string {
	if k.Left.Name == "lang" && k.Left.Field == "" {
		return langChosen
	}
	return nameOf(k.Left)
}

// domain returns the domain of a name, and makes it.
func (d *decisions) domain(name string) *domain {
	dom := d.domains[name]
	if dom != nil {
		return dom
	}
	dom = &domain{}
	d.domains[name] = dom
	base, field, _ := strings.Cut(name, ".")
	t, _ := typeIn(d.c.values, syntax.Value{Name: base, Field: field})
	switch t.Kind {
	case engine.KindNumber, engine.KindMoney, engine.KindDate:
		dom.ordered = true
	case engine.KindChoice:
		dom.options, dom.closed = slices.Clone(t.Options), true
	}
	dom.alwaysSet = field == "" && slices.Contains(alwaysGiven, name)
	return dom
}

// side returns a comparison with a constant as one of its value; ok is false for others.
func (d *decisions) side(k *syntax.Cond) (side, bool) {
	v, constant := d.c.operands(k)
	op := k.Op
	if v.Name == "" {
		v, constant, op = constant, v, turned[op]
	}
	if v.Name == "" || constant.Name != "" || v.Sum != nil {
		return side{}, false
	}
	t, known := typeIn(d.c.values, v)
	s := side{name: nameOf(v), op: op, constant: constant.Text.Value}
	if !known {
		return s, false
	}
	var ok bool
	switch t.Kind {
	case engine.KindNumber:
		s.n, ok = wholeNumber(s.constant)
	case engine.KindMoney:
		s.n, ok = wholeNumber(s.constant)
		s.n *= 100
	case engine.KindDate:
		var day engine.Value
		day, ok = syntax.ConstantDate(s.constant)
		s.n = day.Int()
	default:
		// A blank text is only one of those that are empty.
		ok = (op == "=" || op == "!=") && strings.TrimSpace(s.constant) != ""
	}
	return s, ok
}

// knowledge says which cells each value may be in; a name that is missing may be in any.
type knowledge map[string]uint64

// learn returns what is known where a condition comes out a way, from what was known
// before: one knowledge for each combination, and none if it can't come out so.
func (d *decisions) learn(before []knowledge, k *syntax.Cond, holds bool) []knowledge {
	if k == nil || len(before) == 0 {
		return before
	}
	switch k.Op {
	case "not":
		return d.learn(before, k.A, !holds)
	case "and", "or":
		if (k.Op == "and") == holds {
			return d.learn(d.learn(before, k.A, holds), k.B, holds)
		}
		first := d.learn(before, k.A, holds)
		second := d.learn(d.learn(before, k.A, !holds), k.B, holds)
		if len(first)+len(second) > mostBranches {
			return before // too many to follow: nothing is learnt
		}
		return slices.Concat(first, second)
	}
	name, in, ok := d.cellsOf(k)
	if !ok {
		return before
	}
	dom := d.domains[name]
	if !holds {
		in = dom.all() &^ in
	}
	var after []knowledge
	for _, know := range before {
		if b := know.of(name, dom) & in; b != 0 {
			after = append(after, know.with(name, b))
		}
	}
	return after
}

// cellsOf returns the cells in which a single test holds; ok is false where it compares
// two values.
func (d *decisions) cellsOf(k *syntax.Cond) (name string, in uint64, ok bool) {
	switch k.Op {
	case "is set", "is empty":
		name = d.tested(k)
		dom := d.domains[name]
		if dom == nil {
			return name, 0, false
		}
		if k.Op == "is set" {
			return name, dom.all() &^ (1 << cellUnset), true
		}
		return name, dom.all() & (1<<cellUnset | 1<<cellEmpty), true
	}
	side, compares := d.sides[k]
	dom := d.domains[side.name]
	if !compares || dom == nil {
		return "", 0, false
	}
	return side.name, dom.where(side.op, side.constant, side.n), true
}

func (k knowledge) of(name string, dom *domain) uint64 {
	if b, known := k[name]; known {
		return b
	}
	return dom.all()
}

func (k knowledge) with(name string, b uint64) knowledge {
	out := maps.Clone(k)
	if out == nil {
		out = knowledge{}
	}
	out[name] = b
	return out
}

// String identifies what is known.
func (k knowledge) String() string {
	if len(k) == 0 {
		return ""
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(k)) {
		b.WriteString(name + "=" + strconv.FormatUint(k[name], 16) + ";")
	}
	return b.String()
}

// possible reports whether conditions can all hold at once. nil always holds.
func (d *decisions) possible(conds ...*syntax.Cond) bool {
	know := []knowledge{nil}
	for _, k := range conds {
		know = d.learn(know, k, true)
	}
	return len(know) > 0
}

// mostGroups bounds the search for the options that show at once: a menu has a handful
// of different conditions.
const mostGroups = 12

// together returns how many options of a menu can show at once.
func (d *decisions) together(options []*syntax.Option) int {
	var conds []*syntax.Cond
	var sizes []int
	always := 0
	for _, o := range options {
		i := slices.IndexFunc(conds, func(k *syntax.Cond) bool { return o.If != nil && k.Text.Value == o.If.Text.Value })
		switch {
		case o.If == nil:
			always++
		case i >= 0:
			sizes[i]++
		default:
			conds, sizes = append(conds, o.If), append(sizes, 1)
		}
	}
	if len(conds) > mostGroups {
		return len(options)
	}
	return always + d.most(conds, sizes, []knowledge{nil})
}

// most returns the greatest sum of sizes of conditions that can hold at once.
func (d *decisions) most(conds []*syntax.Cond, sizes []int, know []knowledge) int {
	if len(conds) == 0 {
		return 0
	}
	without := d.most(conds[1:], sizes[1:], know)
	if held := d.learn(know, conds[0], true); len(held) > 0 {
		return max(without, sizes[0]+d.most(conds[1:], sizes[1:], held))
	}
	return without
}

// about returns the decisions about some values only.
func (d *decisions) about(names map[string]bool) *decisions {
	some := &decisions{c: d.c, domains: map[string]*domain{}, sides: d.sides}
	for name := range names {
		if dom := d.domains[name]; dom != nil {
			some.domains[name] = dom
		}
	}
	return some
}

// tests lists the values that assumptions test.
func (d *decisions) tests(list []assumption) []string {
	var names []string
	var walk func(k *syntax.Cond)
	walk = func(k *syntax.Cond) {
		if k == nil {
			return
		}
		walk(k.A)
		walk(k.B)
		if name, _, ok := d.cellsOf(k); ok {
			names = append(names, name)
		}
	}
	for _, a := range list {
		walk(a.cond)
	}
	return names
}

// agrees reports whether assumptions agree with what is known.
func (d *decisions) agrees(know knowledge, list []assumption) bool {
	if d == nil {
		return true
	}
	after := []knowledge{know}
	for _, a := range list {
		after = d.learn(after, a.cond, a.holds)
	}
	return len(after) > 0
}

// along returns what is known behind an edge. Without decisions, nothing is.
func (d *decisions) along(e *edge, before []knowledge) []knowledge {
	if d == nil {
		return before
	}
	know := before
	// An answer is kept before the rules that it must meet are tried.
	answered := e.from.screen != nil && e.from.screen.Ask != nil && e.from.call == nil && e.kind != edgeSkip
	if answered {
		know = d.changed(e, know)
	}
	for _, a := range e.assume {
		know = d.learn(know, a.cond, a.holds)
	}
	if !answered {
		know = d.changed(e, know)
	}
	return know
}

// changed returns what is still known after an edge has set its values.
func (d *decisions) changed(e *edge, before []knowledge) []knowledge {
	if e.anything {
		return []knowledge{nil}
	}
	names := e.sets
	if e.from.screen != nil && e.from.screen.Languages.Written() && e.kind == edgeAnswer {
		names = append(slices.Clone(names), "lang")
	}
	if slices.Contains(names, "lang") {
		names = append(slices.Clone(names), langChosen)
	}
	if len(names) == 0 {
		return before
	}
	after := make([]knowledge, len(before))
	for i, know := range before {
		after[i] = maps.Clone(know)
		if after[i] == nil {
			after[i] = knowledge{}
		}
		for _, name := range names {
			d.forget(after[i], name)
			if dom := d.domains[name]; dom != nil {
				after[i][name] = d.given(e, name, dom)
				if slices.Contains(e.leaves, name) {
					after[i][name] |= 1 << cellUnset
				}
			}
		}
	}
	return after
}

// forget drops what is known of the fields of a value that has changed.
func (d *decisions) forget(know knowledge, name string) {
	for known := range know {
		if strings.HasPrefix(known, name+".") {
			delete(know, known)
		}
	}
}

// given returns the cells in which an edge leaves a value that it sets: the one of a
// constant, or any in which a value is set.
func (d *decisions) given(e *edge, name string, dom *domain) uint64 {
	anything := dom.all() &^ (1 << cellUnset)
	b := anything
	for _, a := range e.assigns {
		if a.Name.Value != name {
			continue
		}
		v := d.c.constantOr(a.Value, name)
		k := &syntax.Cond{Op: "=", Left: syntax.Value{Name: name}, Right: v}
		b = anything
		if s, ok := d.side(k); ok && s.name == name {
			b = dom.cellOf(s) & dom.all()
		}
	}
	return b
}

// cellOf returns the cell of a constant, which the menu may compare with nothing.
func (d *domain) cellOf(s side) uint64 {
	switch {
	case d.ordered:
		return d.where("=", s.constant, s.n) | d.between(s.n)
	case slices.Contains(d.options, s.constant):
		return d.where("=", s.constant, s.n)
	default:
		return 1 << (firstCell + len(d.options))
	}
}

// between returns the cell between two points in which a number lies, and no cell for a
// point.
func (d *domain) between(n int64) uint64 {
	at, isPoint := slices.BinarySearch(d.points, n)
	if isPoint {
		return 0
	}
	return 1 << (firstCell + 2*at)
}

// turned lists the operators with their sides changed.
var turned = map[string]string{"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

func compared(op string, a, b int64) bool {
	switch op {
	case "=":
		return a == b
	case "!=":
		return a != b
	case "<":
		return a < b
	case "<=":
		return a <= b
	case ">":
		return a > b
	}
	return a >= b
}
