package check

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/menutest"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// Whether two conditions can hold at once.
func TestConditionsThatExcludeEachOther(t *testing.T) {
	for _, c := range []struct {
		a, b string
		both bool
	}{
		{"place = coast", "place = lake", false},
		{"place = coast", "place != coast", false},
		{"place = coast", "place != lake", true},
		{"place = coast", "not place = lake", true},
		{"place != coast and place != lake", "place != hills", false}, // there are three
		{"place != coast and place != lake", "place = hills", true},
		{"place is set", "place is empty", false},
		{"place = coast", "place is empty", false},
		{"not place = coast", "place is empty", true},
		{"place = coast or place = hills", "place = lake", false},
		{"place = coast or place = hills", "place = lake or place = hills", true},
		{"age < 18", "age >= 18", false},
		{"age <= 18", "age >= 18", true},
		{"age < 18", "18 <= age", false},
		{"age < 18", "age > 30", false},
		{"age > 18", "age > 30", true},
		{"age = 20", "age != 20", false},
		{"age = 20", "age > 19 and age < 21", true},
		{"age = 20", "age = 21 or age is empty", false},
		{"paid < 100", "paid >= 100", false},
		{`born < "2000-01-01"`, `born >= "2000-01-01"`, false},
		{`born < "2000-01-01"`, `born > "1990-01-01"`, true},
		{`city = "Kisumu"`, `city = "Nairobi"`, false},
		{`city = "Kisumu"`, `city is empty`, false},
		{`city = "Kisumu"`, `city != "Nairobi"`, true},
		{`city = ""`, `city is set`, true},
		{`lang = "sw"`, `lang = "en"`, false},
		{`lang = "sw"`, `lang is empty`, true}, // a call speaks a language that nobody chose
		{`lang != "sw"`, `lang != "en"`, false},
		{"place = coast", "age = 20", true},
		{"age < 18 and place = coast", "place = coast and age < 10", true},
		{"not (age < 18 or place = coast)", "place = lake and age = 20", true},
		{"not (age < 18 or place = coast)", "age = 17", false},
		{"not (age < 18 and place = coast)", "age = 17 and place = coast", false},
		{"paid < 100", "age = 20", true},
		{`phone = "254712345678"`, `phone = "254712345679"`, false},
		{"caller = phone", "caller != phone", true}, // two values are not compared
	} {
		menu := "ussd: 1\nservice: S\ndial: \"*384*1#\"\nlanguages: {en: English, sw: Kiswahili}\nstart: main\nvars:\n" +
			"  place: {type: choice, options: {coast: Coast, lake: Lake, hills: Hills}}\n  age: number 1..120\n  paid: money 10..1000\n  born: date\n  city: text 20\n  phone: phone\n" +
			"screens:\n  main:\n    choose:\n      - if " + c.a + " -> a\n      - if " + c.b + " -> a\n      - else -> a\n  a:\n    end: A.\n"
		file, found := syntax.Read(fstest.MapFS{"m.yaml": {Data: []byte(menu)}}, "m.yaml", "")
		if len(found) > 0 {
			t.Fatalf("%s, %s: %v", c.a, c.b, found)
		}
		check := newChecker(file, nil)
		cases := file.Screens[0].Choose
		if got := check.decisions.possible(cases[0].If, cases[1].If); got != c.both {
			t.Errorf("%s, %s: both can hold: %v", c.a, c.b, got)
		}
		if got := check.decisions.possible(cases[1].If, cases[0].If); got != c.both {
			t.Errorf("%s, %s: both can hold: %v", c.b, c.a, got)
		}
	}
}

func codesOf(t *testing.T, menu string) (string, diag.List) {
	t.Helper()
	file, found := Diagnose(fstest.MapFS{"m.yaml": {Data: []byte(menu)}}, "m.yaml", "", menutest.Contracts)
	_ = file
	var codes []string
	for _, d := range found {
		codes = append(codes, d.Code)
	}
	return strings.Join(codes, " "), found
}

