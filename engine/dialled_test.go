package engine

import "testing"

// coded has a menu with codes of each sort.
func coded(t *testing.T) *Program {
	t.Helper()
	money := Type{Kind: KindMoney, Lo: 1000, Hi: 50000}
	end := func(name, words string, values ...string) Screen {
		text := Text{{Lit: words}}
		for _, v := range values {
			text = append(text, Part{Ref: Ref{Name: v}})
		}
		return Screen{Name: name, Kind: ScreenEnd, Say: []Say{{Words: Localized{text}}}}
	}
	p, err := New(Definition{
		Name: "t", Vars: []Var{{Name: "amount", Type: money}, {Name: "campaign", Type: Type{Kind: KindChoice, Options: []string{"radio"}}, Labels: []Localized{{{{Lit: "Radio"}}}}}},
		Codes: []Code{
			{Dial: "*1#", Start: "main"},
			{Dial: "*1*8#", Start: "radio"},
			{Dial: "*1*{other}#", Start: "any"},
			{Dial: "*2#", Start: "main"},
			{Dial: "*2*{amount}#", Start: "set"},
		},
		Screens: []Screen{
			end("main", "Main"), end("any", "Any"), end("paid", "Pay ", "amount"), end("heard", "From ", "campaign"),
			{Name: "set", Kind: ScreenSet, Go: "paid", Set: []Assign{{Var: "amount", Dialled: true}}},
			{Name: "radio", Kind: ScreenSet, Go: "heard", Set: []Assign{{Var: "campaign", Value: ChoiceValue("radio")}}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestCodesThatCarry(t *testing.T) {
	p := coded(t)
	for _, c := range []struct{ dialled, shown, ahead, code string }{
		{"*1#", "Main", "", "*1#"},
		{"*1*8#", "From Radio", "", "*1*8#"},
		{"*1*8*3#", "From Radio", "3", "*1*8#"},
		{"*1*80#", "Any", "", "*1*{other}#"},
		{"*1*9*1#", "Any", "", "*1*{other}#"},
		{"*2#", "Main", "", "*2#"},
		{"*2*20#", "Pay KES 20", "", "*2*{amount}#"},
		{"*2*20*1#", "Pay KES 20", "1", "*2*{amount}#"},
		{"*2*5#", "Main", "5", "*2#"},
		{"*3#", "Main", "", ""},
	} {
		_, eff, err := p.Step(p.Begin(Request{Service: c.dialled}, 0), Event{Kind: EventDial, Start: p.StartFor(c.dialled)})
		if err != nil || eff.Text != c.shown || p.TypedAhead(c.dialled) != c.ahead {
			t.Errorf("%s shows %q (%v), with %q typed ahead; expected %q and %q", c.dialled, eff.Text, err, p.TypedAhead(c.dialled), c.shown, c.ahead)
		}
		code, ok := p.CodeOf(c.dialled)
		if ok != (c.code != "") || ok && code.Dial != c.code {
			t.Errorf("%s is the code %q (%t), expected %q", c.dialled, code.Dial, ok, c.code)
		}
	}
	for _, screen := range []string{"main", "any", "paid", "heard"} {
		if !p.BeginsOn(screen) {
			t.Errorf("no call begins on %s", screen)
		}
	}
	if p.BeginsOn("gone") {
		t.Error("a call begins on a screen that there is not")
	}
}

func TestANameBehindACodeIsAValue(t *testing.T) {
	_, err := New(Definition{Name: "t", Codes: []Code{{Dial: "*1*{amount}#", Start: "end"}}, Screens: []Screen{{Name: "end", Kind: ScreenEnd}}})
	if err == nil {
		t.Error("a code carries an answer for no value")
	}
}
