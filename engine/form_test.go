package engine

import (
	"strings"
	"testing"
)

func TestForms(t *testing.T) {
	const refused = "(not set)"
	for _, c := range []struct{ typ, answer, want string }{
		{"digits 8", "00412345", "00412345"}, // zeros in front stay
		{"digits 8", "0041 2345", "00412345"},
		{"digits 8", "٠٠٤١٢٣٤٥", "00412345"},
		{"digits 8", "００４１２３４５#", "00412345"},
		{"digits 8", "0412345", refused},
		{"digits 8", "000412345", refused},
		{"digits 8", "0041234A", refused},
		{"digits 8", "00,412,345", refused},
		{"digits 8", "-0412345", refused},
		{"digits 6..8", "000001", "000001"},
		{"digits 6..8", "00001", refused},
		{"digits 6..8", "123456789", refused},
		{"letters 2..6", "Amina", "Amina"},
		{"letters 2..6", "Ñoño", "Ñoño"},
		{"letters 2..6", "አበበ", "አበበ"},
		{"letters 2..6", "A", refused},
		{"letters 2..6", "Amina1", refused},
		{"letters 2..6", "Am na", refused},
		{"letters 5", "Amin", refused},
		{"letters and digits 7", "KDA123B", "KDA123B"},
		{"letters and digits 7", "ＫＤＡ１２３Ｂ", "KDA123B"},
		{"letters and digits 7", "KDA-123", refused},
		{"letters and digits 7", "KDA 123B", refused},
		{`text 12 like "AB-123"`, "KD-007", "KD-007"},
		{`text 12 like "AB-123"`, "kd-007", "kd-007"}, // as typed
		{`text 12 like "AB-123"`, "KD-٠٠٧", "KD-007"},
		{`text 12 like "AB-123"`, "KD007", refused},
		{`text 12 like "AB-123"`, "KD-0071", refused},
		{`text 12 like "AB-123"`, "K1-007", refused},
		{`text 12 like /[A-Z]{2}-?[0-9]+/ such as "AB-7"`, "KD7", "KD7"},
		{`text 12 like /[A-Z]{2}-?[0-9]+/ such as "AB-7"`, "KD-007", "KD-007"},
		{`text 12 like /[A-Z]{2}-?[0-9]+/ such as "AB-7"`, "xKD-007", refused}, // the whole answer
		{`text 12 like /[A-Z]{2}-?[0-9]+/ such as "AB-7"`, "KD-007x", refused},
		{`text 12 like /[A-Z]{2}-?[0-9]+/ such as "AB-7"`, "KD-0071234567", refused}, // 13 characters
		{`text 9 like /a|ab/ such as "a"`, "ab", "ab"},
		{`text 9 like /[0-9]+/[0-9]+/ such as "1/2"`, "12/25", "12/25"},
	} {
		typ := typed(t, c.typ)
		p := asking(t, typ)
		v, ok := p.parseAnswer(&typ, c.answer, 0, 0)
		if !ok {
			v = Value{}
		}
		if got := v.String(); got != c.want {
			t.Errorf("%s answered %q: got %s, want %s", c.typ, c.answer, got, c.want)
		}
		if shown := string(p.showValue(nil, v, &typ, nil, 0)); ok && len(shown) > typ.Width {
			t.Errorf("%s shows %q, which is wider than %d", c.typ, shown, typ.Width)
		}
	}
}

// A type is written as it was read.
func TestFormsAreWrittenAsTheyAreRead(t *testing.T) {
	for _, spelled := range []string{
		"digits 8", "digits 6..8", "letters 2..20", "letters and digits 7", "letters and digits 1..9",
		`text 6 like "AB-123"`, `text 12 like /[A-Z]{2}-\d+/ such as "AB-7"`,
	} {
		typ := typed(t, spelled)
		if got := typ.String(); got != spelled {
			t.Errorf("%q is written %q", spelled, got)
		}
	}
	typ := typed(t, `text 12 like "AB-123"`)
	if got := typ.String(); got != `text 6 like "AB-123"` {
		t.Errorf("the width of an example is its own: %q", got)
	}
}

