package syntax

// when reads outcomes and where they lead.
func (r *screenReader) when(e entry) {
	r.s.WhenPos = e.key.Pos
	for _, o := range r.entries(e.node, `"when"`) {
		t, ok := r.words(o)
		if !ok || !r.goodName(o.key, "an outcome") {
			continue
		}
		w := When{Outcome: o.key}
		first, rest := t.Trim().word()
		switch {
		case first.Value == "again" && rest.Value != "": // alone it is a screen's name
			w.Retry, w.Whole = &rest, true
		case first.Value == "retry":
			w.Retry = &rest
			if rest.Value == "" {
				r.find("U003", first, `"retry" needs words that say what was wrong.`, `Write it like "retry Wrong PIN.".`)
			}
		default:
			w.To = r.bareTarget(t.Trim())
		}
		r.s.When = append(r.s.When, w)
	}
}

// late reads what callers read by SMS when an outcome comes after the call.
func (r *screenReader) late(e entry) {
	for _, o := range r.entries(e.node, `"late"`) {
		t, ok := r.words(o)
		if ok && r.goodName(o.key, "an outcome") {
			r.s.Late = append(r.s.Late, Late{Outcome: o.key, Text: t})
		}
	}
}
