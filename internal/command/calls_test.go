package command

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/storetest/servers"
)

// secretMenu asks for a PIN, which must not be stored anywhere.
const secretMenu = `ussd: 1
service: Siri
dial: "*384*99#"
start: main
session: {gateway: africastalking-ke}
vars:
  pin: pin 4
screens:
  main:
    say: Karibu
    menu:
      1: Secret -> secret
      2: Exit -> bye
  secret:
    say: Enter your PIN
    ask: pin -> check_secret(pin)
    when: {right: thanks}
  thanks:
    end: Thank you. Call 0733000444 for help.
  bye:
    end: Goodbye.
`

type (
	checkIn struct {
		Pin engine.Secret `menu:"pin,pin 4"`
	}
	checkOut struct{ Right *struct{} }
)

// registerCheckSecret adds an action that accepts any PIN.
func registerCheckSecret(table *actions.Table) error {
	return actions.Register(table, actions.Spec{Name: "check_secret", About: "Takes any.", Takes: time.Second},
		func(context.Context, actions.Call, checkIn) (actions.Work[checkOut], error) {
			return func(context.Context, store.Tx) (checkOut, error) { return checkOut{Right: &struct{}{}}, nil }, nil
		})
}

const typedPIN = "8642"

func secretCall(t *testing.T, s *running, session string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		form := url.Values{"sessionId": {session}, "phoneNumber": {"+254711000111"}, "serviceCode": {"*384*99#"}, "text": {text}}
		if status, body := s.post("/ussd", form, nil); status != http.StatusOK {
			t.Fatalf("%q: %d %s", text, status, body)
		}
	}
}

// A caller's calls are shown screen by screen. Except for options, nothing that
// was typed appears on the screen, in the log or in the database's files.
func TestCallsShowsWhatHappenedAndNoSecret(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("DATABASE_URL", "")
	if err := os.WriteFile("siri.yaml", []byte(secretMenu), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := says(t, exitFine, "calls", "0711000111"); !strings.Contains(got, "has no account") || !strings.Contains(got, "last 14 days") {
		t.Errorf("before any call: %s", got)
	}
	s := serving(t, func(ctx context.Context, std streams) int {
		port := 0
		return exitStatus((&serveCmd{Menus: ".", Port: &port}).serve(ctx, std, service.Options{Register: registerCheckSecret}), std)
	})
	secretCall(t, s, "one", "", "1", "1*"+typedPIN)
	secretCall(t, s, "two", "", typedPIN, typedPIN+"*2")
	if s.stop() != exitFine { // which stores the notes that still wait
		t.Fatal("serve failed")
	}
	got := says(t, exitFine, "calls", "+254 711-000 111")
	for _, words := range []string{
		"*384*99#  3 screens, ended", "session one, africastalking", "(secret)", "-> thanks", "| Enter your PIN", "(no option)",
		"Call **** for help", "254711****11 has no account",
	} {
		if !strings.Contains(got, words) {
			t.Errorf("calls lacks %q:\n%s", words, got)
		}
	}
	if strings.Contains(got, "0733000444") {
		t.Errorf("a number is shown whole:\n%s", got)
	}
	var calls []callJSON
	if err := json.Unmarshal([]byte(says(t, exitFine, "calls", "0711000111", "--json")), &calls); err != nil {
		t.Fatal(err)
	}
	if len(calls) != 2 || len(calls[0].Screens) != 3 || calls[0].Screens[1].Heard != "1" || calls[1].Screens[2].Heard != "2" {
		t.Errorf("the calls are %+v", calls)
	}
	files, err := filepath.Glob("paytrace.db*")
	if err != nil || len(files) == 0 {
		t.Fatal("no database", err)
	}
	sinks := map[string]string{"what is shown": got, "the log": s.log.String()}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sinks[name] = string(data)
	}
	found := false // the control: the search finds what exists
	for name, data := range sinks {
		if strings.Contains(data, typedPIN) {
			t.Errorf("the PIN is in %s", name)
		}
		found = found || strings.HasPrefix(name, "paytrace.db") && strings.Contains(data, "Enter your PIN")
	}
	if !found {
		t.Error("the screens are in no file of the database: the search sees nothing")
	}
	if got := says(t, exitMisuse, "calls", "Amina"); strings.Contains(got, "Amina") || !strings.Contains(got, "0712345678") {
		t.Errorf("no number: %s", got)
	}
}

func TestNoJournal(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("DATABASE_URL", "")
	t.Setenv("CALL_JOURNAL_DAYS", "0")
	s := serve(t)
	s.says("one", "+254711000111", "")
	s.stop()
	if got := says(t, exitFine, "calls", "0711000111"); !strings.Contains(got, "CALL_JOURNAL_DAYS is 0") {
		t.Errorf("calls: %s", got)
	}
}

