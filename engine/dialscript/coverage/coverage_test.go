package coverage_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pb33f/jsonschema/v6"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/dialscript/coverage"
	"github.com/paytrace/paytrace/engine/dialscript/report"
	"github.com/paytrace/paytrace/engine/menu"
	"github.com/paytrace/paytrace/engine/menu/compile"
	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/store/memory"
)

var update = flag.Bool("update", false, "write the goldens again")

func typeOf(s string) engine.Type {
	t, err := engine.ParseType(s)
	if err != nil {
		panic(err)
	}
	return t
}

func field(name, kind string) engine.Field { return engine.Field{Name: name, Type: typeOf(kind)} }

var contracts = []engine.Contract{
	{Name: "order", Params: []engine.Field{field("count", "number 1..20")}, Takes: time.Second, Outcomes: []engine.OutcomeContract{
		{Name: "ordered", Gives: []engine.Field{field("number", "text 6")}}, {Name: "too_many"},
	}},
	{Name: "shops", Reads: true, Takes: time.Second, Outcomes: []engine.OutcomeContract{
		{Name: "listed", Gives: []engine.Field{{Name: "places", Type: engine.Type{
			Kind: engine.KindList, Record: "place", Fields: []engine.Field{field("name", "text 14"), field("street", "text 14")},
		}}}},
	}},
}

// A desk plays scripts of the shop.
type desk struct {
	program *engine.Program
	people  *engine.Personas
	play    func([]*dialscript.Call) []dialscript.Result
}

func shop(t testing.TB) *desk {
	t.Helper()
	f, found := syntax.Read(os.DirFS("testdata"), "shop.yaml", "testdata")
	p, err := compile.Compile(f, contracts, menu.Options{})
	if err != nil {
		t.Fatal(err, found)
	}
	ordered, err := engine.ParseAnswers("ordered number=K-1")
	if err != nil {
		t.Fatal(err)
	}
	people := &engine.Personas{
		List:    []engine.Persona{{Name: "Amina", Phone: "254712345678"}},
		Answers: map[string][]engine.Answer{"order": ordered},
	}
	local := &dialscript.InProcess{
		Menus:      []*engine.Program{p},
		NewRecords: func(now func() time.Time) dialscript.Records { return memory.NewSessions(now) },
	}
	player := &dialscript.Player{Codes: []string{"*384*77#"}, KeepGoing: true}
	return &desk{p, people, func(calls []*dialscript.Call) []dialscript.Result {
		return dialscript.Run(t.Context(), player, local, people, calls, dialscript.Options{Parallel: 2})
	}}
}

// played plays the shop's own script.
func (d *desk) played(t testing.TB) []dialscript.Result {
	t.Helper()
	source, err := os.ReadFile("testdata/shop.dial")
	if err != nil {
		t.Fatal(err)
	}
	f, found := dialscript.Parse("testdata/shop.dial", source)
	if len(found) > 0 {
		t.Fatal(found)
	}
	var calls []*dialscript.Call
	for i := range f.Calls {
		calls = append(calls, &f.Calls[i])
	}
	return d.play(calls)
}

// counted returns the coverage of the shop by its script, with paths to the rest.
func (d *desk) counted(t testing.TB) []*coverage.Menu {
	t.Helper()
	menus := coverage.Count([]*engine.Program{d.program}, d.played(t))
	for _, m := range menus {
		if err := m.FindPaths(d.people); err != nil {
			t.Fatal(err)
		}
	}
	return menus
}

func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got), -update writes it again:\n%s", file, diff)
	}
}

// TestText: each missing item has its line and its path. Items that no call can show
// are listed separately, with the reason.
func TestText(t *testing.T) {
	var out bytes.Buffer
	if err := coverage.Text(&out, shop(t).counted(t)); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/shop.out", out.Bytes())
}

// TestSuggest: the scripts for the rest are the same each time, are formatted, pass,
// and leave out only items that no call can show.
func TestSuggest(t *testing.T) {
	d := shop(t)
	author := &coverage.Author{
		People: d.people, Play: d.play,
		Path:  func(*engine.Program) string { return "shop.suggested.dial" },
		Taken: func(*engine.Program) []string { return []string{"rules"} },
	}
	var last []byte
	for range 2 {
		menus, drafts, err := author.Suggest([]*engine.Program{d.program}, d.played(t))
		if err != nil {
			t.Fatal(err)
		}
		if total := menus[0].Total(); total.Percent() != 100 || len(menus[0].Missing()) > 0 {
			t.Errorf("%s covered", total)
		}
		text := dialscript.Format(drafts[0].File)
		if last != nil && !bytes.Equal(text, last) {
			t.Error("the second run wrote another script")
		}
		last = text
		again, found := dialscript.Parse("shop.suggested.dial", text)
		if found = append(found, dialscript.Check(again, d.people)...); len(found) > 0 {
			t.Errorf("%v", found)
		}
		var calls []*dialscript.Call
		for i := range again.Calls {
			calls = append(calls, &again.Calls[i])
		}
		for _, r := range d.play(calls) {
			if r.Status != dialscript.Passed {
				t.Errorf("%s: %v", r.Call.Title, r.Problems)
			}
		}
	}
	golden(t, "testdata/shop.suggested.out", last)
}

