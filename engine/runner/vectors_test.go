package runner_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/engine"
)

// echo returns a menu that asks again and again and shows the last answer: "typed: a*b".
func echo() engine.Definition {
	text := engine.Type{Kind: engine.KindText, Width: 40, Stars: true}
	return engine.Definition{
		Name: "echo", Codes: []engine.Code{{Dial: "*167#", Start: "first"}},
		Vars: []engine.Var{{Name: "typed", Type: text}},
		Screens: []engine.Screen{
			{Name: "first", Kind: engine.ScreenAsk, Say: []engine.Say{{Words: words("start")}}, Ask: &engine.Ask{Var: "typed", Go: "next"}},
			{Name: "next", Kind: engine.ScreenAsk, Say: []engine.Say{{Words: placeholder("typed: ", "typed", "")}}, Ask: &engine.Ask{Var: "typed", Go: "first/again"}},
			{Name: "first/again", Kind: engine.ScreenSet, Go: "next"},
		},
	}
}

// A cumulative is one vector: the text before, the text now, and the input between
// them.
type cumulative struct {
	Name    string  `json:"name"`
	Last    *string `json:"last"`
	Now     string  `json:"now"`
	Content string  `json:"content"`
	New     bool    `json:"new"`
}

var ownCumulative = []cumulative{
	{Name: "first input", Last: ptr(""), Now: "5", Content: "5"},
	{Name: "second input", Last: ptr("5"), Now: "5*7", Content: "7"},
	{Name: "a typed star", Last: ptr("5"), Now: "5**", Content: "*"},
	{Name: "only stars", Last: ptr("5*x"), Now: "5*x*****", Content: "****"},
	{Name: "stars behind a star", Last: ptr("5*x**"), Now: "5*x*****", Content: "**"},
	{Name: "stars inside", Last: ptr("5"), Now: "5*a*b", Content: "a*b"},
	{Name: "the same again", Last: ptr("5*3"), Now: "5*3", Content: ""},
	{Name: "deep dial", Now: "5", New: true},
	{Name: "deep dial of two", Now: "5*1", New: true},
	{Name: "plain start", Now: "", New: true},
}

func ptr(s string) *string { return &s }

func TestCumulativeText(t *testing.T) {
	for _, v := range ownCumulative {
		t.Run(v.Name, func(t *testing.T) { checkCumulative(t, v) })
	}
}

// TestSafaricomVectors takes the vectors of Safaricom's raw feed from vumi's tests.
func TestSafaricomVectors(t *testing.T) {
	raw, err := os.ReadFile("../../../shared/testdata/safaricom_cumulative_text.json")
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("the vectors are not beside this checkout (../shared/testdata); TestCumulativeText covers the same cases")
	}
	var file struct{ Vectors []cumulative }
	if err == nil {
		err = json.Unmarshal(raw, &file)
	}
	if err != nil || len(file.Vectors) == 0 {
		t.Fatalf("%d vectors, %v", len(file.Vectors), err)
	}
	for _, v := range file.Vectors {
		t.Run(v.Name, func(t *testing.T) { checkCumulative(t, v) })
	}
}

func checkCumulative(t *testing.T, v cumulative) {
	noActions := func(context.Context, engine.Call) (engine.Outcome, error) {
		return engine.Outcome{}, errors.New("there is no action in this menu")
	}
	l := newLine(t, echo(), noActions)
	if v.New {
		inputs := strings.Split(v.Now, "*")
		want := "CON typed: " + inputs[len(inputs)-1]
		if v.Now == "" {
			want = "CON start"
		}
		if got := l.type_(v.Now); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		return
	}
	// Play the call up to here, each input in its own callback. An empty piece belongs to
	// typed stars.
	var before string
	l.type_("")
	if *v.Last != "" {
		pieces := strings.SplitN(*v.Last, "*", 3)
		text := ""
		for i, piece := range pieces {
			if i > 0 {
				text += "*"
			}
			text += piece
			before = l.type_(text)
		}
	}
	got := l.type_(v.Now)
	if v.Content == "" {
		if got != before {
			t.Errorf("a repeat: got %q, want %q", got, before)
		}
		return
	}
	if want := "CON typed: " + v.Content; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
