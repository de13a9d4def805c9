package coverage_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/diag"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/dialscript/coverage"
	"github.com/paytrace/paytrace/engine/menu/check"
	"github.com/paytrace/paytrace/engine/menu/compile"
	"github.com/paytrace/paytrace/store/memory"
)

// nationalLanguages has the codes of the menu's languages. The first is that of the
// menu itself.
var nationalLanguages = []string{"en", "sw", "om", "so", "ti", "rw"}

// nationalFacts lists the remembered values with their options.
var nationalFacts = []struct {
	name    string
	options []string
}{
	{"region", []string{"north", "south", "east", "west"}},
	{"crop", []string{"maize", "teff", "coffee", "beans", "rice"}},
	{"role", []string{"farmer", "trader", "agent"}},
	{"plan", []string{"free", "paid"}},
	{"water", []string{"rain", "river", "well"}},
	{"herd", []string{"small", "big", "large"}},
}

// A nationalMenu writes the menu of a national advice service: six languages,
// topics with subjects below them, and options that depend on remembered values.
// Each of these values can change in the middle of a call.
type nationalMenu struct {
	facts   int // how many of nationalFacts it has
	screens strings.Builder
	texts   []string // the keys of all texts, for translations
	count   int
	never   []string // the screens that no call can show
}

func (m *nationalMenu) text(key, text string) string {
	m.texts = append(m.texts, key)
	return text
}

// screen adds a screen with these lines.
func (m *nationalMenu) screen(name string, lines ...string) {
	m.count++
	fmt.Fprintf(&m.screens, "  %s:\n", name)
	for _, line := range lines {
		fmt.Fprintf(&m.screens, "    %s\n", line)
	}
}

func (m *nationalMenu) say(screen, text string) string {
	return "say: " + m.text(screen+".say", text)
}

// option returns an option of a screen, with a condition unless it is "".
func (m *nationalMenu) option(screen string, n int, words, cond, to string) string {
	words = m.text(fmt.Sprintf("%s.%d", screen, n), words)
	if cond != "" {
		cond = ", if: " + cond
	}
	return fmt.Sprintf("  - {say: %s%s, go: %s}", words, cond, to)
}

// fact returns a condition on one of the facts.
func (m *nationalMenu) fact(n int) string {
	f := nationalFacts[n%m.facts]
	return f.name + " = " + f.options[n%len(f.options)]
}

// exclude reports whether two of the conditions can't be true together.
func exclude(conds ...string) bool {
	values := map[string]string{}
	for _, c := range conds {
		name, value, _ := strings.Cut(c, " = ")
		if before, known := values[name]; known && before != value {
			return true
		}
		values[name] = value
	}
	return false
}

// topics and subjects give the menu its 91 screens.
const topics, subjects = 6, 4

// write returns the files of the menu.
func (m *nationalMenu) write() fstest.MapFS {
	var vars strings.Builder
	m.screen("dialled", "choose:", "  - if lang is set -> known", "  - else -> language")
	m.screen("language", m.say("language", "Language"), "languages: -> known", "nav: none")
	var known []string
	for _, f := range nationalFacts[:m.facts] {
		known = append(known, f.name+" is set")
	}
	m.screen("known", "choose:", "  - if "+strings.Join(known, " and ")+" -> home", "  - else -> ask_region")
	home, mine := []string{m.say("home", "Advice"), "menu:"}, []string{m.say("mine", "My data"), "menu:"}
	var names []string
	for i, f := range nationalFacts[:m.facts] {
		names = append(names, f.name)
		next := "home"
		if i+1 < m.facts {
			next = "ask_" + nationalFacts[i+1].name
		}
		m.screen("ask_"+f.name, m.say("ask_"+f.name, "Your "+f.name), "ask: "+f.name+" -> "+next, "nav: none")
		m.screen("change_"+f.name, m.say("change_"+f.name, "New "+f.name), "ask: "+f.name+" -> home")
		mine = append(mine, m.option("mine", i+1, f.name, "", "change_"+f.name))
		var labels []string
		for _, o := range f.options {
			labels = append(labels, o+": "+m.text(f.name+"."+o, "My "+o))
		}
		fmt.Fprintf(&vars, "  %s: {type: choice, options: {%s}}\n", f.name, strings.Join(labels, ", "))
	}
	for t := 1; t <= topics; t++ {
		name := fmt.Sprintf("t%d", t)
		home = append(home, m.option("home", t, fmt.Sprintf("Topic %d", t), "", name))
		m.topic(name, t)
	}
	m.screen("home", append(home, m.option("home", topics+1, "My data", "", "mine"))...)
	m.screen("mine", mine...)
	return m.files(vars.String(), strings.Join(names, ", "))
}

// topic adds a topic with its subjects. Two of three subjects depend on a fact, and
// the advice of each on two.
func (m *nationalMenu) topic(name string, t int) {
	lines := []string{m.say(name, fmt.Sprintf("About %d", t)), "menu:"}
	for s := 1; s <= subjects; s++ {
		cond, to := "", fmt.Sprintf("%ss%d", name, s)
		if s > 1 {
			cond = m.fact(t*subjects + s)
		}
		lines = append(lines, m.option(name, s, fmt.Sprintf("Subject %c", 'A'+rune(s)*3), cond, to))
		if conds := []string{m.fact(t + s), m.fact(t + s + 1)}; exclude(conds...) || cond != "" && exclude(append(conds, cond)...) {
			m.never = append(m.never, to+"_a")
		}
		m.screen(to, "choose:", fmt.Sprintf("  - if %s and %s -> %s_a", m.fact(t+s), m.fact(t+s+1), to), "  - else -> "+to+"_b")
		for _, end := range []string{"_a", "_b"} {
			m.screen(to+end, "show: "+m.text(to+end+".say", "Advice "+to+end))
		}
	}
	m.screen(name, lines...)
}

