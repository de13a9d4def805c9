package dialscript

import (
	"errors"
	"fmt"
	"strings"
)

// direction reads a stage direction and adds it to the call.
func (p *parser) direction(text string) {
	if !strings.HasSuffix(text, ")") {
		p.find(CodeLine, "A stage direction ends with a parenthesis on the same line.", "A comment needs a line of its own.")
		return
	}
	d, ok := p.readDirection(strings.TrimSpace(text[1 : len(text)-1]))
	if !ok {
		return
	}
	d.Pos = p.here
	if d.Kind == Redials && p.step != nil {
		p.addStep(Step{Redial: &d}) // which takes the comments
		return
	}
	d.Comments = p.take()
	switch phase := d.Phase(); {
	case phase == Given && p.step != nil:
		p.find(CodeLine, fmt.Sprintf("(%s) sets the scene, so it must be above the first \">\".", d.Text), "")
	case phase == Given:
		p.call.Given = append(p.call.Given, d)
	case p.step == nil:
		p.find(CodeLine, fmt.Sprintf("(%s) must be below a screen.", d.Text), "Move it below what is dialled.")
	default:
		p.step.Directions = append(p.step.Directions, d)
		p.closed = true
	}
}

// readDirection finds the line of the table that matches the text.
func (p *parser) readDirection(text string) (Direction, bool) {
	for _, s := range directions {
		groups := s.pattern.FindStringSubmatch(text)
		if groups == nil {
			continue
		}
		d := Direction{Kind: s.kind, Text: text}
		if s.read != nil {
			if err := s.read(&d, groups); errors.Is(err, errMistyped) {
				continue
			} else if err != nil {
				p.find(CodeLine, fmt.Sprintf("(%s) can't be read: %s.", text, strings.TrimSuffix(err.Error(), ".")), "")
				return d, false
			}
		}
		for _, w := range []Text{d.Want, d.SMS, d.Secret} {
			p.capture(w)
		}
		return d, true
	}
	help := "docs/dial-scripts.md lists all of them."
	if s := suggest(text); s != "" {
		help = fmt.Sprintf(`Did you mean "(%s)"?`, s)
	}
	p.find(CodeDirection, fmt.Sprintf("There is no stage direction (%s).", text), help)
	return Direction{}, false
}
