package command

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	goredis "github.com/redis/go-redis/v9"
)

// A repeat that reaches another instance while its callback is still in
// progress waits for it and gets the same answer.
func TestServeRepeatWaitsForItsDuplicate(t *testing.T) {
	_, client := sharing(t)
	t.Setenv("DATABASE_LOCK_TIMEOUT", "2000")
	instances := [2]*running{serve(t), serve(t)}
	const caller = "+254711000111"
	const text = "1*0711000111"
	step{0, "1", askNumber}.play(t, "a", caller, instances)
	release := holdWorkers(t)
	said := make(chan string, len(instances))
	for _, on := range instances {
		go func() { said <- on.says("a", caller, text) }()
	}
	release(len(instances))
	first, second := <-said, <-said
	if first != second || !regexp.MustCompile(`^`+created+`$`).MatchString(first) {
		t.Errorf("one delivery is told %q, the other %q, want %q twice", first, second, created)
	}
	wantRecord(t, client, "ussd:session:a", text)
	step{0, "1", askNumber}.play(t, "b", caller, instances)
	step{1, "1*0711000111", "END Account already exists. Worker ID: " + workerID.FindString(first)}.play(t, "b", caller, instances)
}

// holdWorkers blocks new accounts until this many transactions wait for it and
// for each other.
func holdWorkers(t *testing.T) (release func(waiting int)) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	conn, err := pgx.Connect(ctx, os.Getenv("DATABASE_URL"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(ctx) })
	if _, err := conn.Exec(ctx, `BEGIN; LOCK TABLE workers IN SHARE MODE`); err != nil {
		t.Fatal(err)
	}
	return func(waiting int) {
		t.Helper()
		const most = 2 * time.Second // as long as a lock is waited for
		began, found := time.Now(), 0
		for found < waiting {
			row := conn.QueryRow(ctx, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)
			if err := row.Scan(&found); err != nil {
				t.Fatal(err)
			}
			if time.Since(began) > most {
				t.Errorf("%d of %d deliveries wait", found, waiting)
				break
			}
		}
		if _, err := conn.Exec(ctx, `COMMIT`); err != nil {
			t.Fatal(err)
		}
	}
}

// TestServeCommandsToRedis counts what a call costs Redis, as Redis counts it.
func TestServeCommandsToRedis(t *testing.T) {
	_, client := sharing(t)
	instances := [2]*running{serve(t), serve(t)}
	const caller = "+254711000111"
	instances[0].says("warm", caller, "") // Redis knows the script from here on
	instances[1].says("warm", caller, "")
	for _, st := range []struct {
		on   int
		text string
		most int
	}{
		{0, "", 1},
		{0, "1", 1},                  // known here
		{1, "1*12", 1},               // the text decides
		{0, "1*12*13", 1},            // also where another instance was last
		{1, "1*12*13", 1},            // a repeat
		{0, "1*12", 1},               // a late one
		{0, "1*07*11", 2},            // a typed star, or another path: the record decides
		{1, "1*12*13*0711000111", 2}, // an action
		{0, "1*12*13*0711000111", 2}, // its repeat
	} {
		before := commands(t, client)
		instances[st.on].says("a", caller, st.text)
		if n := commands(t, client) - before; n > st.most {
			t.Errorf("text %q on instance %d: %d commands, want %d at most", st.text, st.on, n, st.most)
		}
	}
}

// commands counts the commands to Redis that read or save a session: the script
// of a save also begins with a GET.
func commands(t *testing.T, client *goredis.Client) (n int) {
	t.Helper()
	stats, err := client.InfoMap(t.Context(), "commandstats").Result()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscanf(stats["Commandstats"]["cmdstat_get"], "calls=%d,", &n); err != nil {
		t.Fatal(err)
	}
	return n
}
