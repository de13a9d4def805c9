package runner_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
)

// A code that no menu has is answered by none, unless one is named for that. Other
// spellings of a code are the same code.
func TestServiceCodes(t *testing.T) {
	d := newDesk(t)
	catalog := d.r.Programs.(*runner.Catalog)
	own := catalog.First().Codes()[0].Dial
	calls := 0
	dial := func(code string) engine.Reply {
		calls++
		req := d.req
		req.Session, req.Caller, req.Service = fmt.Sprint("s", calls), fmt.Sprint("25471100", 1000+calls), code
		return d.r.Handle(context.Background(), req)
	}
	first := dial(own)
	if first.Fault != nil || first.End {
		t.Fatalf("%s shows %+v", own, first)
	}
	if other := dial(strings.Trim(own, "*#")); other.Text != first.Text {
		t.Errorf("%s without its signs shows %q", own, other.Text)
	}
	for _, code := range []string{"*999#", "*38#", "", "*" + strings.Trim(own, "*#") + "9#"} {
		got := dial(code)
		if !got.End || got.Text != "This code is not in use. Please check it and dial again." || !errors.Is(got.Fault, runner.ErrUnknownCode) {
			t.Errorf("%q shows %+v", code, got)
		}
	}
	catalog.AnswerUnknown(catalog.First().Name())
	if got := dial("*999#"); got.Text != first.Text || got.Fault != nil {
		t.Errorf("the menu for unknown codes shows %+v, want %q", got, first.Text)
	}
}

// A menu can say itself that it answers unknown codes; two can't.
func TestMenuForUnknownCodes(t *testing.T) {
	menu := func(name, code string, unknown bool) *engine.Program {
		p, err := engine.New(engine.Definition{
			Name: name, AnswersUnknown: unknown, Codes: []engine.Code{{Dial: code, Start: "main"}},
			Screens: []engine.Screen{{Name: "main", Kind: engine.ScreenEnd, Say: []engine.Say{{Words: engine.Localized{{{Lit: name}}}}}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	catalog, err := runner.NewCatalog(menu("a", "*1#", false), menu("b", "*2#", true))
	if err != nil {
		t.Fatal(err)
	}
	if p, _ := catalog.ForCode("*3#"); p == nil || p.Name() != "b" {
		t.Errorf("*3# is answered by %v, want b", p)
	}
	catalog.AnswerUnknown("a")
	if p, _ := catalog.ForCode("*3#"); p == nil || p.Name() != "a" {
		t.Errorf("*3# is answered by %v, want the one that is named", p)
	}
	if err := catalog.Put(menu("a", "*1#", true)); err == nil {
		t.Error("two menus answer unknown codes")
	}
}
