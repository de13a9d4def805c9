package dialscript

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func mustText(t testing.TB, s string) Text {
	t.Helper()
	w, bad := parseText(s)
	if bad != nil {
		t.Fatalf("%q: %s", s, bad.message)
	}
	return w
}

func TestHoles(t *testing.T) {
	for _, c := range []struct {
		words, text string
		want        bool
	}{
		{"Ref {*}.", "Ref QX81.", true},
		{"Ref {*}.", "Ref .", false},
		{"Ref {*}.", "ref QX81.", false},
		{"{*}", "a", true},
		{"{*}", "", false},
		{"a.c", "abc", false},
		{"(x) [y] $ ^ \\ +", "(x) [y] $ ^ \\ +", true},
		{"{money}", "KES 500", true},
		{"{money}", "KES 1,500.50", true},
		{"{money}", "KES 1500", false},
		{"{money}", "KES -5", true},
		{"{money}", "500", false},
		{"{date}", "31/01/2026", true},
		{"{date}", "31/02/2026", false},
		{"{date}", "2026-01-31", false},
		{"{phone}", "0712345678", true},
		{"{phone}", "+254712345678", true},
		{"{phone}", "07123", false},
		{"{a=*}-{a=*}", "x-x", true},
		{"{a=*}-{a=*}", "x-y", false},
		{"{a=*} and {b=money} to {phone}", "x and KES 5 to 0712345678", true},
		{"{kept}!", "was kept!", true},
		{"{kept}!", "was not!", false},
		{"{other}", "anything", false},
		{"{{*}", "{*}", true},
		{"é š €", "é š €", true},
	} {
		if got := mustText(t, c.words).match(c.text, Captures{"kept": "was kept"}, false); got != c.want {
			t.Errorf("%q on %q: %v", c.words, c.text, got)
		}
	}
}

func TestCapturesAreKeptOnlyWhereTheLineMatches(t *testing.T) {
	k := Captures{}
	if mustText(t, "{a=*} x").match("1 y", k, false) || len(k) > 0 {
		t.Errorf("kept %v", k)
	}
	if !mustText(t, "{a=*} x {b=date}").match("1 x 01/02/2026", k, false) {
		t.Error("no match")
	}
	if diff := cmp.Diff(Captures{"a": "1", "b": "01/02/2026"}, k); diff != "" {
		t.Error(diff)
	}
	if got, err := mustText(t, "{a}*{{{b}").fill(k); err != nil || got != "1*{01/02/2026" {
		t.Errorf("fill: %q, %v", got, err)
	}
	if _, err := mustText(t, "{c}").fill(k); err == nil {
		t.Error("an unknown name is filled")
	}
}

func TestAcrossLines(t *testing.T) {
	w := mustText(t, "a {*} d")
	if w.match("a b\nc d", Captures{}, false) || !w.match("a b\nc d", Captures{}, true) {
		t.Error("only an SMS runs over several lines")
	}
}

func TestMatchScreen(t *testing.T) {
	shown := func(list ...string) []ScreenLine {
		p := &parser{file: &File{}, names: map[string]bool{}}
		var out []ScreenLine
		for _, line := range list {
			s, ok := p.readShown(line)
			if !ok {
				t.Fatal(p.out)
			}
			out = append(out, s)
		}
		return out
	}
	for name, c := range map[string]struct {
		shown []ScreenLine
		lines []string
		want  int
	}{
		"same":            {shown("| a", "|", "| b"), []string{"a", "", "b"}, -1},
		"other":           {shown("| a", "| b"), []string{"a", "c"}, 1},
		"shorter":         {shown("| a", "| b"), []string{"a"}, 1},
		"longer":          {shown("| a"), []string{"a", "b"}, 1},
		"rest":            {shown("| a", "| ..."), []string{"a", "b", "c"}, -1},
		"rest of nothing": {shown("| a", "| ..."), []string{"a"}, -1},
		"rest, first":     {shown("| a", "| ..."), []string{"b"}, 0},
		"blank":           {shown("|"), []string{""}, -1},
		"spaces at end":   {shown("| a"), []string{"a  "}, -1},
		"spaces at start": {shown("|  a"), []string{"a"}, 0},
		"regexp":          {shown("|/a+/"), []string{"aaa"}, -1},
		"regexp, whole":   {shown("|/a+/"), []string{"aaab"}, 0},
		"regexp or":       {shown("|/a|b/"), []string{"ab"}, 0},
		"slash":           {shown("| /a+/"), []string{"/a+/"}, -1},
	} {
		if got := MatchScreen(c.shown, c.lines, Captures{}); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestLiteralReadsBackAsItself(t *testing.T) {
	for _, line := range []string{"", "a", "...", "{x}", "/a/", " a", "(x)", "# x", "a\x1bb", "{{"} {
		text := "=== a\n> *1#\n" + LiteralLine(line).String() + "\n| end\n"
		f, found := Parse("f.dial", []byte(text))
		if len(found) > 0 {
			t.Errorf("%q: %v", line, found)
			continue
		}
		if !f.Calls[0].Steps[0].Shown[0].Matches(line, Captures{}) {
			t.Errorf("%q is shown as %q, which is another", line, LiteralLine(line))
		}
	}
}
