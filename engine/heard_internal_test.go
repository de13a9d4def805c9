package engine

import "testing"

// Nothing of an answer is kept but the number of an option: also of a PIN typed
// at the wrong screen.
func TestWhatIsHeard(t *testing.T) {
	ask := func(kind Kind) *Program {
		slot := Var{}
		slot.Type.Kind = kind
		return &Program{nodes: map[string]*node{"ask": {askSlot: 0}, "menu": {askSlot: -1}}, slots: []Var{slot}}
	}
	for _, c := range []struct {
		kind             Kind
		screen, in, want string
	}{
		{KindSecret, "ask", "4711", "(secret)"},
		{KindSecret, "ask", "1", "(secret)"},
		{KindPhone, "ask", "0711000111", "(phone number)"},
		{KindText, "ask", "Amina", "(text)"},
		{KindMoney, "ask", "1500", "(amount)"},
		{KindNumber, "ask", "12", "(number)"},
		{KindDate, "ask", "1.2.1990", "(date)"},
		{KindChoice, "ask", "2", "2"},
		{KindChoice, "ask", "4711", "(no option)"},
		{KindText, "menu", "1", "1"},
		{KindText, "menu", "00", "00"},
		{KindText, "menu", "4711", "(no option)"},
		{KindText, "gone", "1", ""},
	} {
		p := ask(c.kind)
		if got := p.heard(&Session{Screen: c.screen}, c.in); got != c.want {
			t.Errorf("%q at %s of kind %d: %q, want %q", c.in, c.screen, c.kind, got, c.want)
		}
	}
	for kind := KindNone; kind <= KindList; kind++ {
		if kind != KindChoice && ask(kind).heard(&Session{Screen: "ask"}, "x") == "" {
			t.Errorf("kind %d has no word", kind)
		}
	}
}
