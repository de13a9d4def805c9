package syntax

import (
	"fmt"

	"github.com/paytrace/paytrace/engine"
)

var _ = kinds.Add(engine.ScreenList, &kind{
	keys: map[string]func(*screenReader, entry){
		"list":  (*screenReader).list,
		"each":  func(r *screenReader, e entry) { r.text(e, &r.listAt(e).Each) },
		"empty": func(r *screenReader, e entry) { r.listAt(e).Empty = r.name(e, "a screen") },
	},
	says:   []string{"list"},
	shares: []string{"say", "error", "again", "answers", "goal"},
	beside: []string{"menu"}, // below the rows
	needs: []KindNeed{
		{Says: "list", Key: "say", Example: "say: Last payments"},
		{Says: "list", Key: "each", Example: `each: "{payment.date} {payment.amount}"`},
		{Says: "list", Key: "empty", Example: "empty: no_payments"},
	},
	read:     func(s *Screen) bool { return s.List != nil },
	targets:  func(s *Screen, see func(Target)) { see(s.List.To) },
	messages: func(w *messageList, s *Screen) { w.add(ScreenKey(s, "each"), s.List.Each) },
})

func (s *Screen) list() *List {
	if s.List == nil {
		s.List = &List{}
	}
	return s.List
}

// listAt returns the list of the screen, which is placed at its first key: the key
// "list" may be missing.
func (r *screenReader) listAt(e entry) *List {
	l := r.s.list()
	if l.Pos.Line == 0 {
		l.Pos = e.key.Pos
	}
	return l
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
