package runner_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/engine"
)

// Watch gets every move once, in order, and none for a repeated callback.
func TestWatch(t *testing.T) {
	l := newLine(t, paytrace(), func(_ context.Context, c engine.Call) (engine.Outcome, error) {
		return engine.Outcome{Name: "created", Values: []engine.Named{{Name: "worker_id", Value: engine.TextValue("NW-1")}}}, nil
	})
	var got []string
	l.r.Watch = func(p *engine.Program, moves []engine.Move) {
		for _, m := range moves {
			got = append(got, fmt.Sprintf("%s %s %s", m.Screen, m.Trigger, m.To))
		}
	}
	for _, text := range []string{"", "7", "7", "7*1", "7*1*x", "7*1*x*0711000111"} {
		l.req.Text = text
		l.r.Handle(t.Context(), l.req)
	}
	want := []string{
		"(idle) main main", "main (shown) ",
		"main invalid ", "main (shown) ",
		"main option 1 register", "register (shown) ",
		"register invalid ", "register (shown) ",
		"register answer create", "create created created", "created (shown) ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
