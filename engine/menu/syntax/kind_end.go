package syntax

import (
	"gopkg.in/yaml.v3"

	"github.com/paytrace/paytrace/engine"
)

var _ = kinds.Add(engine.ScreenEnd, &kind{
	keys: map[string]func(*screenReader, entry){
		"end": (*screenReader).end,
	},
	says:   []string{"end"},
	shares: []string{"goal"},
	beside: []string{"sms"},
	read:   func(s *Screen) bool { return s.End != nil || s.EndsBySay },
	text:   func(s *Screen) *Text { return s.End },
})

// end reads one text, or a list of texts with conditions, which are read as those of
// "say".
func (r *screenReader) end(e entry) {
	if e.node.Kind != yaml.SequenceNode {
		r.s.End = r.textOrNone(e)
		return
	}
	r.s.EndsBySay, r.s.Say = true, r.says(e)
}
