package dialscript

import (
	"fmt"
	"strings"

	"github.com/paytrace/paytrace/engine"
)

// called checks the runs of an action so far.
func (g *play) called(d Direction) verdict {
	line, ok := g.target.(SeesActions)
	if !ok {
		return unseen("which actions were called")
	}
	if !line.HasAction(d.Name) {
		return wrong("there is no action called %s", d.Name)
	}
	n, with := 0, 0
	var args []string
	for _, run := range line.Runs() {
		if run.Action != d.Name {
			continue
		}
		n++
		args = append(args, showArgs(run.Args))
		if sameArgs(run.Args, d.Settings) {
			with++
		}
	}
	switch {
	case n != d.Count && n == 0:
		return wrong("it was not called")
	case n != d.Count:
		return wrong("it was called %s, with %s", times(n), strings.Join(args, "; then "))
	case with != n:
		return wrong("it was called with %s", strings.Join(args, "; then "))
	}
	return asExpected
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

func sameArgs(args []engine.Named, want []engine.Setting) bool {
	for _, w := range want {
		found := false
		for _, a := range args {
			found = found || a.Name == w.Name && sameValue(a.Value, w.Text)
		}
		if !found {
			return false
		}
	}
	return true
}

func showArgs(args []engine.Named) string {
	if len(args) == 0 {
		return "nothing"
	}
	parts := make([]string, len(args))
	for i, a := range args {
		parts[i] = a.Name + "=" + showValue(a.Value)
	}
	return strings.Join(parts, " ")
}
