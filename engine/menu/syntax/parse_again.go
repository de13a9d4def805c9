package syntax

import "gopkg.in/yaml.v3"

// again reads one text for every wrong answer, or a group of texts by the kind of wrong
// answer, with "else" for all others.
func (r *screenReader) again(e entry) {
	if e.node.Kind != yaml.MappingNode || !r.namesAgain(e.node) {
		r.s.Again = r.textOrNone(e)
		return
	}
	table := map[string]parser{"else": func(e entry) { r.s.Again = r.textOrNone(e) }}
	for _, kind := range againKinds {
		table[kind.key] = func(e entry) { r.text(e, kind.of(&r.s.AgainFor)) }
	}
	r.fields(e.node, `"again"`, table)
}

// namesAgain reports whether a group is one of texts by kind. In braces it may also be a
// text that begins with a value and lacks its quotes.
func (r *screenReader) namesAgain(n *yaml.Node) bool {
	if n.Style&yaml.FlowStyle == 0 {
		return true
	}
	keys := keysOf(n)
	for _, kind := range againKinds {
		if keys[kind.key] {
			return true
		}
	}
	return keys["else"]
}