// Options that never show together are not counted together (U401) and can't be mixed up
// (U406); where they can, they are.
func TestOptionsThatNeverShowTogether(t *testing.T) {
	const menu = `ussd: 1
service: Weather
dial: "*384*1#"
start: first
limits: {options: 5}
vars:
  place: {type: choice, options: {coast: Coast, lake: Lake}}
  age: number 1..120
screens:
  first:
    say: Where?
    ask: place -> second
  second:
    say: Age?
    ask: age -> main
  main:
    say: Weather
    menu:
      - Today -> bye
      - {say: High tide, if: A, go: bye}
      - {say: Swell, if: A, go: bye}
      - {say: Coral, if: A, go: bye}
      - {say: Water level, if: B, go: bye}
      - {say: Night wind, if: B, go: bye}
      - {say: Swells, if: B, go: bye}
  bye:
    end: Bye. {place} {age}
`
	for _, c := range []struct{ a, b, want string }{
		{"place = coast", "place = lake", ""},
		{"age < 18", "age >= 18", ""},
		{"place = coast", "not place = coast", ""},
		{"place = coast", "age >= 18", "U401 U406"},
		{"age >= 18", "age < 60", "U401 U406"},
	} {
		if got, found := codesOf(t, strings.NewReplacer("if: A", "if: "+c.a, "if: B", "if: "+c.b).Replace(menu)); got != c.want {
			t.Errorf("%s, %s: got %q, want %q: %v", c.a, c.b, got, c.want, found)
		}
	}
	_, found := codesOf(t, strings.NewReplacer("if: A", "if: place = coast", "if: B", "if: place = lake", "options: 5", "options: 3").Replace(menu))
	if len(found) != 1 || found[0].Message != `"main" can show 4 of its 7 options at once; 3 are the limit.` {
		t.Errorf("got %v", found)
	}
}

// A path on which a condition and its opposite would hold is none (U205). One on which the
// value has changed in between is.
func TestPathsOnWhichConditionsAgree(t *testing.T) {
	const head = "ussd: 1\nservice: Ride\ndial: {\"*384*1#\": short_in, \"*384*2#\": long_in}\nstart: short_in\nvars:\n" +
		"  kind: {type: choice, options: {short: Short, long: Long}}\n  price: text 5\n  age: number 1..120\n  word: text 5\nscreens:\n"
	for name, c := range map[string]struct{ screens, want string }{
		"two codes set a constant and meet": {`
  short_in:
    set: {kind: short}
    go: meet
  long_in:
    set: {kind: long, price: "90"}
    go: meet
  meet:
    choose:
      - if kind = long -> long_out
      - else -> short_out
  long_out:
    end: "{price}"
  short_out:
    end: Short.
`, ""},
		"the other one is shown": {`
  short_in:
    set: {kind: short}
    go: meet
  long_in:
    set: {kind: long, price: "90"}
    go: meet
  meet:
    choose:
      - if kind = long -> long_out
      - else -> short_out
  long_out:
    end: Long.
  short_out:
    end: "{price}"
`, "U205"},
		"the deciding value changes in between": {`
  short_in:
    set: {kind: short}
    go: asked
  long_in:
    set: {kind: long, price: "90"}
    go: asked
  asked:
    say: Which?
    ask: kind -> meet
  meet:
    choose:
      - if kind = long -> long_out
      - else -> short_out
  long_out:
    end: "{price}"
  short_out:
    end: Short.
`, "U205"},
		"a range decides twice": {`
  short_in:
    say: Age?
    ask: age -> first
  long_in:
    go: short_in
    set: {word: "x"}
  first:
    choose:
      - if age < 18 -> young
      - else -> old
  young:
    set: {price: "10"}
    go: last
  old:
    set: {word: "old"}
    go: last
  last:
    choose:
      - if age < 18 -> young_out
      - if age < 60 -> old_out
      - else -> older_out
  young_out:
    end: "{price}"
  old_out:
    end: "{word}"
  older_out:
    end: "{word}"
`, ""},
		"an option shows under the condition": {`
  short_in:
    say: Which?
    ask: kind -> first
  long_in:
    go: short_in
    set: {word: "x"}
  first:
    choose:
      - if kind = long -> priced
      - else -> menu
  priced:
    set: {price: "90"}
    go: menu
  menu:
    say: "{word2}"
    menu:
      - {say: "Pay {price}", if: kind = long, go: out}
      - Leave -> out
  out:
    end: Bye.
`, ""},
		"an accept rule decides": {`
  short_in:
    say: Age?
    ask: age -> first
    accept:
      - {if: age >= 18, error: Too young.}
  long_in:
    go: short_in
    set: {word: "x"}
  first:
    choose:
      - if age < 18 -> never
      - else -> out
  never:
    end: "{price}"
  out:
    end: "{word2}"
`, ""},
	} {
		menu := head + strings.ReplaceAll(strings.TrimPrefix(c.screens, "\n"), "{word2}", "Choose")
		got, found := codesOf(t, menu)
		if got != c.want {
			t.Errorf("%s: got %q, want %q:\n%s", name, got, c.want, fmt.Sprint(found))
		}
	}
}