// A definition whose pattern can't be read is no program.
func TestPatternThatCannotBeRead(t *testing.T) {
	typ := Type{Kind: KindText, Width: 9, Form: Form{Kind: FormPattern, Pattern: "[0-9", Example: "1"}}
	_, err := New(Definition{
		Codes: []Code{{Dial: "*1#", Start: "end"}}, Vars: []Var{{Name: "v", Type: typ}},
		Screens: []Screen{{Name: "end", Kind: ScreenEnd, Say: said("End")}},
	})
	if err == nil || !strings.Contains(err.Error(), `the pattern of "v" can't be read`) {
		t.Errorf("got %v", err)
	}
	if typ.Form.Has("1") {
		t.Error("a pattern that can't be read has matched")
	}
}

func TestFormsRefused(t *testing.T) {
	for spelled, says := range map[string]string{
		"digits":                              "how many there are",
		"digits 0":                            "how many there are",
		"digits 8..6":                         "how many there are",
		"digits 161":                          "how many there are",
		"digits many":                         "digits 8 or digits 6..8",
		"letters":                             "letters needs how many",
		"letters and digits":                  "letters and digits needs how many",
		"letters and numbers 5":               "letters needs how many",
		`text like "AB"`:                      "text needs its length",
		`text 12 like AB`:                     "in quotes",
		`text 12 like "AB`:                    "in quotes",
		`text 12 like ""`:                     "in quotes",
		`text 12 like " AB"`:                  "in quotes",
		`text 12 like "--"`:                   "no letter and no digit",
		`text 4 like "AB-123"`:                "has 6 characters, but the text has 4",
		"text 9 like \"A\u200bB\"":            "nobody sees",
		`text 12 like /[0-9]+/`:               "needs an example",
		`text 12 like /[0-9]+ such as "1"`:    "needs an example",
		`text 12 like // such as "1"`:         "needs an example",
		`text 12 like /[0-9/ such as "1"`:     "missing closing ]",
		`text 12 like /(?=a)b/ such as "b"`:   "RE2",
		`text 12 like /)(/ such as "b"`:       "is not an expression",
		`text 12 like /[0-9]+/ such as "1a"`:  "does not match",
		`text 12 like /[0-9]+/ such as 12`:    "in quotes",
		`text 2 like /[0-9]+/ such as "1234"`: "has 4 characters",
		`text 12 like /` + strings.Repeat("a", 201) + `/ such as "a"`: "200 are the limit",
	} {
		if typ, err := ParseType(spelled); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q is read as %s, %v; want an error with %q", spelled, typ, err, says)
		}
	}
}

func TestFormsWithin(t *testing.T) {
	for _, c := range []struct {
		typ, of string
		want    bool
	}{
		{"digits 8", "text 8", true},
		{"digits 8", "text 7", false},
		{"text 8", "digits 8", false},
		{"digits 8", "digits 6..8", true},
		{"digits 6..8", "digits 8", false},
		{"digits 8", "letters and digits 8", true},
		{"letters 8", "letters and digits 2..8", true},
		{"digits 8", "letters 8", false},
		{"letters and digits 8", "digits 8", false},
		{`text 6 like "AB-123"`, "text 6", true},
		{`text 6 like "AB-123"`, "letters and digits 6", false},
		{`text 6 like "AB1234"`, "letters and digits 6", true},
		{`text 6 like "AB1234"`, "letters and digits 7..9", false},
		{`text 6 like "123456"`, "digits 4..6", true},
		{`text 6 like "AB-123"`, `text 6 like "XY-999"`, true},
		{`text 6 like "AB-123"`, `text 6 like "X1-999"`, false},
		{`text 9 like /[a-z]+/ such as "a"`, `text 9 like /[a-z]+/ such as "b"`, true},
		{`text 9 like /[a-z]+/ such as "a"`, `text 9 like /[a-y]+/ such as "b"`, false},
		{`text 9 like /[a-z]+/ such as "a"`, "letters 1..9", false}, // it can't be told
		{"digits 3", `text 3 like "123"`, false},
	} {
		typ, of := typed(t, c.typ), typed(t, c.of)
		if got := typ.Within(&of); got != c.want {
			t.Errorf("%s within %s: %v, want %v", c.typ, c.of, got, c.want)
		}
	}
}
