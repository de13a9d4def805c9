package syntax

import (
	"fmt"

	"gopkg.in/yaml.v3"
)

// textOrNone returns a text that may be empty: error: "".
func (r *screenReader) textOrNone(e entry) *Text {
	t, ok := r.words(e)
	if !ok {
		return nil
	}
	return &t
}

// says reads one text, or a list of texts with conditions, the last without.
func (p *reader) says(e entry) []Say {
	if e.node.Kind != yaml.SequenceNode || e.node.Style&yaml.FlowStyle != 0 && !holdsMappings(e.node) {
		if t, ok := p.words(e); ok {
			return []Say{{Text: t}}
		}
		return nil
	}
	var list []Say
	for i, n := range e.node.Content {
		if n.Kind == yaml.ScalarNode {
			n = asSay(n)
		}
		say := Say{}
		hasIf := false
		p.fields(n, "a say", map[string]parser{
			"if":  func(e entry) { hasIf = true; say.If = p.condOf(e) },
			"say": func(e entry) { p.text(e, &say.Text) },
		})
		p.sayOrder(e.key, n, hasIf, i == len(e.node.Content)-1)
		if say.Text.Written() {
			list = append(list, say)
		}
	}
	return list
}

// sayOrder finds a text that is never said, and a list that may say nothing.
func (p *reader) sayOrder(key Text, n *yaml.Node, hasIf, last bool) {
	switch {
	case n.Kind != yaml.MappingNode:
	case hasIf && last:
		p.find("U003", p.at(n), fmt.Sprintf(`The last text of %q must have no "if": a screen always needs a text.`, key.Value), `Add "- say: …" behind it.`)
	case !hasIf && !last:
		p.find("U003", p.at(n), `This text has no "if", so the ones below it are never said.`, "Put it last.")
	}
}

// asSay returns the group that a plain text in a say's list stands for.
func asSay(n *yaml.Node) *yaml.Node {
	key := &yaml.Node{Kind: yaml.ScalarNode, Value: "say", Line: n.Line, Column: n.Column}
	return &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{key, n}, Line: n.Line, Column: n.Column}
}

func holdsMappings(n *yaml.Node) bool {
	for _, c := range n.Content {
		if c.Kind != yaml.MappingNode {
			return false
		}
	}
	return len(n.Content) > 0
}
