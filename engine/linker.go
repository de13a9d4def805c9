package engine

import "fmt"

// A linker turns names into nodes, slots and rows of the table, and collects what
// it can't find.
type linker struct {
	p           *Program
	errs        []error
	transitions []Transition
	seen        map[[2]string]bool // screens and event names
}

func (l *linker) fail(pos Pos, format string, args ...any) {
	where := ""
	if pos != (Pos{}) {
		where = pos.String() + ": "
	}
	l.errs = append(l.errs, fmt.Errorf(where+format, args...))
}

// on adds one row to the machine's table.
func (l *linker) on(src string, trigger Trigger, dst string, pos Pos) {
	if _, ok := l.p.nodes[dst]; !ok {
		l.fail(pos, "%q goes to %q, but there is no such screen", src, dst)
		return
	}
	// An outcome may have the words of another trigger.
	event := trigger.String()
	key := [2]string{src, event}
	if l.seen[key] {
		// looplab/fsm would silently keep the last of the two.
		l.fail(pos, "%q has two targets for %q", src, event)
		return
	}
	l.seen[key] = true
	l.transitions = append(l.transitions, Transition{From: src, Trigger: trigger, To: dst})
}

// slot returns the slot of a value, or -1.
func (l *linker) slot(name string, pos Pos) int {
	i, ok := l.p.slotIndex[name]
	if !ok {
		l.fail(pos, "there is no value %q", name)
		return -1
	}
	return i
}
