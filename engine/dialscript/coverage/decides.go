package coverage

import (
	"cmp"
	"slices"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/sample"
)

// decides says which values the paths of a menu depend on: those that its conditions
// ask for, and what they are compared with.
type decides struct {
	// names has the values, without their fields.
	names map[string]bool
	// fields has the places that conditions ask for, "worker" or "worker.name".
	fields map[string]bool
	// constants has the constants that a place, "amount" or "pupil.owed", is compared
	// with.
	constants map[string][]engine.Value
	// beside has the places that a place is compared with, or copied from or to.
	// compared has those that are compared with another place.
	beside   map[string][]string
	compared map[string]bool
	// sums has the menu's sums by name.
	sums map[string]*engine.Sum
	// ties and limits keep what tied and against return.
	ties   map[string][]string
	limits map[string][]engine.Value
}

func decidesOf(def *engine.Definition) *decides {
	d := &decides{names: map[string]bool{}, fields: map[string]bool{}, constants: map[string][]engine.Value{}, beside: map[string][]string{}, compared: map[string]bool{}, sums: map[string]*engine.Sum{}}
	for _, s := range def.Sums {
		d.sums[s.Name] = s.Sum
	}
	for i := range def.Screens {
		d.screen(&def.Screens[i], def)
	}
	d.spread()
	d.ties, d.limits = map[string][]string{}, map[string][]engine.Value{}
	return d
}

func (d *decides) screen(s *engine.Screen, def *engine.Definition) {
	for _, say := range s.Say {
		d.cond(say.If)
	}
	if s.Skip != nil {
		d.cond(s.Skip.If)
	}
	for i := range s.Options {
		d.cond(s.Options[i].If)
		d.assigns(s.Options[i].Set)
	}
	d.assigns(s.Set)
	for _, c := range s.Choose {
		d.cond(c.If)
	}
	if s.Ask != nil {
		for _, o := range s.Ask.Offers {
			d.ref(o.Value)
		}
		for _, a := range s.Ask.Accept {
			d.cond(a.If)
		}
	}
	if s.List != nil {
		d.ref(s.List.Items)
		d.rows(s.List, def)
	}
}

// rows ties the fields of a row to the fields of its list.
func (d *decides) rows(l *engine.List, def *engine.Definition) {
	for _, c := range def.Contracts {
		for _, o := range c.Outcomes {
			for _, g := range o.Gives {
				if g.Name != l.Items.Name {
					continue
				}
				for _, f := range g.Type.Fields {
					d.tie(l.As+"."+f.Name, l.Items.Name+"."+f.Name)
				}
			}
		}
	}
}

func (d *decides) cond(c *engine.Cond) {
	if c == nil {
		return
	}
	d.cond(c.A)
	d.cond(c.B)
	left, right := c.Left, c.Right
	d.ref(left.Ref)
	d.ref(right.Ref)
	if d.sums[left.Ref.Name] != nil || d.sums[right.Ref.Name] != nil {
		d.summed(left, right)
		return
	}
	switch {
	case !left.Ref.IsZero() && !right.Ref.IsZero():
		d.tie(left.Ref.String(), right.Ref.String())
		d.compared[left.Ref.String()], d.compared[right.Ref.String()] = true, true
	case !left.Ref.IsZero() && right.Value.IsSet():
		d.constants[left.Ref.String()] = append(d.constants[left.Ref.String()], right.Value)
	case !right.Ref.IsZero() && left.Value.IsSet():
		d.constants[right.Ref.String()] = append(d.constants[right.Ref.String()], left.Value)
	}
}

// summed records a comparison of sums: each of their values matters as a whole, and is
// tried with the constants of the others.
func (d *decides) summed(sides ...engine.Arg) {
	var places []string
	for _, side := range sides {
		places = append(places, d.places(side.Ref)...)
	}
	for i, place := range places {
		d.compared[place] = true
		if i > 0 {
			d.tie(places[0], place)
		}
		for _, side := range sides {
			if side.Value.IsSet() {
				d.constants[place] = append(d.constants[place], side.Value)
			}
		}
	}
}

// dates adds the numbers to try where a date is made of them: those of 31 February, which
// does not exist.
func (d *decides) dates(s *engine.Sum) {
	if s == nil {
		return
	}
	if s.Op == engine.SumDate {
		try := func(part *engine.Sum, n int64) {
			part.Refs(func(r engine.Ref) {
				d.constants[r.String()] = append(d.constants[r.String()], engine.NumberValue(n))
			})
		}
		try(s.A, 31)
		try(s.B, 2)
	}
	d.dates(s.A)
	d.dates(s.B)
	d.dates(s.C)
}

// places returns the place of a value, or those of a sum.
func (d *decides) places(r engine.Ref) []string {
	if r.IsZero() {
		return nil
	}
	sum := d.sums[r.Name]
	if sum == nil {
		return []string{r.String()}
	}
	var list []string
	sum.Refs(func(part engine.Ref) { list = append(list, part.String()) })
	return list
}

