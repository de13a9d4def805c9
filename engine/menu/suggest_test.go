package menu

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/dialscript/coverage"
	"github.com/paytrace/paytrace/engine/menu/check"
	"github.com/paytrace/paytrace/engine/menu/compile"
	"github.com/paytrace/paytrace/engine/menu/menutest"
	"github.com/paytrace/paytrace/engine/sample"
	"github.com/paytrace/paytrace/store/memory"
)

// callers holds the personas of suggested scripts and the answers of actions.
var callers = &engine.Personas{
	List: []engine.Persona{
		{Name: "Amina", Phone: "254712345678", PIN: engine.NewSecret("1234")},
		{Name: "Juma", Phone: "254722000111", PIN: engine.NewSecret("2345")},
	},
}

// suggestMenus says how many menus of each kind are drawn where PAYTRACE_MENUS
// does not say.
const suggestMenus = 20

// statesTried bounds the states of a search in these tests. Most menus have fewer.
const statesTried = 6_000

// Of menus without money, drawn at random, the suggested scripts cover all that
// a call can come to: they pass, stand in their one form, and what they say no
// call can come to no random call comes to either. The same holds of menus that
// use the whole language, payments too.
func TestSuggestedScriptsCoverEverything(t *testing.T) {
	most := numberSet(t, "PAYTRACE_MENUS", suggestMenus)
	draw := map[string]func(seed uint64) *engine.Program{
		"without money": func(seed uint64) *engine.Program {
			m := &menutest.RandomMenu{Rand: rand.New(rand.NewPCG(seed, 3)), N: 4 + int(seed%8), Free: true}
			return fine(fstest.MapFS{"random.yaml": {Data: []byte(m.Write())}}, "random.yaml")
		},
		"whole language": func(seed uint64) *engine.Program {
			fsys, _ := drawWide(seed, false)
			return fine(fsys, "wide.yaml")
		},
	}
	for kind, program := range draw {
		t.Run(kind, func(t *testing.T) {
			tried := tally{}
			for seed := uint64(0); tried.menus < most; seed++ {
				if p := program(seed); p != nil {
					tried.menu(t, fmt.Sprintf("seed %d", seed), p, seed)
				}
			}
			t.Logf("%d menus: %d things, %d scripts; %d can't be reached, of which random calls met none; they met %d of those covered; of %d in %d menus the search does not know",
				tried.menus, tried.things, tried.scripts, tried.out, tried.met, tried.unknown, tried.endless)
			if tried.endless*2 > tried.menus {
				t.Errorf("the search came to its end in too few menus: not in %d of %d", tried.endless, tried.menus)
			}
			if tried.scripts < most || tried.met < tried.things/4 {
				t.Error("too little was tried to mean anything")
			}
		})
	}
}

// beyond lists the items of the services in testdata that no call can reach.
var beyond = map[string][]string{
	"mother.yaml": {"language in Kiswahili"},
}

// Of the menus of other services, too, the suggested scripts cover everything.
func TestSuggestedScriptsOfServices(t *testing.T) {
	for _, name := range menutest.MenusIn(t, "testdata/services") {
		t.Run(name, func(t *testing.T) {
			f, found := check.Diagnose(os.DirFS("testdata/services"), name, "", serviceContracts)
			p, err := compile.Compile(f, serviceContracts, compile.Options{})
			if err != nil {
				t.Fatal(err, found)
			}
			tried := tally{}
			m := tried.menu(t, name, p, 1)
			var out []string
			for _, it := range m.Unreachable() {
				out = append(out, it.Name)
			}
			if diff := cmp.Diff(beyond[name], out); diff != "" {
				t.Errorf("can't be reached (-want +got):\n%s", diff)
			}
		})
	}
}

// fine returns a menu that has no errors; nil for others.
func fine(fsys fstest.MapFS, name string) *engine.Program {
	f, found := check.Diagnose(fsys, name, "", menutest.Contracts)
	if len(errorsOf(found)) > 0 {
		return nil
	}
	p, err := compile.Compile(f, menutest.Contracts, compile.Options{})
	if err != nil {
		return nil
	}
	return p
}

// tally counts what was tried. A menu that adds up values has more states than a search
// visits: what it does not find there is unknown, in as many endless menus.
type tally struct{ menus, things, scripts, out, met, unknown, endless int }

func (c *tally) menu(t *testing.T, name string, p *engine.Program, seed uint64) *coverage.Menu {
	t.Helper()
	menus, drafts := suggested(t, p)
	m := menus[0]
	c.menus++
	missing := m.Missing()
	for _, it := range missing {
		if !it.Unsearched {
			t.Fatalf("%s: %s %s is not covered, of %d (%v)\n%s", name, it.Group, it.Name, len(missing), it.Path, sourceText(p))
		}
	}
	if c.unknown += len(missing); len(missing) > 0 {
		c.endless++
	} else if got := m.Total().Percent(); got != 100 {
		t.Errorf("%s: %d %% is covered", name, got)
	}
	c.things += m.Total().Of
	c.out += len(m.Unreachable())
	goodDraft(t, name, drafts[0])
	c.scripts += len(drafts[0].File.Calls)
	c.walks(t, name, p, m, seed)
	// The control: each script shows something, so without the last one
	// something is missing.
	results := drafts[0].Results
	if less := coverage.Count([]*engine.Program{p}, results[:len(results)-1])[0]; less.Total().Covered >= m.Total().Covered {
		t.Errorf("%s: the last script shows nothing of its own", name)
	}
	return m
}

