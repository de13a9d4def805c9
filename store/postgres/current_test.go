package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/paytrace/paytrace/store/postgres"
)

// TestCurrent checks that only a database at this program's version is current, and that
// the connection of the query stays usable.
func TestCurrent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before string // what happened to the database
		anew   bool   // it affects new connections only
		want   bool
	}{
		"at this version":              {want: true},
		"our newest migration missing": {before: `DELETE FROM paytrace_migrations WHERE version_id = (SELECT max(version_id) FROM paytrace_migrations)`},
		"made by a newer program":      {before: `INSERT INTO paytrace_migrations (version_id, is_applied, tstamp) VALUES (99999, true, now())`},
		"no migration of ours":         {before: `DELETE FROM paytrace_migrations`},
		"no table of our versions":     {before: `DROP TABLE paytrace_migrations`},
		"a migration of jobs missing":  {before: `DELETE FROM river_migration WHERE version = 3`},
		"jobs of a newer program":      {before: `INSERT INTO river_migration (line, version, created_at) VALUES ('main', 99, now())`},
		"another schema goes first": {before: `CREATE SCHEMA first;
			DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = first, public', current_database()); END $$`, anew: true},
		"no table of the jobs' version": {before: `DROP TABLE river_migration`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := migrated(t)
			s := openAt(t, postgres.Config{URL: url, Connections: 1})
			if c.before != "" {
				query(t, url, c.before)
			}
			if c.anew {
				query(t, url, `SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity
					WHERE datname = current_database() AND application_name = 'paytrace'`)
				_ = s.Ping(t.Context()) // finds the closed connection
			}
			if got := postgres.Current(t.Context(), s); got != c.want {
				t.Errorf("current: %v, want %v", got, c.want)
			}
			if err := s.Ping(t.Context()); err != nil {
				t.Errorf("the connection after it: %v", err)
			}
		})
	}
}

// TestCurrentTakesItsTime checks that the query may take longer than a callback's
// statement if the database is slow.
func TestCurrentTakesItsTime(t *testing.T) {
	t.Parallel()
	const timeout = 50 * time.Millisecond
	url := migrated(t)
	s := openAt(t, postgres.Config{URL: url, Connections: 1, StatementTimeout: timeout})
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(t.Context(), `BEGIN; LOCK TABLE paytrace_migrations`); err != nil {
		t.Fatal(err)
	}
	current := make(chan bool)
	go func() { current <- postgres.Current(t.Context(), s) }()
	// Keep the lock until the query has waited longer than a callback may.
	for waits := 0; waits == 0; {
		err := conn.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND application_name = 'paytrace'
				AND wait_event_type = 'Lock' AND clock_timestamp() - query_start > $1`, 2*timeout).Scan(&waits)
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := conn.Exec(t.Context(), `COMMIT`); err != nil {
		t.Fatal(err)
	}
	if !<-current {
		t.Error("the query was ended")
	}
}
