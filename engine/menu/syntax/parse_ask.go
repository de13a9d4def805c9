package syntax

import (
	"fmt"

	"gopkg.in/yaml.v3"
)

// ask and list are the screen's question or list, begun by whichever of their
// keys comes first.
func (s *Screen) ask() *Ask {
	if s.Ask == nil {
		s.Ask = &Ask{}
	}
	return s.Ask
}

func (s *Screen) list() *List {
	if s.List == nil {
		s.List = &List{}
	}
	return s.List
}

// ask reads "ask: phone -> lookup_worker(phone)".
func (r *screenReader) ask(e entry) {
	a := r.s.ask()
	a.Pos = e.key.Pos
	name, to, ok := r.jump(e, `"ask: phone -> next_screen"`)
	if ok {
		a.To = to
	}
	if name.Written() && r.goodName(name, "a variable") {
		a.Var = name
	}
}

// offers reads shortcuts: "{1: caller}" gives a value, "{9: Skip -> next}"
// leads on without one.
func (r *screenReader) offers(e entry) {
	for _, o := range r.entries(e.node, `"offer"`) {
		t, ok := r.scalar(o, "a value or an arrow")
		if !ok {
			continue
		}
		offer := &Offer{Key: o.key}
		if label, target, has := r.splitArrow(t); has {
			offer.Label, offer.To = label, r.target(target, t)
			if label.Value == "" {
				r.find("U003", t, "This offer has no words before its arrow.", `Write it like "9: Skip -> next".`)
			}
		} else if offer.Value, ok = r.value(t); !ok {
			continue
		}
		r.s.ask().Offers = append(r.s.ask().Offers, offer)
	}
}

// accepts reads conditions on an answer and what is said when one fails.
func (r *screenReader) accepts(e entry) {
	nodes := []*yaml.Node{e.node}
	if e.node.Kind == yaml.SequenceNode {
		nodes = e.node.Content
	}
	for _, n := range nodes {
		a := &Accept{Pos: r.at(n).Pos}
		r.fields(n, `"accept"`, map[string]parser{
			"if":    func(e entry) { a.If = r.condOf(e) },
			"error": func(e entry) { r.text(e, &a.Error) },
		})
		if n.Kind != yaml.MappingNode {
			continue
		}
		if given := keysOf(n); !given["if"] || !given["error"] {
			r.find("U003", r.at(n), `An "accept" needs an "if" and an "error".`, `Write it like "- {if: amount <= balance, error: You have less.}".`)
		}
		r.s.ask().Accept = append(r.s.ask().Accept, a)
	}
}

// confirm reads "confirm: -> next" or "confirm: Accept -> next".
func (r *screenReader) confirm(e entry) {
	c := r.s.yesNo()
	c.Pos = e.key.Pos
	c.YesLabel, c.Yes, _ = r.jump(e, `"confirm: -> next_screen"`)
	c.YesLabel = r.oneLine(unlessEmpty(c.YesLabel))
}

func (r *screenReader) cancel(e entry) {
	c := r.s.yesNo()
	c.NoLabel, c.No, _ = r.jump(e, `"cancel: -> main"`)
	c.NoLabel = r.oneLine(unlessEmpty(c.NoLabel))
}

// yesNo returns the screen's confirm, begun by whichever of its keys comes first.
func (s *Screen) yesNo() *Confirm {
	if s.Confirm == nil {
		s.Confirm = &Confirm{}
	}
	return s.Confirm
}

// unlessEmpty makes a label without characters one that was not written.
func unlessEmpty(t Text) Text {
	if t.Value == "" {
		return Text{}
	}
	return t
}

// list reads "list: payments as payment -> payment_show".
func (r *screenReader) list(e entry) {
	l := r.s.list()
	l.Pos = e.key.Pos
	const example = `"list: payments as payment -> payment_show"`
	label, to, ok := r.jump(e, example)
	if ok {
		l.To = to
	}
	if !label.Written() {
		return
	}
	items, rest := label.word()
	as, row := rest.word()
	if as.Value != "as" || row.Value == "" {
		r.find("U003", label, fmt.Sprintf("%q does not say what one row is called.", Short(label.Value)), "Write "+example+".")
		return
	}
	if v, ok := r.nameValue(items); ok {
		l.Items = v
	}
	if r.goodName(row, "a row") {
		l.As = row
	}
}
