package coverage

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/engine"
)

// TestSearchLimit: a search that stops at its limit says so and excludes nothing. A
// search with enough states finds the path.
func TestSearchLimit(t *testing.T) {
	text := func(s string) engine.Localized { return engine.Localized{{{Lit: s}}} }
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
		if _, err := m.findPaths(people, states, m.Missing(), nil); err != nil {
			t.Fatal(err)
		}
		last := m.byKey[screenKey("s9")]
		if last.Unsearched != cut || (last.Path == nil) != cut || last.Excluded() {
			t.Errorf("%d states: unsearched %t, path %v, why %q", states, last.Unsearched, last.Path, last.Why)
		}
		if !cut && strings.Join(last.Path.Keys, " ") != "*1# 1 1 1 1 1 1 1 1" {
			t.Errorf("the path is %v", last.Path.Keys)
		}
		var out bytes.Buffer
		if err := Text(&out, []*Menu{m}); err != nil || strings.Contains(out.String(), unsearched) != cut {
			t.Errorf("%d states: %v\n%s", states, err, &out)
		}
	}
}
