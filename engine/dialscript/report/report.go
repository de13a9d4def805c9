package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
)

// Report is a run, and what its printers say beside the results.
type Report struct {
	Results []dialscript.Result
	// Seed is the order in which the calls began; 0 for as written.
	Seed uint64
	// Began and Took are of the whole run.
	Began time.Time
	Took  time.Duration
	// Again is the command that plays one call again; nil for none.
	Again func(r *dialscript.Result) string
	// Source is a menu file by the path that positions show, nil where it can't
	// be read; Source itself may be nil.
	Source func(path string) []byte
	// Coverage is what the JSON report says of it; nil for nothing.
	Coverage any
}

func (rep *Report) again(r *dialscript.Result) string {
	if rep.Again == nil {
		return ""
	}
	return rep.Again(r)
}

// excerptLines is how much of a screen's own lines in the menu is quoted: the
// name, its words and what follows them.
const excerptLines = 4

// excerpt are the menu's lines of a screen, each with its number.
func (rep *Report) excerpt(pos engine.Pos) []string {
	if rep.Source == nil || pos.Line == 0 {
		return nil
	}
	all := strings.Split(string(rep.Source(pos.File)), "\n")
	if pos.Line > len(all) {
		return nil
	}
	var out []string
	depth := indent(all[pos.Line-1])
	for n := pos.Line; n <= len(all) && len(out) < excerptLines; n++ {
		line := strings.TrimRight(all[n-1], " \t\r")
		if n > pos.Line && (line == "" || indent(line) <= depth) {
			break
		}
		out = append(out, fmt.Sprintf("%4d | %s", n, Visible(line)))
	}
	return out
}

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// counts are how many calls ended how.
func counts(results []dialscript.Result) (passed, failed, notChecked int) {
	for i := range results {
		switch results[i].Status {
		case dialscript.Passed:
			passed++
		case dialscript.Failed:
			failed++
		case dialscript.NotChecked:
			notChecked++
		}
	}
	return passed, failed, notChecked
}
