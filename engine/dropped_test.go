package engine_test

import (
	"testing"
	"time"

	"github.com/paytrace/paytrace/engine"
)

func TestDrop(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	waits, goal, elsewhere := &engine.Leaving{Text: "It waits."}, &engine.Leaving{Done: true}, &engine.Leaving{}
	const lasts = 3 * time.Minute
	for _, c := range []struct {
		name string
		do   func(d engine.Drop) engine.Drop
		at   time.Time
		want string
	}{
		{"before its time", func(d engine.Drop) engine.Drop { return d.Shown("a", waits, noon, lasts) }, noon.Add(lasts - 1), ""},
		{"at its time", func(d engine.Drop) engine.Drop { return d.Shown("a", waits, noon, lasts) }, noon.Add(lasts), "It waits."},
		{"after the end of the session", func(d engine.Drop) engine.Drop {
			return d.Shown("a", waits, noon, lasts).Over("a", noon)
		}, noon, "It waits."},
		{"after the end of another session", func(d engine.Drop) engine.Drop {
			return d.Shown("a", waits, noon, lasts).Over("b", noon)
		}, noon, ""},
		{"an event that is late changes nothing", func(d engine.Drop) engine.Drop {
			return d.Shown("a", waits, noon, lasts).Over("a", noon.Add(time.Hour))
		}, noon.Add(lasts), "It waits."},
		{"the call goes on", func(d engine.Drop) engine.Drop {
			return d.Shown("a", waits, noon, lasts).Shown("a", elsewhere, noon, lasts)
		}, noon.Add(lasts), ""},
		{"the goal is reached", func(d engine.Drop) engine.Drop {
			return d.Shown("a", goal, noon, lasts).Shown("a", waits, noon, lasts)
		}, noon.Add(lasts), ""},
		{"the goal was that of another call", func(d engine.Drop) engine.Drop {
			return d.Shown("a", goal, noon, lasts).Shown("b", waits, noon, lasts)
		}, noon.Add(lasts), "It waits."},
		{"another one within a day", func(d engine.Drop) engine.Drop {
			d, _ = d.Shown("a", waits, noon, lasts).Take(noon.Add(lasts))
			return d.Shown("b", waits, noon.Add(engine.DropPause), lasts)
		}, noon.Add(engine.DropPause + lasts), ""},
		{"another one a day later", func(d engine.Drop) engine.Drop {
			d, _ = d.Shown("a", waits, noon, lasts).Take(noon.Add(lasts))
			return d.Shown("b", waits, noon.Add(engine.DropPause+lasts), lasts)
		}, noon.Add(engine.DropPause + 2*lasts), "It waits."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			next, text := c.do(engine.Drop{}).Take(c.at)
			if text != c.want {
				t.Errorf("the text is %q, want %q", text, c.want)
			}
			if _, again := next.Take(c.at); text != "" && again != "" {
				t.Errorf("it is taken a second time: %q", again)
			}
		})
	}
}
