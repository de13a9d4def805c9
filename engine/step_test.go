package engine

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func lit(s string) Localized { return Localized{{{Lit: s}}} }

func said(s string) []Say { return []Say{{Words: lit(s)}} }

func shown(name string) Localized { return Localized{{{Ref: Ref{Name: name}}}} }

func arg(name string) Arg { return Arg{Ref: Ref{Name: name}} }

func typed(t *testing.T, s string) Type {
	t.Helper()
	typ, err := ParseType(s)
	if err != nil {
		t.Fatal(err)
	}
	return typ
}

// A steps plays a call on a program, with outcomes for its actions.
type steps struct {
	t     *testing.T
	p     *Program
	s     Session
	eff   Effect
	calls []Call
	// outs has outcomes by action; the default is "done" without values.
	outs map[string]Outcome
}

func walking(t *testing.T, d Definition) *steps {
	t.Helper()
	if len(d.Codes) == 0 {
		d.Codes = []Code{{Dial: "*1#", Start: d.Screens[0].Name}}
	}
	if d.Nav.Back.Key == "" {
		d.Nav.Back, d.Nav.More = NavKey{Key: "0", Label: lit("Back")}, NavKey{Key: "98", Label: lit("More")}
	}
	p, err := New(d)
	if err != nil {
		t.Fatal(err)
	}
	return &steps{t: t, p: p, s: p.Begin(Request{Caller: "254711000111"}, 0), outs: map[string]Outcome{}}
}

func (w *steps) dial() string { return w.take(Event{Kind: EventDial, Start: w.p.def.Codes[0].Start}) }

func (w *steps) key(keys ...string) string {
	w.t.Helper()
	for _, k := range keys {
		w.take(Event{Kind: EventInput, Input: k})
	}
	return w.eff.Text
}

func (w *steps) take(ev Event) string {
	w.t.Helper()
	w.step(ev)
	for w.eff.Call != nil {
		c := *w.eff.Call
		w.calls = append(w.calls, c)
		out, ok := w.outs[c.Action]
		if !ok {
			out = Outcome{Name: Done}
		}
		w.step(Event{Kind: EventOutcome, Outcome: out})
	}
	return w.eff.Text
}

func (w *steps) step(ev Event) {
	w.t.Helper()
	var err error
	if w.s, w.eff, err = w.p.Step(w.s, ev); err != nil {
		w.t.Fatal(err)
	}
}

func (w *steps) want(got, want string) {
	w.t.Helper()
	if got != want {
		w.t.Errorf("got  %q\nwant %q", got, want)
	}
}

func (w *steps) made(action string) (n int) {
	for _, c := range w.calls {
		if c.Action == action {
			n++
		}
	}
	return n
}

// A step that ends an action does not modify the given session: two goroutines may
// answer the same session.
func TestOutcomeLeavesTheSessionAlone(t *testing.T) {
	w := walking(t, Definition{
		Vars:      []Var{{Name: "name", Type: typed(t, "text 9")}},
		Contracts: []Contract{{Name: "find"}},
		Screens: []Screen{
			{Name: "ask", Kind: ScreenAsk, Say: said("Name"), Ask: &Ask{Var: "name", Go: "find"}},
			{Name: "find", Kind: ScreenDo, Do: &Do{Action: "find", Outcomes: []OutcomeCase{{Outcome: "a", Go: "a"}, {Outcome: "b", Go: "b"}}}},
			{Name: "a", Kind: ScreenShow, Say: said("A")},
			{Name: "b", Kind: ScreenShow, Say: said("B")},
		},
	})
	w.dial()
	w.step(Event{Kind: EventInput, Input: "Amina"})
	waits := w.s
	if w.eff.Call == nil || len(waits.Undo) != 1 {
		t.Fatalf("%+v", w.eff)
	}
	w.step(Event{Kind: EventOutcome, Outcome: Outcome{Name: "a"}})
	if len(w.s.Undo[0].Values) != 1 || waits.Undo[0].Values != nil {
		t.Errorf("after the step Undo has %v, that of the given session %v", w.s.Undo[0].Values, waits.Undo[0].Values)
	}
}

// cities returns a menu that remembers an answer.
func cities(t *testing.T) Definition {
	return Definition{
		Remember: []string{"city"},
		Vars:     []Var{{Name: "city", Type: typed(t, "text 9")}},
		Screens: []Screen{
			{Name: "main", Kind: ScreenMenu, Say: said("Main"), Options: []Option{{Key: "1", Label: lit("City"), Go: "ask"}, {Key: "2", Label: lit("Mine"), Go: "mine"}}},
			{Name: "ask", Kind: ScreenAsk, Say: said("City"), Ask: &Ask{Var: "city", Go: "mine", Accept: []Accept{{
				If: &Cond{Op: OpNe, Left: arg("city"), Right: Arg{Value: TextValue("Oslo")}}, Error: lit("Not there."),
			}}}},
			{Name: "mine", Kind: ScreenShow, Say: []Say{{Words: Localized{{{Lit: "City: "}, {Ref: Ref{Name: "city"}}}}}}},
		},
	}
}

