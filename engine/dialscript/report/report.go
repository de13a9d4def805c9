package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/terminal"
)

// A Report is a run, with what the printers need beside the results.
type Report struct {
	Results []dialscript.Result
	// Seed gives the order in which the calls began; 0 means as written.
	Seed uint64
	// Began and Took are those of the whole run.
	Began time.Time
	Took  time.Duration
	// Again returns the command that plays one call again; it may be nil.
	Again func(r *dialscript.Result) string
	// Source returns a menu file by the path of its positions, or nil if it
	// can't be read; Source itself may be nil.
	Source func(path string) []byte
	// Stopped says why the run failed although no call did: a menu, a script or the
	// command line is wrong. It is "" where nothing is.
	Stopped string
	// Coverage is the coverage in the JSON report; nil omits it.
	Coverage any
}

func (rep *Report) again(r *dialscript.Result) string {
	if rep.Again == nil {
		return ""
	}
	return rep.Again(r)
}

// excerptLines bounds the quoted lines of a screen in the menu: its name, its
// text and what follows.
const excerptLines = 4

// excerpt returns the lines of a screen in the menu, each with its number.
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
		out = append(out, fmt.Sprintf("%4d | %s", n, terminal.Visible(line)))
	}
	return out
}

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// counts counts the calls by status.
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
