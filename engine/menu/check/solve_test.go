package check

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/paytrace/paytrace/engine/menu/menutest"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// Which ways to the last screen surely set the city: one diagnostic, with the way
// that does not, or none.
func TestValuesOnPaths(t *testing.T) {
	const ask = "  ask: {say: City, ask: city -> last}\n"
	for _, c := range []struct {
		name, screens, way string
	}{
		{"straight", "  s0: {say: City, ask: city -> last}\n", ""},
		{"diamond, both", "  s0: {say: X, menu: {1: A -> ask, 2: B -> set}}\n" + ask + "  set: {set: {city: \"Y\"}, go: last}\n", ""},
		{"diamond, one", "  s0: {say: X, menu: {1: A -> ask, 2: B -> last}}\n" + ask, `option 2 to "last"`},
		{"loop before", "  s0: {say: X, menu: {1: A -> s0, 2: B -> ask}}\n" + ask, ""},
		{"loop behind", "  s0: {say: X, menu: {1: A -> ask}}\n  ask: {say: City, ask: city -> round}\n  round: {say: X, menu: {1: A -> s0, 2: B -> last}}\n", ""},
		{"skip, tested", "  s0: {say: City, skip: if city is set -> last, ask: city -> last}\n", ""},
		{"skip, untested", "  s0: {say: City, skip: if worker is set -> last, ask: city -> last}\n", `skip to "last"`},
		{"offer on", "  s0: {say: City, ask: city -> last, offer: {9: Skip -> last}}\n", `offer 9 to "last"`},
		{"offer of a value", "  s0: {say: City, ask: city -> last, offer: {1: network}}\n", ""},
		{"give up", "  s0: {say: City, ask: city -> last, give_up: last}\n", `too many wrong answers to "last"`},
		{"choose", "  s0: {choose: [if city is set -> last, else -> ask]}\n" + ask, ""},
		{"choose, turned", "  s0: {choose: [if city is not set -> last, else -> ask]}\n" + ask, `case 1 to "last"`},
		{"home", "  s0: {say: X, menu: {1: A -> s1}}\n  s1: {say: City, nav: none, ask: city -> last}\n", ""},
		{"home, from before", "  s0: {say: X, menu: {1: A -> s1}}\n  s1: {say: X, menu: {1: A -> ask}}\n" + ask, `Home to "last"`},
		{"outcome", "  s0: {say: PIN, ask: \"pin -> withdraw(200, pin)\", when: {done: ask, wrong_pin: retry No., locked: last}}\n" + ask, `withdraw answers locked to "last"`},
		{"failed", "  s0: {say: PIN, ask: \"pin -> withdraw(200, pin)\", when: {done: ask, wrong_pin: retry No., locked: ask, failed: last}}\n" + ask, `withdraw answers failed to "last"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			head := "ussd: 1\nservice: X\ndial: \"*1#\"\nstart: s0\nvars: {city: text 9, pin: pin 4}\n"
			if strings.HasPrefix(c.name, "home") {
				head += "nav: {home: 00 H -> last}\n"
			}
			text := head + "screens:\n" + c.screens + "  last: {say: \"{city}\", menu: {1: X -> bye}}\n  bye: {end: Bye}\n"
			file, wrong := syntax.Read(fstest.MapFS{"x.yaml": {Data: []byte(text)}}, "x.yaml", "")
			if len(wrong) > 0 {
				t.Fatalf("%s\n%s", menutest.Printed(t, file.Source, wrong), text)
			}
			way, n := "", 0
			for _, f := range Check(file, menutest.Contracts) {
				if f.Code == "U205" {
					way, n = f.Related[0].Text, n+1
				}
			}
			if c.way == "" && n > 0 || c.way != "" && (n != 1 || !strings.HasSuffix(way, ", "+c.way+".")) {
				t.Errorf("%d diagnostics, the way %q, want %q", n, way, c.way)
			}
		})
	}
}
