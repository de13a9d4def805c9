package syntax

import (
	"fmt"
	"path"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/spelling"
)

// includes reads the files that the menu names, each once.
func (p *reader) includes() {
	read := map[string]Text{p.file.Name + ".yaml": p.top()}
	for _, name := range p.file.Includes {
		if first, again := read[name.Value]; again {
			p.find("U007", name, fmt.Sprintf("The file %q is included twice, or includes itself.", name.Value), "Name each file once.", diag.At(first.Pos, "It is already read here.")).Unlist()
			continue
		}
		read[name.Value] = name
		if !strings.HasSuffix(name.Value, ".yaml") {
			p.find("U003", name, fmt.Sprintf("%q is not a menu file: menu files end in .yaml.", name.Value), "").Suggest(spelling.Nearest(name.Value, p.neighbours()))
			continue
		}
		if root := p.open(name.Value, name); root != nil {
			p.included(root, read)
		}
	}
}

// included reads a file with vars, types, conditions, screens and texts only.
func (p *reader) included(root *yaml.Node, read map[string]Text) {
	table := map[string]parser{"vars": p.vars, "types": p.types, "conditions": p.conditions, "screens": p.screens, "texts": p.texts}
	for _, e := range p.entries(root, "an included file") {
		switch parse, ok := table[e.key.Value]; {
		case ok:
			parse(e)
		case e.key.Value == "include":
			p.nested(e, read)
		default:
			p.unknown(e.key, "an included file", []string{"conditions", "screens", "texts", "types", "vars"})
		}
	}
}

// nested meets an include in an included file: a loop, or merely out of place.
func (p *reader) nested(e entry, read map[string]Text) {
	for _, i := range p.items(e, "file names") {
		name, ok := p.scalar(i, "a file name")
		if !ok {
			continue
		}
		if first, loop := read[name.Value]; loop || path.Join(p.dir, name.Value) == p.src.path {
			p.find("U007", name, fmt.Sprintf("The files include each other: %q is being read already.", name.Value), "Delete this include.", diag.At(first.Pos, "It is read from here.")).Unlist()
			continue
		}
		p.find("U002", e.key, "An included file cannot include others.", fmt.Sprintf("Name %q in the main file's include.", name.Value))
	}
}

// sameNames finds screens, variables and types that would share a name in a
// translation: "phone.error" must mean one text.
func (p *reader) sameNames() {
	p.sameTypeNames()
	screens := map[string]Text{}
	for _, s := range p.file.Screens {
		screens[s.Name.Value] = s.Name
	}
	for _, v := range p.file.Vars {
		if s, both := screens[v.Name.Value]; both {
			first, second := v.Name, s
			if first.Pos.File == second.Pos.File && first.Pos.Line > second.Pos.Line {
				first, second = second, first
			}
			p.find("U007", second, fmt.Sprintf("A screen and a variable are both named %q; translations could not tell them apart.", v.Name.Value), "Rename one of them.", diag.At(first.Pos, "The other is here."))
		}
	}
}

func (p *reader) sameTypeNames() {
	for _, t := range p.file.Types {
		for _, kind := range []string{"screen", "variable"} {
			if other, both := p.named[kind+" "+t.Name.Value]; both {
				p.find("U007", t.Name, fmt.Sprintf("A type and a %s are both named %q; translations could not tell them apart.", kind, t.Name.Value), "Rename one of them.", diag.At(other.Pos, "The other is here."))
			}
		}
	}
}
