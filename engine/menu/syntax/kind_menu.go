package syntax

import (
	"fmt"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/paytrace/paytrace/engine"
)

var _ = kinds.Add(engine.ScreenMenu, &kind{
	keys: map[string]func(*screenReader, entry){
		"menu": (*screenReader).menu,
	},
	says:   []string{"menu"},
	shares: []string{"say", "error", "again", "answers", "goal"},
	needs:  []KindNeed{{Says: "menu", Key: "say", Example: "say: What would you like?"}},
	read:   func(s *Screen) bool { return s.Menu != nil },
	targets: func(s *Screen, see func(Target)) {
		for _, o := range s.Menu {
			see(o.To)
		}
	},
	assigns: func(s *Screen) []Assign {
		var list []Assign
		for _, o := range s.Menu {
			list = append(list, o.Set...)
		}
		return list
	},
	messages: func(w *messageList, s *Screen) {
		for i, o := range s.Menu {
			w.add(OptionKey(s, i), o.Say)
			w.add(NoteKey(s, i), o.Note)
		}
	},
})

// OptionName returns how messages name an option: its key, or its place in a list.
func (s *Screen) OptionName(o *Option) string {
	if o.Key.Written() {
		return o.Key.Value
	}
	for i, other := range s.Menu {
		if other == o {
			return strconv.Itoa(i + 1)
		}
	}
	return "?"
}

// OptionKey returns "main.2": by the option's key, or by its place in a list.
func OptionKey(s *Screen, i int) string {
	if key := s.Menu[i].Key; key.Written() {
		return ScreenKey(s, key.Value)
	}
	return ScreenKey(s, strconv.Itoa(i+1))
}

// NoteKey returns "main.2.note".
func NoteKey(s *Screen, i int) string { return OptionKey(s, i) + ".note" }

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
