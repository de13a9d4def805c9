package syntax

import (
	"fmt"

	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/spelling"
)

// conditions reads "conditions: {adult: age >= 18}".
func (p *reader) conditions(e entry) {
	for _, c := range p.entries(e.node, `"conditions"`) {
		if !p.goodName(c.key, "a condition") || !p.claim("condition", c.key) {
			continue
		}
		if BuiltinValues[c.key.Value] || prefixes[c.key.Value] {
			p.find("U007", c.key, fmt.Sprintf("%q is a name that every menu has.", c.key.Value), "Choose another name for the condition.")
			continue
		}
		if cond := p.condOf(c); cond != nil {
			p.file.Conditions = append(p.file.Conditions, &Condition{Name: c.key, If: cond})
		}
	}
}

// nameConditions puts the named conditions in the places of their names.
func (p *reader) nameConditions() {
	n := &condNames{reader: p, named: map[string]*Condition{}, state: map[*Condition]int{}, uses: map[*Cond]Text{}}
	for _, c := range p.file.Conditions {
		n.named[c.Name.Value] = c
		n.names = append(n.names, c.Name.Value)
		if v, both := p.named["variable "+c.Name.Value]; both {
			p.find("U007", c.Name, fmt.Sprintf("A condition and a variable are both named %q.", c.Name.Value), "Rename one of them.", diag.At(v.Pos, "The other is here."))
		}
	}
	for _, use := range p.condUses {
		n.uses[use.cond] = use.name
	}
	for _, c := range p.file.Conditions {
		n.define(c)
	}
	for _, use := range p.condUses {
		if use.cond.Op == opNamed {
			n.put(use)
		}
	}
}

// condNames resolves names of conditions.
type condNames struct {
	*reader
	named map[string]*Condition
	names []string
	uses  map[*Cond]Text
	// state says how far the names in a named condition are resolved.
	state map[*Condition]int
}

const (
	defining = iota + 1
	defined
)

// define resolves the names in a named condition.
func (n *condNames) define(c *Condition) {
	if n.state[c] != 0 {
		return
	}
	n.state[c] = defining
	eachCond(c.If, func(k *Cond) {
		if k.Op == opNamed {
			n.put(condUse{k, n.uses[k]})
		}
	})
	n.state[c] = defined
}

// put replaces a name by what it stands for. A name that stands for nothing becomes a
// condition that always holds, so that nothing else is said about it.
func (n *condNames) put(use condUse) {
	name := use.name.Value
	c := n.named[name]
	always := Cond{Op: "is set", Left: Value{Text: use.name, Name: "today"}, Text: use.cond.Text, Of: use.name}
	switch {
	case c == nil:
		n.find("U003", use.name, fmt.Sprintf("%q alone is not a condition.", Short(name)), fmt.Sprintf(`Write "%s is set", or compare it: "%s = …". Or give a condition this name, below "conditions".`, Short(name), Short(name))).Suggest(spelling.Nearest(name, n.names))
		*use.cond = always
		return
	case n.state[c] == defining:
		n.find("U003", use.name, fmt.Sprintf("The condition %q stands for itself.", name), "Write its comparisons out.", diag.At(c.Name.Pos, "It is defined here."))
		*use.cond = always
		return
	}
	n.define(c)
	if size := c.If.size(); size > MaxCondParts {
		n.find("U003", use.name, fmt.Sprintf("The condition %q has %d comparisons with those that it names; %d are the limit.", name, size, MaxCondParts), "Divide it.")
		*use.cond = always
		return
	}
	whole := use.cond.Text
	*use.cond = *c.If.clone()
	use.cond.Text, use.cond.Of = whole, use.name
}

// eachCond calls see with a condition and its parts.
func eachCond(k *Cond, see func(*Cond)) {
	if k == nil {
		return
	}
	see(k)
	if k.Op == "and" || k.Op == "or" || k.Op == "not" {
		eachCond(k.A, see)
		eachCond(k.B, see)
	}
}

func (k *Cond) clone() *Cond {
	if k == nil {
		return nil
	}
	c := *k
	c.A, c.B = k.A.clone(), k.B.clone()
	return &c
}

// size returns how many comparisons a condition has.
func (k *Cond) size() int {
	if k == nil {
		return 0
	}
	if k.A == nil {
		return 1
	}
	return k.A.size() + k.B.size()
}
