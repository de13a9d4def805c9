package engine_test

import (
	"fmt"
	"testing"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/enginetest"
)

// chain returns a program of n menus. Each leads to the next ones, in a circle, with
// navigation on every screen.
func chain(n int) engine.Definition {
	def := engine.Definition{
		Name: "chain", Service: "Chain", Codes: []engine.Code{{Dial: "*1#", Start: "s0"}},
		Nav: engine.Nav{
			Back: engine.NavKey{Key: "0", Label: enginetest.Words("Back")}, Home: engine.NavKey{Key: "00", Label: enginetest.Words("Home")},
			HomeScreen: "s0", Invalid: enginetest.Words("Invalid option. Try again."),
		},
	}
	for i := range n {
		s := engine.Screen{
			Name: fmt.Sprintf("s%d", i), Kind: engine.ScreenMenu,
			Say: []engine.Say{{Words: enginetest.Words(fmt.Sprintf("Screen %d", i))}},
		}
		for k := 1; k <= 5; k++ {
			s.Options = append(s.Options, engine.Option{Key: fmt.Sprint(k), Label: enginetest.Words(fmt.Sprintf("Option %d", k)), Go: fmt.Sprintf("s%d", (i+k)%n)})
		}
		def.Screens = append(def.Screens, s)
	}
	return def
}

// BenchmarkStep measures one step on programs of three sizes, for an option
// that exists and for one that does not.
func BenchmarkStep(b *testing.B) {
	for _, size := range []int{10, 1_000, 10_000} {
		p, err := engine.New(chain(size))
		if err != nil {
			b.Fatal(err)
		}
		s := p.Begin(engine.Request{Caller: "254711000111"}, 0)
		s, _, err = p.Step(s, engine.Event{Kind: engine.EventDial, Start: "s0"})
		if err != nil {
			b.Fatal(err)
		}
		s, _, err = p.Step(s, engine.Event{Kind: engine.EventInput, Input: "1"})
		if err != nil {
			b.Fatal(err)
		}
		for _, in := range []struct{ name, typed string }{{"right", "2"}, {"wrong", "7"}} {
			b.Run(fmt.Sprintf("%s/%d", in.name, size), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, _, err := p.Step(s, engine.Event{Kind: engine.EventInput, Input: in.typed}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