// Whatever conditions a menu writes: if some call meets two of them at once, they are
// possible; and where only choices and numbers decide, they are not if none does.
func TestPossibleAgreesWithCalls(t *testing.T) {
	type call struct {
		place string // "" is not set
		age   int    // 0 is not set
	}
	var calls []call
	for _, place := range []string{"", "coast", "lake", "hills"} {
		for age := range 9 {
			calls = append(calls, call{place, age})
		}
	}
	var holds func(k *syntax.Cond, in call) bool
	holds = func(k *syntax.Cond, in call) bool {
		switch k.Op {
		case "and":
			return holds(k.A, in) && holds(k.B, in)
		case "or":
			return holds(k.A, in) || holds(k.B, in)
		case "not":
			return !holds(k.A, in)
		}
		isSet := in.place != ""
		if k.Left.Name == "age" {
			isSet = in.age != 0
		}
		switch {
		case k.Op == "is set":
			return isSet
		case k.Op == "is empty":
			return !isSet
		case !isSet:
			return false
		case k.Left.Name == "age":
			n, _ := wholeNumber(k.Right.Text.Value)
			return compared(k.Op, int64(in.age), n)
		}
		return (in.place == k.Right.Text.Value) == (k.Op == "=")
	}
	rapid.Check(t, func(t *rapid.T) {
		var write func(depth int) string
		write = func(depth int) string {
			if depth > 0 && rapid.Bool().Draw(t, "joined") {
				switch rapid.IntRange(0, 2).Draw(t, "how") {
				case 0:
					return "(" + write(depth-1) + " and " + write(depth-1) + ")"
				case 1:
					return "(" + write(depth-1) + " or " + write(depth-1) + ")"
				default:
					return "not (" + write(depth-1) + ")"
				}
			}
			return rapid.SampledFrom([]string{
				"place = coast", "place = lake", "place != hills", "place is set", "place is empty",
				"age < 3", "age <= 3", "age = 5", "age != 5", "age > 6", "age >= 2", "age is set", "age is empty",
			}).Draw(t, "test")
		}
		a, b := write(2), write(2)
		menu := "ussd: 1\nservice: S\ndial: \"*384*1#\"\nstart: main\nvars:\n  place: {type: choice, options: {coast: Coast, lake: Lake, hills: Hills}}\n  age: number 1..8\n" +
			"screens:\n  main:\n    choose:\n      - if " + a + " -> a\n      - if " + b + " -> a\n      - else -> a\n  a:\n    end: A.\n"
		file, found := syntax.Read(fstest.MapFS{"m.yaml": {Data: []byte(menu)}}, "m.yaml", "")
		if len(found) > 0 {
			t.Fatalf("%s, %s: %v", a, b, found)
		}
		cases := file.Screens[0].Choose
		want := slices.ContainsFunc(calls, func(in call) bool { return holds(cases[0].If, in) && holds(cases[1].If, in) })
		if got := newChecker(file, nil).decisions.possible(cases[0].If, cases[1].If); got != want {
			t.Fatalf("%s, %s: possible %v, some call meets both %v", a, b, got, want)
		}
	})
}

// A language that is set counts as chosen, so "lang is set" is no longer known to be
// false behind it.
func TestASetLanguageIsChosen(t *testing.T) {
	const menu = `ussd: 1
service: PayTrace
dial: "*384#"
languages: {en: English, sw: {name: Kiswahili, missing: en}}
start: asked
vars: {city: text 20}
screens:
  asked:
    choose:
      - if lang is set -> city_asked
      - else -> speak
  city_asked:
    say: City?
    ask: city -> over
  speak:
    set: {lang: sw}
    go: again
  again:
    choose:
      - if lang is set -> over
      - else -> city_asked
  over:
    end: Bye {city}
`
	fsys := fstest.MapFS{"menu.yaml": {Data: []byte(menu)}, "menu.sw.yaml": {Data: []byte("city_asked.say: Mji?\n")}}
	if _, found := Diagnose(fsys, "menu.yaml", "", nil); !menutest.Has(found, "U205") {
		t.Errorf("a call can come to the end without the city: %v", found)
	}
}
