package diag

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/engine"
)

var sample = List{
	{
		Code: "U101", Severity: Error, Pos: engine.Pos{File: "menus/a b.yaml", Line: 3, Column: 5}, Length: 4, Message: "100% \"wrong\".", Help: "Mend,\nplease.",
		Related: []Related{{Pos: engine.Pos{File: "x.yaml", Line: 1, Column: 2}, Text: "Here."}, {Text: "And so."}},
	},
	{Code: "U401", Severity: Warning, Pos: engine.Pos{File: "x:y,z.yaml", Line: 1, Column: 1}, Length: 1, Message: "Many.", Suppressed: true},
	{Code: "U304", Severity: Info, Pos: engine.Pos{File: "x:y,z.yaml", Line: 2, Column: 1}, Length: 1, Message: "Twice."},
}

func TestGitHub(t *testing.T) {
	var b bytes.Buffer
	if err := GitHub(&b, sample); err != nil {
		t.Fatal(err)
	}
	want := "::error file=menus/a b.yaml,line=3,col=5,endColumn=9,title=U101::100%25 \"wrong\".%0AMend,%0Aplease.%0Ax.yaml:1:2: Here.%0AAnd so.\n" +
		"::notice file=x%3Ay%2Cz.yaml,line=2,col=1,endColumn=2,title=U304::Twice.\n"
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}

// The form of --json is a promise: names, order and what may be left out.
func TestJSONForm(t *testing.T) {
	var b bytes.Buffer
	if err := JSON(&b, sample); err != nil {
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
		t.Errorf("an empty list: %v\n%s", err, &b)
	}
}

// What SARIF 2.1.0 asks of every result is there: a rule by its place, a level
// it knows, a message, a region that counts from 1, an address without spaces.
func TestSARIF(t *testing.T) {
	var b bytes.Buffer
	if err := SARIF(&b, sample, "v1", func(code string) string { return "title of " + code }); err != nil {
		t.Fatal(err)
	}
	var log sarifLog
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	if log.Version != "2.1.0" || len(log.Runs) != 1 || len(log.Runs[0].Results) != len(sample) {
		t.Fatalf("got %+v", log)
	}
	run := log.Runs[0]
	for i, r := range run.Results {
		if run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID || r.RuleID != sample[i].Code {
			t.Errorf("result %d has the rule %q at %d", i, r.RuleID, r.RuleIndex)
		}
		if r.Message.Text == "" || len(r.Locations) != 1 || r.Locations[0].Physical.Region.StartColumn < 1 {
			t.Errorf("result %d: %+v", i, r)
		}
		if (len(r.Suppressions) > 0) != sample[i].Suppressed {
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
		t.Errorf("an empty list: %v\n%s", err, &empty)
	}
}
