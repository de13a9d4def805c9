package command

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/internal/service"
)

const goalMenu = `ussd: 1
service: Zahanati
dial: "*384*99#"
start: main
session: {gateway: africastalking-ke}
screens:
  main:
    say: Book a visit?
    menu:
      1: Tomorrow -> booked
      2: More -> more
  more:
    say: Which day?
    menu:
      1: Monday -> booked
      2: Never -> bye
  booked:
    goal: booked
    end: See you.
  bye:
    end: Goodbye.
`

// Calls on a running service are in the report, each once, whatever the gateway repeats;
// and the calls behind a figure are found by session.
func TestReport(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("DATABASE_URL", "")
	if err := os.WriteFile("zahanati.yaml", []byte(goalMenu), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := says(t, exitFine, "report"); !strings.Contains(got, "There were none.") {
		t.Errorf("before any call: %s", got)
	}
	s := serving(t, func(ctx context.Context, std streams) int {
		port := 0
		return exitStatus((&serveCmd{Menus: ".", Port: &port}).serve(ctx, std, service.Options{}), std)
	})
	for _, call := range []struct {
		session string
		texts   []string
	}{
		{"done", []string{"", "", "1", "1"}},
		{"later", []string{"", "2", "2*9", "2*9*1"}},
		{"no", []string{"", "2", "2*2"}},
		{"open", []string{"", "2"}},
	} {
		for _, text := range call.texts {
			form := url.Values{"sessionId": {call.session}, "phoneNumber": {"+254711000111"}, "serviceCode": {"*384*99#"}, "networkCode": {"63902"}, "text": {text}}
			if status, body := s.post("/ussd", form, nil); status != http.StatusOK {
				t.Fatalf("%s %q: %d %s", call.session, text, status, body)
			}
		}
	}
	s.stop() // the last notes are stored
	var got struct {
		Versions []struct {
			Menu    string
			Calls   int
			Endings map[string]int
			Goals   map[string]int
			Screens map[string]struct{ Reached, Left, Answers, Wrong int }
		}
	}
	if err := json.Unmarshal([]byte(says(t, exitFine, "report", "--days", "2", "--json")), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Versions) != 1 {
		t.Fatalf("the report has %+v", got)
	}
	v := got.Versions[0]
	more := v.Screens["more"]
	if v.Menu != "zahanati" || v.Calls != 4 || v.Endings["completed"] != 2 || v.Endings["ended"] != 1 || v.Endings["unknown"] != 1 || v.Goals["booked"] != 2 ||
		v.Screens["main"].Reached != 4 || more.Reached != 3 || more.Wrong != 1 || more.Answers != 3 {
		t.Errorf("the report has %+v", v)
	}
	text := says(t, exitFine, "report", "--days", "2", "--menu", "zahanati")
	for _, want := range []string{"zahanati, version ", "4 calls", "completed  2 of 4 (50 %)", "goal booked           2 of 4 (50 %)", "1 of 3 (33 %)"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(says(t, exitFine, "report", "--menu", "other"), "zahanati") {
		t.Error("--menu does not choose")
	}
	list := says(t, exitFine, "report", "--days", "2", "--csv", "--ending", "completed")
	if strings.Count(list, "\n") != 3 || !strings.Contains(list, ",later,completed,booked,booked,4,") || strings.Contains(list, "254711000111") {
		t.Errorf("the calls are\n%s", list)
	}
	if got := says(t, exitFine, "calls", "--session", "later"); !strings.Contains(got, "4 screens, ended") || strings.Contains(got, "session done") {
		t.Errorf("a session shows\n%s", got)
	}
	if got := says(t, exitFine, "calls", "--session", "none"); !strings.Contains(got, "No notes of the session none") {
		t.Errorf("an unknown session shows\n%s", got)
	}
	for _, wrong := range [][]string{
		{"report", "--from", "yesterday"},
		{"report", "--ending", "ended"},
		{"report", "--from", "2026-01-02", "--to", "2026-01-01"},
		{"calls"},
		{"calls", "--worker", "NW-00000000"},
		{"calls", "--receipt", "NONE"},
	} {
		says(t, exitMisuse, wrong...)
	}
	if got := says(t, exitFine, "audit"); !strings.Contains(got, "report --csv") {
		t.Errorf("the audit lacks who read the calls:\n%s", got)
	}
}
