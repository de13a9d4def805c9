package menu

import (
	"bytes"
	"encoding/json"
	"go/ast"
	goparser "go/parser"
	gotoken "go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/pb33f/jsonschema/v6"

	"github.com/paytrace/paytrace/engine"
)

var someFindings = Findings{
	{
		Code: "U101", Severity: Error, Pos: engine.Pos{File: "menus/a b.yaml", Line: 3, Column: 5}, Length: 4, Message: "100% \"wrong\".", Hint: "Mend,\nplease.",
		Notes: []Note{{Pos: engine.Pos{File: "x.yaml", Line: 1, Column: 2}, Text: "Here."}, {Text: "And so."}},
	},
	{Code: "U401", Severity: Warning, Pos: engine.Pos{File: "x:y,z.yaml", Line: 1, Column: 1}, Length: 1, Message: "Many.", Allowed: true},
	{Code: "U304", Severity: Advice, Pos: engine.Pos{File: "x:y,z.yaml", Line: 2, Column: 1}, Length: 1, Message: "Twice."},
}

func TestGitHub(t *testing.T) {
	var b bytes.Buffer
	if err := GitHub(&b, someFindings); err != nil {
		t.Fatal(err)
	}
	want := "::error file=menus/a b.yaml,line=3,col=5,endColumn=9,title=U101::100%25 \"wrong\".%0AMend,%0Aplease.%0Ax.yaml:1:2: Here.%0AAnd so.\n" +
		"::notice file=x%3Ay%2Cz.yaml,line=2,col=1,endColumn=2,title=U304::Twice.\n"
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}

// officialSARIF is the schema that OASIS publishes, out of the sources of a
// project that has it with it.
func officialSARIF(t *testing.T) *jsonschema.Schema {
	t.Helper()
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	file, err := goparser.ParseFile(gotoken.NewFileSet(), filepath.Join(strings.TrimSpace(string(dir)), "schema.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	value, ok := file.Scope.Lookup("schema").Decl.(*ast.ValueSpec)
	if !ok {
		t.Fatal("schema.go has no constant of that name")
	}
	source, err := strconv.Unquote(value.Values[0].(*ast.BasicLit).Value)
	if err != nil {
		t.Fatal(err)
	}
	return compiledSchema(t, []byte(source))
}

// sarifFault is what a log has against the official schema, and against the
// types of another project.
func sarifFault(official *jsonschema.Schema, log []byte) error {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(log))
	if err != nil {
		return err
	}
	if err := official.Validate(doc); err != nil {
		return err
	}
	_, err = sarif.FromBytes(log)
	return err
}

// Every golden's findings, and none, are SARIF by the official schema.
func TestSARIFSchema(t *testing.T) {
	official := officialSARIF(t)
	title := func(code string) string { return "title of " + code }
	all := map[string]Findings{"none": nil, "some": someFindings}
	for _, name := range menusIn(t, "testdata/err") {
		_, all[name] = Diagnose(os.DirFS("testdata/err"), name, "menus", testContracts)
	}
	for name, found := range all {
		var b bytes.Buffer
		if err := SARIF(&b, found, "v1", title); err != nil {
			t.Fatal(err)
		}
		if err := sarifFault(official, b.Bytes()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The schema would be no proof if it let anything through.
func TestSARIFSchemaCanFail(t *testing.T) {
	var b bytes.Buffer
	if err := SARIF(&b, someFindings, "v1", func(string) string { return "" }); err != nil {
		t.Fatal(err)
	}
	official := officialSARIF(t)
	for _, c := range []struct{ what, from, to string }{
		{"another version", `"version": "2.1.0"`, `"version": "2.0.0"`},
		{"a level that there is not", `"level": "error"`, `"level": "bad"`},
		{"a line before the first", `"startLine": 3`, `"startLine": 0`},
		{"a property that there is not", `"ruleId"`, `"rule"`},
		{"a suppression that there is not", `"inSource"`, `"somewhere"`},
		{"no tool", `"name": "paytrace",`, ``},
	} {
		log := strings.Replace(b.String(), c.from, c.to, 1)
		if log == b.String() {
			t.Fatalf("%s: the log has no %s", c.what, c.from)
		}
		if sarifFault(official, []byte(log)) == nil {
			t.Errorf("%s passes", c.what)
		}
	}
}

// The form of --json is a promise: names, order and what may be left out.
func TestJSONForm(t *testing.T) {
	var b bytes.Buffer
	if err := JSON(&b, someFindings); err != nil {
		t.Fatal(err)
	}
	want := `[
  {
    "code": "U101",
    "severity": "error",
    "file": "menus/a b.yaml",
    "line": 3,
    "column": 5,
    "length": 4,
    "message": "100% \"wrong\".",
    "hint": "Mend,\nplease.",
    "notes": [
      {
        "file": "x.yaml",
        "line": 1,
        "column": 2,
        "text": "Here."
      },
      {
        "text": "And so."
      }
    ]
  },
  {
    "code": "U401",
    "severity": "warning",
    "file": "x:y,z.yaml",
    "line": 1,
    "column": 1,
    "length": 1,
    "message": "Many.",
    "allowed": true
  },
  {
    "code": "U304",
    "severity": "advice",
    "file": "x:y,z.yaml",
    "line": 2,
    "column": 1,
    "length": 1,
    "message": "Twice."
  }
]
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	b.Reset()
	if err := JSON(&b, nil); err != nil || b.String() != "[]\n" {
		t.Errorf("no findings: %v\n%s", err, &b)
	}
}

// What SARIF 2.1.0 asks of every result is there: a rule by its place, a level
// it knows, a message, a region that counts from 1, an address without spaces.
func TestSARIF(t *testing.T) {
	var b bytes.Buffer
	if err := SARIF(&b, someFindings, "v1", func(code string) string { return "title of " + code }); err != nil {
		t.Fatal(err)
	}
	var log sarifLog
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	if log.Version != "2.1.0" || len(log.Runs) != 1 || len(log.Runs[0].Results) != len(someFindings) {
		t.Fatalf("got %+v", log)
	}
	run := log.Runs[0]
	for i, r := range run.Results {
		if run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID || r.RuleID != someFindings[i].Code {
			t.Errorf("result %d has the rule %q at %d", i, r.RuleID, r.RuleIndex)
		}
		if r.Message.Text == "" || len(r.Locations) != 1 || r.Locations[0].Physical.Region.StartColumn < 1 {
			t.Errorf("result %d: %+v", i, r)
		}
		if (len(r.Suppressions) > 0) != someFindings[i].Allowed {
			t.Errorf("result %d is suppressed: %v", i, r.Suppressions)
		}
	}
	if got := run.Results[0].Locations[0].Physical.Artifact.URI; got != "menus/a%20b.yaml" {
		t.Errorf("the address is %q", got)
	}
	levels := []string{run.Results[0].Level, run.Results[1].Level, run.Results[2].Level}
	if levels[0] != "error" || levels[1] != "warning" || levels[2] != "note" {
		t.Errorf("levels %v", levels)
	}
	var empty bytes.Buffer
	if err := SARIF(&empty, nil, "", func(string) string { return "" }); err != nil || !bytes.Contains(empty.Bytes(), []byte(`"results": []`)) {
		t.Errorf("no findings: %v\n%s", err, &empty)
	}
}
