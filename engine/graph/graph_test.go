package graph_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/graph"
	"github.com/paytrace/paytrace/engine/menu"
	"github.com/paytrace/paytrace/engine/menu/compile"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

var update = flag.Bool("update", false, "write the goldens again")

func typeOf(s string) engine.Type {
	t, err := engine.ParseType(s)
	if err != nil {
		panic(err)
	}
	return t
}

func field(name, kind string) engine.Field { return engine.Field{Name: name, Type: typeOf(kind)} }

var ref = []engine.Field{field("ref", "text 10")}

var contracts = []engine.Contract{
	{Name: "deliver", Params: []engine.Field{field("litres", "number 1..500")}, Outcomes: []engine.OutcomeContract{{Name: "done", Gives: ref}}, Takes: time.Second},
	{
		Name: "withdraw", Params: []engine.Field{field("amount", "money 10..70000"), field("pin", "pin 4")}, Money: true, Takes: time.Second,
		Outcomes: []engine.OutcomeContract{{Name: "done", Gives: ref}, {Name: "wrong_pin"}, {Name: "locked"}},
	},
	{Name: "deliveries", Reads: true, Takes: time.Second, Outcomes: []engine.OutcomeContract{
		{Name: "listed", Gives: []engine.Field{{Name: "rows", Type: engine.Type{
			Kind: engine.KindList, Record: "delivery", Fields: []engine.Field{field("day", "date"), field("litres", "number 1..500")},
		}}}},
		{Name: "nothing"},
	}},
}

