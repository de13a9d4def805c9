package command

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/internal/service"
)

// A menu whose actions nobody has built yet is served with the answers of people.yaml.
func TestServeDemo(t *testing.T) {
	menus, err := filepath.Abs("../../examples/menus")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	// A demonstration must not read them: they name systems of real callers.
	t.Setenv("DATABASE_URL", "postgres://nobody:secret@127.0.0.1:1/none")
	t.Setenv("AT_API_KEY", "a real key")
	t.Setenv("SACCO_URL", "")
	s := serve(t, "--demo", "--menus", menus)
	first, _, _ := strings.Cut(s.banner, "\n")
	if !strings.HasPrefix(first, "DEMO, no real service: answers are made up, and no money moves.") {
		t.Errorf("the first line says %q", first)
	}
	if !strings.Contains(s.banner, "made up, by people.yaml: find_member, withdraw") {
		t.Errorf("the greeting does not say which answers are made up:\n%s", s.banner)
	}
	says := func(session, text string) string {
		t.Helper()
		form := callback(session, "+254711000111", text)
		form.Set("serviceCode", "*384*77#")
		status, body := s.post("/ussd", form, nil)
		if status != http.StatusOK {
			t.Fatalf("status %d: %s", status, body)
		}
		return body
	}
	says("a", "")
	if got, want := says("a", "1"), "END Amina Odhiambo, you have saved KES 12,500."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, text := range []string{"", "2", "2*500", "2*500*1"} {
		says("b", text)
	}
	const want = "END KES 500 is on its way. Ref W-1."
	for range 2 { // the repeat of a callback
		if got := says("b", "2*500*1*1234"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if status := s.stop(); status != exitFine {
		t.Fatalf("stopped with status %d\n%s", status, s.log)
	}
	for line := range strings.Lines(s.log.String()) {
		var fields map[string]any
		if err := json.Unmarshal([]byte(line), &fields); err != nil || fields["demo"] != true {
			t.Errorf("this line of the log does not say that it is a demonstration: %s", line)
		}
	}
	if _, err := os.Stat(service.DemoFile); err != nil {
		t.Error(err)
	}
}

// A demonstration is for one machine.
func TestServeDemoIsLocal(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, address := range []string{"0.0.0.0", "192.0.2.1"} {
		var said bytes.Buffer
		status := run(t.Context(), []string{"serve", "--demo", "--address", address, "--port", "0"}, streams{out: &said, err: &said})
		if status != exitMisuse || !strings.Contains(said.String(), "only this machine") {
			t.Errorf("%s: status %d, %s", address, status, &said)
		}
	}
}
