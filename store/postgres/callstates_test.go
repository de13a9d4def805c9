package postgres_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/postgres"
)

// saveCall locks a call, runs meanwhile, and saves the call's next epoch.
func saveCall(s store.Store, id string, meanwhile func()) (saved store.CallState, err error) {
	err = s.Within(context.Background(), func(ctx context.Context, tx store.Tx) error {
		stored, err := tx.LockCall(ctx, id)
		if err != nil {
			return err
		}
		meanwhile()
		saved = store.CallState{
			Generation: stored.Generation, Epoch: stored.Epoch + 1, Length: stored.Length,
			Program: "abc", Caller: "254711000001", State: []byte(`{}`),
		}
		return tx.SaveCall(ctx, id, saved)
	})
	return saved, err
}

func nothing() {}

// lockCall returns the state of a call.
func lockCall(t *testing.T, s store.Store, id string) (state store.CallState) {
	t.Helper()
	err := s.Within(t.Context(), func(ctx context.Context, tx store.Tx) (err error) {
		state, err = tx.LockCall(ctx, id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// The statement refuses a state, too, if the row was changed without the call's lock.
func TestCallIsFencedByTheStatement(t *testing.T) {
	t.Parallel()
	url := migrated(t)
	s := openAt(t, postgres.Config{URL: url})
	change := func(set string) func() {
		return func() { query(t, url, `UPDATE call_states SET `+set) }
	}
	for name, c := range map[string]struct {
		meanwhile func()
		want      error
	}{
		"nothing":             {nothing, nil},
		"a lower epoch":       {change("epoch = 1"), nil},
		"the same epoch":      {change("epoch = epoch + 1"), store.ErrCallBehind},
		"a higher epoch":      {change("epoch = epoch + 5"), store.ErrCallBehind},
		"more text":           {change("length = length + 1"), store.ErrCallBehind},
		"a higher generation": {change("generation = generation + 1, epoch = 1, length = 0"), store.ErrCallBehind},
		"a forgotten caller": {func() {
			if f, err := s.Forget(t.Context(), "254711000001", "amina", time.Unix(1, 0), false); err != nil || !f.Any() {
				t.Errorf("forget: %+v, %v", f, err)
			}
		}, store.ErrCallBehind},
	} {
		query(t, url, `TRUNCATE call_states`)
		for range 3 {
			if _, err := saveCall(s, "c1", nothing); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := saveCall(s, "c1", c.meanwhile); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: error is %v, want %v", name, err, c.want)
		}
	}
}

// A call whose COMMIT was lost tells by its epoch whether it happened.
func TestLostCommitOfACall(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		fault int32
		want  error
		epoch int
	}{
		{"delivered", deliver, nil, 2},
		{"the answer is lost", loseReply, store.ErrUnknown, 2},
		{"the question is lost", loseAsked, store.ErrUnknown, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := migrated(t)
			l := newLink(t, server)
			over := openAt(t, postgres.Config{URL: l.url})
			if _, err := saveCall(over, "c1", nothing); err != nil {
				t.Fatal(err)
			}
			l.fault.Store(c.fault)
			saved, err := saveCall(over, "c1", nothing)
			if !errors.Is(err, c.want) || saved.Epoch != 2 {
				t.Fatalf("epoch %d: error is %v, want %v", saved.Epoch, err, c.want)
			}
			l.fault.Store(deliver)
			if got := lockCall(t, over, "c1").Epoch; got != c.epoch {
				t.Errorf("the epoch is %d, want %d", got, c.epoch)
			}
		})
	}
}

// A writer waits for one that hangs no longer than the lock time-out, also for a call that
// has no row.
func TestCallThatHangs(t *testing.T) {
	t.Parallel()
	s := openAt(t, postgres.Config{URL: migrated(t), LockTimeout: 50 * time.Millisecond})
	for range 2 { // a new call, then a stored one
		_, err := saveCall(s, "c1", func() {
			if _, err := saveCall(s, "c1", nothing); !errors.Is(err, store.ErrBusy) || errors.Is(err, store.ErrUnknown) {
				t.Errorf("the second writer ended with %v, want ErrBusy and a certain rollback", err)
			}
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// Locking and saving a call are two round trips between BEGIN and COMMIT.
func TestRoundTripsOfACall(t *testing.T) {
	t.Parallel()
	l := newLink(t, migrated(t))
	s := openAt(t, postgres.Config{URL: l.url, Connections: 1})
	for name, id := range map[string]string{"a new call": "new", "a stored call": "stored"} {
		for _, prepare := range []string{"stored", "other " + name} { // also the connection's statements
			if _, err := saveCall(s, prepare, nothing); err != nil {
				t.Fatal(err)
			}
		}
		before := l.syncs.Load()
		if _, err := saveCall(s, id, nothing); err != nil {
			t.Fatal(err)
		}
		if got := l.syncs.Load() - before; got != 2 {
			t.Errorf("%s takes %d round trips, want 2", name, got)
		}
	}
}

// The migration notes when it made the table, and later ones leave that time alone.
func TestCallStatesSinceIsTheMigration(t *testing.T) {
	t.Parallel()
	url := migrated(t)
	const since = `SELECT value FROM settings WHERE key = 'call_states_since'`
	query(t, url, `UPDATE settings SET value = '2026-01-01T00:00:00.000000Z' WHERE key = 'call_states_since'`)
	openAt(t, postgres.Config{URL: url})
	if got := query(t, url, since); len(got) != 1 || got[0] != "2026-01-01T00:00:00.000000Z" {
		t.Errorf("after another start the time is %q", got)
	}
	migration, err := os.ReadFile("migrations/00010_call_states.sql")
	if err != nil {
		t.Fatal(err)
	}
	query(t, url, `DROP TABLE call_states; DELETE FROM settings WHERE key = 'call_states_since'`)
	query(t, url, string(migration))
	got := query(t, url, since)
	if len(got) != 1 {
		t.Fatalf("after the migration the times are %q, want one", got)
	}
	if at, err := time.Parse(time.RFC3339Nano, got[0]); err != nil || time.Since(at).Abs() > 24*time.Hour {
		t.Errorf("after the migration the time is %q (%v)", got[0], err)
	}
}
