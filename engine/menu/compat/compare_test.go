package compat

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/compile"
	"github.com/paytrace/paytrace/engine/menu/menutest"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

const diffOld = `ussd: 1
service: Shop
dial: {"*384*1#": main, "*384*2#": main}
start: main
languages: {en: English, sw: Kiswahili}
limits: {screen: 150}
session: {gateway: africastalking-ke, resume: 5m}
remember: [city]
vars:
  city: text 20
  litres: number 1..12
  size: {type: choice, options: {small: Small, big: Big, huge: Huge}}
nav: {back: 0 Back}
screens:
  main:
    say: Shop
    menu:
      1: Prices -> prices
      2: Find -> find
      3: Exit -> bye
  prices:
    show: Bread 65
  find:
    say: City?
    ask: city -> account
  account:
    do: create_account(caller)
    when: {created: litres_asked, exists: bye}
  litres_asked:
    say: How many litres?
    ask: litres -> size_asked
    retries: 3
    accept:
      - {if: litres <= 10, error: Ten at most}
    offer: {7: Later -> bye}
  size_asked:
    say: Which bottle?
    ask: size -> decided
  decided:
    choose:
      - if litres > 3 -> away
      - else -> bye
  away:
    end: Our shop behind the old post office sells milk by the litre on every market day until dusk.
  bye:
    end: Bye.
`

func compiledFor(t *testing.T, src string, contracts []engine.Contract) *engine.Program {
	t.Helper()
	f, found := syntax.Read(fstest.MapFS{"shop.yaml": {Data: []byte(src)}}, "shop.yaml", "")
	for _, x := range found {
		t.Fatalf("%s: %s", x.Pos, x.Message)
	}
	p, err := compile.Compile(f, contracts, compile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Each code of two versions has a golden, in testdata/diff.
func TestCompare(t *testing.T) {
	slower := append([]engine.Contract(nil), menutest.Contracts...)
	slower[0].Outcomes = append(slower[0].Outcomes[:2:2], engine.OutcomeContract{Name: "refused"})
	old := compiledFor(t, diffOld, menutest.Contracts)
	scripts := map[string][]engine.Pos{"prices": {{File: "shop.dial", Line: 7, Column: 2}}}
	for code, c := range map[string]struct {
		change    *strings.Replacer
		contracts []engine.Contract
		named     map[string][]engine.Pos
	}{
		"U801":         {strings.NewReplacer("-> prices", "-> price_list", "  prices:", "  price_list:"), menutest.Contracts, nil},
		"U801_renamed": {strings.NewReplacer("-> prices", "-> price_list", "  prices:", "  price_list:", "start: main", "start: main\nrenamed: {prices: price_list}"), menutest.Contracts, nil},
		"U801_script":  {strings.NewReplacer("-> prices", "-> find", "  prices:\n    show: Bread 65\n", "", "resume: 5m", "resume: none"), menutest.Contracts, scripts},
		"U801_called":  {strings.NewReplacer("-> prices", "-> price_list", "  prices:", "  price_list:", "start: main", "start: main\nrenamed: {prices: price_list}"), menutest.Contracts, scripts},
		"U802":         {strings.NewReplacer("1: Prices -> prices", "1: Find -> find", "2: Find -> find", "2: Prices -> prices", "      3: Exit -> bye\n", "      4: Exit -> bye\n"), menutest.Contracts, nil},
		"U803":         {strings.NewReplacer("city: text 20", "city: number 1..47"), menutest.Contracts, nil},
		"U804":         {strings.NewReplacer(), slower, nil},
		"U805":         {strings.NewReplacer(`, "*384*2#": main`, ``, `"*384*1#": main`, `"*384*1#": find`), menutest.Contracts, nil},
		"same":         {strings.NewReplacer(), menutest.Contracts, nil},
		"U802_choice":  {strings.NewReplacer("{small: Small, big: Big, huge: Huge}", "{big: Big, small: Small}"), menutest.Contracts, nil},
		"U802_words":   {strings.NewReplacer("{small: Small, big: Big, huge: Huge}", "{small: Big, big: Small, huge: Huge}", "1: Prices", "1: Find", "2: Find", "2: Prices"), menutest.Contracts, nil},
		"U802_nav":     {strings.NewReplacer("back: 0 Back", "back: 9 Back", "    offer: {7: Later -> bye}\n", "", "  bye:\n    end: Bye.", "  bye:\n    show: Bye.\n    nav: none"), menutest.Contracts, nil},
		"U803_dropped": {strings.NewReplacer("remember: [city]", "remember: []"), menutest.Contracts, nil},
		"U806":         {strings.NewReplacer("number 1..12", "number 1..6", "litres <= 10", "litres <= 5", "city: text 20", "city: text 12"), menutest.Contracts, nil},
		"wider":        {strings.NewReplacer("number 1..12", "number 0..24", "    accept:\n      - {if: litres <= 10, error: Ten at most}\n", "", "city: text 20", "city: text 30"), menutest.Contracts, nil},
		"U807":         {strings.NewReplacer("retries: 3", "retries: 1", "resume: 5m", "resume: 1m", "languages: {en: English, sw: Kiswahili}", "languages: {sw: Kiswahili, en: English}", "screen: 150", "screen: 100", "gateway: africastalking-ke", "gateway: africastalking-ug"), menutest.Contracts, nil},
		"more":         {strings.NewReplacer("retries: 3", "retries: 5", "resume: 5m", "resume: 1h", "languages: {en: English, sw: Kiswahili}", "languages: {en: English, sw: Kiswahili, fr: Français}", "screen: 150", "screen: 160"), menutest.Contracts, nil},
		"long":         {strings.NewReplacer("market day until dusk.", "market day until noon."), menutest.Contracts, nil},
		"U802_decided": {strings.NewReplacer("if litres > 3", "if litres > 6", "3: Exit -> bye", "3: {say: Exit, if: city is set, go: bye}"), menutest.Contracts, nil},
		"words":        {strings.NewReplacer("Bread 65", "Bread 70", "  bye:\n", "  more:\n    show: More.\n  bye:\n"), menutest.Contracts, nil},
	} {
		t.Run(code, func(t *testing.T) {
			next := compiledFor(t, c.change.Replace(diffOld), c.contracts)
			found := Compare(old, next, c.named)
			want, _, _ := strings.Cut(code, "_")
			if strings.HasPrefix(want, "U") && !menutest.Has(found, want) && !strings.HasSuffix(code, "_renamed") {
				t.Errorf("no %s among the diagnostics", want)
			}
			var b strings.Builder
			if err := diag.Text(&b, found, nil, false); err != nil {
				t.Fatal(err)
			}
			if *menutest.Update {
				if err := os.MkdirAll("testdata", 0o755); err != nil {
					t.Fatal(err)
				}
			}
			menutest.CompareGolden(t, filepath.Join("testdata", code+".out"), []byte(b.String()))
		})
	}
}
