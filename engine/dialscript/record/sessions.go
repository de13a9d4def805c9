package record

import (
	"strings"

	"github.com/paytrace/paytrace/engine/dialscript"
)

// A Recorded is one session of a log: the inputs, and the screens that the log
// has.
type Recorded struct {
	// Line is the line of the log where it begins.
	Line           int
	Session, Phone string
	Steps          []RecordedStep
}

// A RecordedStep is one callback; Typed of the first is the dialled code.
type RecordedStep struct {
	Typed         string
	Answer        string
	Answered, End bool
	// Twice and Late say that the callback came again, at once or after the
	// next.
	Twice, Late bool
}

// Sessions groups callbacks by session, in the order of the log. As on the wire,
// callbacks may come again and late.
func Sessions(found []Logged) []Recorded {
	var order []*gathered
	open := map[string]*gathered{}
	for _, l := range found {
		g := open[l.Session]
		if g == nil && l.Over {
			continue
		}
		if g == nil || g.over(l) {
			g = &gathered{line: l.Line, phone: l.Phone}
			open[l.Session] = g
			order = append(order, g)
		}
		g.list = append(g.list, l)
	}
	var out []Recorded
	for _, g := range order {
		r := Recorded{Line: g.line, Session: g.list[0].Session, Phone: g.phone}
		r.Steps = g.steps()
		if len(r.Steps) > 0 {
			out = append(out, r)
		}
	}
	return out
}

// gathered holds the callbacks of one session.
type gathered struct {
	line  int
	phone string
	list  []Logged
}

// over reports whether l begins another session with the same ID.
func (g *gathered) over(l Logged) bool {
	last := g.list[len(g.list)-1]
	return l.New && (last.End || last.Over) || last.Over && !l.Over
}

func (g *gathered) steps() []RecordedStep {
	var list []Logged
	var after Logged // the last screen, from the entry that ends the session
	for _, l := range g.list {
		if l.Over {
			if l.Answered {
				after = l
			}
			continue
		}
		list = append(list, l)
	}
	if len(list) == 0 {
		return nil
	}
	steps := latestSteps(list)
	if cumulative(list) {
		steps = textSteps(list)
	}
	if last := &steps[len(steps)-1]; after.Answered && !last.Answered {
		last.Answer, last.Answered, last.End = after.Answer, true, after.End
	}
	return steps
}

// cumulative reports whether each text has the whole input of the session. The
// field says so, unless the texts themselves say otherwise.
func cumulative(list []Logged) bool {
	extends, differs := 0, 0
	for i := 1; i < len(list); i++ {
		was, is := list[i-1].Text, list[i].Text
		switch {
		case was == "" || was == is || strings.HasPrefix(was, is):
		case strings.HasPrefix(is, was+"*"):
			extends++
		default:
			differs++
		}
	}
	if list[0].Latest {
		return extends > 1 && differs == 0
	}
	return differs == 0
}

func (l *Logged) step(typed string) RecordedStep {
	return RecordedStep{Typed: typed, Answer: l.Answer, Answered: l.Answered, End: l.End}
}

// code returns the service code as it is dialled.
func (l *Logged) code() string {
	code := strings.TrimSpace(l.Service)
	if l.Latest && dialscript.IsCode(l.Text) {
		return l.Text
	}
	if !strings.HasPrefix(code, "*") {
		code = "*" + code
	}
	if !strings.HasSuffix(code, "#") {
		code += "#"
	}
	if !dialscript.IsCode(code) {
		return "*0#"
	}
	return code
}

// latestSteps returns the steps of a gateway that sends the last input.
func latestSteps(list []Logged) []RecordedStep {
	steps := []RecordedStep{list[0].step(list[0].code())}
	for i := range list[1:] {
		steps = append(steps, list[i+1].step(list[i+1].Text))
	}
	return steps
}

// textSteps returns the steps of a gateway that sends the whole input.
func textSteps(list []Logged) []RecordedStep {
	first := &list[0]
	var steps []RecordedStep
	ahead := strings.TrimSuffix(first.code(), "#") + "*" + first.Text + "#"
	switch {
	case first.Text == "":
		steps = append(steps, first.step(first.code()))
	case dialscript.IsCode(ahead):
		steps = append(steps, first.step(ahead))
	default:
		steps = append(steps, RecordedStep{Typed: first.code()})
		steps = append(steps, typedSteps(first, first.Text)...)
	}
	text, before := first.Text, ""
	for i := range list[1:] {
		l := &list[i+1]
		last := &steps[len(steps)-1]
		rest, longer := strings.CutPrefix(l.Text, text)
		switch {
		case l.Text == text:
			last.Twice = true
			if !last.Answered {
				last.Answer, last.Answered, last.End = l.Answer, l.Answered, l.End
			}
		case longer && (text == "" || rest[0] == '*'):
			before, text = text, l.Text
			if before != "" {
				rest = rest[1:]
			}
			steps = append(steps, typedSteps(l, rest)...)
		case l.Text == before && len(steps) > 1:
			last.Late = true
		}
	}
	return steps
}

// typedSteps returns what was typed since the callback before: one answer, or
// several if callbacks are missing. A star among digits separates answers;
// elsewhere it was typed.
func typedSteps(l *Logged, rest string) []RecordedStep {
	parts := strings.Split(rest, "*")
	if strings.Trim(rest, "0123456789*") != "" {
		parts = []string{rest}
	}
	steps := make([]RecordedStep, 0, len(parts))
	for _, p := range parts[:len(parts)-1] {
		steps = append(steps, RecordedStep{Typed: p})
	}
	return append(steps, l.step(parts[len(parts)-1]))
}
