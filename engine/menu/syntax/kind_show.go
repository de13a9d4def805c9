package syntax

import "github.com/paytrace/paytrace/engine"

var _ = kinds.Add(engine.ScreenShow, &kind{
	keys: map[string]func(*screenReader, entry){
		"show": func(r *screenReader, e entry) { r.s.Show = r.textOrNone(e) },
	},
	says:   []string{"show"},
	shares: []string{"goal"},
	read:   func(s *Screen) bool { return s.Show != nil },
	text:   func(s *Screen) *Text { return s.Show },
})