// dairy is the menu of testdata. It is read without its rules: they are tested
// elsewhere.
func dairy(t testing.TB) *engine.Program {
	t.Helper()
	f, found := syntax.Read(os.DirFS("testdata"), "dairy.yaml", "testdata")
	for _, x := range found {
		t.Fatalf("%s: %s", x.Pos, x.Message)
	}
	p, err := compile.Compile(f, contracts, menu.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Every transition of the machine is an edge, described in callers' terms.
func TestEdgesAreTheMachine(t *testing.T) {
	p := dairy(t)
	g := graph.Of(p)
	var got []engine.Transition
	kinds := map[graph.EdgeKind]bool{}
	for _, e := range g.Edges {
		got = append(got, engine.Transition{From: e.From, Trigger: e.Trigger, To: e.To})
		kinds[e.Kind] = true
		if e.Kind == 0 {
			t.Errorf("%s, %s has no kind", e.From, e.Trigger)
		}
		if e.Label == "" && e.Kind != graph.Onward {
			t.Errorf("%s, %s has no label", e.From, e.Trigger)
		}
		if (e.Tries > 0) != (e.Input != "") {
			t.Errorf("%s, %s is typed %d times as %q", e.From, e.Trigger, e.Tries, e.Input)
		}
	}
	if diff := cmp.Diff(p.Transitions(), got); diff != "" {
		t.Error(diff)
	}
	if len(kinds) != int(graph.Fault) {
		t.Errorf("the menu shows %d of the %d kinds of edges", len(kinds), graph.Fault)
	}
}

// A caller who types the shortest path comes to the screen if its conditions are true.
func TestPathsLeadThere(t *testing.T) {
	p := dairy(t)
	g := graph.Of(p)
	paths := g.Paths()
	if len(g.Unreached()) > 0 {
		t.Errorf("unreached: %v", g.Unreached())
	}
	walked := 0
	for _, path := range paths {
		if n, _ := g.Node(path.To); n.Builtin() || !n.Shown() {
			continue
		}
		walked++
		if err := walk(p, path); err != nil {
			t.Errorf("%s by %q (%v): %v", path.To, path.Keys(), path.Needs(), err)
		}
	}
	if walked < 10 {
		t.Errorf("only %d screens were come to", walked)
	}
}

// walk makes the call of a path: its edges say how actions end.
func walk(p *engine.Program, path graph.Path) error {
	s := p.Begin(engine.Request{Session: "s", Caller: "254711000111", Service: p.Codes()[0].Dial}, engine.DateOf(time.Unix(0, 0)))
	edges := path.Edges
	ev := engine.Event{Kind: engine.EventDial, Start: edges[0].Trigger.Name}
	var inputs []string
	for _, e := range edges {
		for range e.Tries {
			in := e.Input
			if in == graph.Wrong {
				in = "wrong"
			}
			inputs = append(inputs, in)
		}
	}
	for range 50 {
		next, eff, err := p.Step(s, ev)
		if err != nil {
			return err
		}
		s = next
		switch {
		case eff.Call != nil:
			ev = engine.Event{Kind: engine.EventOutcome, Outcome: outcome(eff.Call, path)}
		case len(inputs) == 0:
			if s.Screen != path.To {
				return fmt.Errorf("the call stands on %s", s.Screen)
			}
			return nil
		default:
			ev, inputs = engine.Event{Kind: engine.EventInput, Input: inputs[0]}, inputs[1:]
		}
	}
	return fmt.Errorf("the call goes on and on")
}

func outcome(c *engine.Call, path graph.Path) engine.Outcome {
	switch c.Action {
	case engine.CallFacts:
		out := engine.Outcome{Name: engine.Done}
		for _, need := range path.Needs() {
			switch need {
			case "the caller's data can't be read":
				return engine.Outcome{Name: engine.Failed}
			case "worker is set":
				out.Values = append(out.Values, engine.Named{Name: "worker", Value: engine.RecordValue([]engine.Named{{Name: "phone", Value: engine.PhoneValue("254711000111")}})})
			case "lang is set":
				out.Values = append(out.Values, engine.Named{Name: "lang", Value: engine.ChoiceValue("en")})
			}
		}
		return out
	case engine.CallSMS, engine.CallRemember:
		return engine.Outcome{Name: engine.Done}
	}
	out := engine.Outcome{Name: engine.Failed}
	for _, need := range path.Needs() {
		if name, ok := strings.CutPrefix(need, c.Action+": "); ok {
			out.Name = name
		}
	}
	row := engine.RecordValue([]engine.Named{{Name: "litres", Value: engine.NumberValue(5)}, {Name: "day", Value: engine.DateValue(1)}})
	out.Values = []engine.Named{{Name: "ref", Value: engine.TextValue("R1")}, {Name: "rows", Value: engine.ListValue([]engine.Value{row})}}
	return out
}

func TestPaths(t *testing.T) {
	g := graph.Of(dairy(t))
	got := map[string]string{}
	for _, p := range g.Paths() {
		got[p.To] = p.Keys()
	}
	for screen, keys := range map[string]string{
		"language": "", "main": "", "price": "", // dialled with a code of its own
		"price_any": "9", "delivered": "2*1", "pin_ask": "3*10*1", "paid": "3*10*1*1234", "row_show": "4*1",
	} {
		if got[screen] != keys {
			t.Errorf("%s: got %q, want %q", screen, got[screen], keys)
		}
	}
}

func TestReach(t *testing.T) {
	g := graph.Of(dairy(t)).Plain()
	if from := g.Reach("bye"); len(from) != 1 {
		t.Errorf("an end leads to %v", from)
	}
	from := g.Reach("sure")
	for screen, want := range map[string]bool{"paid": true, "bye": true, "main": true, "no_account": true, "(idle)": false} {
		if from[screen] != want {
			t.Errorf("%s from sure: got %v", screen, from[screen])
		}
	}
}

func TestDrawings(t *testing.T) {
	p := dairy(t)
	for name, draw := range map[string]func(*strings.Builder) error{
		"dairy.mmd":   func(b *strings.Builder) error { return graph.Of(p).Plain().Mermaid(b) },
		"dairy.dot":   func(b *strings.Builder) error { return graph.Of(p).Plain().DOT(b) },
		"dairy.svg":   func(b *strings.Builder) error { return graph.Of(p).Plain().SVG(b) },
		"all.dot":     func(b *strings.Builder) error { return graph.Of(p).DOT(b) },
		"sw_main.mmd": func(b *strings.Builder) error { return graph.In(p, 1).Plain().Around("main").Mermaid(b) },
		"pin.svg":     func(b *strings.Builder) error { return graph.Of(p).Plain().Around("pin_ask").SVG(b) },
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			if err := draw(&b); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), b.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
