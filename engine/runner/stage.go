package runner

import "github.com/paytrace/paytrace/engine"

// Staged says how a call begins.
type Staged struct {
	// Program is the version of the menu on which it begins; nil if no menu has the code.
	Program *engine.Program
	// Closed says that no call begins: the caller sees Text instead, or the menu's text for
	// a busy service if that is empty. Calls in progress go on.
	Closed bool
	Text   string
}

// forCode finds the program for a dialled code, as the stages of its menu have it for the
// caller.
func (t *turn) forCode(code string) (p *engine.Program, ahead string) {
	p, ahead = t.Programs.ForCode(code)
	if t.Stage == nil {
		return p, ahead
	}
	t.staged = t.Stage(t.req.Caller, code, p)
	if t.staged.Program != p && t.staged.Program != nil {
		p = t.staged.Program
		ahead = p.TypedAhead(code)
	}
	return p, ahead
}

// closed returns the last screen of a call that must not begin.
func (t *turn) closed(p *engine.Program) engine.Reply {
	reply := t.end(p, engine.BuiltinBusy, nil)
	reply.Screen = "(paused)"
	if t.staged.Text != "" {
		reply.Text = t.staged.Text
	}
	return reply
}
