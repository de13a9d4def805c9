package check

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/menutest"
)

// A shortcut for "today" is as narrow as a range that ends today; one that may
// be refused is found, with both ranges.
func TestRangesOfDates(t *testing.T) {
	const text = menutest.Header + "vars: {since: date today-1y..today}\nscreens:\n  main:\n    say: Since when?\n    ask: since -> note(since)\n    offer: {1: today}\n    when: {noted: bye}\n  bye: {end: Bye}\n"
	for _, c := range []struct{ takes, want string }{
		{"date today-1y..today", ""},
		{"date today-2y..today+1d", ""},
		{"date", ""},
		{"date today-1m..today", `"since" may be date today-1y..today, but "note" takes date today-1m..today.`},
		{"date today-1y..today-1d", `"since" may be date today-1y..today, but "note" takes date today-1y..today-1d.`},
		{"date 2026-01-01..", `"since" may be date today-1y..today, but "note" takes date 2026-01-01...`},
	} {
		takes, err := engine.ParseType(c.takes)
		if err != nil {
			t.Fatal(err)
		}
		contracts := []engine.Contract{{
			Name: "note", Params: []engine.Field{{Name: "since", Type: takes}}, Outcomes: []engine.OutcomeContract{{Name: "noted"}},
		}}
		_, found := Diagnose(fstest.MapFS{"m.yaml": {Data: []byte(text)}}, "m.yaml", "", contracts)
		var said []string
		for _, f := range found {
			if f.Code == "U204" {
				said = append(said, f.Message)
			}
		}
		if got := strings.Join(said, " "); got != c.want {
			t.Errorf("%s: got %q, want %q", c.takes, got, c.want)
		}
	}
}
