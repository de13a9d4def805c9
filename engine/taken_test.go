package engine

import "testing"

// A text takes the name of an option; a language is one of the menu's.
func TestValuesFromChoices(t *testing.T) {
	p, err := New(Definition{
		Name: "t", Codes: []Code{{Dial: "*1#", Start: "set"}}, Languages: []Language{{Code: "en"}, {Code: "sw"}},
		Vars: []Var{
			{Name: "fault", Type: Type{Kind: KindChoice, Options: []string{"dark", "flat"}}},
			{Name: "spoken", Type: Type{Kind: KindChoice, Options: []string{"sw"}}},
			{Name: "note", Type: Type{Kind: KindText, Width: 20}},
		},
		Screens: []Screen{
			{Name: "set", Kind: ScreenSet, Go: "end", Set: []Assign{
				{Var: "fault", Value: ChoiceValue("flat")},
				{Var: "note", From: Ref{Name: "fault"}},
				{Var: "spoken", Value: ChoiceValue("sw")},
				{Var: "lang", From: Ref{Name: "spoken"}},
			}},
			{Name: "end", Kind: ScreenEnd, Say: []Say{{Words: Localized{{{Lit: "Bye "}, {Ref: Ref{Name: "note"}}}, {{Lit: "Kwaheri "}, {Ref: Ref{Name: "note"}}}}}}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	s, eff, err := p.Step(p.Begin(Request{}, 0), Event{Kind: EventDial, Start: "set"})
	if err != nil || eff.Text != "Kwaheri flat" {
		t.Errorf("%q, %v", eff.Text, err)
	}
	if note := p.Value(&s, "note"); note.Kind() != KindText {
		t.Errorf("the note is %v", note.Kind())
	}
}
