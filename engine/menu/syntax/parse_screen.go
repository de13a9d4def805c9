package syntax

import (
	"fmt"
	"maps"
	"slices"

	"gopkg.in/yaml.v3"
)

// sharedKeys reads the keys that do not belong to one kind.
var sharedKeys = map[string]func(*screenReader, entry){
	"say":     func(r *screenReader, e entry) { r.s.HasSay = true; r.s.Say = r.says(e) },
	"when":    (*screenReader).when,
	"late":    (*screenReader).late,
	"nav":     (*screenReader).navOff,
	"goal":    (*screenReader).goal,
	"skip":    func(r *screenReader, e entry) { r.s.Skip = r.oneCase(e) },
	"error":   func(r *screenReader, e entry) { r.s.Error = r.textOrNone(e) },
	"again":   (*screenReader).again,
	"answers": func(r *screenReader, e entry) { r.s.Answers = r.reader.answers(e) },
}

// screenKeys returns every key that a screen may have, and what reads it.
func screenKeys() map[string]func(*screenReader, entry) {
	keys := maps.Clone(sharedKeys)
	for _, k := range kinds.All() {
		maps.Copy(keys, k.keys)
	}
	return keys
}

func (p *reader) screens(e entry) {
	keys := screenKeys()
	for _, s := range p.entries(e.node, `"screens"`) {
		if len(p.file.Screens) >= MaxScreens {
			p.find("U001", s.key, fmt.Sprintf("The menu has more than %d screens.", MaxScreens), "Divide it into several menus.")
			return
		}
		if !p.goodName(s.key, "a screen") || !p.claim("screen", s.key) {
			continue
		}
		if prefixes[s.key.Value] {
			p.find("U007", s.key, fmt.Sprintf("%q is a name that every menu has.", s.key.Value), "Choose another name for the screen.")
		}
		p.file.Screens = append(p.file.Screens, p.screen(s, keys))
	}
}

func (p *reader) screen(e entry, keys map[string]func(*screenReader, entry)) *Screen {
	r := &screenReader{reader: p, s: &Screen{Name: e.key, File: p.src.path}, keys: map[string]Text{}}
	says := KindKeys()
	known := slices.Sorted(maps.Keys(keys))
	what := fmt.Sprintf("the screen %q", e.key.Value)
	for _, f := range p.entries(e.node, what) {
		parse, ok := keys[f.key.Value]
		if !ok {
			p.unknown(f.key, what, known)
			r.s.Partial = true
			continue
		}
		r.keys[f.key.Value] = f.key
		if slices.Contains(says, f.key.Value) {
			r.verbs = append(r.verbs, f.key)
		}
		parse(r, f)
	}
	if e.node.Kind == yaml.MappingNode {
		r.oneThing()
		r.belongs()
		r.complete()
		r.goalsHappen()
	}
	return r.s
}
