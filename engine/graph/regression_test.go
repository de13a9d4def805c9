package graph_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/graph"
	"github.com/paytrace/paytrace/engine/menu"
	"github.com/paytrace/paytrace/engine/menu/compile"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

const before = `ussd: 1
service: Dairy
dial: "*384*1#"
start: main
on_failed: sorry
on_pending: sorry
vars:
  litres: number 1..500
screens:
  main:
    say: Dairy
    menu:
      1: Deliver -> litres_asked
      2: Exit -> bye
  litres_asked:
    say: Litres?
    ask: litres -> sure
    give_up: bye
    offer: {9: Skip -> bye}
  sure:
    say: "{litres}?"
    confirm: -> deliver(litres)
    cancel: -> main
    when: {done: thanks}
  thanks:
    end: Thank you.
  bye:
    end: Goodbye.
  sorry:
    end: Sorry.
`

func compiledMenu(t *testing.T, src string) *engine.Program {
	t.Helper()
	f, found := syntax.Read(fstest.MapFS{"dairy.yaml": {Data: []byte(src)}}, "dairy.yaml", "")
	for _, x := range found {
		t.Fatalf("%s: %s", x.Pos, x.Message)
	}
	p, err := compile.Compile(f, contracts, menu.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The same keys lead to the same screens as before, or a regression is reported once.
func TestRegressions(t *testing.T) {
	old := graph.Of(compiledMenu(t, before))
	for _, c := range []struct {
		name, from, to string
		want           []string
	}{
		{"nothing changed", "", "", nil},
		{"a silent step between", "ask: litres -> sure\n    give_up: bye\n    offer: {9: Skip -> bye}\n", "ask: litres -> between\n    give_up: bye\n    offer: {9: Skip -> bye}\n  between:\n    choose:\n      - if litres > 3 -> sure\n      - else -> main\n", nil},
		{"an answer leads elsewhere", "ask: litres -> sure", "ask: litres -> bye", []string{"litres_asked by litres: sure, now [bye]"}},
		{"a screen before another", "ask: litres -> sure\n    give_up: bye\n    offer: {9: Skip -> bye}\n", "ask: litres -> again\n    give_up: bye\n    offer: {9: Skip -> bye}\n  again:\n    say: Once more?\n    confirm: -> sure\n    cancel: -> bye\n", []string{"litres_asked by litres: sure, now [again]"}},
		{"an offer is gone", "    offer: {9: Skip -> bye}\n", "", []string{"litres_asked by 9 Skip: bye, now []"}},
		{"giving up leads elsewhere", "give_up: bye", "give_up: main", []string{"litres_asked by 3 wrong answers: bye, now [main]"}},
		{"an outcome leads elsewhere", "{done: thanks}", "{done: bye}", []string{"sure by 1 Yes: thanks, now [bye]"}},
		{"an option leads elsewhere at once", "2: Exit -> bye", "2: Exit -> sorry", nil}, // compared screen by screen
		{"a screen is gone", "{done: thanks}", "{done: farewell}\n  farewell:\n    end: x", []string{"sure by 1 Yes: thanks, now [farewell]"}},
		{"a failure leads elsewhere", "on_failed: sorry", "on_failed: bye", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, l := range graph.Regressions(old, graph.Of(compiledMenu(t, strings.Replace(before, c.from, c.to, 1))), func(s string) string { return s }) {
				got = append(got, fmt.Sprintf("%s by %s: %s, now %v", l.Path.To, l.By.Label, l.Was, l.Now))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// A screen under another name is the same screen.
func TestRegressionsOfRenamed(t *testing.T) {
	next := graph.Of(compiledMenu(t, strings.NewReplacer("-> sure", "-> check", "  sure:", "  check:").Replace(before)))
	old := graph.Of(compiledMenu(t, before))
	renamed := func(s string) string { return strings.ReplaceAll(s, "sure", "check") }
	if list := graph.Regressions(old, next, renamed); len(list) > 0 {
		t.Errorf("regressions: %+v", list)
	}
}
