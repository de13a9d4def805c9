package syntax

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// languages reads "languages: -> hello" or "{only: en|sw, go: hello}".
func (r *screenReader) languages(e entry) {
	s := r.s
	s.LanguagesPos = e.key.Pos
	if e.node.Kind != yaml.MappingNode {
		s.Languages = r.goTo(e)
		return
	}
	r.fields(e.node, `"languages"`, map[string]parser{
		"only": r.only,
		"go":   func(e entry) { s.Languages = r.goTo(e) },
	})
	if !keysOf(e.node)["go"] {
		r.find("U003", e.key, `"languages" does not say where a choice leads.`, `Write "go: next_screen".`)
	}
}

// only reads the languages that are offered: "en|sw".
func (r *screenReader) only(e entry) {
	for _, i := range r.items(e, "languages") {
		t, ok := r.scalar(i, "languages")
		if !ok {
			continue
		}
		from := 0
		for _, code := range strings.Split(t.Value, "|") {
			name := t.Sub(from, from+len(code)).Trim()
			from += len(code) + 1
			if r.goodName(name, "a language") {
				r.s.LanguagesOnly = append(r.s.LanguagesOnly, name)
			}
		}
	}
}

// do reads "do: create_account(phone)".
func (r *screenReader) do(e entry) {
	t, ok := r.scalar(e, "an action")
	if !ok {
		return
	}
	if label, target, has := r.splitArrow(t); has {
		r.find("U003", target, `"do" has no arrow; "when" says where its outcomes lead.`, fmt.Sprintf(`Write "when: {done: %s}" below it.`, target.Value))
		t = label
	}
	r.s.Do = r.call(t)
}

// when reads outcomes and where they lead.
func (r *screenReader) when(e entry) {
	r.s.WhenPos = e.key.Pos
	for _, o := range r.entries(e.node, `"when"`) {
		t, ok := r.words(o)
		if !ok || !r.goodName(o.key, "an outcome") {
			continue
		}
		w := When{Outcome: o.key}
		if first, rest := t.Trim().word(); first.Value == "retry" {
			w.Retry = &rest
			if rest.Value == "" {
				r.find("U003", first, `"retry" needs words that say what was wrong.`, `Write it like "retry Wrong PIN.".`)
			}
		} else {
			w.To = r.bareTarget(t.Trim())
		}
		r.s.When = append(r.s.When, w)
	}
}

// sms reads "{to: worker.phone, say: …}".
func (r *screenReader) sms(e entry) {
	m := &SMS{Pos: e.key.Pos}
	r.fields(e.node, `"sms"`, map[string]parser{
		"to": func(e entry) {
			if t, ok := r.scalar(e, "a phone number's name"); ok {
				m.To, _ = r.nameValue(t)
			}
		},
		"say": func(e entry) { r.text(e, &m.Say) },
	})
	given := keysOf(e.node)
	for _, key := range []string{"to", "say"} {
		if e.node.Kind == yaml.MappingNode && !given[key] {
			r.find("U003", e.key, fmt.Sprintf("This SMS has no %q.", key), `Write it like "{to: worker.phone, say: Sent.}".`)
		}
	}
	r.s.SMS = m
}

// choose reads "if … -> x" lines and the last, "else -> y".
func (r *screenReader) choose(e entry) {
	r.s.ChoosePos = e.key.Pos
	if e.node.Kind != yaml.SequenceNode {
		r.wrong(e.node, `"choose"`, `a list like "- if lang is set -> main"`)
		return
	}
	for i, n := range e.node.Content {
		c := r.oneCase(entry{e.key, n})
		if c == nil {
			continue
		}
		if c.If == nil && i < len(e.node.Content)-1 && r.isElse(n) {
			r.find("U003", r.at(n), `Cases below "else" are never reached.`, `Put "else" last.`)
		}
		r.s.Choose = append(r.s.Choose, *c)
	}
	if len(e.node.Content) == 0 {
		r.find("U003", e.key, `This "choose" has nothing to choose from.`, "")
	}
}

func (r *screenReader) isElse(n *yaml.Node) bool {
	first, _ := r.at(n).word()
	return first.Value == "else"
}

// oneCase reads "if city is set -> next" or "else -> next". It is nil where
// the condition cannot be read.
func (r *screenReader) oneCase(e entry) *Case {
	head, to, ok := r.jump(e, `"if lang is set -> main"`)
	if !ok {
		return nil
	}
	c := &Case{To: to, Pos: head.Pos}
	first, rest := head.word()
	switch {
	case first.Value == "if":
		if c.If = r.cond(rest); c.If == nil {
			return nil
		}
	case head.Value == "else" && e.key.Value == "choose":
	default:
		r.find("U003", head, fmt.Sprintf(`Here is %q, but "if" and a condition are expected.`, Short(head.Value)), `Write it like "if lang is set -> main".`)
		return nil
	}
	return c
}
