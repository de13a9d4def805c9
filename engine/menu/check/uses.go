package check

import (
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// purpose says what a value is used for.
type purpose uint8

const (
	shown   purpose = iota + 1 // a placeholder in a text on the screen
	sent                       // a placeholder in an SMS, or its number
	passed                     // a value for an action
	lent                       // a value for an action that can do without it
	asked                      // compared in a condition
	tested                     // "is set", "is empty": it need not be set
	taken                      // set, listed, offered
	offered                    // an offer: not shown while it is not set
	summed                     // a sum as a whole; its values have uses of their own
)

// use describes one place where a menu uses a value.
type use struct {
	screen *syntax.Screen // nil for texts that stand on every screen
	call   *syntax.Call   // set where the place comes after the screen was answered
	purpose
	name, field string
	at          syntax.Text
	// in names the text, for messages: `the text of "main"`.
	in string
	// under is the name of the condition that uses the value, zero where the use is written
	// out. definition says that a named condition uses it, wherever that is used.
	under      syntax.Text
	definition bool
	// op is the test of a tested value: "is set" or "is empty".
	op string
	// assume lists conditions that are true here in addition to those of the screen;
	// also lists additional values set here.
	assume []assumption
	also   []string
	// outcome is set for the text of a "retry": the outcome's values are there.
	outcome string
	// sum is set for the use of a sum: of is its purpose, into the variable that it
	// is set or offered for, and changed has the values that have changed since the
	// step was entered.
	sum     *engine.Sum
	of      purpose
	into    string
	changed []string
}

// assumption holds a condition and its outcome.
type assumption struct {
	cond  *syntax.Cond
	holds bool
}

func with[T any](list []T, more ...T) []T { return append(list[:len(list):len(list)], more...) }

func holding(k *syntax.Cond) []assumption {
	if k == nil {
		return nil
	}
	return []assumption{{k, true}}
}

func failing(k *syntax.Cond) []assumption {
	if k == nil {
		return nil
	}
	return []assumption{{k, false}}
}

// mostAssumptions says how many conditions that came before are kept in mind.
// Nobody writes as many; to forget the rest makes a proof harder, never wrong.
const mostAssumptions = 64

// passedOver adds a condition that did not hold to those before it.
func passedOver(before []assumption, k *syntax.Cond) []assumption {
	if len(before) >= mostAssumptions {
		return before
	}
	return with(before, failing(k)...)
}
