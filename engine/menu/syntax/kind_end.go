package syntax

import "github.com/paytrace/paytrace/engine"

var _ = kinds.Add(engine.ScreenEnd, &kind{
	keys: map[string]func(*screenReader, entry){
		"end": func(r *screenReader, e entry) { r.s.End = r.textOrNone(e) },
	},
	says:   []string{"end"},
	beside: []string{"sms"},
	read:   func(s *Screen) bool { return s.End != nil },
	text:   func(s *Screen) *Text { return s.End },
})
