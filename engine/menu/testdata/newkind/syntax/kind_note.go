package syntax

import "github.com/paytrace/paytrace/engine"

var _ = kinds.Add(engine.ScreenNote, &kind{
	keys: map[string]func(*screenReader, entry){
		"note": func(r *screenReader, e entry) { r.s.Body = &Note{r.goTo(e)} },
	},
	says:    []string{"note"},
	shares:  []string{"say"},
	needs:   []KindNeed{{Says: "note", Key: "say", Example: "say: Fees are due on Friday."}},
	read:    func(s *Screen) bool { return BodyOf[*Note](s) != nil },
	leads:   func(s *Screen) bool { return BodyOf[*Note](s).To.Written() },
	targets: func(s *Screen, see func(Target)) { see(BodyOf[*Note](s).To) },
})

// Note is "note: -> next": where any key leads.
type Note struct{ To Target }
