package engine

import "testing"

func labelMenu(labels bool) Definition {
	return Definition{
		Vars: []Var{{Name: "town", Type: Type{Kind: KindText, Width: 20}}, {Name: "size", Type: Type{Kind: KindChoice, Options: []string{"small", "big"}}, Labels: []Localized{lit("Small"), lit("Très grand")}}},
		Screens: []Screen{
			{Name: "main", Kind: ScreenMenu, Labels: labels, Say: said("Main"), Options: []Option{
				{Key: "1", Label: lit("Create account"), Note: lit("(free)"), Go: "size"},
				{Key: "2", Label: lit("1"), Go: "end"},
				{Key: "3", Label: lit("Twice"), Go: "end"},
				{Key: "4", Label: lit("TWICE"), Go: "end"},
				{Key: "5", Label: lit("About"), Go: "text"},
			}},
			{Name: "size", Kind: ScreenAsk, Labels: labels, Say: said("Size?"), Ask: &Ask{Var: "size", Go: "town"}},
			{Name: "town", Kind: ScreenAsk, Labels: labels, Say: said("Town?"), Ask: &Ask{Var: "town", Go: "sure", Offers: []Offer{{Key: "9", Label: lit("Skip"), Go: "end"}}}},
			{Name: "sure", Kind: ScreenConfirm, Labels: labels, Say: []Say{{Words: shown("town")}}, Confirm: &Confirm{Yes: "end", No: "main"}},
			{Name: "text", Kind: ScreenShow, Labels: labels, Say: said("Text")},
			{Name: "end", Kind: ScreenEnd, Say: said("End")},
		},
	}
}

func TestLabelsAreAnswers(t *testing.T) {
	w := walking(t, labelMenu(true))
	w.dial()
	w.shows(
		"about", "Text\n0:Back", "BACK", w.eff.Text,
		" create  ACCOUNT ", "Size?\n1. Small\n2. Très grand\n0:Back",
		"tres-grand", "Invalid option. Try again.\nSize?\n1. Small\n2. Très grand\n0:Back",
		"tresgrand", "Town?\n9. Skip\n0:Back",
		// What is typed for a text is the answer, also where it is a label.
		"back", "back\n1. Yes\n2. No\n0:Back",
		"Back", "Town?\n9. Skip\n0:Back",
		"skip", "skip\n1. Yes\n2. No\n0:Back",
		"YES", "End",
	)
}

// A key goes before a label, and words of two things are those of none.
func TestKeysGoBeforeLabels(t *testing.T) {
	w := walking(t, labelMenu(true))
	w.dial()
	first := w.eff.Text
	w.shows("twice", "Invalid option. Try again.\n"+first, "1", "Size?\n1. Small\n2. Très grand\n0:Back")
}

// The control: without the word, labels are no answers.
func TestLabelsAreNoAnswersUnlessTheMenuSaysSo(t *testing.T) {
	w := walking(t, labelMenu(false))
	w.dial()
	first := w.eff.Text
	w.shows("create account", "Invalid option. Try again.\n"+first)
}
