package engine

import (
	"fmt"
	"strings"
	"testing"
)

// asksAge is a menu with one question, and an end that a call gives up to.
func asksAge(t *testing.T, change func(*Definition, *Screen)) Definition {
	t.Helper()
	d := Definition{
		Vars: []Var{{Name: "age", Type: typed(t, "number 18..99"), Error: lit("No age.")}},
		Screens: []Screen{
			{Name: "age", Kind: ScreenAsk, Say: said("Age?"), Ask: &Ask{Var: "age", Go: "end"}},
			{Name: "end", Kind: ScreenEnd, Say: []Say{{Words: shown("age")}}},
			{Name: "sorry", Kind: ScreenEnd, Say: said("Sorry")},
		},
	}
	change(&d, &d.Screens[0])
	return d
}

// shows types answers one after the other, and compares the screen after each.
func (w *steps) shows(pairs ...string) {
	w.t.Helper()
	for i := 0; i+1 < len(pairs); i += 2 {
		if got := w.key(pairs[i]); got != pairs[i+1] {
			w.t.Fatalf("after %q the screen is %q, want %q", pairs[i], got, pairs[i+1])
		}
	}
}

func TestUnlimitedRetriesNeverGiveUp(t *testing.T) {
	w := walking(t, asksAge(t, func(_ *Definition, s *Screen) { s.Ask.Retries, s.Ask.GiveUp = Unlimited, "sorry" }))
	w.dial()
	for range 20 {
		w.shows("x", "No age.\nAge?")
	}
	if w.s.Wrong != 0 {
		t.Errorf("%d wrong answers were counted", w.s.Wrong)
	}
	w.shows("33", "33")
	for _, row := range w.p.Transitions() {
		if row.Trigger.Kind == TriggerGiveUp {
			t.Errorf("there is a way out of the question: %v", row)
		}
	}
}

func TestGivingUpToTheSameQuestionKeepsTheReason(t *testing.T) {
	d := asksAge(t, func(_ *Definition, s *Screen) {
		s.Ask.Retries, s.Ask.GiveUp = 2, "age"
		s.Ask.Accept = []Accept{{If: &Cond{Op: OpNe, Left: arg("age"), Right: Arg{Value: NumberValue(20)}}, Error: lit("Not 20.")}}
	})
	w := walking(t, d)
	w.dial()
	w.shows("x", "No age.\nAge?", "20", "Not 20.\nAge?", "x", "No age.\nAge?", "x", "No age.\nAge?", "33", "33")
}

func TestAgainByTheKindOfWrongAnswer(t *testing.T) {
	d := asksAge(t, func(d *Definition, s *Screen) {
		d.Nav.Again = lit("Once more")
		s.AgainFor = AgainFor{Range: lit("From 18 to 99")}
		s.Ask.Accept = []Accept{
			{If: &Cond{Op: OpNe, Left: arg("age"), Right: Arg{Value: NumberValue(20)}}, Again: lit("Any but 20")},
			{If: &Cond{Op: OpNe, Left: arg("age"), Right: Arg{Value: NumberValue(30)}}, Error: lit("Not 30."), Again: lit("Again, please")},
		}
		s.Ask.Retries = Unlimited
	})
	w := walking(t, d)
	w.dial()
	w.shows(
		"x", "No age.\nOnce more",
		"17", "From 18 to 99",
		"9999999999999999", "From 18 to 99",
		"20", "Any but 20",
		"30", "Not 30.\nAgain, please",
		"44", "44",
	)
}

// The menu's "again" stands in place of every question and of its words for a wrong
// answer. A screen's own goes first, and a confirm keeps its question.
func TestMenusAgainStandsInPlaceOfQuestions(t *testing.T) {
	d := Definition{
		Nav: Nav{Again: lit("Once more"), Invalid: lit("Invalid.")},
		Screens: []Screen{
			{Name: "menu", Kind: ScreenMenu, Say: said("Menu"), Options: []Option{{Key: "1", Label: lit("On"), Go: "own"}}},
			{Name: "own", Kind: ScreenMenu, Say: said("Own"), Again: lit("Mine"), Options: []Option{{Key: "1", Label: lit("On"), Go: "sure"}}},
			{Name: "sure", Kind: ScreenConfirm, NoNav: true, Say: said("Sure?"), Confirm: &Confirm{Yes: "end", No: "end"}},
			{Name: "end", Kind: ScreenEnd, Say: said("End")},
		},
	}
	w := walking(t, d)
	w.dial()
	w.shows("7", "Once more\n1. On", "1", "Own\n1. On\n0:Back", "7", "Mine\n1. On\n0:Back", "1", "Sure?\n1. Yes\n2. No", "7", "Invalid.\nSure?\n1. Yes\n2. No", "1", "End")
}