// suggested returns the scripts for a menu that has none.
func suggested(t *testing.T, p *engine.Program) ([]*coverage.Menu, []*coverage.Draft) {
	t.Helper()
	local := &dialscript.InProcess{
		Menus:      []*engine.Program{p},
		NewRecords: func(now func() time.Time) dialscript.Records { return memory.NewSessions(now) },
	}
	player := &dialscript.Player{KeepGoing: true, Limits: p.Definition().Limits}
	for _, c := range p.Codes() {
		player.Codes = append(player.Codes, c.Dial)
	}
	author := &coverage.Author{
		People: callers,
		States: statesTried,
		Play: func(calls []*dialscript.Call) []dialscript.Result {
			return dialscript.Run(t.Context(), player, local, callers, calls, dialscript.Options{Parallel: 2})
		},
		Path:  func(p *engine.Program) string { return p.Name() + ".dial" },
		Taken: func(*engine.Program) []string { return nil },
	}
	menus, drafts, err := author.Suggest([]*engine.Program{p}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return menus, drafts
}

// goodDraft checks that a draft passes, reads back as it was written, and has no
// diagnostics.
func goodDraft(t *testing.T, name string, d *coverage.Draft) {
	t.Helper()
	for _, r := range d.Results {
		if r.Status != dialscript.Passed {
			t.Errorf("%s: %q: %s %v", name, r.Call.Title, r.Status, r.Problems)
		}
	}
	text := dialscript.Format(d.File)
	again, found := dialscript.Parse(d.File.Path, text)
	found = append(found, dialscript.Check(again, callers)...)
	for _, f := range found {
		t.Errorf("%s: %s\n%s", name, f, text)
	}
	if !bytes.Equal(dialscript.Format(again), text) {
		t.Errorf("%s: the scripts are not in their one form", name)
	}
}

// walks makes random calls, and holds what they come to against what is said to
// be out of reach.
func (c *tally) walks(t *testing.T, name string, p *engine.Program, m *coverage.Menu, seed uint64) {
	t.Helper()
	const calls = 60
	r := rand.New(rand.NewPCG(seed, 11))
	var results []dialscript.Result
	for range calls {
		results = append(results, dialscript.Result{Events: walked(p, r)})
	}
	met := coverage.Count([]*engine.Program{p}, results)[0]
	c.met += met.Total().Covered
	out := map[string]bool{}
	for _, it := range m.Unreachable() {
		out[string(it.Group)+it.Name+it.Pos.String()] = true
	}
	for _, it := range met.Items {
		if it.Covered() && out[string(it.Group)+it.Name+it.Pos.String()] {
			t.Errorf("%s: %s %s is said to be out of reach, and a random call came there", name, it.Group, it.Name)
		}
	}
}

// walked returns the events of a random call.
func walked(p *engine.Program, r *rand.Rand) []dialscript.Event {
	// What a code carries is in the call only if the code is dialled.
	code := sample.Code(p, p.Codes()[r.IntN(len(p.Codes()))].Dial)
	s := p.Begin(engine.Request{Caller: "254712345678", Service: code}, engine.DateOf(dialscript.DefaultClock))
	ev := engine.Event{Kind: engine.EventDial, Start: p.StartFor(code)}
	var events []dialscript.Event
	for range longestCall {
		next, eff, moves, err := p.Trace(s, ev)
		if err != nil {
			return events
		}
		for _, move := range moves {
			events = append(events, dialscript.EventOf(p, move))
		}
		s = next
		switch {
		case eff.Call != nil:
			ev = engine.Event{Kind: engine.EventOutcome, Outcome: scriptable(r, eff.Call)}
		case eff.End:
			return events
		default:
			typed := append([]string{"1234", "0712345678", "9", "33", "12/03/1996"}, typedAnswers...)
			in := typed[r.IntN(len(typed))]
			ev = engine.Event{Kind: engine.EventInput, Input: in, Digest: in}
		}
	}
	return events
}

// scriptable returns a random outcome that a script could give, too: what is
// remembered is read.
func scriptable(r *rand.Rand, call *engine.Call) engine.Outcome {
	out := randomOutcome(r, call)
	if call.Action == engine.CallFacts {
		out.Name = engine.Done
	}
	return out
}

// sourceText returns a menu's own text, without the contracts behind it.
func sourceText(p *engine.Program) string {
	text, _, _ := strings.Cut(string(p.Definition().Source), "\n[{")
	return text
}
