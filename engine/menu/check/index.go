package check

import (
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// index lists what a menu has, by name: its screens, values, actions and texts, and
// where it uses them. It is complete before the first rule runs.
type index struct {
	f         *syntax.File
	contracts map[string]*engine.Contract
	screens   map[string]*syntax.Screen
	// screenNames has the names of all screens, in the order of the menu.
	screenNames []string
	values      map[string]*value
	names       []string       // of the values, sorted
	calls       []*syntax.Call // in the order of their places
	msgs        *syntax.Messages
	uses        []use
}

// mayAnswer reports whether an action may have an outcome. An unknown action may have
// any.
func (c *index) mayAnswer(call *syntax.Call, outcome string) bool {
	contract := c.contracts[call.Action.Value]
	if contract == nil || fault(outcome) {
		return contract == nil || outcome != engine.Pending || !contract.Reads
	}
	_, ok := contract.Outcome(outcome)
	return ok
}

// moves reports an action that moves money.
func (c *index) moves(call *syntax.Call) bool {
	contract := c.contracts[call.Action.Value]
	return contract != nil && contract.Money
}

// fault reports whether an outcome is one that every action has.
func fault(name string) bool {
	return name == engine.Failed || name == engine.Pending || name == outcomeLimited
}

// outcomeLimited is the outcome of an action that the caller has used too often.
const outcomeLimited = "limited"
