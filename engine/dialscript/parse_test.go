package dialscript

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/internal/fuzz"
)

// withoutPlaces compares scripts but for where their lines stand.
var withoutPlaces = cmp.Options{
	cmpopts.IgnoreTypes(engine.Pos{}),
	cmpopts.IgnoreFields(File{}, "Path"),
	cmpopts.EquateEmpty(),
}

// FuzzParse: nothing panics, what is read formats to a script that reads back
// as the same, and formatting it again changes nothing.
func FuzzParse(tf *testing.F) {
	f := fuzz.New(tf)
	for _, dir := range []string{"testdata/err", "testdata/ok", "testdata/play", "../../menus"} {
		names, err := filepath.Glob(filepath.Join(dir, "*.dial"))
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range names {
			source, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(source)
		}
	}
	f.Add([]byte("=== a\r\n> *1#\r\n|\r\n\ufeff"))
	f.Add([]byte("=== a\n> *1#\n| {a=*}{a}\n(a is {a})\n# x\n\n# y"))
	f.Fuzz(func(t *testing.T, source []byte) {
		file, found := Parse("f.dial", source)
		Check(file, testPeople)
		formatted := Format(file)
		again, foundAgain := Parse("f.dial", formatted)
		if len(found) == 0 && len(foundAgain) > 0 {
			t.Fatalf("formatting made a finding: %v\n%s", foundAgain, formatted)
		}
		if len(found) > 0 {
			return // what could not be read is not formatted
		}
		if diff := cmp.Diff(file, again, withoutPlaces); diff != "" {
			t.Fatalf("it reads back as another (-first +again):\n%s", diff)
		}
		if twice := Format(again); !bytes.Equal(formatted, twice) {
			t.Fatalf("formatted twice (-once +twice):\n%s", cmp.Diff(string(formatted), string(twice)))
		}
	})
}

// drawScript makes a script that has no finding.
func drawScript(t *rapid.T) *File {
	comment := rapid.SliceOfN(rapid.StringMatching(`[A-Za-z][A-Za-z #|>(=]{0,20}[a-z]`), 0, 2)
	f := &File{Head: comment.Draw(t, "head")}
	titles := map[string]bool{}
	for range rapid.IntRange(1, 4).Draw(t, "calls") {
		c := Call{Title: rapid.StringMatching(`[A-Z][a-zA-Z:, #|]{0,20}[a-z]`).Filter(func(s string) bool { return !titles[s] }).Draw(t, "title")}
		titles[c.Title] = true
		c.Comments = comment.Draw(t, "comments")
		c.Given = drawDirections(t, Given)
		for i := range rapid.IntRange(1, 5).Draw(t, "steps") {
			s := Step{Comments: comment.Draw(t, "comments")}
			switch {
			case i == 0:
				s.Input = PlainText("*384*8481#")
			case rapid.Bool().Draw(t, "redial"):
				d := readOne(t, "redials after 2 min")
				s.Redial = &d
			default:
				s.Input = PlainText(rapid.StringMatching(`([0-9*# {(|>=]{0,6}[0-9])?`).Draw(t, "input"))
			}
			s.Shown = drawShown(t)
			s.Directions = append(drawDirections(t, Then), drawDirections(t, When)...)
			c.Steps = append(c.Steps, s)
		}
		f.Calls = append(f.Calls, c)
	}
	f.Tail = comment.Draw(t, "tail")
	return f
}

func drawShown(t *rapid.T) []ScreenLine {
	var list []ScreenLine
	for range rapid.IntRange(0, 4).Draw(t, "lines") {
		var words Text
		for i, lit := range rapid.SliceOfN(rapid.StringMatching(`[A-Za-z{}|/#>é .]{0,12}[a-z]`), 0, 3).Draw(t, "words") {
			if i > 0 {
				words = append(words, Part{Placeholder: rapid.SampledFrom([]string{"*", "money", "date", "phone"}).Draw(t, "placeholder")})
			}
			words = append(words, Part{Lit: lit})
		}
		list = append(list, ScreenLine{Text: words})
	}
	if rapid.Bool().Draw(t, "regexp") {
		list = append(list, ScreenLine{Regexp: rapid.StringMatching(`[a-z]{1,4}[0-9]?`).Draw(t, "re")})
	}
	if rapid.Bool().Draw(t, "rest") {
		list = append(list, ScreenLine{Rest: true})
	}
	return list
}

// examples are the directions of testdata/ok/everything.dial, by phase.
var examples = map[Phase][]string{
	Given: {"as Amina", "language sw", "clock 2026-03-01 09:00", "withdraw answers wrong_pin, then done ref=QX81", "begins on account with amount=500", "real actions", "tags a, b"},
	When:  {"network drops", "hangs up", "wait 40s", "gateway sends that twice", "sessions are lost"},
	Then:  {"screen is x", "session ends", "at most 12 characters", "no SMS", "a.b is c", "SMS to 0712345678: x {money}", "1 is nowhere in the log"},
}

