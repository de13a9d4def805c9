package menu

import (
	"bytes"
	"go/ast"
	goparser "go/parser"
	gotoken "go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/pb33f/jsonschema/v6"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/menu/check"
	"github.com/paytrace/paytrace/engine/menu/menutest"
)

var sarifSample = diag.List{
	{
		Code: "U101", Severity: diag.Error, Pos: engine.Pos{File: "menus/a b.yaml", Line: 3, Column: 5}, Length: 4, Message: "100% \"wrong\".", Help: "Mend,\nplease.",
		Related: []diag.Related{{Pos: engine.Pos{File: "x.yaml", Line: 1, Column: 2}, Text: "Here."}, {Text: "And so."}},
	},
	{Code: "U401", Severity: diag.Warning, Pos: engine.Pos{File: "x:y,z.yaml", Line: 1, Column: 1}, Length: 1, Message: "Many.", Suppressed: true},
	{Code: "U304", Severity: diag.Info, Pos: engine.Pos{File: "x:y,z.yaml", Line: 2, Column: 1}, Length: 1, Message: "Twice."},
}

// officialSARIF returns the schema that OASIS publishes, out of the sources of a
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
	return menutest.CompiledSchema(t, []byte(source))
}

// sarifFault returns what a log has against the official schema, and against the
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

// Every golden's diagnostics, and none, are SARIF by the official schema.
func TestSARIFSchema(t *testing.T) {
	official := officialSARIF(t)
	title := func(code string) string { return "title of " + code }
	all := map[string]diag.List{"none": nil, "some": sarifSample}
	for _, name := range menutest.MenusIn(t, "testdata/err") {
		_, all[name] = check.Diagnose(os.DirFS("testdata/err"), name, "menus", menutest.Contracts)
	}
	for name, found := range all {
		var b bytes.Buffer
		if err := diag.SARIF(&b, found, "v1", title); err != nil {
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
	if err := diag.SARIF(&b, sarifSample, "v1", func(string) string { return "" }); err != nil {
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
