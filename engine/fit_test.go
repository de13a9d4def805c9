package engine_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/enginetest"
	"github.com/paytrace/paytrace/engine/gsm7"
)

// Real texts in eleven languages are shown on pages: none is too long, and no word is
// lost between them.
func TestRealTextsFit(t *testing.T) {
	raw, err := os.ReadFile("../../shared/testdata/ndoh_length_vectors.json")
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("the vectors are not beside this checkout (../shared/testdata); TestPagesShowEveryOptionOnce and TestNoScreenIsTooLong cover the same cases")
	}
	var file struct{ Vectors []struct{ Text string } }
	if err == nil {
		err = json.Unmarshal(raw, &file)
	}
	if err != nil || len(file.Vectors) == 0 {
		t.Fatalf("%d vectors, %v", len(file.Vectors), err)
	}
	for _, v := range file.Vectors {
		checkPages(t, v.Text)
	}
}

func TestTextsFit(t *testing.T) {
	long := strings.Repeat("Tafadhali andika jina lako kamili kama lilivyo kwenye kitambulisho. ", 9)
	for _, text := range []string{
		"Short.", long, strings.ReplaceAll(long, "Tafadhali", "Tafadhali ’"), "Réf {1} [2] €3\n\nLast line",
		strings.Repeat("x", 400), "漢字" + long,
	} {
		checkPages(t, text)
	}
}

func checkPages(t *testing.T, text string) {
	t.Helper()
	def := engine.Definition{
		Name: "text", Codes: []engine.Code{{Dial: "*1#", Start: "text"}},
		Nav: engine.Nav{
			Back: engine.NavKey{Key: "0", Label: enginetest.Words("Back")}, More: engine.NavKey{Key: "98", Label: enginetest.Words("More")},
		},
		Screens: []engine.Screen{{Name: "text", Kind: engine.ScreenShow, Say: []engine.Say{{Words: enginetest.Words(text)}}}},
	}
	p, err := engine.New(def)
	if err != nil {
		t.Fatal(err)
	}
	s, eff, err := p.Step(p.Begin(engine.Request{Caller: "254711000111"}, 0), engine.Event{Kind: engine.EventDial, Start: "text"})
	var seen strings.Builder
	for page := 0; ; page++ {
		if err != nil || page > 100 {
			t.Fatalf("page %d: %v", page, err)
		}
		if !gsm7.Fits(eff.Text, 160, 70) {
			t.Fatalf("page %d takes %+v:\n%s", page, gsm7.Measure(eff.Text), eff.Text)
		}
		more := strings.Contains(lastLine(eff.Text), "98:More")
		shown := eff.Text
		if more || page > 0 {
			shown = strings.TrimSuffix(shown[:strings.LastIndexByte(shown, '\n')+1], "\n")
		}
		seen.WriteString(shown)
		if !more {
			break
		}
		s, eff, err = p.Step(s, engine.Event{Kind: engine.EventInput, Input: "98"})
	}
	if got, want := letters(seen.String()), letters(text); got != want {
		t.Errorf("over its pages the text reads\n%q\nwant\n%q", got, want)
	}
}

func letters(s string) string { return strings.Join(strings.Fields(s), "") }
