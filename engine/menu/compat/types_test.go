package compat

import (
	"strings"
	"testing"

	"github.com/paytrace/paytrace/engine/menu/menutest"
)

// A question that takes less breaks what callers know; one that takes more is only
// told of.
func TestTypes(t *testing.T) {
	const menu = `ussd: 1
service: Shop
dial: "*384*1#"
start: main
vars: {answer: TYPE}
screens:
  main:
    say: Shop
    ask: answer -> bye
  bye:
    end: Bye.
`
	for _, c := range []struct{ narrow, wide string }{
		{"number 1..6", "number 1..12"},
		{"number 2..12", "number 1..12"},
		{"money 10..500", "money 10..1000"},
		{"text 10", "text 20"},
		{"date 2000-01-01..today", "date 1990-01-01..today"},
		{"date today-30d..today", "date today-2m..today"},
		{"date today..today+6m", "date today..today+1y"},
		{"date today..today", "date"},
		{"phone KE", "phone KE|UG"},
		{"phone", "phone any"},
		{"secret 6", "secret 8"},
		{"digits 8", "digits 6..8"},
		{"digits 8", "text 8"},
		{"letters 2..9", "letters and digits 1..9"},
		{`text 6 like "AB-123"`, "text 6"},
	} {
		narrow := compiledFor(t, strings.Replace(menu, "TYPE", c.narrow, 1), menutest.Contracts)
		wide := compiledFor(t, strings.Replace(menu, "TYPE", c.wide, 1), menutest.Contracts)
		if found := Compare(wide, narrow, nil); !menutest.Has(found, "U806") || !found.Bad() {
			t.Errorf("%s to %s: %v", c.wide, c.narrow, found)
		}
		if found := Compare(narrow, wide, nil); !menutest.Has(found, "U808") || found.Bad() {
			t.Errorf("%s to %s: %v", c.narrow, c.wide, found)
		}
	}
	// Neither takes all that the other does.
	for _, c := range [][2]string{
		{"number 1..6", "money 1..6"},
		{"text 20", "number 1..6"},
		{"pin 4", "pin 6"},
		{"phone KE", "phone UG"},
		{"number 1..6", "number 3..9"},
		{"date 2000-01-01..today", "date today-9y..today"},
		{"secret 6", "pin 4"},
		{"digits 8", "number 0..99999999"}, // a number loses its zeros
		{"digits 8", "digits 7"},
		{"digits 4", "letters 4"},
		{`text 6 like "AB-123"`, `text 6 like "AB1234"`},
		{"number 1..6", "{type: choice, options: {a: A, b: B}}"},
	} {
		for _, pair := range [][2]string{c, {c[1], c[0]}} {
			old := compiledFor(t, strings.Replace(menu, "TYPE", pair[0], 1), menutest.Contracts)
			next := compiledFor(t, strings.Replace(menu, "TYPE", pair[1], 1), menutest.Contracts)
			if found := Compare(old, next, nil); !menutest.Has(found, "U806") {
				t.Errorf("%s to %s: %v", pair[0], pair[1], found)
			}
		}
	}
}
