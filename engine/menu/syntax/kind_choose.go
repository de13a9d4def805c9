package syntax

import (
	"gopkg.in/yaml.v3"

	"github.com/paytrace/paytrace/engine"
)

var _ = kinds.Add(engine.ScreenChoose, &kind{
	keys: map[string]func(*screenReader, entry){
		"choose": (*screenReader).choose,
	},
	says: []string{"choose"},
	read: func(s *Screen) bool { return s.Choose != nil },
	targets: func(s *Screen, see func(Target)) {
		for _, c := range s.Choose {
			see(c.To)
		}
	},
})

// choose reads "if … -> x" lines and the last, "else -> y".
func (r *screenReader) choose(e entry) {
	r.s.ChoosePos = e.key.Pos
	if e.node.Kind != yaml.SequenceNode {
		r.wrong(e.node, `"choose"`, `a list like "- if lang is set -> main"`)
		return
	}
	for i, n := range e.node.Content {
		c := r.oneCase(entry{e.key, n})
		if c == nil {
			continue
		}
		if c.If == nil && i < len(e.node.Content)-1 && r.isElse(n) {
			r.find("U003", r.at(n), `Cases below "else" are never reached.`, `Put "else" last.`)
		}
		r.s.Choose = append(r.s.Choose, *c)
	}
	if len(e.node.Content) == 0 {
		r.find("U003", e.key, `This "choose" has nothing to choose from.`, "")
	}
}

func (r *screenReader) isElse(n *yaml.Node) bool {
	first, _ := r.at(n).word()
	return first.Value == "else"
}