func drawDirections(t *rapid.T, phase Phase) []Direction {
	var list []Direction
	for _, text := range rapid.SliceOfN(rapid.SampledFrom(examples[phase]), 0, 3).Draw(t, "directions") {
		list = append(list, readOne(t, text))
	}
	return list
}

func readOne(t interface{ Fatalf(string, ...any) }, text string) Direction {
	p := &parser{file: &File{}, names: map[string]bool{}}
	d, ok := p.readDirection(text)
	if !ok {
		t.Fatalf("(%s) can't be read: %v", text, p.out)
	}
	return d
}

func TestFormatReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawScript(t)
		formatted := Format(f)
		again, found := Parse("f.dial", formatted)
		if len(found) > 0 {
			t.Fatalf("findings: %v\n%s", found, formatted)
		}
		if diff := cmp.Diff(f, again, withoutPlaces); diff != "" {
			t.Fatalf("it reads back as another (-drawn +read):\n%s\n%s", diff, formatted)
		}
		if twice := Format(again); !bytes.Equal(formatted, twice) {
			t.Fatalf("formatted twice:\n%s", cmp.Diff(string(formatted), string(twice)))
		}
	})
}

// TestEveryDirectionHasAnExample plays the closed list against the script that
// holds one of each.
func TestEveryDirectionHasAnExample(t *testing.T) {
	f, found := readScript(t, "testdata/ok/everything.dial")
	if len(found) > 0 {
		t.Fatal(found)
	}
	seen := map[Kind]bool{}
	for _, c := range f.Calls {
		for _, d := range c.Given {
			seen[d.Kind] = true
		}
		for _, s := range c.Steps {
			if s.Redial != nil {
				seen[s.Redial.Kind] = true
			}
			for _, d := range s.Directions {
				seen[d.Kind] = true
			}
		}
	}
	for _, s := range directions {
		if !seen[s.kind] {
			t.Errorf("(%s) is in no example", s.form)
		}
	}
}

// TestDocsListEveryDirection compares the closed list with the docs.
func TestDocsListEveryDirection(t *testing.T) {
	docs, err := os.ReadFile("../../docs/dial-scripts.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range Forms() {
		if !bytes.Contains(docs, []byte("`"+form+"`")) {
			t.Errorf("docs/dial-scripts.md does not have %s", form)
		}
	}
	for _, code := range []string{CodeDirection, CodeLine, CodeNothing, CodeReal, CodeWide} {
		if !bytes.Contains(docs, []byte(code)) {
			t.Errorf("docs/dial-scripts.md does not have %s", code)
		}
	}
}

func TestLimits(t *testing.T) {
	many := func(n int, line string) string { return strings.Repeat(line, n) }
	call := "=== a\n> *384#\n"
	for name, source := range map[string]string{
		"file":   "#" + many(MaxFileBytes, "x"),
		"line":   call + "| " + many(MaxLineBytes, "x"),
		"steps":  call + many(MaxSteps, "> 1\n"),
		"shown":  call + many(MaxShown+1, "| x\n"),
		"regexp": call + "|/" + many(MaxPatternBytes+1, "x") + "/",
		"utf-8":  call + "| \xff",
		"bytes":  call + "| \x1b[2J",
		"size":   call + "|/(abcdefghij){1000}x/",
		"repeat": call + "|/((a{1,1000}){1,1000}){1,1000}/",
	} {
		if _, found := Parse("f.dial", []byte(source)); len(found) != 1 || found[0].Code != CodeLine {
			t.Errorf("%s: %v", name, found)
		}
	}
	var b strings.Builder
	for i := range MaxCalls + 5 {
		b.WriteString("=== " + strings.Repeat("x", i%40+1) + strings.Repeat("y", i/40) + "\n> *384#\n| x1\n")
	}
	f, found := Parse("f.dial", []byte(b.String()))
	if len(f.Calls) != MaxCalls || len(found) != 1 {
		t.Errorf("%d calls, findings %v", len(f.Calls), found)
	}
	_, found = Parse("f.dial", []byte(many(MaxFindings+50, "x\n")))
	if len(found) != MaxFindings {
		t.Errorf("%d diagnostics were reported", len(found))
	}
}

func TestPositionsCountCharacters(t *testing.T) {
	f, found := Parse("f.dial", []byte("\ufeff=== é\r\n  > *384#\r\n\t| Où {Money}\r\n| ok\r\n"))
	if len(found) != 1 || found[0].Pos != (engine.Pos{File: "f.dial", Line: 3, Column: 7}) || found[0].Length != len("{Money}") {
		t.Errorf("findings %v", found)
	}
	if c := f.Calls[0]; !c.Broken || c.Title != "é" || c.Steps[0].Pos.Column != 3 || c.Steps[0].Shown[0].Pos.Line != 4 {
		t.Errorf("call %+v", c)
	}
}
