package syntax

import "fmt"

// nav reads what the same keys do on every screen, and the built-in texts.
func (p *reader) nav(e entry) {
	n := &p.file.Nav
	n.Pos = e.key.Pos
	words := func(into *Text) parser { return func(e entry) { p.text(e, into) } }
	key := func(into *NavKey) parser { return func(e entry) { *into = p.navKey(e) } }
	p.fields(e.node, `"nav"`, map[string]parser{
		"back":        key(&n.Back),
		"home":        p.home,
		"more":        key(&n.More),
		"confirm":     key(&n.Confirm),
		"cancel":      key(&n.Cancel),
		"invalid":     words(&n.Invalid),
		"gave_up":     words(&n.GaveUp),
		"resume":      words(&n.Resume),
		"busy":        words(&n.Busy),
		"in_progress": words(&n.InProgress),
		"expired":     words(&n.Expired),
		"updated":     words(&n.Updated),
		"limited":     words(&n.Limited),
		"mismatch":    words(&n.Mismatch),
		"list_cut":    words(&n.ListCut),
		"again":       words(&n.Again),
		"answers":     func(e entry) { n.Answers = p.answers(e) },
	})
}

// navKey reads "0 Back".
func (p *reader) navKey(e entry) NavKey {
	t, ok := p.words(e)
	if !ok {
		return NavKey{}
	}
	return p.keyLabel(e.key, t)
}

func (p *reader) keyLabel(name, t Text) NavKey {
	key, label := t.Trim().word()
	if label.Value == "" {
		p.find("U003", t, fmt.Sprintf("%q needs a key and its words, but here is %q.", name.Value, Short(t.Value)), fmt.Sprintf("Write it like '%s: 0 Back'.", name.Value))
		return NavKey{}
	}
	return NavKey{Key: key, Label: label}
}

// home reads "00 Home -> main".
func (p *reader) home(e entry) {
	label, to, ok := p.jump(e, `"home: 00 Home -> main"`)
	if !ok {
		return
	}
	if to.Call != nil {
		p.find("U003", to.Call.Action, "Home leads to a screen, not through an action.", "")
		to = Target{}
	}
	p.file.Nav.Home, p.file.Nav.HomeTo = p.keyLabel(e.key, label), to
}
