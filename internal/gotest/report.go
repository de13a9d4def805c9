package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// slowest is how many tests the summary lists.
const slowest = 10

// event is a line of "go test -json"; see "go doc test2json".
type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64 // seconds
}

// report turns events back into the lines of go test and keeps the times.
type report struct {
	to       io.Writer
	packages []elapsed
	tests    []elapsed
	// running holds the output of each test of a package since its start.
	running map[string]map[string]*strings.Builder
}

// elapsed is a test or a package with its seconds.
type elapsed struct {
	name    string
	seconds float64
}

func newReport(to io.Writer) *report {
	return &report{to: to, running: map[string]map[string]*strings.Builder{}}
}

// read handles events until the end of the stream. It passes on a line that is
// no event.
func (r *report) read(from io.Reader) error {
	lines := bufio.NewReader(from)
	for {
		line, err := lines.ReadBytes('\n')
		var e event
		switch {
		case len(line) == 0:
		case json.Unmarshal(line, &e) != nil:
			fmt.Fprintf(r.to, "%s", line)
		default:
			r.handle(e)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r *report) handle(e event) {
	switch e.Action {
	case "build-output":
		fmt.Fprint(r.to, e.Output)
	case "output":
		r.output(e)
	case "pass", "skip", "fail":
		if e.Test == "" {
			r.endPackage(e)
		} else {
			r.endTest(e)
		}
	}
}

// output keeps what a test prints, and prints the lines of a package at once.
// A package passes or fails after its tests, so the lines of its failed tests
// stand above.
func (r *report) output(e event) {
	if e.Test == "" {
		if result(e.Output) {
			r.flush(e.Package, e.Output)
			fmt.Fprint(r.to, e.Output)
		}
		return
	}
	if strings.HasPrefix(e.Output, "=== ") {
		return
	}
	tests := r.running[e.Package]
	if tests == nil {
		tests = map[string]*strings.Builder{}
		r.running[e.Package] = tests
	}
	if tests[e.Test] == nil {
		tests[e.Test] = &strings.Builder{}
	}
	tests[e.Test].WriteString(e.Output)
}

// result recognizes the lines that go test prints of a package without -v,
// and what a package itself prints where it fails.
func result(line string) bool {
	return line != "PASS\n" && !strings.HasPrefix(line, "testing: warning:") && !strings.HasPrefix(line, "=== ")
}

// flush prints the output of tests that began and did not end, as after a panic
// or a timeout.
func (r *report) flush(pkg, line string) {
	if !strings.HasPrefix(line, "FAIL\t") {
		return
	}
	for _, output := range r.running[pkg] {
		fmt.Fprint(r.to, output)
	}
	delete(r.running, pkg)
}

func (r *report) endTest(e event) {
	output := r.running[e.Package][e.Test]
	delete(r.running[e.Package], e.Test)
	if e.Action == "fail" && output != nil {
		fmt.Fprint(r.to, output)
	}
	if !strings.Contains(e.Test, "/") {
		r.tests = append(r.tests, elapsed{short(e.Package) + "  " + e.Test, e.Elapsed})
	}
}

func (r *report) endPackage(e event) {
	delete(r.running, e.Package)
	r.packages = append(r.packages, elapsed{short(e.Package), e.Elapsed})
}

// short omits the module's path.
func short(pkg string) string {
	return strings.TrimPrefix(strings.TrimPrefix(pkg, "github.com/paytrace/paytrace"), "/")
}

// summary prints the seconds of each package and the slowest tests.
func (r *report) summary() {
	r.list("Seconds per package:", r.packages, func(e elapsed) bool { return e.seconds >= 1 })
	n := 0
	r.list("Slowest tests:", r.tests, func(elapsed) bool { n++; return n <= slowest })
}

func (r *report) list(title string, all []elapsed, wanted func(elapsed) bool) {
	slices.SortFunc(all, func(a, b elapsed) int { return cmp.Compare(b.seconds, a.seconds) })
	fmt.Fprintln(r.to, "\n"+title)
	for _, e := range all {
		if wanted(e) {
			fmt.Fprintf(r.to, "%8.1f  %s\n", e.seconds, cmp.Or(e.name, "."))
		}
	}
}