// Notes that an instance has in memory are forgotten too, also if the database has
// nothing yet.
func TestForgetWhileServing(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("DATABASE_URL", "")
	s := serve(t)
	s.says("one", "+254722000222", "")
	s.says("two", "+254711000111", "")
	says(t, exitFine, "forget", "0722000222", "--yes")
	s.says("three", "+254722000222", "")
	s.stop()
	if got := says(t, exitFine, "calls", "0722000222"); strings.Contains(got, "session one") || !strings.Contains(got, "session three") {
		t.Errorf("calls of the forgotten number: %s", got)
	}
	if got := says(t, exitFine, "calls", "0711000111"); !strings.Contains(got, "session two") {
		t.Errorf("calls of another number: %s", got)
	}
}

func TestForget(t *testing.T) {
	t.Chdir(t.TempDir())
	url, query := oldDatabase(t, oldTable, oldRows)
	t.Setenv("DATABASE_URL", url)
	t.Setenv("REDIS_URL", servers.Redis(t))
	t.Setenv("ENCRYPTION_KEY", "changeme")
	t.Setenv("ENCRYPTION_KEY_OLD", "test-encryption-key\nufunguo wa siri – ñ€")
	says(t, exitDiagnostics, "migrate")
	s := serve(t)
	for _, text := range []string{"", "2", "2*0722000222"} { // stored as 0722 000-222
		s.says("forgotten.1", "+254722000222", text)
	}
	s.calls("other.1", "+254711000111", "2*0711000111")
	s.stop()
	wallet := query(`SELECT stellar_public_key || stellar_secret_encrypted FROM workers WHERE worker_id = 'NW-00000002'`)
	if got := says(t, exitFine, "forget", "0722000222", "--dry-run"); !strings.Contains(got, "NW-00000002") || !strings.Contains(got, "3 notes of calls") || !strings.Contains(got, "may hold money") {
		t.Errorf("--dry-run: %s", got)
	}
	var out bytes.Buffer
	if status := run(t.Context(), []string{"forget", "0722000222"}, streams{in: strings.NewReader("no\n"), out: &out, err: io.Discard}); status != exitDiagnostics || !strings.Contains(out.String(), "Nothing was removed") {
		t.Errorf("after a no: status %d\n%s", status, &out)
	}
	if n := query(`SELECT count(*)::text FROM calls WHERE caller = '254722000222'`); n != "3" {
		t.Errorf("%s notes after a no", n)
	}
	out.Reset()
	if status := run(t.Context(), []string{"forget", "0722000222"}, streams{in: strings.NewReader("yes\n"), out: &out, err: &out}); status != exitFine || !strings.Contains(out.String(), "Forgotten: 254722****22") {
		t.Fatalf("after a yes: status %d\n%s", status, &out)
	}
	if strings.Contains(out.String(), "0722000222") || strings.Contains(out.String(), "254722000222") {
		t.Errorf("the number is shown:\n%s", &out)
	}
	if got := query(`SELECT stellar_public_key || stellar_secret_encrypted FROM workers WHERE worker_id = 'NW-00000002'`); got != wallet {
		t.Error("the wallet changed")
	}
	dump := query(`SELECT (SELECT string_agg(w::text, ' ') FROM workers w) || (SELECT COALESCE(string_agg(c::text, ' '), '') FROM calls c)
		|| (SELECT COALESCE(string_agg(m::text, ' '), '') FROM messages m) || (SELECT COALESCE(string_agg(l::text, ' '), '') FROM limits l)
		|| (SELECT string_agg(a::text, ' ') FROM audit a)`)
	for _, gone := range []string{"722000222", "0722 000-222", "Wanjiku"} {
		if strings.Contains(dump, gone) {
			t.Errorf("%q is still there", gone)
		}
	}
	for _, there := range []string{"254711000111", "NW-00000002", "forget"} {
		if !strings.Contains(dump, there) {
			t.Errorf("%q is not there any more", there)
		}
	}
	if out := says(t, exitFine, "audit"); !regexp.MustCompile(`(?m)^\S+ \S+ +forget +\S+ +done +NW-00000002 +\S`).MatchString(out) {
		t.Errorf("the audit says:\n%s", out)
	}
	for _, args := range [][]string{{"forget", "0722000222", "--yes"}, {"forget", "0722000222"}} { // nothing to ask about
		if got := says(t, exitFine, args...); got != "Nothing is stored under 254722****22.\n" {
			t.Errorf("a second time: %s", got)
		}
	}
	s = serve(t)
	if got, want := s.calls("again.1", "+254722000222", "2*0722000222"), "END No account found for this number. Create an account first (option 1)."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := s.calls("again.2", "+254722000222", "1*0722000222"); !strings.HasPrefix(got, "END Account created.") {
		t.Errorf("got %q", got)
	}
	s.stop()
}
