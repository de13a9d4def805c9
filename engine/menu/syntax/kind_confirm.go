package syntax

import "github.com/paytrace/paytrace/engine"

var _ = kinds.Add(engine.ScreenConfirm, &kind{
	keys: map[string]func(*screenReader, entry){
		"confirm": (*screenReader).confirm,
		"cancel":  (*screenReader).cancel,
	},
	says:   []string{"confirm"},
	shares: []string{"say", "error", "again", "answers", "goal"},
	needs:  []KindNeed{{Says: "confirm", Key: "say", Example: "say: Send {amount}?"}},
	read:   func(s *Screen) bool { return s.Confirm != nil },
	targets: func(s *Screen, see func(Target)) {
		see(s.Confirm.Yes)
		see(s.Confirm.No)
	},
	messages: func(w *messageList, s *Screen) {
		w.add(ScreenKey(s, "confirm"), s.Confirm.YesLabel)
		w.add(ScreenKey(s, "cancel"), s.Confirm.NoLabel)
	},
})

// yesNo returns the screen's confirm, begun by whichever of its keys comes first.
func (s *Screen) yesNo() *Confirm {
	if s.Confirm == nil {
		s.Confirm = &Confirm{}
	}
	return s.Confirm
}

// confirm reads "confirm: -> next" or "confirm: Accept -> next".
func (r *screenReader) confirm(e entry) {
	c := r.s.yesNo()
	c.Pos = e.key.Pos
	c.YesLabel, c.Yes, _ = r.jump(e, `"confirm: -> next_screen"`)
	c.YesLabel = r.oneLine(unlessEmpty(c.YesLabel))
}

func (r *screenReader) cancel(e entry) {
	c := r.s.yesNo()
	c.NoLabel, c.No, _ = r.jump(e, `"cancel: -> main"`)
	c.NoLabel = r.oneLine(unlessEmpty(c.NoLabel))
}

// unlessEmpty makes a label without characters one that was not written.
func unlessEmpty(t Text) Text {
	if t.Value == "" {
		return Text{}
	}
	return t
}
