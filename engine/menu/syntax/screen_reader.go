package syntax

import "fmt"

// screenReader reads one screen. keys are those given, kinds the ones among
// them that say what the screen does, in their order.
type screenReader struct {
	*reader
	s     *Screen
	keys  map[string]Text
	verbs []Text
}

func (r *screenReader) navOff(e entry) {
	t, ok := r.scalar(e, `"none"`)
	if !ok {
		return
	}
	if r.s.NavOff = t.Value == "none"; !r.s.NavOff {
		r.find("U003", t, fmt.Sprintf(`A screen's "nav" can only be "none", but here is %q.`, Short(t.Value)), `Write "nav: none".`)
	}
}
