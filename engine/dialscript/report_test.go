package dialscript_test

import (
	"bytes"
	"encoding/xml"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jstemmer/go-junit-report/v2/junit"
	"github.com/pb33f/jsonschema/v6"

	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/dialscript/report"
)

// failing is a report with calls that passed, failed and were not checked.
func failing(t *testing.T) report.Report {
	t.Helper()
	local, player := walletService(t)
	var results []dialscript.Result
	for _, name := range []string{"passes", "fails"} {
		f := script(t, filepath.Join("testdata/play", name+".dial"))
		results = append(results, dialscript.Run(t.Context(), player, local, walletPeople(), callsOf(f), dialscript.Options{Langs: []string{"sw"}})...)
	}
	results[0].Unchecked = []dialscript.Unchecked{{Pos: results[0].Call.Pos, Text: "(no <SMS>)", Why: "it can't \x1b be seen"}}
	return report.Report{
		Results: results, Seed: 7, Began: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), Took: 1500 * time.Millisecond,
		Again: func(r *dialscript.Result) string { return "paytrace test " + r.Call.Pos.File },
		Source: func(path string) []byte {
			b, err := os.ReadFile(path)
			if err != nil {
				return nil
			}
			return b
		},
	}
}

// TestJUnitIsReadByOthers reads the report with another project's types.
func TestJUnitIsReadByOthers(t *testing.T) {
	rep := failing(t)
	var out bytes.Buffer
	if err := report.JUnit(&out, rep); err != nil {
		t.Fatal(err)
	}
	var read junit.Testsuites
	if err := xml.Unmarshal(out.Bytes(), &read); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	var sum junit.Testsuites
	for _, s := range read.Suites {
		counted := junit.Testsuite{}
		for _, c := range s.Testcases {
			counted.AddTestcase(c)
			if c.Failure != nil && (c.Failure.Message == "" || !strings.Contains(c.Failure.Data, "again: paytrace test")) {
				t.Errorf("%s: %+v", c.Name, c.Failure)
			}
		}
		if counted.Tests != s.Tests || counted.Failures != s.Failures || counted.Skipped != s.Skipped {
			t.Errorf("%s says %d tests, %d failures, %d skipped; its cases are %d, %d, %d", s.Name, s.Tests, s.Failures, s.Skipped, counted.Tests, counted.Failures, counted.Skipped)
		}
		sum.AddSuite(s)
	}
	if len(read.Suites) != 2 || sum.Tests != len(rep.Results) || sum.Tests != read.Tests || sum.Failures != read.Failures || sum.Skipped != read.Skipped || read.Failures == 0 || read.Skipped == 0 {
		t.Errorf("the whole says %+v, its suites %+v", read, sum)
	}
	if p := read.Suites[0].Properties; p == nil || (*p)[0] != (junit.Property{Name: "seed", Value: "7"}) {
		t.Errorf("properties %v", p)
	}
	if strings.ContainsRune(out.String(), 0x1b) {
		t.Error("an escape character is in it")
	}
}

// TestJSONKeepsItsSchema validates a report against the documented schema; the
// control is a report with a field that is not in it.
func TestJSONKeepsItsSchema(t *testing.T) {
	source, err := os.ReadFile("../../docs/dial-results.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(source))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("results.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("results.json")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := report.JSON(&out, failing(t)); err != nil {
		t.Fatal(err)
	}
	check := func(text string) error {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(value)
	}
	if err := check(out.String()); err != nil {
		t.Error(err)
	}
	if check(strings.Replace(out.String(), `"kind": "option"`, `"kind": "opshun"`, 1)) == nil || check(strings.Replace(out.String(), `"tags"`, `"tagz"`, 1)) == nil {
		t.Error("a report that breaks the schema was accepted")
	}
}

// TestTAPIsReadByProve hands the report to Perl's harness, which reads version 13
// and of what is used here finds nothing else in 14.
func TestTAPIsReadByProve(t *testing.T) {
	prove, err := exec.LookPath("prove")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("prove is not here, which comes with Perl; install it (apt-get install perl)")
		}
		t.Skip("prove is not here, which comes with Perl")
	}
	rep := failing(t)
	for name, results := range map[string][]dialscript.Result{"all": rep.Results, "passed": passedOnly(rep.Results)} {
		rep.Results = results
		file := filepath.Join(t.TempDir(), "r.tap")
		var out bytes.Buffer
		if err := report.TAP(&out, rep); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, bytes.Replace(out.Bytes(), []byte("version 14"), []byte("version 13"), 1), 0o600); err != nil {
			t.Fatal(err)
		}
		read, err := exec.Command(prove, "-v", "--exec", "cat", file).CombinedOutput()
		if good := name == "passed"; good != (err == nil) {
			t.Errorf("%s: %v\n%s", name, err, read)
		}
		if strings.Contains(string(read), "Parse errors") {
			t.Errorf("%s\n%s", name, read)
		}
	}
}

func passedOnly(all []dialscript.Result) []dialscript.Result {
	var out []dialscript.Result
	for _, r := range all {
		if r.Status == dialscript.Passed {
			out = append(out, r)
		}
	}
	return out
}

// TestHTMLStandsAlone: the page fetches nothing, runs nothing, and quotes what
// it shows.
func TestHTMLStandsAlone(t *testing.T) {
	rep := failing(t)
	rep.Results[1].Call.Title = "<script>alert(1)</script>"
	var out bytes.Buffer
	if err := report.HTML(&out, rep); err != nil {
		t.Fatal(err)
	}
	page := out.String()
	for _, no := range []string{"<script", "http://", "https://", "src=", "url("} {
		if strings.Contains(page, no) {
			t.Errorf("found %q in the page", no)
		}
	}
	for _, yes := range []string{"&lt;script&gt;", `class="differ"`, "paytrace test testdata/play/fails.dial", "Withdraw how much?", "shuffled with seed 7", "  36 |   withdraw:"} {
		if !strings.Contains(page, yes) {
			t.Errorf("it lacks %q", yes)
		}
	}
	if at := os.Getenv("REPORT_PAGE"); at != "" { // to look at it
		if err := os.WriteFile(at, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestReportsTellWriteErrors: a report that could not be written is no report.
func TestReportsTellWriteErrors(t *testing.T) {
	rep := failing(t)
	for name, write := range map[string]func(io.Writer, report.Report) error{
		"text": report.Text, "TAP": report.TAP, "JSON": report.JSON, "JUnit": report.JUnit, "HTML": report.HTML,
	} {
		if err := write(fullDisk{}, rep); err == nil {
			t.Errorf("%s: nothing is said", name)
		}
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

// TestOtherLanguages: every call of the wallet takes the same way in Kiswahili,
// and one that is made to differ is found.
func TestOtherLanguages(t *testing.T) {
	local, player := walletService(t)
	f := script(t, "testdata/play/passes.dial")
	results := dialscript.Run(t.Context(), player, local, walletPeople(), callsOf(f), dialscript.Options{Parallel: 2, Langs: []string{"en", "sw"}})
	if len(results) != 3*len(f.Calls) {
		t.Fatalf("%d results", len(results))
	}
	for _, r := range results {
		if r.Status != dialscript.Passed {
			t.Errorf("%s: %s %+v %s", r.Title(), r.Status, r.Problems, r.Why)
		}
	}
}
