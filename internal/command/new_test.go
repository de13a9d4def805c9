package command

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
)

// Every service to begin with gives a correct menu with a script that passes in every
// language, whatever the new service is called.
func TestNewServicesPass(t *testing.T) {
	all := models()
	if len(all) < 4 || all[0].name != "starter" {
		t.Fatalf("the services to begin with are %v", all)
	}
	for _, m := range all {
		for _, name := range []string{"x", "public_transport_nbo"} {
			t.Run(m.name+"/"+name, func(t *testing.T) {
				t.Chdir(t.TempDir())
				for _, args := range [][]string{
					{"new", name, "--from", m.name},
					{"check"},
					{"fmt", "--check"},
					{"test", "--lang", "all", filepath.Join("menus", name+".dial")},
				} {
					var out bytes.Buffer
					if status := run(t.Context(), args, streams{in: nil, out: &out, err: &out}); status != exitFine {
						t.Errorf("%v: exit status %d\n%s", args, status, &out)
					}
				}
			})
		}
	}
}

// The script of the small service covers every screen.
func TestStarterScriptShowsEveryScreen(t *testing.T) {
	t.Chdir(t.TempDir())
	var out bytes.Buffer
	for _, args := range [][]string{{"new", "shop"}, {"test", "--cover", "menus/shop.dial"}} {
		out.Reset()
		if status := run(t.Context(), args, streams{in: nil, out: &out, err: &out}); status != exitFine {
			t.Fatalf("%v: exit status %d\n%s", args, status, &out)
		}
	}
	if !strings.Contains(out.String(), "screens        11 of 11") {
		t.Errorf("not every screen is covered:\n%s", &out)
	}
}
