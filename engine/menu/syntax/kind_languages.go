package syntax

import (
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/paytrace/paytrace/engine"
)

var _ = kinds.Add(engine.ScreenLanguages, &kind{
	keys: map[string]func(*screenReader, entry){
		"languages": (*screenReader).languages,
	},
	says:    []string{"languages"},
	shares:  []string{"say", "error", "again", "answers", "goal"},
	read:    func(s *Screen) bool { return s.Languages.Written() },
	targets: func(s *Screen, see func(Target)) { see(s.Languages) },
})

// languages reads "languages: -> hello" or "{only: en|sw, go: hello}".
func (r *screenReader) languages(e entry) {
	s := r.s
	s.LanguagesPos = e.key.Pos
	if e.node.Kind != yaml.MappingNode {
		s.Languages = r.goTo(e)
		return
	}
	r.fields(e.node, `"languages"`, map[string]parser{
		"only": r.only,
		"go":   func(e entry) { s.Languages = r.goTo(e) },
	})
	if !keysOf(e.node)["go"] {
		r.find("U003", e.key, `"languages" does not say where a choice leads.`, `Write "go: next_screen".`)
	}
}

// only reads the languages that are offered: "en|sw".
func (r *screenReader) only(e entry) {
	for _, i := range r.items(e, "languages") {
		t, ok := r.scalar(i, "languages")
		if !ok {
			continue
		}
		from := 0
		for _, code := range strings.Split(t.Value, "|") {
			name := t.Sub(from, from+len(code)).Trim()
			from += len(code) + 1
			if r.goodName(name, "a language") {
				r.s.LanguagesOnly = append(r.s.LanguagesOnly, name)
			}
		}
	}
}
