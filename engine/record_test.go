package engine

import (
	"strings"
	"testing"
	"time"

	"github.com/paytrace/paytrace/internal/fuzz"
)

// everyKind returns a program with a screen of every kind and every extra.
func everyKind(t testing.TB) *Program {
	t.Helper()
	typ := func(s string) Type {
		typ, err := ParseType(s)
		if err != nil {
			t.Fatal(err)
		}
		return typ
	}
	row := Type{Kind: KindRecord, Record: "row", Fields: []Field{{"name", typ("text 20")}}}
	rows := Type{Kind: KindList, Record: "row", Fields: row.Fields}
	long := strings.Repeat("A long text of many words. ", 20)
	p, err := New(Definition{
		Name: "kinds", Codes: []Code{{Dial: "*1#", Start: "main"}},
		Languages: []Language{{"en", "English"}, {"sw", "Kiswahili"}}, Remember: []string{"city"}, OnFailed: "later",
		Session: SessionRules{Resume: time.Minute}, Renamed: map[string]string{"old": "main"},
		Nav: Nav{Back: NavKey{Key: "0", Label: lit("Back")}, Home: NavKey{Key: "00", Label: lit("Home")}, More: NavKey{Key: "98", Label: lit("More")}, HomeScreen: "main"},
		Vars: []Var{
			{Name: "city", Type: typ("text 9")},
			{Name: "amount", Type: typ("money 1..500")},
			{Name: "pin", Type: typ("pin 4")},
			{Name: "pick", Type: Type{Kind: KindChoice, Options: []string{"a", "b"}}, Labels: []Localized{lit("A"), lit("B")}},
			{Name: "rows", Type: rows},
			{Name: "row", Type: row},
		},
		Contracts: []Contract{{Name: "find", Outcomes: []OutcomeContract{{Name: Done, Gives: []Field{{"rows", rows}}}}}, {Name: "pay", Params: []Field{{"pin", typ("pin 4")}}}},
		Screens: []Screen{
			{Name: "main", Kind: ScreenMenu, Numbered: true, Say: []Say{{Words: lit(long)}}, Options: []Option{
				{Label: lit("City"), Go: "city"},
				{Label: lit("Pay"), Go: "amount"},
				{Label: lit("List"), Go: "find"},
				{Label: lit("Pick"), Go: "pick"},
				{Label: lit("Language"), Go: "language"},
				{Label: lit("Hidden"), If: &Cond{Op: OpIsSet, Left: arg("city")}, Go: "mine"},
			}},
			{Name: "city", Kind: ScreenAsk, Say: said("City"), Again: lit("Which city?"), Skip: &Case{If: &Cond{Op: OpIsSet, Left: arg("city")}, Go: "mine"}, Ask: &Ask{
				Var: "city", Go: "mine", Accept: []Accept{{If: &Cond{Op: OpNe, Left: arg("city"), Right: Arg{Value: TextValue("x")}}, Error: lit("No.")}},
				Offers: []Offer{{Key: "9", Label: lit("Skip"), Go: "main"}},
			}},
			{Name: "mine", Kind: ScreenShow, Say: []Say{{Words: shown("city")}}, NoNav: true},
			{Name: "amount", Kind: ScreenAsk, Say: said("How much?"), Ask: &Ask{Var: "amount", Go: "sure", Repeat: lit("Again")}},
			{Name: "sure", Kind: ScreenConfirm, Say: []Say{{Words: shown("amount")}}, Confirm: &Confirm{Yes: "pin", No: "main"}},
			{Name: "pin", Kind: ScreenAsk, Say: said("PIN"), Ask: &Ask{Var: "pin", Go: "pay", Repeat: lit("Again"), GiveUp: "later"}},
			{Name: "pay", Kind: ScreenDo, Do: &Do{Action: "pay", Args: []Arg{arg("pin")}, Outcomes: []OutcomeCase{{Outcome: Done, Go: "paid"}, {Outcome: "wrong", Go: "pin", Retry: lit("Wrong.")}}}},
			{Name: "paid", Kind: ScreenSet, Go: "last", Set: []Assign{{Var: "pick", Value: ChoiceValue("b")}}, SMS: &SMS{To: Ref{Name: "caller"}, Say: lit("Paid.")}},
			{Name: "find", Kind: ScreenDo, Do: &Do{Action: "find", Outcomes: []OutcomeCase{{Outcome: Done, Go: "list"}}}},
			{Name: "list", Kind: ScreenList, List: &List{Items: Ref{Name: "rows"}, As: "row", Each: Localized{{{Ref: Ref{Name: "row", Field: "name"}}}}, Go: "one", Empty: "main"}, Options: []Option{{Key: "95", Label: lit("Out"), Go: "last"}}},
			{Name: "one", Kind: ScreenChoose, Choose: []Case{{If: &Cond{Op: OpIsEmpty, Left: Arg{Ref: Ref{Name: "row", Field: "name"}}}, Go: "main"}, {Go: "mine"}}},
			{Name: "pick", Kind: ScreenAsk, Say: said("Pick"), Ask: &Ask{Var: "pick", Go: "main"}},
			{Name: "language", Kind: ScreenLanguages, Say: said("Language"), Go: "main"},
			{Name: "later", Kind: ScreenShow, Say: said("Later.")},
			{Name: "last", Kind: ScreenEnd, Say: said("Bye.")},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// answered returns an outcome for every call.
func answered(c *Call) Outcome {
	out := Outcome{Name: Done}
	switch c.Action {
	case "find":
		out.Values = []Named{{"rows", ListValue([]Value{RecordValue([]Named{{"name", TextValue("Amina")}}), RecordValue(nil)})}}
	case "pay":
		if c.Args[0].Reveal() != "1234" {
			out.Name = "wrong"
		}
	}
	return out
}

// play takes one event and answers its calls.
func play(p *Program, s Session, ev Event) (Session, Effect, error) {
	s, eff, err := p.Step(s, ev)
	for err == nil && eff.Call != nil {
		s, eff, err = p.Step(s, Event{Kind: EventOutcome, Outcome: answered(eff.Call)})
	}
	return s, eff, err
}

var kindKeys = []string{"1", "2", "3", "4", "5", "0", "00", "98", "9", "95", "x", "50", "1234", "4321", "", "*"}

// FuzzRecord reads any bytes as a record. Neither that nor the session that it yields
// makes the engine panic.
func FuzzRecord(tf *testing.F) {
	f := fuzz.New(tf)
	p := everyKind(f)
	for _, keys := range [][]string{{}, {"1", "Thika"}, {"2", "50", "50", "1", "1234", "4321", "x"}, {"3", "1"}, {"98", "98", "0"}, {"5", "2"}, {"4", "7"}} {
		s, _, err := play(p, p.Begin(Request{Caller: "254711000111"}, 20513), Event{Kind: EventDial, Start: "main"})
		for _, k := range keys {
			if err != nil {
				f.Fatal(err)
			}
			s, _, err = play(p, s, Event{Kind: EventInput, Input: k, Digest: "digest of " + k})
		}
		b, err := p.Encode(&s, RecordHead{V: 4, H: "h", Owner: "o", Inputs: []int{1, 1}})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	for _, s := range []string{
		"", "null", "{}", `{"v":1,"h":"h","undo":[{"s":"find","at":-3,"v":[["lang",null],["`, `{"v":1,"values":[["`, `{"v":1,"h":"\`, `{"values":[["row",{"t":""}"v":1,"h":"\`, `{"v":1,"h":"h","lang":"en","step":"main","at":-1}`, `{"v":1,"h":"h","lang":"en","step":"main","at":1,"pages":[-7]}`,
		`{"v":1,"h":"h","lang":"en","step":"city","notice":"accept -1"}`, `{"v":1,"h":"h","lang":"xx","step":"(resume)","start":"nowhere"}`,
		`{"v":5,"h":"h","lang":"en","step":"list","n":[9223372036854775807,1],"values":[["rows",{"l":[{"t":"x"}]}]]}`,
		`{"v":1,"h":"h","lang":"en","step":"mine","moved":true,"undo":[{"s":"find","at":-3,"pages":[-1],"v":[["lang",null],["city",{"n":1}]]}]}`,
		`{"v":1,"h":"h","lang":"en","step":"(resume)","offered":{"step":"old","values":[["lang",{"c":"xx"}],["row",{"t":""}]]}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		HeadOf(b)
		rec, err := ParseRecord(b)
		if err != nil {
			return
		}
		s, err := p.Decode(rec, Request{Caller: "254711000111"})
		if err != nil {
			return
		}
		text, _ := p.Show(&s)
		if !p.fits(text) {
			t.Fatalf("a screen too long: %q", text)
		}
		for _, key := range kindKeys {
			after, _, err := play(p, s, Event{Kind: EventInput, Input: key, Digest: "d"})
			if err == nil {
				_, _, _ = play(p, after, Event{Kind: EventInput, Input: "0", Digest: "d"})
				if _, err := p.Encode(&after, RecordHead{V: 1, H: "h"}); err != nil {
					t.Fatalf("%q on %s can't be stored: %v", key, b, err)
				}
			}
		}
	})
}
