package coverage

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/engine"
)

// TestSearchThatIsCut: a search that may see too little says so, and calls
// nothing out of reach; one that may see enough finds the way.
func TestSearchThatIsCut(t *testing.T) {
	text := func(s string) engine.Words { return engine.Words{{{Lit: s}}} }
	const screens = 9
	def := engine.Definition{Name: "chain", Codes: []engine.Code{{Dial: "*1#", Start: "s1"}}}
	for i := 1; i < screens; i++ {
		def.Screens = append(def.Screens, engine.Screen{
			Name: fmt.Sprintf("s%d", i), Kind: engine.ScreenMenu, Say: []engine.Say{{Words: text("On?")}},
			Options: []engine.Option{{Key: "1", Label: text("On"), Go: fmt.Sprintf("s%d", i+1)}},
		})
	}
	def.Screens = append(def.Screens, engine.Screen{Name: fmt.Sprintf("s%d", screens), Kind: engine.ScreenEnd, Say: []engine.Say{{Words: text("End")}}})
	p, err := engine.New(def)
	if err != nil {
		t.Fatal(err)
	}
	people := &engine.Personas{List: []engine.Persona{{Name: "Amina", Phone: "254712345678"}}}
	for states, cut := range map[int]bool{3: true, MaxStates: false} {
		m := Of(p)
		if err := m.findWays(people, states); err != nil {
			t.Fatal(err)
		}
		last := m.byKey[screenKey("s9")]
		if last.Lost != cut || (last.Way == nil) != cut || last.Out() {
			t.Errorf("%d states: lost %t, way %v, why %q", states, last.Lost, last.Way, last.Why)
		}
		if !cut && strings.Join(last.Way.Keys, " ") != "*1# 1 1 1 1 1 1 1 1" {
			t.Errorf("the way is %v", last.Way.Keys)
		}
		var out bytes.Buffer
		if err := Text(&out, []*Menu{m}); err != nil || strings.Contains(out.String(), lost) != cut {
			t.Errorf("%d states: %v\n%s", states, err, &out)
		}
	}
}