func TestTwoAnswersThatDifferHaveTheirText(t *testing.T) {
	d := Definition{
		Vars:      []Var{{Name: "pin", Type: typed(t, "pin 4")}},
		Contracts: []Contract{{Name: "set", Params: []Field{{Name: "pin", Type: typed(t, "pin 4")}}, Outcomes: []OutcomeContract{{Name: Done}, {Name: "weak"}}}},
		Screens: []Screen{
			{Name: "pin", Kind: ScreenAsk, Say: said("PIN?"), AgainFor: AgainFor{Mismatch: lit("They differ. PIN?")}, Ask: &Ask{Var: "pin", Go: "set", Repeat: lit("Again?")}},
			{Name: "set", Kind: ScreenDo, Do: &Do{Action: "set", Args: []Arg{arg("pin")}, Outcomes: []OutcomeCase{{Outcome: Done, Go: "end"}, {Outcome: "weak", Go: "pin", Again: lit("Another PIN?")}}}},
			{Name: "end", Kind: ScreenEnd, Say: said("End")},
		},
	}
	w := walking(t, d)
	w.dial()
	typed := func(pin string) string { return w.take(Event{Kind: EventInput, Input: pin, Digest: "of " + pin}) }
	typed("1234")
	if got := typed("4321"); got != "They differ. PIN?" {
		t.Errorf("after two PINs that differ: %q", got)
	}
	w.outs["set"] = Outcome{Name: "weak"}
	typed("1111")
	if got := typed("1111"); got != "Another PIN?" {
		t.Errorf("after a weak PIN: %q", got)
	}
}

// Words in place of the text above options may fill pages of their own. Behind them
// stands every option, whichever page the wrong key was typed on, and Back returns to
// the options.
func TestAgainOnPages(t *testing.T) {
	words := strings.TrimSpace(strings.Repeat("Please write one of the numbers. ", 7))
	d := Definition{
		Nav: Nav{Back: NavKey{Key: "0", Label: lit("Back")}, More: NavKey{Key: "98", Label: lit("More")}, Again: lit(words)},
		Screens: []Screen{
			{Name: "menu", Kind: ScreenMenu, Say: said("Choose")},
			{Name: "end", Kind: ScreenShow, Say: said("End")},
		},
	}
	for i := range 9 {
		d.Screens[0].Options = append(d.Screens[0].Options, Option{Key: fmt.Sprint(i + 1), Label: lit(strings.Repeat("x", 30)), Go: "end"})
	}
	for before := range 3 {
		w := walking(t, d)
		w.dial()
		for range before {
			w.key("98")
		}
		read := w.key("777")
		for strings.HasSuffix(w.eff.Text, "98:More") {
			read = strings.TrimSuffix(read, "98:More") + w.key("98")
		}
		if got := strings.Join(strings.Fields(read), " "); strings.Count(got, "Please write one of the numbers.") != 7 {
			t.Errorf("a wrong key on page %d: the words are not whole:\n%s", before+1, read)
		}
		for i := range 9 {
			if strings.Count(read, fmt.Sprintf("%d. x", i+1)) != 1 {
				t.Errorf("a wrong key on page %d: option %d is not once on the pages:\n%s", before+1, i+1, read)
			}
		}
		last := w.eff.Text
		if page := w.key("0"); page == last || !strings.Contains(page, "98:More") {
			t.Errorf("Back from the last page shows %q", page)
		}
		w.key("3")
		if page := w.key("0"); !strings.HasPrefix(page, "Choose\n1. ") {
			t.Errorf("Back to the options shows %q", page)
		}
	}
}
