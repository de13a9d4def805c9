package engine

import (
	"fmt"
	"strings"
	"testing"
)

// "again" replaces the question and the menu's own words for any wrong answer. The
// words that say why an answer was refused stand above it.
func TestAgainKeepsTheReason(t *testing.T) {
	d := Definition{
		Vars:      []Var{{Name: "day", Type: typed(t, "number 1..31")}, {Name: "code", Type: typed(t, "text 5"), Error: lit("A code has 5 letters.")}},
		Contracts: []Contract{{Name: "book", Outcomes: []OutcomeContract{{Name: "full"}}}},
		Screens: []Screen{
			{Name: "day", Kind: ScreenAsk, Say: said("On which day shall we come?"), Again: lit("The day?"), Ask: &Ask{
				Var: "day", Go: "book", Retries: 9, Accept: []Accept{{If: &Cond{Op: OpNe, Left: arg("day"), Right: Arg{Value: NumberValue(13)}}, Error: lit("Not on a 13th.")}},
			}},
			{Name: "book", Kind: ScreenDo, Do: &Do{Action: "book", Outcomes: []OutcomeCase{{Outcome: Done, Go: "code"}, {Outcome: "full", Go: "day", Retry: lit("All are out then.")}}}},
			{Name: "code", Kind: ScreenAsk, Say: said("Which code is on the card that you have got from us?"), Again: lit("The code?"), Ask: &Ask{Var: "code", Go: "bye", Retries: 9}},
			{Name: "bye", Kind: ScreenEnd, Say: said("Bye")},
		},
	}
	w := walking(t, d)
	w.dial()
	for _, step := range []struct{ typed, outcome, want string }{
		{"13", "", "Not on a 13th.\nThe day?"},
		{"5", "full", "All are out then.\nThe day?"},
		{"6", Done, "Which code is on the card that you have got from us?\n0:Back"},
		{"too long", "", "A code has 5 letters.\nThe code?\n0:Back"},
	} {
		w.outs["book"] = Outcome{Name: step.outcome}
		if got := w.key(step.typed); got != step.want {
			t.Errorf("after %q: %q, want %q", step.typed, got, step.want)
		}
	}
}

// A second answer that differs from the first is refused with words of its own,
// whatever the type's error says.
func TestTwoAnswersThatDiffer(t *testing.T) {
	d := Definition{
		Vars: []Var{{Name: "fresh", Type: typed(t, "pin 4"), Error: lit("A PIN is 4 digits.")}},
		Screens: []Screen{
			{Name: "main", Kind: ScreenAsk, Say: said("New PIN?"), Ask: &Ask{Var: "fresh", Go: "bye", Repeat: lit("Once more"), Retries: 9}},
			{Name: "bye", Kind: ScreenEnd, Say: said("Bye")},
		},
	}
	w := walking(t, d)
	w.dial()
	twice := func(first, second string) string {
		w.take(Event{Kind: EventInput, Input: first, Digest: "of " + first})
		return w.take(Event{Kind: EventInput, Input: second, Digest: "of " + second})
	}
	if got, want := twice("1234", "4321"), "Not the same. Try again.\nNew PIN?"; got != want {
		t.Errorf("two that differ: %q, want %q", got, want)
	}
	if got, want := twice("1234", "99"), "A PIN is 4 digits.\nNew PIN?"; got != want {
		t.Errorf("a second one that is no PIN: %q, want %q", got, want)
	}
	if got := twice("1234", "1234"); got != "Bye" {
		t.Errorf("two that are the same: %q", got)
	}
}

// listMenu shows rows of a list, and an option behind them.
func listMenu(t *testing.T, rows int, more string) *steps {
	t.Helper()
	item := Type{Kind: KindRecord, Record: "place", Fields: []Field{{"name", Type{Kind: KindText, Width: 12}}}}
	d := Definition{
		Vars:      []Var{{Name: "place", Type: item}, {Name: "places", Type: Type{Kind: KindList, Record: "place", Fields: item.Fields}}},
		Contracts: []Contract{{Name: "find"}},
		Nav:       Nav{Back: NavKey{Key: "0", Label: lit("Back")}, More: NavKey{Key: more, Label: lit("More")}},
		Screens: []Screen{
			{Name: "find", Kind: ScreenDo, Do: &Do{Action: "find", Outcomes: []OutcomeCase{{Outcome: Done, Go: "list"}}}},
			{
				Name: "list", Kind: ScreenList, Numbered: true, Options: []Option{{Label: lit("None of them"), Go: "bye"}},
				List: &List{Items: Ref{Name: "places"}, As: "place", Each: Localized{{{Ref: Ref{Name: "place", Field: "name"}}}}, Go: "chosen", Empty: "bye"},
			},
			{Name: "chosen", Kind: ScreenEnd, Say: []Say{{Words: Localized{{{Ref: Ref{Name: "place", Field: "name"}}}}}}},
			{Name: "bye", Kind: ScreenEnd, Say: said("Bye")},
		},
	}
	var items []Value
	for i := range rows {
		items = append(items, RecordValue([]Named{{"name", TextValue(fmt.Sprintf("Hill %d.", i+1))}}))
	}
	w := walking(t, d)
	w.outs["find"] = Outcome{Name: Done, Values: []Named{{"places", ListValue(items)}}}
	w.dial()
	return w
}

// Every row of a long list can be come to and chosen by the number before it. The
// key of the next page is no row's number.
func TestRowsOfALongList(t *testing.T) {
	const rows = 130
	w := listMenu(t, rows, "98")
	keys := map[string]string{}
	for page := w.eff.Text; ; page = w.key("98") {
		for _, line := range strings.Split(page, "\n") {
			if key, label, ok := strings.Cut(line, ". "); ok {
				keys[label] = key
			}
		}
		if !strings.HasSuffix(page, "98:More") {
			break
		}
	}
	if len(keys) != rows+1 {
		t.Fatalf("%d rows and options were seen, want %d", len(keys), rows+1)
	}
	seen := map[string]bool{}
	for label, key := range keys {
		if seen[key] || key == "98" {
			t.Errorf("the key %s means two things", key)
		}
		seen[key] = true
		want := label
		if label == "None of them" {
			want = "Bye"
		}
		if _, eff, err := w.p.Step(w.s, Event{Kind: EventInput, Input: key}); err != nil || eff.Text != want {
			t.Errorf("%s shows %q (%v), want %q", key, eff.Text, err, want)
		}
	}
}

// A list that has more rows than are shown says so below the last of them.
func TestCutListSaysSo(t *testing.T) {
	for rows, cut := range map[int]bool{MaxRows: false, MaxRows + 1: true, 3 * MaxRows: true} {
		w := listMenu(t, rows, "98")
		page := w.eff.Text
		for strings.HasSuffix(page, "98:More") {
			page = w.key("98")
		}
		if got := strings.Contains("\n"+page, "\nThere are more. They are not shown.\n"); got != cut {
			t.Errorf("%d rows: the last page says that the list was cut: %v\n%s", rows, got, page)
		}
		if !strings.Contains("\n"+page, fmt.Sprintf("\n%d. None of them\n", MaxRows+2)) {
			t.Errorf("%d rows: the option has no number behind the rows\n%s", rows, page)
		}
		if _, eff, _ := w.p.Step(w.s, Event{Kind: EventInput, Input: ""}); strings.HasPrefix(eff.Text, "Hill") || eff.End {
			t.Errorf("an empty answer chose a row: %q", eff.Text)
		}
	}
}