// TestJSON: the JSON report has the numbers of the text report.
func TestJSON(t *testing.T) {
	menus := shop(t).counted(t)
	var out bytes.Buffer
	if err := coverage.JSON(&out, menus); err != nil {
		t.Fatal(err)
	}
	var report struct {
		Version  int
		Coverage []coverage.MenuJSON
	}
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	m := report.Coverage[0]
	total := menus[0].Total()
	if m.Percent != total.Percent() || m.Covered != total.Covered || m.Of != total.Of || len(m.Items) != len(menus[0].Items) {
		t.Errorf("%d %% of %d, and %s", m.Percent, m.Of, total)
	}
	at := slices.IndexFunc(m.Items, func(it coverage.ItemJSON) bool {
		return it.Group == "outcomes" && strings.Contains(it.Name, "too_many")
	})
	if it := m.Items[at]; it.Calls != 0 || it.Line != 32 || !slices.Equal(it.Keys, []string{"*384*77#", "1", "3"}) || len(it.Given) != 1 {
		t.Errorf("%+v", it)
	}
}

// TestSchema: the JSON report is valid for the documented schema. A report with an
// unknown group is not.
func TestSchema(t *testing.T) {
	source, err := os.ReadFile("../../../docs/dial-results.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(source))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("results.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("results.json")
	if err != nil {
		t.Fatal(err)
	}
	values := coverage.Values(shop(t).counted(t))
	for _, group := range []string{values[0].Items[0].Group, "colours"} {
		values[0].Items[0].Group = group
		var out bytes.Buffer
		if err := report.JSON(&out, report.Report{Coverage: values}); err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(&out)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); (err != nil) != (group == "colours") {
			t.Errorf("%s: %v", group, err)
		}
	}
}

// TestPageStandsAlone: the page loads nothing, runs no script, and escapes what it
// shows.
func TestPageStandsAlone(t *testing.T) {
	menus := shop(t).counted(t)
	menus[0].Items[0].Name = "<script>alert(1)</script>"
	var out bytes.Buffer
	if err := coverage.HTML(&out, menus); err != nil {
		t.Fatal(err)
	}
	page := strings.ReplaceAll(out.String(), `xmlns="http://www.w3.org/2000/svg"`, "")
	for _, no := range []string{"<script", "http://", "https://", "src=", "@import", "onclick"} {
		if strings.Contains(page, no) {
			t.Errorf("found %q in the page", no)
		}
	}
	for _, yes := range []string{"&lt;script&gt;", "testdata/shop.yaml:32", "*384*77#  1  3", `class="hit"`, `class="miss"`, "✗ ", "can&#39;t say which operator", "Kiswahili", `href="#m1-rules"`, `id="m1-rules"`} {
		if !strings.Contains(page, yes) {
			t.Errorf("the page lacks %q", yes)
		}
	}
	if at := os.Getenv("REPORT_PAGE"); at != "" { // to look at it
		if err := os.WriteFile(at, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestWriteErrors: every report returns the error of its writer.
func TestWriteErrors(t *testing.T) {
	menus := shop(t).counted(t)
	for name, write := range map[string]func(io.Writer, []*coverage.Menu) error{"text": coverage.Text, "JSON": coverage.JSON, "HTML": coverage.HTML} {
		if err := write(fullDisk{}, menus); err == nil {
			t.Errorf("%s: no error was returned", name)
		}
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

// BenchmarkThousandCalls plays 1,000 calls of ten steps, two at once, and counts what
// they cover. One operation is all of them. The benchmark of the same name in
// engine/dialscript plays them without the count.
func BenchmarkThousandCalls(b *testing.B) {
	d := shop(b)
	f, found := dialscript.Parse("b.dial", []byte("=== A call\n> *384*77#\n| Duka\n| ...\n> 1\n> 13\n| Not thirteen.\n| ...\n> 0\n> 2\n> 98\n> 0\n> 00\n> 1\n> 3\n| 3 loaves, number K-1.\n"))
	if len(found) > 0 || len(f.Calls[0].Steps) != 10 {
		b.Fatal(found)
	}
	var calls []*dialscript.Call
	for range 1000 {
		call := f.Calls[0]
		calls = append(calls, &call)
	}
	b.ReportAllocs()
	for b.Loop() {
		menus := coverage.Count([]*engine.Program{d.program}, d.play(calls))
		if menus[0].Calls != 1000 {
			b.Fatal(menus[0].Calls)
		}
	}
}