func (d *decides) assigns(list []engine.Assign) {
	for _, a := range list {
		for _, place := range d.places(a.From) {
			d.tie(a.Var, place)
			if d.sums[a.From.Name] != nil {
				d.compared[place] = true
			}
		}
		d.dates(d.sums[a.From.Name])
	}
}

func (d *decides) ref(r engine.Ref) {
	if sum := d.sums[r.Name]; sum != nil {
		sum.Refs(d.ref)
		return
	}
	if !r.IsZero() {
		d.names[r.Name] = true
		d.fields[r.String()] = true
	}
}

// tie records that two places are compared or copied.
func (d *decides) tie(a, b string) {
	if a == b || slices.Contains(d.beside[a], b) {
		return
	}
	d.beside[a] = append(d.beside[a], b)
	d.beside[b] = append(d.beside[b], a)
}

// spread adds every value that is tied to one in names.
func (d *decides) spread() {
	for again := true; again; {
		again = false
		for place, others := range d.beside {
			for _, other := range others {
				if d.names[base(other)] && !d.names[base(place)] {
					d.names[base(place)], again = true, true
				}
			}
		}
	}
}

// base returns the name of a place without its field.
func base(place string) string {
	for i := range len(place) {
		if place[i] == '.' {
			return place[:i]
		}
	}
	return place
}

// tied returns a place and all that it is tied to, nearest first.
func (d *decides) tied(place string) []string {
	if list, known := d.ties[place]; known {
		return list
	}
	list := []string{place}
	for i := 0; i < len(list); i++ {
		for _, other := range d.beside[list[i]] {
			if !slices.Contains(list, other) {
				list = append(list, other)
			}
		}
	}
	d.ties[place] = list
	return list
}

// near returns the values to try at a place: the constants that it is compared with,
// and the current values of the places tied to it.
func (d *decides) near(place string, current func(place string) engine.Value) []engine.Value {
	var list []engine.Value
	for _, p := range d.tied(place) {
		list = append(list, d.constants[p]...)
		if v := current(p); p != place && v.IsSet() {
			list = append(list, v)
		}
	}
	return list
}

// compares reports whether a value is compared with anything. If not, it matters only
// whether it is set.
func (d *decides) compares(place string) bool {
	return d.withOthers(place) || len(d.against(place)) > 0
}

// withOthers reports whether a value, or one that is tied to it, is compared with
// another value.
func (d *decides) withOthers(place string) bool {
	return slices.ContainsFunc(d.tied(place), func(p string) bool { return d.compared[p] })
}

// against returns the constants that a value, or one that is tied to it, is compared
// with.
func (d *decides) against(place string) []engine.Value {
	list, known := d.limits[place]
	if known {
		return list
	}
	for _, p := range d.tied(place) {
		for _, c := range d.constants[p] {
			if !slices.ContainsFunc(list, func(other engine.Value) bool { return other.Kind() == c.Kind() && other.String() == c.String() }) {
				list = append(list, c)
			}
		}
	}
	d.limits[place] = list
	return list
}

// abstract returns what conditions can tell about a value: whether it is set, and
// whether it is below, equal to or above each constant. It returns the whole value if
// it is compared with other values.
func (d *decides) abstract(place string, v engine.Value) string {
	switch {
	case !v.IsSet():
		return "-"
	case v.Kind() == engine.KindList:
		return d.abstractRows(place, v.Items())
	case v.Kind() == engine.KindRecord:
		var b strings.Builder
		for _, f := range v.Fields() {
			b.WriteString(f.Name + d.abstract(place+"."+f.Name, f.Value))
		}
		return b.String()
	case d.withOthers(place) && v.Kind() != engine.KindSecret:
		return v.String()
	}
	var b strings.Builder
	b.WriteByte('+')
	if v.Kind() == engine.KindText && strings.TrimSpace(v.Text()) == "" {
		b.WriteByte('0')
	}
	for _, c := range d.against(place) {
		b.WriteByte("<=>"[compare(v, c)+1])
	}
	return b.String()
}

// abstractRows distinguishes lists by their length (none, some or many rows) and by
// their first row.
func (d *decides) abstractRows(place string, rows []engine.Value) string {
	size := "0"
	switch {
	case len(rows) > usualRows:
		size = "n"
	case len(rows) > 0:
		size = "1"
	}
	if len(rows) == 0 || !slices.ContainsFunc(rows[0].Fields(), func(f engine.Named) bool { return d.compares(place + "." + f.Name) }) {
		return size
	}
	return size + d.abstract(place, rows[0])
}

// compare returns -1, 0 or 1 as a value is below, equal to or above a constant.
func compare(v, c engine.Value) int {
	number := func(k engine.Kind) bool {
		return k == engine.KindNumber || k == engine.KindMoney || k == engine.KindDate
	}
	if !number(v.Kind()) || !number(c.Kind()) {
		return strings.Compare(v.Text(), c.Text())
	}
	scaled := func(v, other engine.Value) int64 {
		if v.Kind() == engine.KindNumber && other.Kind() == engine.KindMoney {
			return v.Int() * sample.CentsPerUnit
		}
		return v.Int()
	}
	return cmp.Compare(scaled(v, c), scaled(c, v))
}
