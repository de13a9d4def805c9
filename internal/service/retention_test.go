package service

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/store/sqlite"
)

func put(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A retained program is compiled again, also with actions that say other things of
// themselves than when the call began, and not where it can't be played with them.
func TestRetainedMenusAreCompiledAgain(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "menus/shop.yaml", "ussd: 1\nservice: S\ndial: \"*1#\"\nlanguages: {en: English, sw: Kiswahili}\nstart: m\nscreens:\n  m:\n    do: find(caller)\n    when: {found: e}\n  e:\n    end: Found.\n")
	put(t, "menus/shop.sw.yaml", "e.say: Imepatikana.\n")
	contracts := []engine.Contract{{
		Name: "find", About: "a", Params: []engine.Field{{Name: "phone", Type: engine.Type{Kind: engine.KindPhone, Width: 16}}},
		Outcomes: []engine.OutcomeContract{{Name: "found"}}, Takes: time.Second,
	}}
	db, err := sqlite.OpenMemory(t.Context(), sqlite.Config{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	folder, err := openNamed("menus")
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	now := time.Now()
	instance := func(contracts []engine.Contract) (*retainer, *runner.Catalog) {
		catalog, err := runner.NewCatalog(menu.Build(os.DirFS("other"), "shop.yaml", "other", nil, menu.Options{}).Program)
		if err != nil {
			t.Fatal(err)
		}
		return newRetainer(db, catalog, contracts, Settings{DefaultLanguage: "sw", SessionTTL: time.Minute}, func() time.Time { return now }), catalog
	}
	put(t, "other/shop.yaml", "ussd: 1\nservice: Shop\ndial: \"*384*7#\"\nstart: main\nscreens:\n  main:\n    end: Bread 65.\n")
	built := menu.Build(folder.FS, "shop.yaml", folder.Dir, contracts, menu.Options{Language: "sw"})
	if built.Program == nil {
		t.Fatal(built.Diagnostics)
	}
	first, _ := instance(contracts)
	if err := first.retain(t.Context(), built); err != nil {
		t.Fatal(err)
	}
	hash := built.Program.Hash()

	second, catalog := instance(contracts)
	p, err := catalog.Find(t.Context(), hash)
	if err != nil || p.Hash() != hash || p.Definition().Default != "sw" {
		t.Fatalf("got %v, %v", p, err)
	}
	for name, upgrade := range map[string]struct {
		change func(*engine.Contract)
		played bool
	}{
		"an outcome more": {func(c *engine.Contract) {
			c.Outcomes = append(c.Outcomes[:1:1], engine.OutcomeContract{Name: "lost"})
		}, false},
		"another value":  {func(c *engine.Contract) { c.Params = nil }, false},
		"another time":   {func(c *engine.Contract) { c.Takes = 2 * time.Second }, true},
		"another text":   {func(c *engine.Contract) { c.About = "Finds a caller." }, true},
		"an SMS besides": {func(c *engine.Contract) { c.SendsSMS = true }, true},
	} {
		other := []engine.Contract{contracts[0]}
		upgrade.change(&other[0])
		_, catalog := instance(other)
		p, err := catalog.Find(t.Context(), hash)
		if upgrade.played && (err != nil || p.Hash() != hash) || !upgrade.played && !errors.Is(err, runner.ErrNoProgram) {
			t.Errorf("%s: got %v, %v", name, p, err)
		}
	}
	// It is retained for as long as the catalog has it, and then no longer.
	now = now.Add(retainLonger)
	if _, err := catalog.Find(t.Context(), hash); err != nil {
		t.Fatal(err)
	}
	if err := second.refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	now = now.Add(retainLonger + time.Minute)
	if err := second.refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := catalog.Find(t.Context(), hash); err != nil {
		t.Errorf("it was used within its time: %v", err)
	}
	now = now.Add(retainLonger + 2*time.Minute)
	if err := second.refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := catalog.Find(t.Context(), hash); !errors.Is(err, runner.ErrNoProgram) {
		t.Errorf("nobody can use it any more, and it is %v", err)
	}
}
