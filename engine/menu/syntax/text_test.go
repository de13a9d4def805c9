package syntax

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/menutest"
)

// alphabet is what people write in menus, and what trips scanners.
var alphabet = []rune("abz 019 .,;:!?#&*{}[]|>%@`'\"\\-_éßàñ€ñ漢字😀é")

// style writes a text as one of YAML's scalars; fit makes a text that the
// scalar can hold of any other.
type style struct {
	name  string
	write func(text string) string
	fit   func(text string) string
}

var styles = []style{
	{"plain", func(s string) string { return s }, fitPlain},
	{"single", func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }, fitLine},
	{"double", doubleQuoted, func(s string) string { return s }},
	{"block", func(s string) string { return "|\n      " + strings.ReplaceAll(s, "\n", "\n      ") }, fitBlock},
	{"indented", func(s string) string { return "|2-\n      " + strings.ReplaceAll(s, "\n", "\n      ") }, fitBlock},
}

func fitLine(s string) string { return strings.ReplaceAll(s, "\n", "_") }

// fitPlain begins with a letter and has neither a comment nor a key in it.
func fitPlain(s string) string {
	return "x" + strings.TrimRight(strings.NewReplacer(": ", ":-", " #", "-#").Replace(fitLine(s)), " :")
}

// fitBlock has text at both ends, so that YAML finds the block's edges.
func fitBlock(s string) string { return "x" + s + "." }

// doubleQuoted escapes every third character that can be, to have both kinds.
func doubleQuoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range s {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case i%3 == 0 && r < 0x80:
			fmt.Fprintf(&b, `\x%02x`, r)
		case i%3 == 1 && r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String() + `"`
}

// TestEverySliceStandsAtItsPlace: whatever the scalar's style, each part of its
// text stands in the source where the part says.
func TestEverySliceStandsAtItsPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		st := rapid.SampledFrom(styles).Draw(t, "style")
		text := st.fit(rapid.StringOfN(rapid.RuneFrom(append(alphabet, '\n')), 1, 40, -1).Draw(t, "text"))
		source := menutest.Header + "screens:\n  main:\n    show: " + st.write(text) + "\n"
		f, found := Read(fstest.MapFS{"m.yaml": {Data: []byte(source)}}, "m.yaml", "")
		if len(found) > 0 || len(f.Screens) != 1 || f.Screens[0].Show == nil {
			t.Fatalf("diagnostics %v in\n%s", found, source)
		}
		got := *f.Screens[0].Show
		if got.Value != text {
			t.Fatalf("%s: read %q from\n%s", st.name, got.Value, source)
		}
		checkPlaces(t, got, source)
		i := rapid.IntRange(0, len(text)).Draw(t, "i")
		j := rapid.IntRange(i, len(text)).Draw(t, "j")
		if utf8.ValidString(text[:i]) && utf8.ValidString(text[:j]) {
			sub := got.Sub(i, j)
			if sub.Value != text[i:j] || sub.Pos != got.At(i) {
				t.Fatalf("Sub(%d, %d) is %q at %v, want %q at %v", i, j, sub.Value, sub.Pos, text[i:j], got.At(i))
			}
			checkPlaces(t, sub, source)
		}
	})
}

// checkPlaces compares each character of a text with the source at its place.
func checkPlaces(t menutest.Fataler, text Text, source string) {
	lines := strings.Split(source, "\n")
	for off, r := range text.Value {
		pos := text.At(off)
		if pos.Line < 1 || pos.Line > len(lines) {
			t.Fatalf("%q at %d: line %d of %d", text.Value, off, pos.Line, len(lines))
		}
		rest := []rune(lines[pos.Line-1])
		if pos.Column < 1 || pos.Column-1 > len(rest) {
			t.Fatalf("%q at %d: column %d of %q", text.Value, off, pos.Column, lines[pos.Line-1])
		}
		if at := string(rest[pos.Column-1:]); !writtenAs(at, r) {
			t.Fatalf("%q at %d (%q): the source there is %q", text.Value, off, r, at)
		}
	}
}

// writtenAs reports whether a source begins with a character, perhaps escaped.
func writtenAs(source string, r rune) bool {
	switch {
	case strings.HasPrefix(source, string(r)), strings.HasPrefix(source, `\`+string(r)):
		return true
	case r == '\n':
		return source == "" || strings.HasPrefix(source, `\n`)
	}
	for _, format := range []string{`\x%02x`, `\u%04x`} {
		if strings.HasPrefix(source, fmt.Sprintf(format, r)) {
			return true
		}
	}
	return false
}

// texts returns all texts of a tree.
func texts(v reflect.Value) []Text {
	if t, ok := v.Interface().(Text); ok {
		return []Text{t}
	}
	var list []Text
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			list = texts(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			list = append(list, texts(v.Index(i))...)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && v.Type().Field(i).Type != reflect.TypeFor[engine.Type]() {
				list = append(list, texts(v.Field(i))...)
			}
		}
	}
	return list
}

func TestTextEnds(t *testing.T) {
	text := Text{Value: "  añb \n", Pos: engine.Pos{File: "f", Line: 3, Column: 7}}
	if got := text.Trim(); got.Value != "añb" || got.Pos.Column != 9 {
		t.Errorf("Trim is %q at %v", got.Value, got.Pos)
	}
	if got := text.At(-4); got != text.Pos {
		t.Errorf("At(-4) is %v", got)
	}
	if got := text.Sub(5, 99); got.Value != "b \n" || got.Pos.Column != 11 {
		t.Errorf("Sub(5, 99) is %q at %v", got.Value, got.Pos)
	}
	if got := text.Sub(4, 2).Value; got != "" {
		t.Errorf("Sub(4, 2) is %q", got)
	}
	if got := (Text{}).Len(); got != 1 {
		t.Errorf("an empty text has length %d, want 1 for its caret", got)
	}
}
