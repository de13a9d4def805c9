package runner

import (
	"encoding/json"

	"github.com/paytrace/paytrace/engine"
)

// A reading lists the screens and actions by which a version reads a text. A nil
// reading notes nothing.
type reading struct{ steps []string }

func (r *reading) add(what, which string) { r.steps = append(r.steps, what+" "+which) }

func (r *reading) screen(s *engine.Session) {
	if r != nil {
		r.add("screen", s.Screen)
	}
}

func (r *reading) call(c *engine.Call) {
	if r == nil {
		return
	}
	r.add("action", c.Action)
	for _, v := range c.Args {
		b, err := json.Marshal(v)
		if err != nil {
			b = []byte("a secret")
		}
		r.add("with", string(b))
	}
}
