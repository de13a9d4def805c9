package menu

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// Files made to exhaust the checks stay within a second, whatever they are full
// of.
func TestHostileMenusAreCheckedFast(t *testing.T) {
	const head = "ussd: 1\nservice: X\ndial: \"*1#\"\nstart: s0\nnav: {back: 0 B, home: 00 H -> s0, more: 98 M}\nvars:\n  a: text 9\n  p: pin 4\nscreens:\n  s0:\n"
	repeat := func(n int, line func(int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(line(i))
		}
		return b.String()
	}
	for name, body := range map[string]string{
		"cases":   "    choose:\n" + repeat(9000, func(int) string { return "      - if a is set -> s0\n" }),
		"options": "    say: X\n    menu:\n" + repeat(6000, func(i int) string { return fmt.Sprintf("      - Option%c -> s0\n", 'a'+i%26) }),
		"says":    "    say:\n" + repeat(2000, func(int) string { return "      - {if: a is set, say: \"{a}\"}\n" }) + "      - say: X\n    menu: {1: A -> s0}\n",
		"missing": "    say: X\n    menu:\n" + repeat(6000, func(i int) string { return fmt.Sprintf("      - O -> scren%d\n", i) }) + repeat(1500, func(i int) string { return fmt.Sprintf("  screen%d: {end: \"{v%d}\"}\n", i, i) }),
		"conds":   "    choose:\n" + repeat(60, func(int) string { return "      - if a is set" + strings.Repeat(" and a is set", 250) + " -> s0\n" }),
		"unset": "    say: X\n    menu: {1: A -> s1}\n" + repeat(900, func(i int) string {
			return fmt.Sprintf("  s%d: {say: \"{a}\", menu: {1: A -> s%d, 2: B -> s%d}}\n", i+1, (i+2)%900, (i*7)%900)
		}),
		"calls": "    say: X\n    menu:\n" + repeat(3000, func(i int) string { return "      - A -> withdraw(200, p)\n" }) + "    when: {done: s0, wrong_pin: s0, locked: s0}\n",
	} {
		t.Run(name, func(t *testing.T) {
			file, wrong := Read(fstest.MapFS{"x.yaml": {Data: []byte(head + body)}}, "x.yaml", "")
			begin := time.Now()
			found := Check(file, testContracts)
			took := time.Since(begin)
			t.Logf("%v, %d findings", took, len(found))
			const limit = 5 * time.Second // five times what it takes, for busy machines and the race detector
			if took > limit {
				t.Errorf("took %v", took)
			}
			if len(file.Screens) == 0 {
				t.Errorf("nothing was read: %v", wrong)
			}
		})
	}
}
