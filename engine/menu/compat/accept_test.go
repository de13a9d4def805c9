package compat

import (
	"strings"
	"testing"

	"github.com/paytrace/paytrace/engine/menu/menutest"
)

// A rule that lets fewer answers pass breaks what callers know; one that lets more pass
// does not.
func TestAcceptRules(t *testing.T) {
	const menu = `ussd: 1
service: Shop
dial: "*384*1#"
start: main
vars: {n: number 1..99, city: text 20}
screens:
  main:
    say: Shop
    ask: n -> bye
    accept:
      - {if: RULE, error: No.}
  bye:
    end: "{n}"
`
	for _, c := range []struct{ strict, loose string }{
		{"n <= 10", "n <= 11"},
		{"n < 10", "n <= 10"},
		{"n < 10", "n < 11"},
		{"n >= 5", "n >= 4"},
		{"n > 5", "n >= 5"},
	} {
		strict := compiledFor(t, strings.Replace(menu, "RULE", c.strict, 1), menutest.Contracts)
		loose := compiledFor(t, strings.Replace(menu, "RULE", c.loose, 1), menutest.Contracts)
		if found := Compare(loose, strict, nil); !found.Bad() || !menutest.Has(found, "U806") {
			t.Errorf("%s to %s: %v", c.loose, c.strict, found)
		}
		if found := Compare(strict, loose, nil); found.Bad() || !menutest.Has(found, "U808") {
			t.Errorf("%s to %s: %v", c.strict, c.loose, found)
		}
	}
	for _, c := range [][2]string{{"n <= 10", "n >= 10"}, {"n != 5", "n != 6"}, {"n <= 10", "n = 3"}} {
		old := compiledFor(t, strings.Replace(menu, "RULE", c[0], 1), menutest.Contracts)
		next := compiledFor(t, strings.Replace(menu, "RULE", c[1], 1), menutest.Contracts)
		if found := Compare(old, next, nil); !menutest.Has(found, "U806") {
			t.Errorf("%s to %s: %v", c[0], c[1], found)
		}
	}
}
