package dialscript

import (
	"fmt"
	"slices"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/spelling"
)

// beginsScreen is the silent screen that a call begins on to set its values. No menu can
// name a screen so.
const beginsScreen = "(begins)"

// beginning returns the menus as a scene wants them: each that has the screen begins on
// it, with the values set.
func beginning(programs []*engine.Program, scene *Scene) ([]*engine.Program, error) {
	var list []*engine.Program
	var screens []string
	found := false
	for _, p := range programs {
		if s, has := p.Screen(scene.Screen); has && s.Name == scene.Screen {
			begins, err := beginsOn(p, scene)
			if err != nil {
				return nil, err
			}
			p, found = begins, true
		}
		for _, s := range p.Definition().Screens {
			screens = append(screens, s.Name)
		}
		list = append(list, p)
	}
	if !found {
		return nil, fmt.Errorf("no menu has a screen %q to begin on. %s", scene.Screen, spelling.DidYouMean(scene.Screen, screens))
	}
	return list, nil
}

// beginsOn returns a menu whose codes lead to a screen that sets the values and goes on.
// The engine does all that a call needs, so the call can be replayed like any other.
func beginsOn(p *engine.Program, scene *Scene) (*engine.Program, error) {
	def := *p.Definition()
	first := engine.Screen{Name: beginsScreen, Kind: engine.ScreenSet, Go: scene.Screen}
	for _, given := range scene.Values {
		v, err := beginsWith(&def, given)
		if err != nil {
			return nil, err
		}
		first.Set = append(first.Set, engine.Assign{Var: given.Name, Value: v})
	}
	def.Codes = slices.Clone(def.Codes)
	for i := range def.Codes {
		def.Codes[i].Start = beginsScreen
	}
	def.Screens = append(slices.Clone(def.Screens), first)
	def.Source = fmt.Appendf(slices.Clone(def.Source), "begins on %s %v", scene.Screen, first.Set)
	return relinked(def)
}

// beginsWith reads one value that a call begins with.
func beginsWith(def *engine.Definition, given engine.Setting) (engine.Value, error) {
	var names []string
	for i := range def.Vars {
		names = append(names, def.Vars[i].Name)
		if def.Vars[i].Name != given.Name {
			continue
		}
		t := &def.Vars[i].Type
		if t.Kind == engine.KindSecret {
			return engine.Value{}, fmt.Errorf("a call can't begin with the secret %s; begin on the screen that asks for it, and type it", given.Name)
		}
		v, ok := ReadValue(t, given.Text)
		if !ok {
			return engine.Value{}, fmt.Errorf("%s can't be %q; it is %s", given.Name, given.Text, t)
		}
		return v, nil
	}
	return engine.Value{}, fmt.Errorf("the menu has no value %q to begin with. %s", given.Name, spelling.DidYouMean(given.Name, names))
}
