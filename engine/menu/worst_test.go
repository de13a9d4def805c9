package menu

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/gsm7"
	"github.com/paytrace/paytrace/engine/menu/check"
	"github.com/paytrace/paytrace/engine/menu/compile"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// What a phone shows is never longer than the checker's worst case, and never on
// more pages. The menus and the calls are random.
func TestNothingShownExceedsTheWorstCase(t *testing.T) {
	const menus, callsEach = 120, 40
	screens, longest := 0, 0
	for seed := range uint64(menus) {
		fsys, r := drawWide(seed, seed%3 == 0)
		f, found := check.Diagnose(fsys, "wide.yaml", "", wideContracts)
		p, err := compile.Compile(f, wideContracts, compile.Options{})
		if err != nil {
			if !found.Bad() {
				t.Fatalf("seed %d: %v", seed, err)
			}
			continue
		}
		w := newWalker(p, f, r)
		w.worst = newWorstCases(f)
		if fault := w.calls(callsEach); strings.Contains(fault, exceeds) {
			t.Fatalf("seed %d: %s\n%s\n%s", seed, fault, fsys["wide.yaml"].Data, moreOf(fsys))
		}
		screens += w.worst.measured
		longest += w.worst.reached
	}
	t.Logf("%d screens were measured; %d were as long as their worst case", screens, longest)
	if screens < 1000 || longest == 0 {
		t.Errorf("only %d screens were measured, and %d were as long as their worst case: the comparison means nothing", screens, longest)
	}
}

// exceeds is the fault of a screen that is longer than its worst case.
const exceeds = "exceeds the worst case"

// worstCases compares what is shown with the checker's worst cases.
type worstCases struct {
	of map[string][]check.WorstCase // by screen, in the order of the languages
	// langs are the codes of the menu's languages.
	langs []string
	// measured counts the screens that were compared, reached those that were as
	// long as their worst case.
	measured, reached int
}

func newWorstCases(f *syntax.File) *worstCases {
	w := &worstCases{of: map[string][]check.WorstCase{}, langs: []string{"en"}}
	for _, c := range check.WorstCases(f, wideContracts) {
		w.of[c.Screen] = append(w.of[c.Screen], c)
	}
	if len(f.Languages) > 0 {
		w.langs = nil
	}
	for _, l := range f.Languages {
		w.langs = append(w.langs, l.Code.Value)
	}
	return w
}

// fault compares one screen and returns what is wrong with it, or "".
func (w *worstCases) fault(p *engine.Program, s *engine.Session, text string) string {
	screen, _ := p.Screen(s.Screen)
	cases := w.of[s.Screen]
	if screen == nil || len(cases) == 0 {
		return ""
	}
	worst := cases[slices.Index(w.langs, s.Lang())]
	last := text[strings.LastIndexByte(text, '\n')+1:]
	if s.Offset > 0 || strings.Contains(last, "98:More") {
		if worst.OnePage {
			return fmt.Sprintf("%s: it has several pages: %q", exceeds, text)
		}
		return ""
	}
	if screen.Kind == engine.ScreenList {
		return ""
	}
	w.measured++
	size, most := gsm7.Measure(text), worst.Septets
	if size.UCS2 {
		most = worst.Units
	}
	if size.Units == most {
		w.reached++
	}
	if size.Units > most {
		return fmt.Sprintf("%s: %d of %d in %q", exceeds, size.Units, most, text)
	}
	return ""
}
