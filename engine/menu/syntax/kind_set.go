package syntax

import (
	"fmt"

	"gopkg.in/yaml.v3"

	"github.com/paytrace/paytrace/engine"
)

const goExample = "go: next_screen"

// An SMS alone is a set without values.
var _ = kinds.Add(engine.ScreenSet, &kind{
	keys: map[string]func(*screenReader, entry){
		"set": func(r *screenReader, e entry) { r.s.SetPos = e.key.Pos; r.s.Set = r.assigns(e) },
		"sms": (*screenReader).sms,
		"go":  func(r *screenReader, e entry) { r.s.Go = r.goTo(e) },
	},
	says:   []string{"set", "sms"},
	beside: []string{"sms"},
	needs: []KindNeed{
		{Says: "set", Key: "go", Example: goExample},
		{Says: "sms", Key: "go", Example: goExample, Unless: "end"},
	},
	read: func(s *Screen) bool {
		return s.End == nil && !s.EndsBySay && (s.Set != nil || s.SMS != nil || s.Go.Written())
	},
	leads:   func(s *Screen) bool { return s.Go.Written() },
	targets: func(s *Screen, see func(Target)) { see(s.Go) },
	assigns: func(s *Screen) []Assign { return s.Set },
})

// sms reads "{to: worker.phone, say: …}".
func (r *screenReader) sms(e entry) {
	m := &SMS{Pos: e.key.Pos}
	r.fields(e.node, `"sms"`, map[string]parser{
		"to": func(e entry) {
			if t, ok := r.scalar(e, "a phone number's name"); ok {
				m.To, _ = r.nameValue(t)
			}
		},
		"say": func(e entry) { r.text(e, &m.Say) },
	})
	given := keysOf(e.node)
	for _, key := range []string{"to", "say"} {
		if e.node.Kind == yaml.MappingNode && !given[key] {
			r.find("U003", e.key, fmt.Sprintf("This SMS has no %q.", key), `Write it like "{to: worker.phone, say: Sent.}".`)
		}
	}
	r.s.SMS = m
}
