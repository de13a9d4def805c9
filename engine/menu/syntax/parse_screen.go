package syntax

import (
	"fmt"
	"maps"
	"slices"

	"gopkg.in/yaml.v3"
)

// screenReader reads one screen. keys are those given, kinds the ones among
// them that say what the screen does, in their order.
type screenReader struct {
	*reader
	s     *Screen
	keys  map[string]Text
	verbs []Text
}

// screenKeys is every key a screen may have, and what reads it.
var screenKeys map[string]func(*screenReader, entry)

func init() { // a table of methods that in turn name the table's keys
	screenKeys = map[string]func(*screenReader, entry){
		"say":       func(r *screenReader, e entry) { r.s.HasSay = true; r.s.Say = r.says(e) },
		"menu":      (*screenReader).menu,
		"ask":       (*screenReader).ask,
		"retries":   func(r *screenReader, e entry) { r.s.ask().Retries = r.number(e, 1, MaxRetries) },
		"give_up":   func(r *screenReader, e entry) { r.s.ask().GiveUp = r.name(e, "a screen") },
		"offer":     (*screenReader).offers,
		"accept":    (*screenReader).accepts,
		"repeat":    func(r *screenReader, e entry) { r.text(e, &r.s.ask().Repeat) },
		"confirm":   (*screenReader).confirm,
		"cancel":    (*screenReader).cancel,
		"list":      (*screenReader).list,
		"each":      func(r *screenReader, e entry) { r.text(e, &r.s.list().Each) },
		"empty":     func(r *screenReader, e entry) { r.s.list().Empty = r.name(e, "a screen") },
		"languages": (*screenReader).languages,
		"show":      func(r *screenReader, e entry) { r.s.Show = r.textOrNone(e) },
		"end":       func(r *screenReader, e entry) { r.s.End = r.textOrNone(e) },
		"do":        (*screenReader).do,
		"when":      (*screenReader).when,
		"set":       func(r *screenReader, e entry) { r.s.SetPos = e.key.Pos; r.s.Set = r.assigns(e) },
		"go":        func(r *screenReader, e entry) { r.s.Go = r.goTo(e) },
		"sms":       (*screenReader).sms,
		"choose":    (*screenReader).choose,
		"nav":       (*screenReader).navOff,
		"skip":      func(r *screenReader, e entry) { r.s.Skip = r.oneCase(e) },
		"error":     func(r *screenReader, e entry) { r.s.Error = r.textOrNone(e) },
		"again":     func(r *screenReader, e entry) { r.s.Again = r.textOrNone(e) },
	}
}

func (p *reader) screens(e entry) {
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
		p.file.Screens = append(p.file.Screens, p.screen(s))
	}
}

func (p *reader) screen(e entry) *Screen {
	r := &screenReader{reader: p, s: &Screen{Name: e.key, File: p.src.path}, keys: map[string]Text{}}
	known := slices.Sorted(maps.Keys(screenKeys))
	what := fmt.Sprintf("the screen %q", e.key.Value)
	for _, f := range p.entries(e.node, what) {
		parse, ok := screenKeys[f.key.Value]
		if !ok {
			p.unknown(f.key, what, known)
			r.s.Partial = true
			continue
		}
		r.keys[f.key.Value] = f.key
		if KindKeys[f.key.Value] {
			r.verbs = append(r.verbs, f.key)
		}
		parse(r, f)
	}
	if e.node.Kind == yaml.MappingNode {
		r.oneThing()
		r.belongs()
		r.complete()
	}
	return r.s
}

func (r *screenReader) navOff(e entry) {
	t, ok := r.scalar(e, `"none"`)
	if !ok {
		return
	}
	if r.s.NavOff = t.Value == "none"; !r.s.NavOff {
		r.find("U003", t, fmt.Sprintf(`A screen's "nav" can only be "none", but here is %q.`, Short(t.Value)), `Write "nav: none".`)
	}
}

// condOf returns the condition that a key "if" holds.
func (p *reader) condOf(e entry) *Cond {
	t, ok := p.scalar(e, "a condition")
	if !ok {
		return nil
	}
	return p.cond(t)
}
