package transcript_test

import (
	"fmt"
	"io/fs"
	"slices"
	"testing"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/transcript"
	"github.com/paytrace/paytrace/menus"
)

// TestShippedScriptsLeaveNothingOut: in every language of the shipped menu, its
// scripts show every screen, take every option, and see every outcome of every
// action, the three that all actions have included.
func TestShippedScriptsLeaveNothingOut(t *testing.T) {
	local, player := shippedService(t)
	source, err := fs.ReadFile(menus.FS, "paytrace.dial")
	if err != nil {
		t.Fatal(err)
	}
	file, _ := transcript.Parse("menus/paytrace.dial", source)
	results := transcript.Run(t.Context(), player, local, shippedPeople(t), callsOf(file), transcript.Options{Parallel: 2})
	missing := leftOut(local.Menus[0], results)
	for _, m := range missing {
		t.Error("not covered:", m)
	}
	// The control: without its last call the file leaves something out.
	if len(leftOut(local.Menus[0], results[:len(results)-1])) == 0 {
		t.Error("a call less leaves nothing out either")
	}
}

// leftOut are the things of a menu that no result has shown.
func leftOut(p *engine.Program, results []transcript.Result) []string {
	want := map[string]bool{}
	def := p.Definition()
	for _, lang := range def.Languages {
		for i := range def.Screens {
			wanted(want, &def.Screens[i], def.Contracts, lang.Code)
		}
	}
	for _, r := range results {
		for _, e := range r.Events {
			delete(want, thing(e.Lang, string(e.Kind), e.Screen, e.Name))
		}
	}
	var out []string
	for what := range want {
		out = append(out, what)
	}
	slices.Sort(out)
	return out
}

func thing(lang, kind, screen, name string) string {
	return fmt.Sprintf("%s %s %s %s", lang, kind, screen, name)
}

func wanted(want map[string]bool, s *engine.Screen, contracts []engine.Contract, lang string) {
	if !s.Kind.Silent() {
		want[thing(lang, "screen", s.Name, "")] = true
	}
	for i, o := range s.Options {
		key := o.Key
		if s.Numbered || key == "" {
			key = fmt.Sprint(i + 1)
		}
		want[thing(lang, "option", s.Name, key)] = true
	}
	if s.Ask != nil {
		want[thing(lang, "wrong", s.Name, "invalid")] = true
		want[thing(lang, "give_up", s.Name, "")] = true
	}
	if s.Do == nil {
		return
	}
	outcomes := []string{engine.Failed, engine.Pending, "limited"}
	for _, c := range contracts {
		if c.Name == s.Do.Action {
			for _, o := range c.Outcomes {
				outcomes = append(outcomes, o.Name)
			}
		}
	}
	for _, o := range outcomes {
		want[thing(lang, "outcome", s.Name, o)] = true
	}
}
