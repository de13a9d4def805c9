package machine

import (
	"errors"
	"testing"
)

// The looplab table is the machine and not a picture of it: without its row an
// event fails, and the failed instance does not spoil later events.
func TestFireNeedsTheRow(t *testing.T) {
	rows := []Row[int]{{From: "first", Trigger: 1, To: "second"}, {From: "first", Trigger: 2, To: "first"}}
	table := New(rows, func(n int) string { return string(rune('a' + n)) })
	if to, err := table.Fire("first", 1); err != nil || to != "second" {
		t.Fatalf("with its row: %q, %v", to, err)
	}
	sh := table.shards["first"]
	table.shards["first"] = &shard[int]{events: sh.events[1:], names: sh.names}
	if _, err := table.Fire("first", 1); !errors.Is(err, ErrTransition) {
		t.Fatalf("without its row: got %v, want %v", err, ErrTransition)
	}
	if to, err := table.Fire("first", 2); err != nil || to != "first" {
		t.Errorf("another event after the failure: %q, %v", to, err)
	}
	for state, on := range map[string]int{"second": 1, "first": 9} {
		if _, err := table.Fire(state, on); !errors.Is(err, ErrTransition) {
			t.Errorf("%d on %s: got %v, want %v", on, state, err, ErrTransition)
		}
	}
}
