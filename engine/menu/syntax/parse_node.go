package syntax

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/paytrace/paytrace/engine/diag"
)

// entries returns the lines of a mapping, each key once. what names it in
// diagnostics; nil if it is no mapping.
func (p *reader) entries(n *yaml.Node, what string) []entry {
	if n.Kind != yaml.MappingNode {
		p.wrong(n, what, `entries like "key: value"`)
		return nil
	}
	seen := make(map[string]Text, len(n.Content)/2)
	var list []entry
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.Kind != yaml.ScalarNode || k.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
			p.find("U003", p.at(k), "A key is one word or a text on one line, and here is "+shape(k)+".", "")
			continue
		}
		key := p.src.Scalar(k)
		if first, twice := seen[key.Value]; twice {
			p.find("U005", key, fmt.Sprintf("%q is in %s twice; YAML would keep only one.", key.Value, what), "Delete or rename one of them.", diag.At(first.Pos, "The first is here.")).dropTwice(first.Pos)
			continue
		}
		seen[key.Value] = key
		if !p.cut(n, key, v) {
			list = append(list, entry{key, v})
		}
	}
	return list
}

// cut finds what YAML makes of a text with a comma in { }: an entry without a
// value, the rest of the text being its key. Also the merge key.
func (p *reader) cut(n *yaml.Node, key Text, v *yaml.Node) bool {
	if key.Value == "<<" {
		p.find("U004", key, `YAML would merge another group of entries in here; menus have no "<<".`, "Write the entries out.")
		return true
	}
	if n.Style&yaml.FlowStyle == 0 || !IsEmpty(v) || p.colonBehind(key) {
		return false
	}
	p.find("U004", key, fmt.Sprintf("Inside { } a comma ends a text, so %q has no value here.", key.Value), "Put quotes around the whole text, or write the entries on lines of their own.").commas()
	return true
}

// colonBehind reports whether a key is followed by its colon.
func (p *reader) colonBehind(key Text) bool {
	line := p.src.Line(key.Pos.Line)
	rest := line[p.src.Offset(key.Pos.Line, key.At(len(key.Value)).Column):]
	return strings.HasPrefix(strings.TrimLeft(rest, `"' `), ":")
}

// fields gives each entry of a mapping to the parser of its key. Unknown keys
// are diagnostics.
func (p *reader) fields(n *yaml.Node, what string, table map[string]parser) {
	for _, e := range p.entries(n, what) {
		if parse, ok := table[e.key.Value]; ok {
			parse(e)
			continue
		}
		p.unknown(e.key, what, slices.Sorted(maps.Keys(table)))
	}
}

// scalar returns a value that is no text for callers.
func (p *reader) scalar(e entry, want string) (Text, bool) {
	if e.node.Kind != yaml.ScalarNode {
		p.wrong(e.node, `"`+e.key.Value+`"`, want)
		return Text{}, false
	}
	t := p.src.Scalar(e.node)
	if p.eaten(e.node, t, false) || p.changed(e.node, t) {
		return Text{}, false
	}
	if IsEmpty(e.node) {
		p.missing(e.key, want)
		return Text{}, false
	}
	t = t.Trim()
	if t.Value == "" {
		p.find("U003", t, fmt.Sprintf("%q needs %s, but its quotes are empty.", e.key.Value, want), "")
		return Text{}, false
	}
	return t, true
}

// name returns a value that names something.
func (p *reader) name(e entry, what string) Text {
	t, ok := p.scalar(e, what)
	if !ok || !p.goodName(t, what) {
		return Text{}
	}
	return t
}

// number returns a whole number from lo on.
func (p *reader) number(e entry, lo, hi int) Int {
	n, _ := p.numberOr(e, lo, hi, "")
	return n
}

// numberOr reads a whole number. The message for anything else also names a word that
// may stand there; "" for none.
func (p *reader) numberOr(e entry, lo, hi int, word string) (n Int, ok bool) {
	want := fmt.Sprintf("a whole number from %d to %d", lo, hi)
	if word != "" {
		want += fmt.Sprintf(", or %q", word)
	}
	t, ok := p.scalar(e, want)
	if !ok {
		return Int{}, false
	}
	value, err := strconv.Atoi(t.Value)
	if err != nil || value < lo || value > hi || t.Value[0] == '+' {
		p.find("U003", t, fmt.Sprintf("%q needs %s, but here is %q.", e.key.Value, want, t.Value), "")
		return Int{}, false
	}
	return Int{Text: t, N: value}, true
}

// items returns the entries of a list, or a single value as a list of one.
func (p *reader) items(e entry, want string) []entry {
	if e.node.Kind == yaml.MappingNode || IsEmpty(e.node) {
		p.wrong(e.node, `"`+e.key.Value+`"`, want)
		return nil
	}
	if e.node.Kind == yaml.ScalarNode {
		return []entry{e}
	}
	var list []entry
	for _, n := range e.node.Content {
		list = append(list, entry{key: e.key, node: n})
	}
	return list
}
