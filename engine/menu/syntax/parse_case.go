package syntax

import "fmt"

// oneCase reads "if city is set -> next" or "else -> next". It is nil where
// the condition cannot be read.
func (r *screenReader) oneCase(e entry) *Case {
	head, to, ok := r.jump(e, `"if lang is set -> main"`)
	if !ok {
		return nil
	}
	c := &Case{To: to, Pos: head.Pos}
	first, rest := head.word()
	switch {
	case first.Value == "if":
		if c.If = r.cond(rest); c.If == nil {
			return nil
		}
	case head.Value == "else" && e.key.Value == "choose":
	default:
		r.find("U003", head, fmt.Sprintf(`Here is %q, but "if" and a condition are expected.`, Short(head.Value)), `Write it like "if lang is set -> main".`)
		return nil
	}
	return c
}