// A remembered value does not replace what the caller has just typed.
func TestAnswerOutlivesTheFacts(t *testing.T) {
	d := cities(t)
	d.Screens[1].Ask.Accept = nil
	w := walking(t, d)
	w.outs[CallFacts] = Outcome{Name: Done, Values: []Named{{"city", TextValue("Thika")}}}
	w.want(w.dial(), "Main\n1. City\n2. Mine")
	if len(w.calls) != 0 {
		t.Errorf("a first screen that needs nothing asked for %v", w.calls)
	}
	w.want(w.key("1", "Nairobi"), "City: Nairobi\n0:Back")
	if w.made(CallRemember) != 1 || w.calls[len(w.calls)-1].Remember[0].Value.Text() != "Nairobi" {
		t.Errorf("remembered: %v", w.calls)
	}
}

// A refused answer changes no remembered value, and counts.
func TestRefusedAnswerIsNotRemembered(t *testing.T) {
	w := walking(t, cities(t))
	w.dial()
	w.want(w.key("1", "Oslo"), "Not there.\nCity\n0:Back")
	if w.s.Wrong != 1 || w.made(CallRemember) != 0 {
		t.Errorf("%d wrong answers, %d calls to remember; want 1 and 0", w.s.Wrong, w.made(CallRemember))
	}
	w.want(w.key("Oslo", "Oslo"), "Too many tries. Please dial again.")
}

// Remembering a value does not move the page to which Back returns.
func TestBackToAPageThatSetARememberedValue(t *testing.T) {
	d := cities(t)
	menu := Screen{Name: "list", Kind: ScreenMenu, Numbered: true, Say: said("Cities")}
	for i := range 12 {
		menu.Options = append(menu.Options, Option{
			Label: lit(fmt.Sprint("City number ", i+1)), Go: "mine", Set: []Assign{{Var: "city", Value: TextValue(fmt.Sprint("C", i+1))}},
		})
	}
	d.Screens = append([]Screen{menu}, d.Screens...)
	w := walking(t, d)
	w.dial()
	second := w.key("98")
	if !strings.Contains(second, "12. City number 12") {
		t.Fatalf("the second page is %q", second)
	}
	w.want(w.key("12"), "City: C12\n0:Back")
	w.want(w.key("0"), second)
}

// A receipt that sends an SMS or remembers a value comes after the payment: a dropped
// call resumes there and not before its consent.
func TestRestsBehindTheAction(t *testing.T) {
	w := walking(t, Definition{
		Session:   SessionRules{Resume: 5 * 60e9},
		Contracts: []Contract{{Name: "pay"}},
		Screens: []Screen{
			{Name: "sure", Kind: ScreenConfirm, Say: said("Pay?"), Confirm: &Confirm{Yes: "pay", No: "sure"}},
			{Name: "pay", Kind: ScreenDo, Do: &Do{Action: "pay", Outcomes: []OutcomeCase{{Outcome: Done, Go: "tell"}}}},
			{Name: "tell", Kind: ScreenSet, Go: "receipt", SMS: &SMS{To: Ref{Name: "caller"}, Say: lit("Paid.")}},
			{Name: "receipt", Kind: ScreenShow, Say: said("Paid.")},
		},
	})
	w.dial()
	w.want(w.key("1"), "Paid.\n0:Back")
	if w.s.Resting.Screen != "receipt" || w.s.Guarded {
		t.Errorf("the call rests at %q (guarded %v), want the receipt", w.s.Resting.Screen, w.s.Guarded)
	}
}

// A secret reaches the action that takes it, even after an action that does not.
func TestSecretIsWipedByTheActionThatTakesIt(t *testing.T) {
	w := walking(t, Definition{
		Vars:      []Var{{Name: "pin", Type: typed(t, "pin 4")}},
		Contracts: []Contract{{Name: "quote"}, {Name: "pay", Params: []Field{{Name: "pin", Type: typed(t, "pin 4")}}}},
		Screens: []Screen{
			{Name: "ask", Kind: ScreenAsk, Say: said("PIN"), Ask: &Ask{Var: "pin", Go: "quote"}},
			{Name: "quote", Kind: ScreenDo, Do: &Do{Action: "quote", Outcomes: []OutcomeCase{{Outcome: Done, Go: "pay"}}}},
			{Name: "pay", Kind: ScreenDo, Do: &Do{Action: "pay", Args: []Arg{arg("pin")}, Outcomes: []OutcomeCase{{Outcome: Done, Go: "again"}}}},
			{Name: "again", Kind: ScreenDo, Do: &Do{Action: "pay", Args: []Arg{arg("pin")}, Outcomes: []OutcomeCase{{Outcome: Done, Go: "paid"}}}},
			{Name: "paid", Kind: ScreenShow, Say: said("Paid.")},
		},
	})
	w.dial()
	w.key("4321")
	var pins []string
	for _, c := range w.calls {
		for _, a := range c.Args {
			pins = append(pins, a.Reveal())
		}
	}
	if !slices.Equal(pins, []string{"4321", ""}) {
		t.Errorf("the actions got %q, want the PIN once, in the one that takes it", pins)
	}
}

