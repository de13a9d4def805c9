package syntax

import "github.com/paytrace/paytrace/engine"

// Int holds a whole number with its position.
type Int struct {
	Text
	N int
}

// Target says where an arrow leads: to a screen, or first to an action.
type Target struct {
	Screen Text
	Call   *Call
}

// Written reports whether there is a target at all.
func (t Target) Written() bool { return t.Screen.Written() || t.Call != nil }

// Call runs an action, as "action(values)".
type Call struct {
	Action Text
	Args   []Value
	Pos    engine.Pos
}

// Value names a value ("phone", "worker.phone") or a sum of values, or holds a constant.
type Value struct {
	Text
	// Sum is set for a sum. Its name is its text in the one form of engine.Sum, and it has
	// no field.
	Sum *engine.Sum
	// Name and Field are set for a name; Quoted or Number for a constant.
	Name, Field string
	Quoted      bool
	Number      bool
	// Dialled is set for the answer that a dialled code carries.
	Dialled bool
}

// Assign sets one value, as "set: {name: value}".
type Assign struct {
	Name  Text
	Value Value
}

// Cond holds a condition as written. Op has one of "and", "or", "not", "is set",
// "is empty", "=", "!=", "<", "<=", ">", ">=".
type Cond struct {
	Op          string
	A, B        *Cond // and, or, not (A)
	Left, Right Value // the rest
	Text        Text  // the whole condition
	// Of is the name that this condition stands in place of. It is zero for one that is
	// written out.
	Of Text
}

// opNamed is the operator of a condition that stands for a named one until all files
// are read.
const opNamed = "named"

// A condUse is a name that stands for a condition.
type condUse struct {
	cond *Cond
	name Text
}

// Condition gives a condition a name.
type Condition struct {
	Name Text
	If   *Cond
}
