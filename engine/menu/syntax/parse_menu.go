package syntax

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// menu reads options with keys, or a list of options that are numbered as
// they are shown.
func (r *screenReader) menu(e entry) {
	r.s.MenuPos = e.key.Pos
	switch {
	case e.node.Kind == yaml.SequenceNode:
		r.s.Numbered = true
		for _, n := range e.node.Content {
			r.add(r.option(entry{Text{Value: "-", Pos: r.at(n).Pos}, n}, true))
		}
	case e.node.Kind == yaml.MappingNode:
		for _, o := range r.entries(e.node, `"menu"`) {
			r.add(r.option(o, false))
		}
	default:
		r.wrong(e.node, `"menu"`, `options like "1: Exit -> bye"`)
		return
	}
	if len(e.node.Content) == 0 {
		r.find("U003", e.key, "This menu has no options.", "")
	}
}

func (r *screenReader) add(o *Option) { r.s.Menu = append(r.s.Menu, o) }

// option reads "Label -> screen", or a group with say and go.
func (r *screenReader) option(e entry, numbered bool) *Option {
	o := &Option{Pos: e.key.Pos}
	example := `"- Exit -> bye"`
	if !numbered {
		o.Key, example = e.key, fmt.Sprintf(`"%s: Exit -> bye"`, e.key.Value)
	}
	if e.node.Kind != yaml.MappingNode {
		label, to, _ := r.jump(e, example)
		o.Say, o.To = r.oneLine(label), to
		r.labelled(o, label, to)
		return o
	}
	r.fields(e.node, "an option", map[string]parser{
		"say":  func(e entry) { r.text(e, &o.Say); o.Say = r.oneLine(o.Say) },
		"go":   func(e entry) { o.To = r.goTo(e) },
		"if":   func(e entry) { o.If = r.condOf(e) },
		"set":  func(e entry) { o.Set = r.assigns(e) },
		"note": func(e entry) { r.text(e, &o.Note) },
	})
	given := keysOf(e.node)
	for _, key := range []string{"say", "go"} {
		if !given[key] {
			r.find("U003", e.key, fmt.Sprintf("This option has no %q.", key), `Write it like "{say: Exit, go: bye}", or `+example+".")
		}
	}
	return o
}

// labelled reports an option that shows only its number.
func (r *screenReader) labelled(o *Option, label Text, to Target) {
	if to.Written() && label.Value == "" {
		r.find("U003", Text{Value: arrow, Pos: o.Pos}, "This option has no words before its arrow.", `Write it like "1: Exit -> bye".`)
	}
}

// oneLine reports an option's text that has several lines.
func (r *screenReader) oneLine(t Text) Text {
	if strings.Contains(t.Value, "\n") {
		r.find("U003", t, "An option's text must be on one line.", "")
	}
	return t
}

// keysOf returns the keys written in a mapping.
func keysOf(n *yaml.Node) map[string]bool {
	keys := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		keys[n.Content[i].Value] = true
	}
	return keys
}

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
