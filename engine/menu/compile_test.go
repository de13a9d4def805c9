package menu_test

import (
	"testing"
	"testing/fstest"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu"
	"github.com/paytrace/paytrace/menus"
)

// shipped returns the contracts that the shipped menus are written against.
func shipped(t *testing.T) []engine.Contract {
	t.Helper()
	typ := func(s string) engine.Type {
		typ, err := engine.ParseType(s)
		if err != nil {
			t.Fatal(err)
		}
		return typ
	}
	id := []engine.Field{{Name: "worker_id", Type: typ("text 11")}}
	phone := []engine.Field{{Name: "phone", Type: typ("phone")}}
	return []engine.Contract{
		{Name: "create_account", Params: phone, Outcomes: []engine.OutcomeContract{{Name: "created", Gives: id}, {Name: "exists", Gives: id, Whose: engine.WhoseOthers}}},
		{Name: "lookup_worker", Params: phone, Reads: true, Outcomes: []engine.OutcomeContract{{Name: "own", Gives: id}, {Name: "found", Gives: id, Whose: engine.WhoseOthers}, {Name: "not_found"}}},
	}
}

func TestShippedDialogue(t *testing.T) {
	p, found := menu.Load(menus.FS, "paytrace.yaml", "menus", shipped(t), menu.Options{})
	for _, f := range found {
		if !f.Suppressed {
			t.Errorf("%s: %s %s", f.Pos, f.Code, f.Message)
		}
	}
	if p == nil {
		t.Fatal("no program")
	}
	s, eff, err := p.Step(p.Begin(engine.Request{Caller: "254711000111"}, 0), engine.Event{Kind: engine.EventDial, Start: p.StartFor("*384*8481#")})
	if err != nil {
		t.Fatal(err)
	}
	if want := "Welcome to PayTrace\n1. Create account\n2. Sign in\n3. Exit"; eff.Text != want {
		t.Errorf("got  %q\nwant %q", eff.Text, want)
	}
	s, eff, err = p.Step(s, engine.Event{Kind: engine.EventInput, Input: "1"})
	if want := "Enter your phone number (e.g. 254712345678)"; err != nil || eff.Text != want {
		t.Errorf("got  %q, %v\nwant %q", eff.Text, err, want)
	}
	_, eff, err = p.Step(s, engine.Event{Kind: engine.EventInput, Input: "0711000111"})
	if err != nil || eff.Call == nil || eff.Call.Action != "create_account" || eff.Call.Args[0].Text() != "254711000111" {
		t.Errorf("got %+v, %v", eff.Call, err)
	}
}

func TestCompiledChoice(t *testing.T) {
	fsys := fstest.MapFS{"a.yaml": {Data: []byte(`ussd: 1
service: A
dial: "*1#"
start: where
vars:
  town: {type: choice, options: {nairobi: Nairobi, kisumu: Kisumu}}
screens:
  where:
    say: Town?
    ask: town -> done
  done: {end: "{town}"}
`)}}
	p, found := menu.Load(fsys, "a.yaml", "", nil, menu.Options{})
	if p == nil {
		t.Fatal(found)
	}
	s, eff, err := p.Step(p.Begin(engine.Request{Caller: "254711000111"}, 0), engine.Event{Kind: engine.EventDial, Start: "where"})
	if want := "Town?\n1. Nairobi\n2. Kisumu"; err != nil || eff.Text != want {
		t.Fatalf("got %q, %v, want %q", eff.Text, err, want)
	}
	if _, eff, err = p.Step(s, engine.Event{Kind: engine.EventInput, Input: "2"}); err != nil || eff.Text != "Kisumu" {
		t.Errorf("got %q, %v", eff.Text, err)
	}
}

// In a language that has only some texts, callers read the others in the language that
// stands in: with the shared texts and the built-in words that their language has.
func TestPartialLanguages(t *testing.T) {
	const source = `ussd: 1
service: Duka
dial: "*1#"
languages:
  en: English
  sw: Kiswahili
  zul: {name: isiZulu, missing: sw}
start: main
texts: {thanks: Thank you.}
screens:
  main:
    say: "Welcome. {texts.thanks}"
    menu:
      1: Buy -> bought
      2: Sell -> bought
  bought:
    end: Done.
`
	fsys := fstest.MapFS{
		"m.yaml":     {Data: []byte(source)},
		"m.sw.yaml":  {Data: []byte("texts.thanks: Asante.\nmain.say: \"Karibu. {texts.thanks}\"\nmain.1: Nunua\nmain.2: Uza\nbought.say: Tayari.\n")},
		"m.zul.yaml": {Data: []byte("texts.thanks: Siyabonga.\nmain.2: Thengisa\n")},
	}
	p, found := menu.Load(fsys, "m.yaml", "", nil, menu.Options{Language: "zul"})
	if p == nil || found.Bad() || len(found) != 1 || found[0].Code != "U310" {
		t.Fatalf("got %v, want one U310 for information", found)
	}
	s, eff, err := p.Step(p.Begin(engine.Request{Caller: "254711000111"}, 0), engine.Event{Kind: engine.EventDial, Start: "main"})
	if want := "Karibu. Siyabonga.\n1. Nunua\n2. Thengisa"; err != nil || eff.Text != want {
		t.Errorf("got  %q, %v\nwant %q", eff.Text, err, want)
	}
	_, eff, err = p.Step(s, engine.Event{Kind: engine.EventInput, Input: "9"})
	if want := "Chaguo si sahihi. Jaribu tena.\nKaribu. Siyabonga.\n1. Nunua\n2. Thengisa"; err != nil || eff.Text != want {
		t.Errorf("got  %q, %v\nwant %q", eff.Text, err, want)
	}
}
