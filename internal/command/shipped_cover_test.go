package command

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/engine/dialscript/coverage"
)

// The scripts of the shipped menus and of the examples cover everything: every
// screen, option, outcome, wrong answer, give-up, page and resume, in every
// language.
func TestShippedScriptsLeaveNothingOut(t *testing.T) {
	for dir, menus := range map[string][]string{"menus": {"paytrace", "wallet"}, "menus/examples": {"campaign", "clinic", "fees", "milk", "mothers", "shop"}} {
		var names []string
		for _, m := range coverOf(t, filepath.Join("../..", dir)) {
			names = append(names, m.Menu)
			for _, gap := range gaps(m) {
				t.Errorf("%s: %s", m.Menu, gap)
			}
		}
		if slices.Sort(names); !slices.Equal(names, menus) {
			t.Errorf("%s: menus %v", dir, names)
		}
	}
}

// The control: without one of its calls a folder of scripts covers less.
func TestShippedScriptsWithoutACall(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../menus/examples")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "milk.dial")
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(source), "=== A grade that is not bought\n")
	_, after, more := strings.Cut(rest, "\n=== ")
	if !ok || !more {
		t.Fatal("the call is not there")
	}
	if err := os.WriteFile(file, []byte(before+"=== "+after), 0o600); err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, m := range coverOf(t, dir) {
		found = append(found, gaps(m)...)
	}
	if !slices.Contains(found, "screens not_bought: missing") {
		t.Errorf("found %v", found)
	}
}

// coverOf returns what the scripts of a folder cover, played in every language.
func coverOf(t *testing.T, dir string) []coverage.MenuJSON {
	t.Helper()
	file := filepath.Join(t.TempDir(), "cover.json")
	var out bytes.Buffer
	if status := run(t.Context(), []string{"test", "--lang", "all", "--cover", file, dir}, streams{in: nil, out: &out, err: &out}); status != exitFine {
		t.Fatalf("%s: exit status %d\n%s", dir, status, &out)
	}
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var report struct{ Coverage []coverage.MenuJSON }
	if err := json.Unmarshal(source, &report); err != nil {
		t.Fatal(err)
	}
	return report.Coverage
}

// languagesOfShipped lists the languages of a shipped menu, sorted.
func languagesOfShipped(menu string) []string {
	switch menu {
	case "campaign":
		return []string{"en"}
	case "mothers":
		return []string{"af", "en", "fr", "xho", "zul"}
	}
	return []string{"en", "sw"}
}

// gaps lists what is missing, or was not shown in some language.
func gaps(m coverage.MenuJSON) []string {
	var list []string
	for _, it := range m.Items {
		switch {
		case it.Calls == 0:
			list = append(list, it.Group+" "+it.Name+": missing")
		case it.Lang == "" && !slices.Equal(it.Langs, languagesOfShipped(m.Menu)):
			list = append(list, it.Group+" "+it.Name+": only in "+strings.Join(it.Langs, ", "))
		}
	}
	return list
}
