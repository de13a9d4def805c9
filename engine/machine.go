package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/looplab/fsm"
)

// machine is the looplab/fsm table of a program: one event a (screen, outcome).
//
// An instance can't be shared between sessions, and one that holds the whole
// table costs milliseconds to make. So each screen has instances of the rows
// that begin on it, made when they are first needed and kept for reuse: the
// cost of a transition does not depend on the size of the program.
type machine struct {
	shards map[string]*shard
}

// shard is the part of the table that begins on one screen.
type shard struct {
	rows     []fsm.EventDesc
	triggers []Trigger          // by row
	events   map[Trigger]string // the names of the rows, so that none is made in a call
	idle     sync.Pool          // of *fsm.FSM
}

func newMachine(table []Transition) *machine {
	m := &machine{shards: make(map[string]*shard)}
	for _, t := range table {
		sh := m.shards[t.From]
		if sh == nil {
			sh = &shard{events: map[Trigger]string{}}
			m.shards[t.From] = sh
		}
		event := t.Trigger.String()
		sh.rows = append(sh.rows, fsm.EventDesc{Name: event, Src: []string{t.From}, Dst: t.To})
		sh.triggers = append(sh.triggers, t.Trigger)
		sh.events[t.Trigger] = event
	}
	return m
}

// errTransition says that the table has no such row. A linked program never
// sees it: triggers are resolved from the screen before they are fired.
var errTransition = errors.New("no such transition")

// fire sends a trigger to a machine that stands on screen src, and returns the
// screen it leads to.
func (m *machine) fire(src string, on Trigger) (string, error) {
	sh := m.shards[src]
	if sh == nil {
		return "", fmt.Errorf("%w: nothing leads on from %q", errTransition, src)
	}
	event, ok := sh.events[on]
	if !ok {
		return "", fmt.Errorf("%w: %q on %q", errTransition, on, src)
	}
	f, _ := sh.idle.Get().(*fsm.FSM)
	if f == nil {
		f = fsm.NewFSM(src, sh.rows, nil)
	}
	f.SetState(src)
	err := f.Event(context.Background(), event)
	var same fsm.NoTransitionError
	if err != nil && (!errors.As(err, &same) || same.Err != nil) {
		// An instance that failed may be stuck in its transition: drop it.
		return "", fmt.Errorf("%w: %q on %q: %w", errTransition, event, src, err)
	}
	dst := f.Current()
	sh.idle.Put(f)
	return dst, nil
}
