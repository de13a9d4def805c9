package syntax

import (
	"fmt"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/paytrace/paytrace/engine"
)

// dials reads one code, or several with their screens.
func (p *reader) dials(e entry) {
	if e.node.Kind != yaml.MappingNode {
		if code, ok := p.scalar(e, "a service code"); ok && p.goodCode(code) {
			p.file.Dials = append(p.file.Dials, dialOf(code))
		}
		return
	}
	for _, d := range p.entries(e.node, `"dial"`) {
		if !p.goodCode(d.key) {
			continue
		}
		dial := dialOf(d.key)
		switch {
		case IsEmpty(d.node):
		case d.node.Kind == yaml.MappingNode:
			p.dialGroup(d, &dial)
		default:
			dial.Screen = p.name(d, "a screen")
		}
		p.file.Dials = append(p.file.Dials, dial)
	}
}

// dialGroup reads {go: fresh, set: {campaign: radio}}.
func (p *reader) dialGroup(e entry, dial *Dial) {
	p.fields(e.node, fmt.Sprintf("the code %q", e.key.Value), map[string]parser{
		"go":  func(e entry) { dial.Screen = p.name(e, "a screen") },
		"set": func(e entry) { dial.Sets = p.assigns(e) },
	})
}

func dialOf(code Text) Dial {
	dial := Dial{Code: code}
	if _, name := engine.SplitCode(code.Value); name != "" {
		from := strings.IndexByte(code.Value, '{') + 1
		dial.Name = code.Sub(from, from+len(name))
	}
	return dial
}

// goodCode refuses what can't be dialled as a service code.
func (p *reader) goodCode(code Text) bool {
	if ServiceCode.MatchString(code.Value) {
		return true
	}
	p.find("U003", code, fmt.Sprintf("%q is not a service code.", Short(code.Value)), `Write it as it is dialled, in quotes: "*384*1#". It can end in a variable, as "*384*{amount}#".`)
	return false
}

// ServiceCode matches a star, numbers with stars between them, and a hash. A name in
// braces may stand before the hash.
var ServiceCode = regexp.MustCompile(`^\*\d+(\*\d+)*(\*\{[A-Za-z_][A-Za-z0-9_]*\})?#$`)

// dialScreens adds the screens on which codes begin that set values or carry an answer.
func (p *reader) dialScreens() {
	for i := range p.file.Dials {
		d := &p.file.Dials[i]
		sets := d.Sets
		if d.Name.Written() && d.Name.Value != engine.OtherCode {
			sets = append([]Assign{{Name: d.Name, Value: Value{Dialled: true}}}, sets...)
		}
		if len(sets) == 0 {
			continue
		}
		to := d.Screen
		if !to.Written() {
			to = p.file.Start
		}
		p.file.Screens = append(p.file.Screens, &Screen{
			Name: d.Code, File: d.Code.Pos.File, Set: sets, SetPos: d.Code.Pos, Go: Target{Screen: to},
		})
		d.Screen = d.Code
	}
}