// "lang is set" asks whether the caller has chosen a language, not whether screens have
// one.
func TestLangIsSetOnceChosen(t *testing.T) {
	d := Definition{
		Languages: []Language{{"en", "English"}, {"sw", "Kiswahili"}}, Default: "sw", Remember: []string{"lang"},
		Screens: []Screen{
			{Name: "hello", Kind: ScreenChoose, Choose: []Case{{If: &Cond{Op: OpIsSet, Left: arg("lang")}, Go: "main"}, {Go: "language"}}},
			{Name: "language", Kind: ScreenLanguages, Say: []Say{{Words: Localized{{{Lit: "Language"}}, {{Lit: "Lugha"}}}}}, Go: "hello"},
			{Name: "main", Kind: ScreenShow, Say: []Say{{Words: Localized{{{Lit: "Main "}, {Ref: Ref{Name: "lang"}}}, {{Lit: "Kuu "}, {Ref: Ref{Name: "lang"}}}}}}},
		},
	}
	for key, want := range map[string]string{"1": "Main English\n0:Back", "2": "Kuu Kiswahili\n0:Back"} {
		w := walking(t, d)
		w.want(w.dial(), "Lugha\n1. English\n2. Kiswahili")
		w.want(w.key(key), want)
		w.want(w.key("0"), "Lugha\n1. English\n2. Kiswahili")
		if w.p.holds(&w.s, &Cond{Op: OpIsSet, Left: arg("lang")}) {
			t.Error("Back has not undone the choice")
		}
	}
	w := walking(t, d)
	w.outs[CallFacts] = Outcome{Name: Done, Values: []Named{{"lang", ChoiceValue("en")}}}
	w.want(w.dial(), "Main English")
	// Without a choice, comparisons and screens use the default.
	if w = walking(t, d); !w.p.holds(&w.s, &Cond{Op: OpEq, Left: arg("lang"), Right: Arg{Value: ChoiceValue("sw")}}) || w.p.Value(&w.s, "lang").Text() != "sw" {
		t.Error("the language of a new call is not the default")
	}
}

// Facts that can't be read lead to on_failed, even if that screen should be in the
// remembered language.
func TestFailedFactsLeadToOnFailed(t *testing.T) {
	w := walking(t, Definition{
		Languages: []Language{{"en", "English"}, {"sw", "Kiswahili"}}, Remember: []string{"lang"}, OnFailed: "later",
		Screens: []Screen{
			{Name: "main", Kind: ScreenMenu, Say: said("Main"), Options: []Option{{Key: "1", Label: lit("Stay"), Go: "main"}}},
			{Name: "later", Kind: ScreenEnd, Say: said("Try later.")},
		},
	})
	w.outs[CallFacts] = Outcome{Name: Failed}
	w.want(w.dial(), "Try later.")
}

// A value of the wrong kind is unset at once, not only after the session was stored.
func TestValuesOfAnotherKindAreNotSet(t *testing.T) {
	w := walking(t, Definition{
		Vars:      []Var{{Name: "name", Type: typed(t, "text 9")}, {Name: "row", Type: WorkerType()}, {Name: "rows", Type: Type{Kind: KindList, Record: "worker", Fields: WorkerType().Fields}}},
		Contracts: []Contract{{Name: "find"}},
		Screens: []Screen{
			{Name: "set", Kind: ScreenSet, Set: []Assign{{Var: "name", From: Ref{Name: "caller"}}}, Go: "find"},
			{Name: "find", Kind: ScreenDo, Do: &Do{Action: "find", Outcomes: []OutcomeCase{{Outcome: Done, Go: "list"}}}},
			{Name: "list", Kind: ScreenList, List: &List{Items: Ref{Name: "rows"}, As: "row", Each: Localized{{{Ref: Ref{Name: "row", Field: "id"}}}}, Go: "one", Empty: "none"}},
			{Name: "one", Kind: ScreenShow, Say: []Say{{Words: Localized{{{Lit: "One "}, {Ref: Ref{Name: "row", Field: "id"}}, {Ref: Ref{Name: "name"}}}}}}},
			{Name: "none", Kind: ScreenShow, Say: []Say{{Words: Localized{{{Lit: "None"}, {Ref: Ref{Name: "name"}}}}}}},
		},
	})
	w.outs["find"] = Outcome{Name: Done, Values: []Named{{"rows", ListValue([]Value{TextValue("no record")})}, {"unknown", TextValue("x")}}}
	w.dial()
	w.want(w.key("1"), "One \n0:Back")
	w.want(w.reread(), w.eff.Text)
	// A secret in another type is unset, too: it could not be stored.
	w.outs["find"] = Outcome{Name: Done, Values: []Named{{"rows", ListValue([]Value{RecordValue([]Named{{"id", SecretValue("4321")}})})}}}
	w.s = w.p.Begin(Request{Caller: "254711000111"}, 0)
	w.want(w.dial(), "None")
	w.want(w.reread(), "None")
}

