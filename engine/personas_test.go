package engine_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/internal/fuzz"
)

func TestParseAnswers(t *testing.T) {
	type answers = []engine.Answer
	set := func(pairs ...string) (list []engine.Setting) {
		for i := 0; i < len(pairs); i += 2 {
			list = append(list, engine.Setting{Name: pairs[i], Text: pairs[i+1]})
		}
		return list
	}
	for text, want := range map[string]answers{
		"done":                               {{Outcome: "done"}},
		"wrong_pin, then done ref=QX81":      {{Outcome: "wrong_pin"}, {Outcome: "done", Values: set("ref", "QX81")}},
		"a x=1 y=2, then a, then b z=":       {{Outcome: "a", Values: set("x", "1", "y", "2")}, {Outcome: "a"}, {Outcome: "b", Values: set("z", "")}},
		"a x=1, y=2":                         {{Outcome: "a", Values: set("x", "1", "y", "2")}},
		`done name="Amina, then O." ref=Q`:   {{Outcome: "done", Values: set("name", "Amina, then O.", "ref", "Q")}},
		"found worker_id=NW-1 phone=+254712": {{Outcome: "found", Values: set("worker_id", "NW-1", "phone", "+254712")}},
	} {
		got, err := engine.ParseAnswers(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
	for text, says := range map[string]string{
		"":                "is not an outcome",
		"Done":            "is not an outcome",
		"done, then ":     "is not an outcome",
		"done ref":        "is not a setting",
		"done =x":         "is not a setting",
		"done Ref=x":      "is not a setting",
		`done ref="x`:     "not closed",
		`done ref="x"y=1`: "a space is missing",
	} {
		if got, err := engine.ParseAnswers(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

func FuzzParseAnswers(tf *testing.F) {
	f := fuzz.New(tf)
	f.Add(`wrong_pin, then done ref="Q X" a.b=1`)
	f.Fuzz(func(t *testing.T, text string) {
		list, err := engine.ParseAnswers(text)
		for _, a := range list {
			if a.Outcome == "" && err == nil {
				t.Error("an answer without an outcome")
			}
		}
	})
}
