package postgres_test

import (
	"testing"
	"time"

	"github.com/paytrace/paytrace/store/postgres"
)

// TestCurrent: a start looks closer at every database but one at this program's
// version, and the connection that it asked on stays of use.
func TestCurrent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before string // what happened to the database
		want   bool
	}{
		"at this version":               {want: true},
		"our newest migration missing":  {before: `DELETE FROM paytrace_migrations WHERE version_id = (SELECT max(version_id) FROM paytrace_migrations)`},
		"made by a newer program":       {before: `INSERT INTO paytrace_migrations (version_id, is_applied, tstamp) VALUES (99999, true, now())`},
		"no migration of ours":          {before: `DELETE FROM paytrace_migrations`},
		"no table of our versions":      {before: `DROP TABLE paytrace_migrations`},
		"a migration of jobs missing":   {before: `DELETE FROM river_migration WHERE version = 3`},
		"no table of the jobs' version": {before: `DROP TABLE river_migration`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := migrated(t)
			// One connection, and so short a time-out that the question would hardly
			// ever be answered within it.
			s := openAt(t, postgres.Config{URL: url, Connections: 1, StatementTimeout: time.Millisecond})
			if c.before != "" {
				query(t, url, c.before)
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