// reread returns the screen after the session was stored and loaded.
func (w *steps) reread() string {
	w.t.Helper()
	b, err := w.p.Encode(&w.s, RecordHead{V: 1, H: "h"})
	if err != nil {
		w.t.Fatalf("the session can't be stored: %v", err)
	}
	rec, err := ParseRecord(b)
	if err != nil {
		w.t.Fatal(err)
	}
	back, err := w.p.Decode(rec, Request{Caller: "254711000111"})
	if err != nil {
		w.t.Fatal(err)
	}
	again, _ := w.p.Show(&back)
	return again
}

// A list is stored with the rows that are shown, and one more as a sign that it was
// cut.
func TestListsAreStoredAsShown(t *testing.T) {
	d := Definition{
		Vars:      []Var{{Name: "row", Type: WorkerType()}, {Name: "rows", Type: Type{Kind: KindList, Record: "worker", Fields: WorkerType().Fields}}},
		Contracts: []Contract{{Name: "find"}},
		Screens: []Screen{
			{Name: "find", Kind: ScreenDo, Do: &Do{Action: "find", Outcomes: []OutcomeCase{{Outcome: Done, Go: "list"}}}},
			{Name: "list", Kind: ScreenList, List: &List{Items: Ref{Name: "rows"}, As: "row", Each: Localized{{{Ref: Ref{Name: "row", Field: "id"}}}}, Go: "none", Empty: "none"}},
			{Name: "none", Kind: ScreenShow, Say: said("None")},
		},
	}
	var rows []Value
	for i := range 10_000 {
		rows = append(rows, RecordValue([]Named{{"id", TextValue(fmt.Sprint("NW-", i))}}))
	}
	w := walking(t, d)
	w.outs["find"] = Outcome{Name: Done, Values: []Named{{"rows", ListValue(rows)}}}
	w.dial()
	if n := len(w.p.Value(&w.s, "rows").Items()); n != MaxRows+1 {
		t.Errorf("%d rows are stored, want %d", n, MaxRows+1)
	}
}

// An end before the first screen of the menu is in the remembered language: the facts
// are read for it.
func TestEndsBeforeTheFirstScreenHaveTheRememberedLanguage(t *testing.T) {
	both := func(en, sw string) Localized { return Localized{{{Lit: en}}, {{Lit: sw}}} }
	for _, outcome := range []string{Pending, Limited} {
		d := Definition{
			Languages: []Language{{Code: "en", Name: "English"}, {Code: "sw", Name: "Kiswahili"}},
			Remember:  []string{"lang"},
			Nav:       Nav{InProgress: both("In progress.", "Inashughulikiwa."), Limited: both("Too often.", "Mara nyingi.")},
			Contracts: []Contract{{Name: "find", Outcomes: []OutcomeContract{{Name: "found"}}}},
			Screens: []Screen{
				{Name: "who", Kind: ScreenDo, Do: &Do{Action: "find", Outcomes: []OutcomeCase{{Outcome: "found", Go: "end"}}}},
				{Name: "end", Kind: ScreenEnd, Say: said("End")},
			},
		}
		w := walking(t, d)
		w.outs["find"] = Outcome{Name: outcome}
		w.outs[CallFacts] = Outcome{Name: Done, Values: []Named{{Name: "lang", Value: ChoiceValue("sw")}}}
		if got := w.dial(); got != "Inashughulikiwa." && got != "Mara nyingi." {
			t.Errorf("%s: %q", outcome, got)
		}
		// If they can't be read, the call ends all the same.
		w = walking(t, d)
		w.outs["find"] = Outcome{Name: outcome}
		w.outs[CallFacts] = Outcome{Name: Failed}
		if got := w.dial(); got == "" || !w.eff.End {
			t.Errorf("%s without facts: %q", outcome, got)
		}
	}
}
