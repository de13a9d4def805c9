package gsm7_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	oracle "github.com/warthog618/sms/encoding/gsm7/charset"
	"pgregory.net/rapid"

	"github.com/paytrace/paytrace/engine/gsm7"
)

// Every character of the basic multilingual plane agrees with an independent
// implementation. The escape is the one place where we differ on purpose.
func TestSeptetsAgreeWithOracle(t *testing.T) {
	basic, extended := oracle.DefaultEncoder(), oracle.DefaultExtEncoder()
	inside := 0
	for r := rune(-1); r <= 0x10FFFF; r++ {
		want := 0
		if _, ok := basic[r]; ok && r != 0x1b {
			want = 1
		} else if code, ok := extended[r]; ok && code != 0x0d {
			want = 2
		}
		if got := gsm7.Septets(r); got != want {
			t.Errorf("Septets(%U) = %d, want %d", r, got, want)
		}
		inside += min(want, 1)
	}
	if want := 127 + 10; inside != want {
		t.Errorf("the oracle knows %d characters, want %d", inside, want)
	}
}

// Texts of the kind menus hold, in the languages of the field.
var fixtures = []struct {
	name, text string
	want       gsm7.Size
}{
	{"empty", "", gsm7.Size{}},
	{"English", "Welcome to PayTrace\n1. Create account\n2. Sign in\n3. Exit", gsm7.Size{Units: 56}},
	{"progress in brackets", "[1/10] Your first name?", gsm7.Size{Units: 25}},
	{"braces, caret, bar, tilde, backslash", `{}^|~\`, gsm7.Size{Units: 12}},
	{"euro", "€5", gsm7.Size{Units: 3}},
	{"backtick", "`", gsm7.Size{UCS2: true, Units: 1}},
	{"typographic apostrophe", "We don’t know", gsm7.Size{UCS2: true, Units: 13}},
	{"Kiswahili", "Karibu. Ng'ombe wako wangapi?", gsm7.Size{Units: 29}},
	{"Afrikaans, ë outside", "Reëls", gsm7.Size{UCS2: true, Units: 5}},
	{"Afrikaans, é inside", "Sê nee, één keer", gsm7.Size{UCS2: true, Units: 16}},
	{"French, è and é inside", "Très bien, merci à l'élève", gsm7.Size{Units: 26}},
	{"Sepedi, š", "Tšwela pele", gsm7.Size{UCS2: true, Units: 11}},
	{"Sepedi, Š", "Šomiša", gsm7.Size{UCS2: true, Units: 6}},
	{"Tshivenda, ḓ ḽ ṅ ṋ ṱ", "ḓuvha ḽa ṅwedzi ṋe ṱoho", gsm7.Size{UCS2: true, Units: 23}},
	{"isiXhosa", "Ungayifumana ngokucofa u-1", gsm7.Size{Units: 26}},
	{"isiZulu", "Cindezela u-2 ukuphuma", gsm7.Size{Units: 22}},
	{"isiNdebele", "Gandelela u-3", gsm7.Size{Units: 13}},
	{"siSwati", "Cindzetela ku-4", gsm7.Size{Units: 15}},
	{"Setswana", "Tobetsa 5 go tswa", gsm7.Size{Units: 17}},
	{"Sesotho", "Tobetsa 6 ho tswa", gsm7.Size{Units: 17}},
	{"Xitsonga", "Tshikilela 7 ku huma", gsm7.Size{Units: 20}},
	{"Greek capitals inside", "ΔΦΓΛΩΠΨΣΘΞ", gsm7.Size{Units: 10}},
	{"Greek capital alpha outside", "Α", gsm7.Size{UCS2: true, Units: 1}},
	{"emoji is a surrogate pair", "Hi 😀", gsm7.Size{UCS2: true, Units: 5}},
	{"Amharic", "ሰላም", gsm7.Size{UCS2: true, Units: 3}},
	{"escape is no character", "\x1b", gsm7.Size{UCS2: true, Units: 1}},
	{"not UTF-8", "a\xff", gsm7.Size{UCS2: true, Units: 2}},
}

func TestMeasure(t *testing.T) {
	for _, f := range fixtures {
		if got := gsm7.Measure(f.text); got != f.want {
			t.Errorf("%s: Measure(%q) = %+v, want %+v", f.name, f.text, got, f.want)
		}
	}
}

const vectors = "../../../shared/testdata/ndoh_length_vectors.json"

func TestMeasureRealTexts(t *testing.T) {
	data, err := os.ReadFile(vectors)
	if err != nil {
		t.Skipf("the 359 texts of a maternal health service are not here (%v); the fixtures above cover the same kinds", err)
	}
	var file struct {
		Vectors []struct {
			Src, Text, Enc string
			Units          int
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Vectors) != 359 {
		t.Errorf("%d vectors, want 359", len(file.Vectors))
	}
	for _, v := range file.Vectors {
		want := gsm7.Size{UCS2: v.Enc == "ucs2", Units: v.Units}
		if got := gsm7.Measure(v.Text); got != want {
			t.Errorf("%s: Measure(%q) = %+v, want %+v", v.Src, v.Text, got, want)
		}
		if out := gsm7.Transliterate(v.Text); strings.ContainsRune(out, gsm7.Unknown) != strings.ContainsRune(v.Text, '?') {
			t.Errorf("%s: Transliterate(%q) = %q loses a letter", v.Src, v.Text, out)
		}
	}
}

func TestFirstOutside(t *testing.T) {
	tests := []struct {
		text  string
		index int
		r     rune
		ok    bool
	}{
		{"", 0, 0, false},
		{"plain [text] €5", 0, 0, false},
		{"Sh. 5 – fee", 6, '–', true},
		{"é’", 2, '’', true},
		{"a\xff", 1, utf8.RuneError, true},
	}
	for _, test := range tests {
		index, r, ok := gsm7.FirstOutside(test.text)
		if index != test.index || r != test.r || ok != test.ok {
			t.Errorf("FirstOutside(%q) = %d, %q, %v; want %d, %q, %v", test.text, index, r, ok, test.index, test.r, test.ok)
		}
	}
}

// anyText mixes ASCII, the alphabet, its neighbours and anything at all.
func anyText() *rapid.Generator[string] {
	runes := rapid.OneOf(
		rapid.RuneFrom([]rune("abc 123\n[]{}€éΔ’“–…ḓšŋ😀ሰ\x1b\t\r\f")),
		rapid.Rune(),
	)
	return rapid.OneOf(rapid.StringOf(runes), rapid.String())
}

func TestFitsAgreesWithMeasure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyText().Draw(t, "s")
		septets, units := rapid.IntRange(0, 40).Draw(t, "septets"), rapid.IntRange(0, 40).Draw(t, "units")
		size := gsm7.Measure(s)
		want := size.Units <= septets
		if size.UCS2 {
			want = size.Units <= units
		}
		if got := gsm7.Fits(s, septets, units); got != want {
			t.Fatalf("Fits(%q, %d, %d) = %v, want %v: it measures %+v", s, septets, units, got, want, size)
		}
	})
}

func TestMeasureIsASum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyText().Draw(t, "a"), anyText().Draw(t, "b")
		whole, left, right := gsm7.Measure(a+b), gsm7.Measure(a), gsm7.Measure(b)
		switch {
		case whole.UCS2 != (left.UCS2 || right.UCS2):
			t.Fatalf("%q + %q: UCS2 is %v", a, b, whole.UCS2)
		case whole.UCS2 && whole.Units != len(utf16.Encode([]rune(a+b))):
			t.Fatalf("%q: %d units", a+b, whole.Units)
		case !whole.UCS2 && whole.Units != left.Units+right.Units:
			t.Fatalf("%q + %q: %d septets, want %d + %d", a, b, whole.Units, left.Units, right.Units)
		}
	})
}

func BenchmarkMeasureASCII(b *testing.B) {
	text := fixtures[1].text
	b.ReportAllocs()
	for b.Loop() {
		gsm7.Measure(text)
	}
}

func BenchmarkFits160(b *testing.B) {
	text := strings.Repeat("0123456789", 16)
	b.ReportAllocs()
	for b.Loop() {
		gsm7.Fits(text, 160, 70)
	}
}
