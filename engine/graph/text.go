package graph

import (
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// Title returns the title of a node: the screen's name, or "call" for the start.
func (g *Graph) Title(n *Node) string {
	if n.Name == engine.Idle {
		return "call"
	}
	return n.Name
}

// Text returns the text of a node: the text of a screen as the menu writes it, or
// what a silent step does; and the goals that it reaches.
func (g *Graph) Text(n *Node) string {
	if n.Screen == nil {
		return ""
	}
	lines := goals(n.Screen)
	if text := g.screenText(n.Screen); text != "" {
		lines = append([]string{text}, lines...)
	}
	return strings.Join(lines, "\n")
}

// goals returns a line for each goal that a screen reaches.
func goals(s *engine.Screen) (lines []string) {
	if s.Goal != "" {
		lines = append(lines, "goal: "+s.Goal)
	}
	if s.Do != nil {
		for _, o := range s.Do.Outcomes {
			if o.Goal != "" {
				lines = append(lines, "goal: "+o.Goal+" if "+o.Outcome)
			}
		}
	}
	return lines
}

func (g *Graph) screenText(s *engine.Screen) string {
	switch s.Kind.Role() {
	case engine.RoleAction:
		return call(s.Do)
	case engine.RoleStep:
		return set(s)
	case engine.RoleDecision:
		return ""
	}
	var says []string
	for _, say := range s.Say {
		says = append(says, say.Words.In(g.lang).String())
	}
	if g.Program.DropsAfter(s.Name) {
		says = append(says, "SMS if the caller drops off")
	}
	return strings.Join(says, "\n/ ")
}

func call(d *engine.Do) string {
	args := make([]string, len(d.Args))
	for i, a := range d.Args {
		args[i] = a.String()
	}
	return d.Action + "(" + strings.Join(args, ", ") + ")"
}

func set(s *engine.Screen) string {
	var parts []string
	for _, a := range s.Set {
		value := (engine.Arg{Ref: a.From, Value: a.Value}).String()
		parts = append(parts, a.Var+" = "+value)
	}
	if s.SMS != nil {
		parts = append(parts, "SMS to "+s.SMS.To.String())
	}
	return strings.Join(parts, "\n")
}

// wrap breaks a text at its spaces into lines of at most width characters. It
// breaks a longer word anywhere.
func wrap(text string, width int) []string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		at := ""
		for _, word := range strings.Fields(line) {
			if at != "" && length(at)+1+length(word) <= width {
				at += " " + word
				continue
			}
			if at != "" {
				lines = append(lines, at)
			}
			for at = word; length(at) > width; {
				r := []rune(at)
				lines, at = append(lines, string(r[:width])), string(r[width:])
			}
		}
		lines = append(lines, at)
	}
	return lines
}

func length(s string) int { return len([]rune(s)) }

// short cuts a text to a number of characters.
func short(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most-1]) + "…"
}
