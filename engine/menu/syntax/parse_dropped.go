package syntax

import (
	"fmt"

	"gopkg.in/yaml.v3"
)

// dropped reads "{after: [sure], sms: …}".
func (p *reader) dropped(e entry) {
	d := &Dropped{Pos: e.key.Pos}
	p.fields(e.node, `"dropped"`, map[string]parser{
		"after": func(e entry) {
			for _, i := range p.items(e, "screens") {
				if n := p.name(i, "a screen"); n.Written() {
					d.After = append(d.After, n)
				}
			}
		},
		"sms": func(e entry) { p.text(e, &d.SMS) },
	})
	given := keysOf(e.node)
	for _, key := range []string{"after", "sms"} {
		if e.node.Kind == yaml.MappingNode && !given[key] {
			p.find("U003", e.key, fmt.Sprintf("%q does not say its %q.", "dropped", key), `Write it like "dropped: {after: [sure], sms: Dial again to go on.}".`)
		}
	}
	if d.SMS.Written() {
		p.file.Dropped = d
	}
}
