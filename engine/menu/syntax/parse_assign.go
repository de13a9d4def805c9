package syntax

import "gopkg.in/yaml.v3"

// assigns reads "{study: soccer}".
func (p *reader) assigns(e entry) []Assign {
	var list []Assign
	for _, a := range p.entries(e.node, `"set"`) {
		if !p.goodName(a.key, "a value") {
			continue
		}
		if v, ok := p.constant(a); ok {
			list = append(list, Assign{Name: a.key, Value: v})
		}
	}
	if e.node.Kind == yaml.MappingNode && len(e.node.Content) == 0 {
		p.find("U003", e.key, `This "set" sets nothing.`, `Write it like "{study: soccer}".`)
	}
	return list
}

// constant reads a value where YAML's own quotes also make a constant.
func (p *reader) constant(e entry) (Value, bool) {
	const quotes = yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle
	if e.node.Kind == yaml.ScalarNode && e.node.Style&quotes != 0 {
		t := p.src.Scalar(e.node)
		if v := t.Value; v == "" || v[0] != '\'' && v[0] != '"' {
			return Value{Text: t, Quoted: true}, true
		}
	}
	t, ok := p.scalar(e, "a value")
	if !ok {
		return Value{}, false
	}
	return p.value(t)
}

// keysOf returns the keys written in a mapping.
func keysOf(n *yaml.Node) map[string]bool {
	keys := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		keys[n.Content[i].Value] = true
	}
	return keys
}
