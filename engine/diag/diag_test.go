package diag

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/engine"
)

func TestText(t *testing.T) {
	at := func(line, column int) engine.Pos { return engine.Pos{File: "menus/m.yaml", Line: line, Column: column} }
	source := "a: x\n\tb: 漢字 -> bey\ncafe\u0301: → x\nesc\x1b[31m: x\n" + strings.Repeat("x", 300) + "\n"
	tests := []struct {
		name string
		f    Diagnostic
		want string
	}{
		{
			"the shape of the manual",
			Diagnostic{Code: "U101", Severity: Error, Pos: at(1, 4), Length: 1, Message: `No such screen.`, Help: `Did you mean "bye"?`, Related: []Related{{at(2, 1), "Other."}, {Text: "No place."}}},
			"menus/m.yaml:1:4: U101 error: No such screen.\n   1 | a: x\n     |    ^\n   Did you mean \"bye\"?\n   menus/m.yaml:2:1: Other.\n   No place.\n",
		},
		{
			"tabs stay, wide characters take two columns",
			Diagnostic{Code: "U101", Severity: Warning, Pos: at(2, 11), Length: 3, Message: "m"},
			"menus/m.yaml:2:11: U101 warning: m\n   2 | \tb: 漢字 -> bey\n     | \t           ^~~\n",
		},
		{
			"carets below wide characters",
			Diagnostic{Code: "U101", Severity: Warning, Pos: at(2, 5), Length: 2, Message: "m"},
			"menus/m.yaml:2:5: U101 warning: m\n   2 | \tb: 漢字 -> bey\n     | \t   ^~~~\n",
		},
		{
			"combining characters take none",
			Diagnostic{Code: "U008", Severity: Warning, Pos: at(3, 8), Length: 1, Message: "m"},
			"menus/m.yaml:3:8: U008 warning: m\n   3 | cafe\u0301: → x\n     |       ^\n",
		},
		{
			"nothing of a menu commands the terminal",
			Diagnostic{Code: "U001", Severity: Warning, Pos: at(4, 1), Length: 99, Message: "m\x1b[2J"},
			"menus/m.yaml:4:1: U001 warning: m\ufffd[2J\n   4 | esc\ufffd[31m: x\n     | ^~~~~~~~~~~\n",
		},
		{
			"a place outside the file",
			Diagnostic{Code: "U001", Severity: Warning, Pos: at(99, 1), Length: 1, Message: "m"},
			"menus/m.yaml:99:1: U001 warning: m\n",
		},
		{
			"a column outside the line",
			Diagnostic{Code: "U001", Severity: Warning, Pos: at(1, 40), Length: 3, Message: "m"},
			"menus/m.yaml:1:40: U001 warning: m\n   1 | a: x\n     |     ^\n",
		},
		{
			"a long line is cut around the place",
			Diagnostic{Code: "U001", Severity: Warning, Pos: at(5, 200), Length: 2, Message: "m"},
			"menus/m.yaml:5:200: U001 warning: m\n   5 | …" + strings.Repeat("x", 120) + "…\n     | " + strings.Repeat(" ", 60) + "^~\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := Text(&b, List{tt.f}, func(string) []byte { return []byte(source) }, false); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, b.String()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestTextColor(t *testing.T) {
	f := List{{Code: "U101", Severity: Error, Pos: engine.Pos{File: "m", Line: 1, Column: 1}, Length: 1, Message: "m"}}
	var b bytes.Buffer
	if err := Text(&b, f, nil, true); err != nil {
		t.Fatal(err)
	}
	if want := "\x1b[1mm:1:1:\x1b[0m \x1b[31mU101 error:\x1b[0m m\n"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}

func TestJSON(t *testing.T) {
	var b bytes.Buffer
	if err := JSON(&b, nil); err != nil || strings.TrimSpace(b.String()) != "[]" {
		t.Errorf("an empty list gives %q, %v", b.String(), err)
	}
	b.Reset()
	f := List{{
		Code: "U302", Severity: Warning, Pos: engine.Pos{File: "m.yaml", Line: 3, Column: 7}, Length: 4,
		Message: `"<a>"`, Help: "h", Related: []Related{{engine.Pos{File: "n.yaml", Line: 1, Column: 2}, "n"}}, Suppressed: true,
	}}
	if err := JSON(&b, f); err != nil {
		t.Fatal(err)
	}
	var got any
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := []any{map[string]any{
		"code": "U302", "severity": "warning", "file": "m.yaml", "line": 3.0, "column": 7.0, "length": 4.0,
		"message": `"<a>"`, "hint": "h", "allowed": true,
		"notes": []any{map[string]any{"file": "n.yaml", "line": 1.0, "column": 2.0, "text": "n"}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestSort(t *testing.T) {
	at := func(file string, line, column int) engine.Pos {
		return engine.Pos{File: file, Line: line, Column: column}
	}
	fs := List{
		{Code: "U2", Pos: at("b", 1, 1)},
		{Code: "U2", Pos: at("a", 2, 1)},
		{Code: "U1", Pos: at("a", 2, 1)},
		{Code: "U3", Pos: at("a", 1, 9)},
		{Code: "U3", Pos: at("a", 1, 2)},
		{Code: "U1", Pos: at("a", 2, 1)},
	}
	fs.Sort()
	want := List{
		{Code: "U3", Pos: at("a", 1, 2)},
		{Code: "U3", Pos: at("a", 1, 9)},
		{Code: "U1", Pos: at("a", 2, 1)},
		{Code: "U2", Pos: at("a", 2, 1)},
		{Code: "U2", Pos: at("b", 1, 1)},
	}
	if diff := cmp.Diff(want, fs); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
