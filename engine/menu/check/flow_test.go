package check

import (
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/compile"
	"github.com/paytrace/paytrace/engine/menu/menutest"
	"github.com/paytrace/paytrace/engine/menu/syntax"
)

// The checker judges menus that do not compile, so it has a flow of its own.
// Where a menu compiles, the flow and the machine must have the same edges.
func TestFlowAgreesWithTheMachine(t *testing.T) {
	for _, pattern := range []string{"../testdata/services/*.yaml", "../testdata/checked/*.yaml", "../../../menus/paytrace.yaml", "../../../menus/wallet.yaml"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("no menus %s: %v", pattern, err)
		}
		for _, name := range names {
			dir, file := filepath.Split(name)
			agrees(t, os.DirFS(dir), file)
		}
	}
	if !agrees(t, fstest.MapFS{"m.yaml": {Data: []byte(givesRemembered)}}, "m.yaml") {
		t.Error("the menu whose actions give a remembered value does not compile")
	}
	compiled := 0
	for seed := range uint64(300) {
		m := menutest.RandomMenu{Rand: rand.New(rand.NewPCG(seed, 1)), N: 3 + int(seed%20), Free: seed%2 == 0}
		if agrees(t, fstest.MapFS{"m.yaml": {Data: []byte(m.Write())}}, "m.yaml") {
			compiled++
		}
	}
	if compiled < 100 {
		t.Errorf("only %d random menus compiled, want 100", compiled)
	}
}

// givesRemembered has actions, in a screen and in an arrow, that give a value
// which is remembered: the caller's data is read before either runs.
const givesRemembered = `ussd: 1
service: Remembers
dial: "*384#"
start: main
remember: [worker_id]
screens:
  main:
    say: Account
    menu:
      1: New -> make
      2: Find -> lookup_worker(caller)
    when: {own: bye, found: bye, not_found: bye}
  make:
    do: create_account(caller)
    when: {created: bye, exists: bye}
  bye:
    end: Bye
`

// agrees compares the edges of one menu, and reports whether it compiled.
func agrees(t *testing.T, fsys fs.FS, name string) bool {
	t.Helper()
	f, _ := syntax.Read(fsys, name, "")
	p, err := compile.Compile(f, menutest.Contracts, compile.Options{})
	if err != nil {
		return false
	}
	if diff := cmp.Diff(machineEdges(p, f), flowEdges(newChecker(f, menutest.Contracts))); diff != "" {
		t.Errorf("%s: machine (-) and flow (+) differ:\n%s", name, diff)
	}
	return true
}

// An edge is written "from, what happens, to". The action of an arrow stands as
// "screen/action", and every built-in end as "(end)".
func edgeText(from, what, to string) string { return fmt.Sprintf("%s: %s -> %s", from, what, to) }

func machineEdges(p *engine.Program, f *syntax.File) []string {
	written := map[string]bool{engine.Idle: true}
	for _, s := range f.Screens {
		written[s.Name.Value] = true
	}
	place := func(name string) string {
		s, ok := p.Screen(name)
		switch {
		case written[name]:
			return name
		case ok && s.Do != nil:
			owner, _, _ := strings.Cut(name, "/")
			return owner + "/" + s.Do.Action
		default:
			return "(end)"
		}
	}
	set := map[string]bool{}
	for _, row := range p.Transitions() {
		if row.From == engine.Resume || row.To == engine.Resume {
			continue // the engine's own question
		}
		what := machineWords[row.Trigger.Kind]
		if row.Trigger.Kind == engine.TriggerOutcome {
			what = "outcome " + row.Trigger.Name
		}
		set[edgeText(place(row.From), what, place(row.To))] = true
	}
	return slices.Sorted(maps.Keys(set))
}

var machineWords = map[engine.TriggerKind]string{
	engine.TriggerStart: "start", engine.TriggerOption: "key", engine.TriggerAnswer: "key", engine.TriggerYes: "key",
	engine.TriggerNo: "key", engine.TriggerRow: "key", engine.TriggerLanguage: "key", engine.TriggerOffer: "offer",
	engine.TriggerHome: "home", engine.TriggerGiveUp: "give up", engine.TriggerSkip: "skip", engine.TriggerCase: "onward",
	engine.TriggerGo: "onward", engine.TriggerEmpty: "onward", engine.TriggerNoFacts: "no facts",
}

func flowEdges(c *checker) []string {
	place := func(st *step) string {
		switch {
		case st == c.flow.begin:
			return engine.Idle
		case st.screen == nil:
			return "(end)"
		case st.call != nil && st.call != st.screen.Do:
			return st.screen.Name.Value + "/" + st.call.Action.Value
		default:
			return st.screen.Name.Value
		}
	}
	set := map[string]bool{}
	for _, e := range c.flow.edges {
		if e.to == nil {
			continue // no such screen
		}
		what := flowWords[e.kind]
		if what == "outcome" {
			what += " " + e.outcome
		}
		set[edgeText(place(e.from), what, place(e.to))] = true
	}
	return slices.Sorted(maps.Keys(set))
}

var flowWords = map[edgeKind]string{
	edgeStart: "start", edgeAnswer: "key", edgeOffer: "offer", edgeHome: "home", edgeGiveUp: "give up", edgeSkip: "skip",
	edgeOnward: "onward", edgeOutcome: "outcome", edgeRetry: "outcome", edgeFault: "outcome", edgeFacts: "no facts",
}
