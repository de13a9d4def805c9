package syntax

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/paytrace/paytrace/engine/menu/menutest"
)

// hostile are files made to exhaust a reader.
var hostile = map[string]string{
	"too large":        strings.Repeat("# comment\n", MaxFileBytes/10+1),
	"long line":        "a: " + strings.Repeat("x", MaxLineBytes),
	"deep flow":        "a: " + strings.Repeat("[", MaxLineBytes-10),
	"deep flow lines":  "a:\n  " + strings.Repeat("[\n  ", MaxFileBytes/4-10),
	"deep dashes":      strings.Repeat("- ", MaxLineBytes/2-1) + "x",
	"deep indents":     deepIndents(400),
	"many entries":     strings.Repeat("a: a\n", MaxFileBytes/5-1),
	"many items":       "a: [" + strings.Repeat("a,a,a,\n ", MaxFileBytes/8) + "]",
	"many quotes":      strings.Repeat("\"\n", MaxFileBytes/2-1),
	"many open quotes": "a:\n" + strings.Repeat(" \"\n", MaxFileBytes/3-2),
	"many openings":    strings.Repeat("a: [\n", MaxFileBytes/5-1),
	"aliases":          "a: &a [x,x,x,x,x,x,x,x]\n" + aliasBomb(),
	"aliases in flow":  "a: [" + strings.Repeat("*a,", MaxLineBytes/3-3) + "]",
	"many blocks":      strings.Repeat("a: |2\n", MaxFileBytes/6-1),
	"blank lines":      "a: b\n" + strings.Repeat("\n", MaxFileBytes-6),
	"many tags":        strings.Repeat("- !a\n", MaxFileBytes/5-1),
	"many comments":    strings.Repeat("a: b #c\n", MaxFileBytes/8-1),
	"many keys":        menutest.Header + "screens:\n" + distinct("  k%d: {}\n"),
	"unknown keys":     menutest.Header + distinct("k%d: x\n"),
	"many documents":   strings.Repeat("---\n", MaxFileBytes/4-1),
	"zeros":            strings.Repeat("\x00", MaxLineBytes-1),
	"not UTF-8":        strings.Repeat("\xff\xfe", 1000),
	"carriage returns": strings.Repeat("\r", 4000),
	"lines of quotes":  most("\"\n"),
	"lines of open":    "a:\n" + most(" \"\n"),
	"lines of entries": most("a: a\n"),
	"lines of arrays":  most("a: [\n"),
	"lines of blocks":  most("a: |2\n"),
	"lines of tags":    most("- !a\n"),
	"lines of ends":    most("---\n"),
	"lines of nothing": "a: b\n" + most("\n"),
	"separators":       strings.Repeat("a:\u2028", 500),
	"parentheses":      menutest.Header + "screens:\n  c:\n    choose:\n      - if " + strings.Repeat("(", 3000) + " -> x\n",
	"nots":             menutest.Header + "screens:\n  c:\n    choose:\n      - if " + strings.Repeat("not ", 900) + " -> x\n",
	"arrows":           menutest.Header + "screens:\n  c:\n    say: Hello\n    menu:\n      1: " + strings.Repeat("-> ", 1300) + "\n",
}

// most returns as many lines as a file may have.
func most(line string) string {
	return strings.Repeat(line, min(MaxFileBytes/len(line), MaxLines)-3)
}

func deepIndents(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

func aliasBomb() string {
	var b strings.Builder
	for c := 'b'; c < 'z'; c++ {
		fmt.Fprintf(&b, "%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c,", c-1), 9), ","))
	}
	return b.String()
}

func distinct(format string) string {
	var b strings.Builder
	for i := 0; b.Len() < MaxFileBytes-200; i++ {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// TestHostileFilesAreRefused: each with a diagnostic, and not with thousands.
// BenchmarkHostileFiles tells how long that takes.
func TestHostileFilesAreRefused(t *testing.T) {
	for name, source := range hostile {
		t.Run(name, func(t *testing.T) {
			fsys := fstest.MapFS{"m.yaml": {Data: []byte(source)}}
			_, found := Read(fsys, "m.yaml", "")
			if len(found) == 0 {
				t.Fatal("no diagnostic")
			}
			if len(found) > 2*MaxDiagnostics {
				t.Errorf("%d diagnostics", len(found))
			}
			t.Logf("%d diagnostics, first %s %s", len(found), found[0].Code, found[0].Message)
		})
	}
}

// BenchmarkHostileFiles measures the refusals: 50 ms each is the aim.
func BenchmarkHostileFiles(b *testing.B) {
	for name, source := range hostile {
		b.Run(name, func(b *testing.B) {
			fsys := fstest.MapFS{"m.yaml": {Data: []byte(source)}}
			for b.Loop() {
				Read(fsys, "m.yaml", "")
			}
		})
	}
}

// TestLimits: the largest that is read, and one more.
func TestLimits(t *testing.T) {
	screens := func(n int) string {
		var b strings.Builder
		b.WriteString(menutest.Header + "screens:\n")
		for i := range n {
			fmt.Fprintf(&b, "  s%d: {end: Bye}\n", i)
		}
		return b.String()
	}
	tests := []struct {
		name, source string
		ok           bool
	}{
		{"most screens", screens(MaxScreens), true},
		{"a screen too many", screens(MaxScreens + 1), false},
		{"longest line", menutest.Header + "screens:\n  a:\n    end: " + strings.Repeat("x", MaxLineBytes-9) + "\n", true},
		{"a line too long", menutest.Header + "screens:\n  a:\n    end: " + strings.Repeat("x", MaxLineBytes-8) + "\n", false},
		{"largest file", padded(MaxFileBytes), true},
		{"a byte too many", padded(MaxFileBytes + 1), false},
		{"most lines", lined(MaxLines), true},
		{"a line too many", lined(MaxLines + 1), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, found := Read(fstest.MapFS{"m.yaml": {Data: []byte(tt.source)}}, "m.yaml", "")
			if ok := len(found) == 0; ok != tt.ok {
				t.Errorf("diagnostics:\n%s", menutest.Printed(t, f.Source, found))
			}
			if len(f.Screens) > MaxScreens {
				t.Errorf("%d screens", len(f.Screens))
			}
		})
	}
}

// padded returns a menu of exactly n bytes.
func padded(n int) string {
	s := menutest.Header + "screens:\n  a:\n    end: Bye\n"
	const line = "# a comment of thirty-two bytes\n"
	s += strings.Repeat(line, (n-len(s))/len(line))
	return s + strings.Repeat("\n", n-len(s))
}

// lined returns a menu of n lines, the last one with nothing behind it.
func lined(n int) string {
	s := menutest.Header + "screens:\n  a:\n    end: Bye\n"
	return s + strings.Repeat("\n", n-1-strings.Count(s, "\n"))
}

func TestConditionDepth(t *testing.T) {
	for depth, ok := range map[int]bool{MaxCondDepth - 1: true, MaxCondDepth: false} {
		p := &reader{file: &File{}}
		c := p.cond(Text{Value: strings.Repeat("(", depth) + "a = b" + strings.Repeat(")", depth)})
		if (c != nil) != ok {
			t.Errorf("%d parentheses: %v, %v", depth, c, p.out)
		}
	}
}
