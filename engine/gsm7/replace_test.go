package gsm7_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/paytrace/paytrace/engine/gsm7"
)

func TestReplacement(t *testing.T) {
	tests := []struct {
		r    rune
		want string
		ok   bool
	}{
		{'a', "a", true},
		{'€', "€", true},
		{'é', "é", true},
		{'’', "'", true},
		{'“', `"`, true},
		{'`', "'", true},
		{'–', "-", true},
		{'…', "...", true},
		{'\u00a0', " ", true},
		{'\u202f', " ", true},
		{'\u3000', " ", true},
		{'\t', " ", true},
		{'ë', "e", true},
		{'ê', "e", true},
		{'ç', "c", true},
		{'š', "s", true},
		{'Š', "S", true},
		{'ḓ', "d", true},
		{'ḽ', "l", true},
		{'ṅ', "n", true},
		{'ṋ', "n", true},
		{'ṱ', "t", true},
		{'ŋ', "ng", true},
		{'ɓ', "b", true},
		{'α', "A", true},
		{'ά', "A", true},
		{'ﬁ', "fi", true},
		{'½', "1/2", true},
		{'²', "2", true},
		{'™', "TM", true},
		{'Ａ', "A", true},
		{'\u200b', "", true},
		{'\ufeff', "", true},
		{'\u0301', "", true},
		{0, "", true},
		{0x1b, "", true},
		{'ሰ', "", false},
		{'Ж', "", false},
		{'😀', "", false},
		{-1, "", false},
	}
	for _, test := range tests {
		got, ok := gsm7.Replacement(test.r)
		if got != test.want || ok != test.ok {
			t.Errorf("Replacement(%U %q) = %q, %v; want %q, %v", test.r, test.r, got, ok, test.want, test.ok)
		}
	}
}

func TestTransliterate(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", ""},
		{"Plain [text], €5\nè", "Plain [text], €5\nè"},
		{"We don’t – “know” …", `We don't - "know" ...`},
		{"Tšwela pele, Wanjikũ", "Tswela pele, Wanjiku"},
		{"Wanjiku\u0303", "Wanjiku"}, // u and a combining tilde
		{"Hi 😀👍🏽!", "Hi !"},
		{"❤️ 👨‍👩‍👧 🇰🇪", "  "},
		{"a\r\nb\fc\x00d\x1be", "a\nbcde"},
		{"ሰላም", "???"},
		{"bad \xff\xfe", "bad ??"},
		{"KES\u00a01,500", "KES 1,500"},
	}
	for _, test := range tests {
		if got := gsm7.Transliterate(test.text); got != test.want {
			t.Errorf("Transliterate(%q) = %q, want %q", test.text, got, test.want)
		}
	}
}

func TestTransliterateIsAlwaysInside(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyText().Draw(t, "s")
		out := gsm7.Transliterate(s)
		if size := gsm7.Measure(out); size.UCS2 {
			t.Fatalf("Transliterate(%q) = %q is still UCS-2", s, out)
		}
		if again := gsm7.Transliterate(out); again != out {
			t.Fatalf("Transliterate(%q) = %q, and that becomes %q", s, out, again)
		}
		if !gsm7.Measure(s).UCS2 && !strings.ContainsAny(s, "\r\f") && out != s {
			t.Fatalf("Transliterate(%q) = %q, but it was fine", s, out)
		}
	})
}

// Every replacement is itself in the alphabet, whatever the character.
func TestReplacementsAreInside(t *testing.T) {
	for r := rune(0); r <= 0x1FFFF; r++ {
		if plain, ok := gsm7.Replacement(r); ok && gsm7.Measure(plain).UCS2 {
			t.Errorf("Replacement(%U) = %q has a character outside", r, plain)
		}
	}
}

func TestNoAllocations(t *testing.T) {
	fine, accented := strings.Repeat("Lipa sasa [é] ", 10), strings.Repeat("don’t ", 20)
	for name, f := range map[string]func(){
		"Transliterate of a plain text": func() { gsm7.Transliterate(fine) },
		"Measure":                       func() { gsm7.Measure(accented) },
		"Fits":                          func() { gsm7.Fits(accented, 160, 70) },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}

func BenchmarkTransliteratePlain(b *testing.B) {
	text := strings.Repeat("0123456789", 16)
	b.ReportAllocs()
	for b.Loop() {
		gsm7.Transliterate(text)
	}
}

func BenchmarkTransliterateAccents(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		gsm7.Transliterate("Wanjikũ don’t – “know”")
	}
}
