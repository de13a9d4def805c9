package syntax

import (
	"fmt"

	"github.com/paytrace/paytrace/engine"
)

var _ = kinds.Add(engine.ScreenDo, &kind{
	keys: map[string]func(*screenReader, entry){
		"do": (*screenReader).do,
	},
	says:   []string{"do"},
	shares: []string{"goal"},
	needs:  []KindNeed{{Says: "do", Key: "when", Example: "when: {done: next_screen}"}},
	read:   func(s *Screen) bool { return s.Do != nil },
})

// do reads "do: create_account(phone)".
func (r *screenReader) do(e entry) {
	t, ok := r.scalar(e, "an action")
	if !ok {
		return
	}
	if label, target, has := r.splitArrow(t); has {
		r.find("U003", target, `"do" has no arrow; "when" says where its outcomes lead.`, fmt.Sprintf(`Write "when: {done: %s}" below it.`, target.Value))
		t = label
	}
	r.s.Do = r.call(t)
}