func (m *nationalMenu) files(vars, remembered string) fstest.MapFS {
	var names []string
	for _, l := range nationalLanguages {
		names = append(names, l+": Language "+l)
	}
	files := fstest.MapFS{"national.yaml": {Data: []byte(`ussd: 1
service: Advice
dial: "*384*77#"
languages: {` + strings.Join(names, ", ") + `}
start: dialled
limits: {depth: 9}
remember: [lang, ` + remembered + `]
nav:
  back: 0 Back
  home: 00 Home -> home
  more: 98 More
vars:
` + vars + "screens:\n" + m.screens.String())}}
	for _, l := range nationalLanguages[1:] {
		var b strings.Builder
		for i, key := range append(m.texts, "nav.back", "nav.home", "nav.more") {
			fmt.Fprintf(&b, "%s: %s text %d\n", key, l, i)
		}
		files["national."+l+".yaml"] = &fstest.MapFile{Data: []byte(b.String())}
	}
	return files
}

// program compiles the menu. It must have no errors.
func (m *nationalMenu) program(t testing.TB) *engine.Program {
	t.Helper()
	files := m.write()
	if m.count < 90 {
		t.Fatalf("the menu has %d screens", m.count)
	}
	f, found := check.Diagnose(files, "national.yaml", "", nil)
	for _, d := range found {
		if d.Severity == diag.Error {
			t.Fatal(d)
		}
	}
	p, err := compile.Compile(f, nil, compile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// unshown reports whether no call shows an item: it is on a screen that no call comes
// to, or asks for the language in a language that was already chosen.
func (m *nationalMenu) unshown(it *coverage.Item) bool {
	return slices.Contains(m.never, it.Screen) || it.Group == coverage.Languages && it.Screen == "language" && it.Lang != nationalLanguages[0]
}

var nationalPeople = &engine.Personas{List: []engine.Persona{{Name: "Amina", Phone: "254712345678"}}}

// TestNationalMenu: in the menu of a national service, every item that a call can show
// has a path. A search proves that the others have none.
func TestNationalMenu(t *testing.T) {
	t.Parallel()
	m := &nationalMenu{facts: 4}
	all := coverage.Of(m.program(t))
	if err := all.FindPaths(nationalPeople); err != nil {
		t.Fatal(err)
	}
	for _, it := range all.Items {
		if never := m.unshown(it); (it.Path == nil) != never || it.Excluded() != never {
			t.Errorf("%s %s: path %v, why %q, unsearched %t", it.Group, it.Name, it.Path, it.Why, it.Unsearched)
		}
	}
}

// TestMoreStatesThanASearchVisits: if the values of a menu have more combinations than
// a search can visit, it still finds all screens and options that depend on few values.
// It says of the others that it stopped.
func TestMoreStatesThanASearchVisits(t *testing.T) {
	t.Parallel()
	m := &nationalMenu{facts: len(nationalFacts)}
	all := coverage.Of(m.program(t))
	const states = 20_000
	if err := all.FindPathsWithin(nationalPeople, states, coverage.Screens, coverage.Options); err != nil {
		t.Fatal(err)
	}
	for _, it := range all.Items {
		if it.Group != coverage.Screens && it.Group != coverage.Options {
			continue
		}
		if never := m.unshown(it); (it.Path == nil) != never || it.Unsearched != never {
			t.Errorf("%s %s: path %v, why %q, unsearched %t", it.Group, it.Name, it.Path, it.Why, it.Unsearched)
		}
	}
}

// nationalAuthor returns an author of scripts for the menu.
func nationalAuthor(tb testing.TB, p *engine.Program) *coverage.Author {
	tb.Helper()
	local := &dialscript.InProcess{
		Menus:      []*engine.Program{p},
		NewRecords: func(now func() time.Time) dialscript.Records { return memory.NewSessions(now) },
	}
	player := &dialscript.Player{Codes: []string{"*384*77#"}, KeepGoing: true}
	return &coverage.Author{
		People: nationalPeople,
		Play: func(calls []*dialscript.Call) []dialscript.Result {
			return dialscript.Run(tb.Context(), player, local, nationalPeople, calls, dialscript.Options{Parallel: 2})
		},
		Path:  func(*engine.Program) string { return "national.suggested.dial" },
		Taken: func(*engine.Program) []string { return nil },
	}
}

// TestSuggestNationalMenu: the suggested scripts cover all that a call can show.
func TestSuggestNationalMenu(t *testing.T) {
	t.Parallel()
	m := &nationalMenu{facts: 4}
	p := m.program(t)
	menus, _, err := nationalAuthor(t, p).Suggest([]*engine.Program{p}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if missing := menus[0].Missing(); len(missing) > 0 || len(menus[0].Unreachable()) == 0 {
		t.Errorf("%d items are missing, %d can't be shown", len(missing), len(menus[0].Unreachable()))
	}
}

// BenchmarkNationalMenu finds the paths to all items of a menu of 91 screens, and
// writes scripts for them.
func BenchmarkNationalMenu(b *testing.B) {
	p := (&nationalMenu{facts: 4}).program(b)
	b.Run("paths", func(b *testing.B) {
		for b.Loop() {
			if err := coverage.Of(p).FindPaths(nationalPeople); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("suggest", func(b *testing.B) {
		author := nationalAuthor(b, p)
		for b.Loop() {
			if _, _, err := author.Suggest([]*engine.Program{p}, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
