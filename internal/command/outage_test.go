package command

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/paytrace/paytrace/store/storetest/servers"
)

const (
	failedScreen = `END Registration failed\. Please try again later\.`
	// recovery is how long after its return Postgres may stay unused.
	recovery = 5 * time.Second
)

// Postgres dies in the middle of a call. Menus go on, an action that did
// nothing for certain says so, and when Postgres is back everything goes on
// without a restart.
func TestServePostgresDown(t *testing.T) {
	t.Chdir(t.TempDir())
	server := servers.Own(t, servers.StartPostgres)
	t.Setenv("DATABASE_URL", server.URL)
	t.Setenv("ENCRYPTION_KEY", "any string")
	t.Setenv("REDIS_URL", servers.Redis(t))
	instances := [2]*running{serve(t), serve(t)}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%s\n%s", instances[0].log, instances[1].log)
		}
	})
	const caller = "+254711000111"
	step{0, "", "CON " + welcome}.play(t, "a", caller, instances)
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	step{1, "1", askNumber}.play(t, "a", caller, instances)
	step{0, "1*0711000111", failedScreen}.play(t, "a", caller, instances)
	for _, s := range instances {
		if status, body := s.ready(); status != 503 || !strings.Contains(body, `{"name":"database","ok":false,`) || strings.Contains(body, "spare\":true,\"error") {
			t.Errorf("/ready without Postgres: %d %s", status, body)
		}
	}
	if err := server.Start(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	back := time.Now()
	done := ""
	for n := 0; done == ""; n++ {
		// The call that failed has ended; the caller dials again.
		said := instances[n%2].calls("b"+string(rune('a'+n)), caller, "1*0711000111")
		if done = workerID.FindString(said); done == "" && time.Since(back) > recovery {
			t.Fatalf("%s after its return Postgres is not used: %q", recovery, said)
		}
	}
	step{0, "1", askNumber}.play(t, "c", caller, instances)
	step{1, "1*0711000111", "END Account already exists. Worker ID: " + done}.play(t, "c", caller, instances)
	// The failure could not be logged, so a repeat of that callback runs the action.
	step{1, "1*0711000111", "END Account already exists. Worker ID: " + done}.play(t, "a", caller, instances)
	if log := instances[0].log.String(); !regexp.MustCompile(`"level":"ERROR".*"action":"create_account".*"outcome":"failed"`).MatchString(log) {
		t.Error("the log does not say what failed")
	}
}
