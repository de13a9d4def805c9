// Package machine holds a program's table of transitions and fires them with
// looplab/fsm.
package machine

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/looplab/fsm"
)

// A Row says that on the state From, Trigger leads to To.
type Row[T comparable] struct {
	From, To string
	Trigger  T
}

// A Table fires the transitions of a program. It is safe for concurrent use.
//
// An fsm.FSM can't be shared between sessions, and one with the whole table costs
// milliseconds to make. So each state has instances with its own rows only, made
// when they are first needed and reused: the cost of a transition does not depend
// on the size of the program.
type Table[T comparable] struct {
	shards map[string]*shard[T]
}

// A shard holds the rows that begin on one state.
type shard[T comparable] struct {
	rows   []Row[T]
	events []fsm.EventDesc
	names  map[T]string // of events, so that a call makes none
	idle   sync.Pool    // of *fsm.FSM
}

// New returns a table with these rows. name returns a trigger's event name, which
// must be unique among the triggers of a state.
func New[T comparable](rows []Row[T], name func(T) string) *Table[T] {
	t := &Table[T]{shards: make(map[string]*shard[T])}
	for _, row := range rows {
		sh := t.shards[row.From]
		if sh == nil {
			sh = &shard[T]{names: map[T]string{}}
			t.shards[row.From] = sh
		}
		event := name(row.Trigger)
		sh.rows = append(sh.rows, row)
		sh.events = append(sh.events, fsm.EventDesc{Name: event, Src: []string{row.From}, Dst: row.To})
		sh.names[row.Trigger] = event
	}
	return t
}

// ErrTransition says that the table has no such row.
var ErrTransition = errors.New("no such transition")

// Rows returns the rows that begin on a state, in the order given to New.
func (t *Table[T]) Rows(state string) []Row[T] {
	if sh := t.shards[state]; sh != nil {
		return sh.rows
	}
	return nil
}

// Fire returns the state to which a trigger leads, or ErrTransition.
func (t *Table[T]) Fire(state string, on T) (string, error) {
	sh := t.shards[state]
	if sh == nil {
		return "", fmt.Errorf("%w: nothing leads on from %q", ErrTransition, state)
	}
	event, ok := sh.names[on]
	if !ok {
		return "", fmt.Errorf("%w: %v on %q", ErrTransition, on, state)
	}
	f, _ := sh.idle.Get().(*fsm.FSM)
	if f == nil {
		f = fsm.NewFSM(state, sh.events, nil)
	}
	f.SetState(state)
	err := f.Event(context.Background(), event)
	var same fsm.NoTransitionError
	if err != nil && (!errors.As(err, &same) || same.Err != nil) {
		// An instance that failed may be stuck in its transition: drop it.
		return "", fmt.Errorf("%w: %q on %q: %w", ErrTransition, event, state, err)
	}
	to := f.Current()
	sh.idle.Put(f)
	return to, nil
}
