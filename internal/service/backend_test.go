package service

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/engine/menu/syntax"
)

const saccoActions = `serve_at: ${SACCO_URL}/v1
actions:
  find: {ends: {found: }, is: read only, post: /members/find}
  pay: {ends: {paid: }, post: "https://pay.example/x/pay"}
  note: {ends: {noted: }, post: "${NOTES_URL}/note"}
`

func declaredFrom(t *testing.T, source string) syntax.Declared {
	t.Helper()
	declared, found := syntax.ReadDeclared(fstest.MapFS{"actions.yaml": {Data: []byte(source)}}, "actions.yaml", "menus")
	if len(found) > 0 {
		t.Fatal(found)
	}
	return declared
}

func settingsFrom(t *testing.T, env map[string]string) Settings {
	t.Helper()
	s, err := ReadSettings(func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestNewBackend(t *testing.T) {
	declared := declaredFrom(t, saccoActions)
	env := map[string]string{
		"SACCO_URL": "https://sacco.example/", "NOTES_URL": "https://notes.example",
		"ACTIONS_KEY": "whsec_bm9ib2R5IGtub3dzIHRoaXMga2V5IGFueSBtb3Jl",
	}
	b, err := NewBackend(declared, settingsFrom(t, env))
	if err != nil {
		t.Fatal(err)
	}
	targets := func(b *Backend) (list []string) {
		for _, target := range b.Targets {
			list = append(list, target.Contract.Name+" "+target.To.String())
		}
		return list
	}
	want := []string{"pay https://pay.example/x/pay", "note https://notes.example/note", "find https://sacco.example/v1/members/find"}
	if diff := cmp.Diff(want, targets(b)); diff != "" || b.Base.String() != "https://sacco.example/v1" {
		t.Error(diff, b.Base)
	}
	// Only an operator lets requests go to a host.
	err = b.Check(b.Client(settingsFrom(t, env), time.Now))
	if err == nil || !strings.Contains(err.Error(), "the action pay: ACTIONS_HOSTS does not list the host pay.example") {
		t.Error(err)
	}
	env["ACTIONS_HOSTS"] = "*.example"
	if err := b.Check(b.Client(settingsFrom(t, env), time.Now)); err != nil {
		t.Error(err)
	}
	moved, err := NewBackendAt(declared, "http://127.0.0.1:8000/test")
	if err != nil {
		t.Fatal(err)
	}
	want = []string{"find http://127.0.0.1:8000/test/members/find", "pay http://127.0.0.1:8000/test/x/pay", "note http://127.0.0.1:8000/test/note"}
	if diff := cmp.Diff(want, targets(moved)); diff != "" {
		t.Error(diff)
	}
	delete(env, "NOTES_URL")
	if _, err := NewBackend(declared, settingsFrom(t, env)); err == nil || !strings.Contains(err.Error(), "menus/actions.yaml:5:34: the address of note: NOTES_URL is not set") {
		t.Error(err)
	}
}

// A menu can't read another setting through an address.
func TestLookupShowsNoSetting(t *testing.T) {
	s := settingsFrom(t, map[string]string{"DATABASE_URL": "postgres://me:hunter2@host/db", "SACCO_URL": "https://sacco.example"})
	if got := s.Lookup("DATABASE_URL"); got != "" {
		t.Errorf("DATABASE_URL: %q", got)
	}
	if got := s.Lookup("SACCO_URL"); got != "https://sacco.example" {
		t.Errorf("SACCO_URL: %q", got)
	}
}

// The doctor asks whether a backend works and checks signatures, and runs no action.
func TestDoctorAsksTheBackend(t *testing.T) {
	for name, c := range map[string]struct {
		status map[string]int // by path
		state  State
		says   string
	}{
		"accepts all": {map[string]int{"/verify": 200}, StateWrong, "no signature: status 200; refuse it with status 401"},
		"old backend": {nil, StateWarning, "/verify is not there (status 404)"},
		"other key":   {map[string]int{"/verify": 401}, StateWrong, "compare ACTIONS_KEY"},
	} {
		t.Run(name, func(t *testing.T) {
			var asked []string
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked = append(asked, r.URL.Path)
				status := c.status[r.URL.Path]
				if status == 0 {
					status = 404
				}
				w.WriteHeader(status)
				_, _ = w.Write([]byte(`{"outcome":"ok"}`))
			}))
			defer s.Close()
			dir := t.TempDir()
			source := strings.Split(saccoActions, "  pay:")[0]
			source = strings.Replace(source, "${SACCO_URL}/v1", "${SACCO_URL}", 1)
			if err := os.WriteFile(filepath.Join(dir, "actions.yaml"), []byte(source), 0o600); err != nil {
				t.Fatal(err)
			}
			d := &Doctor{Menus: dir, Timeout: time.Minute, Settings: settingsFrom(t, map[string]string{
				"SACCO_URL": s.URL, "ACTIONS_KEY": "whsec_bm9ib2R5IGtub3dzIHRoaXMga2V5IGFueSBtb3Jl",
			})}
			list := d.backend(context.Background())
			if len(list) != 1 || list[0].State != c.state || !strings.Contains(list[0].Found, c.says) {
				t.Errorf("%+v, want %s that says %q", list, c.state, c.says)
			}
			for _, path := range asked {
				if path != "/verify" {
					t.Errorf("the doctor asked %s", path)
				}
			}
		})
	}
}

// The doctor asks each host, also one that only a whole address names.
func TestDoctorAsksEachBackend(t *testing.T) {
	answers := func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/verify" || r.Header.Get("webhook-signature") == "" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = w.Write([]byte(`{"outcome":"ok"}`))
	}
	first := httptest.NewServer(http.HandlerFunc(answers))
	defer first.Close()
	gone := httptest.NewServer(nil)
	gone.Close()
	dir := t.TempDir()
	source := "serve_at: " + first.URL + `
actions:
  find: {ends: {found: }, is: read only, post: /find}
  pay: {ends: {paid: }, post: "` + gone.URL + `/pay"}
`
	if err := os.WriteFile(filepath.Join(dir, "actions.yaml"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	d := &Doctor{Menus: dir, Timeout: time.Minute, Settings: settingsFrom(t, nil)}
	list := d.backend(context.Background())
	if len(list) != 2 || list[0].State != StateWrong && list[0].State != StateOK {
		t.Fatalf("%+v, want a check of each host", list)
	}
	if !strings.Contains(list[1].Found, strings.TrimPrefix(gone.URL, "http://")) || list[1].State != StateWrong || !strings.Contains(list[1].Found, "refused") {
		t.Errorf("%+v, want that nothing listens there", list[1])
	}
	d.Settings = settingsFrom(t, map[string]string{"ACTIONS_KEY": "whsec_bm9ib2R5IGtub3dzIHRoaXMga2V5IGFueSBtb3Jl"})
	if list = d.backend(context.Background()); !strings.Contains(list[0].Found, "status 200; refuse it with status 401") {
		t.Errorf("%+v, want that any signature is accepted", list[0])
	}
}
