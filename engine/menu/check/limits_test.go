package check

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/paytrace/paytrace/engine/menu/menutest"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// hostileMenus returns files made to exhaust the checks.
func hostileMenus() map[string]string {
	const head = "ussd: 1\nservice: X\ndial: \"*1#\"\nstart: s0\nnav: {back: 0 B, home: 00 H -> s0, more: 98 M}\nvars:\n  a: text 9\n  p: pin 4\nscreens:\n  s0:\n"
	repeat := func(n int, line func(int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(line(i))
		}
		return b.String()
	}
	bodies := map[string]string{
		"cases":   "    choose:\n" + repeat(9000, func(int) string { return "      - if a is set -> s0\n" }),
		"options": "    say: X\n    menu:\n" + repeat(6000, func(i int) string { return fmt.Sprintf("      - Option%c -> s0\n", 'a'+i%26) }),
		"says":    "    say:\n" + repeat(2000, func(int) string { return "      - {if: a is set, say: \"{a}\"}\n" }) + "      - say: X\n    menu: {1: A -> s0}\n",
		"missing": "    say: X\n    menu:\n" + repeat(6000, func(i int) string { return fmt.Sprintf("      - O -> scren%d\n", i) }) + repeat(1500, func(i int) string { return fmt.Sprintf("  screen%d: {end: \"{v%d}\"}\n", i, i) }),
		"conds":   "    choose:\n" + repeat(60, func(int) string { return "      - if a is set" + strings.Repeat(" and a is set", 250) + " -> s0\n" }),
		"unset": "    say: X\n    menu: {1: A -> s1}\n" + repeat(900, func(i int) string {
			return fmt.Sprintf("  s%d: {say: \"{a}\", menu: {1: A -> s%d, 2: B -> s%d}}\n", i+1, (i+2)%900, (i*7)%900)
		}),
		"calls": "    say: X\n    menu:\n" + repeat(3000, func(i int) string { return "      - A -> withdraw(200, p)\n" }) + "    when: {done: s0, wrong_pin: s0, locked: s0}\n",
	}
	for name, body := range bodies {
		bodies[name] = head + body
	}
	return bodies
}

// Each is read and checked to its end; BenchmarkHostileMenus tells how long that
// takes.
func TestHostileMenusAreChecked(t *testing.T) {
	for name, source := range hostileMenus() {
		t.Run(name, func(t *testing.T) {
			file, wrong := syntax.Read(fstest.MapFS{"x.yaml": {Data: []byte(source)}}, "x.yaml", "")
			if len(file.Screens) == 0 {
				t.Errorf("nothing was read: %v", wrong)
			}
			t.Logf("%d diagnostics", len(Check(file, menutest.Contracts)))
		})
	}
}

// BenchmarkHostileMenus measures the checks: a second each is the aim.
func BenchmarkHostileMenus(b *testing.B) {
	for name, source := range hostileMenus() {
		b.Run(name, func(b *testing.B) {
			file, _ := syntax.Read(fstest.MapFS{"x.yaml": {Data: []byte(source)}}, "x.yaml", "")
			for b.Loop() {
				Check(file, menutest.Contracts)
			}
		})
	}
}
