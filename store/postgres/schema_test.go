package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/paytrace/paytrace"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/postgres"
	"github.com/paytrace/paytrace/store/storetest/servers"
)

// oldSchema is the legacy service's own statement.
const oldSchema = `CREATE TABLE workers(id SERIAL PRIMARY KEY, worker_id VARCHAR(20) UNIQUE NOT NULL,
	phone VARCHAR(20) UNIQUE NOT NULL, name VARCHAR(255), stellar_public_key VARCHAR(56) UNIQUE NOT NULL,
	stellar_secret_encrypted TEXT NOT NULL, created_at TIMESTAMPTZ DEFAULT NOW())`

const oldInsert = `INSERT INTO workers (worker_id, phone, name, stellar_public_key, stellar_secret_encrypted)
	SELECT 'NW-' || lpad(n::text, 8, '0'), (254700000000 + n)::text, NULL, 'G' || n, 'token ' || n
	FROM generate_series($1::bigint, $2::bigint) AS n`

func query(t *testing.T, url, statement string, args ...any) []string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if len(args) == 0 && !strings.HasPrefix(strings.TrimSpace(statement), "SELECT") {
		// Many statements at once, as a file has them.
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
		return nil
	}
	found, err := conn.Query(t.Context(), statement, args...)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	list, err := pgx.CollectRows(found, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return list
}

// describe returns everything about the tables that a program can see.
func describe(t *testing.T, url string) []string {
	t.Helper()
	const ours = `NOT LIKE 'river\_%' AND %[1]s <> 'paytrace_migrations'`
	var all []string
	for _, statement := range []string{
		`SELECT concat_ws(' ', 'column', table_name, lpad(ordinal_position::text, 2), column_name, data_type,
			character_maximum_length, is_nullable, column_default)
		FROM information_schema.columns WHERE table_schema = current_schema() AND table_name ` +
			strings.ReplaceAll(ours, "%[1]s", "table_name"),
		`SELECT concat_ws(' ', 'constraint', t.relname, c.conname, pg_get_constraintdef(c.oid))
		FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
		WHERE c.connamespace = current_schema()::regnamespace AND t.relname ` +
			strings.ReplaceAll(ours, "%[1]s", "t.relname"),
		`SELECT concat_ws(' ', 'trigger', pg_get_triggerdef(g.oid)) FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid
		WHERE NOT g.tgisinternal AND t.relnamespace = current_schema()::regnamespace AND t.relname ` +
			strings.ReplaceAll(ours, "%[1]s", "t.relname"),
		`SELECT concat_ws(' ', 'index', indexdef) FROM pg_indexes
		WHERE schemaname = current_schema() AND tablename ` + strings.ReplaceAll(ours, "%[1]s", "tablename"),
	} {
		all = append(all, query(t, url, statement)...)
	}
	slices.Sort(all)
	return all
}

func TestSchemaFileIsTheSumOfTheMigrations(t *testing.T) {
	t.Parallel()
	migrations, file := migrated(t), servers.Database(t)
	query(t, file, paytrace.Schema)
	want := describe(t, file)
	if len(want) < 30 {
		t.Fatalf("only %d facts about schema.sql: the description misses something", len(want))
	}
	if diff := cmp.Diff(want, describe(t, migrations)); diff != "" {
		t.Errorf("schema.sql (-) and the migrations (+) differ; change both:\n%s", diff)
	}
}

// The legacy service must find its table unchanged.
func TestWorkersIsTheOldTableAndMore(t *testing.T) {
	t.Parallel()
	old := servers.Database(t)
	query(t, old, oldSchema)
	now := describe(t, migrated(t))
	for _, fact := range describe(t, old) {
		if !slices.Contains(now, fact) {
			t.Errorf("the new schema lacks: %s", fact)
		}
	}
	for _, fact := range now {
		if strings.HasPrefix(fact, "column workers") && strings.Contains(fact, "verified_at") &&
			!strings.HasSuffix(fact, "YES") {
			t.Errorf("the legacy service can't insert: %s", fact)
		}
	}
}

func TestOpenRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, statement string
		start           func(testing.TB) string
		want            []string
	}{
		{"the legacy service's", oldSchema, servers.Database, []string{`"paytrace migrate"`, `"workers"`}},
		{"another program's", `CREATE TABLE invoices (id INT)`, servers.Database, []string{`"invoices"`, "empty database"}},
		{
			"a newer program's", `INSERT INTO paytrace_migrations (version_id, is_applied) VALUES (4711, true)`, migrated,
			[]string{"version 4711", "newer program"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			url := c.start(t)
			query(t, url, c.statement)
			before := describe(t, url)
			for range 2 {
				_, err := postgres.Open(t.Context(), postgres.Config{URL: url})
				if !errors.Is(err, store.ErrSchema) {
					t.Fatalf("error is %v, want ErrSchema", err)
				}
				for _, words := range c.want {
					if !strings.Contains(err.Error(), words) {
						t.Errorf("the error %q lacks %q", err, words)
					}
				}
			}
			if diff := cmp.Diff(before, describe(t, url)); diff != "" {
				t.Errorf("the refused database was changed:\n%s", diff)
			}
		})
	}
}

func TestFirstStartsTogether(t *testing.T) {
	t.Parallel()
	url := servers.Database(t)
	const instances = 5
	var all sync.WaitGroup
	for range instances {
		all.Go(func() {
			s, err := postgres.Open(t.Context(), postgres.Config{URL: url})
			if err != nil {
				t.Errorf("open: %v", err)
				return
			}
			if err := s.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		})
	}
	all.Wait()
	twice := query(t, url, `SELECT version_id::text FROM paytrace_migrations GROUP BY version_id HAVING count(*) > 1`)
	if len(twice) > 0 {
		t.Errorf("the migrations %v were applied more than once", twice)
	}
	if diff := cmp.Diff(describe(t, migrated(t)), describe(t, url)); diff != "" {
		t.Errorf("the schema differs from one made alone:\n%s", diff)
	}
}

func TestMigrateTakesTheOldDatabaseForward(t *testing.T) {
	t.Parallel()
	const rows = `SELECT concat_ws('|', id, worker_id, phone, name, stellar_public_key, stellar_secret_encrypted, created_at)
		FROM workers ORDER BY id`
	url := servers.Database(t)
	query(t, url, oldSchema)
	query(t, url, oldInsert, 1, 500)
	before := query(t, url, rows)
	for range 2 {
		if err := postgres.Migrate(t.Context(), postgres.Config{URL: url}); err != nil {
			t.Fatalf("migrate: %v", err)
		}
		if diff := cmp.Diff(before, query(t, url, rows)); diff != "" || len(before) != 500 {
			t.Fatalf("rows differ after migrate:\n%s", diff)
		}
	}
	if diff := cmp.Diff(describe(t, migrated(t)), describe(t, url)); diff != "" {
		t.Errorf("the schema differs from a new one:\n%s", diff)
	}
	s := openAt(t, postgres.Config{URL: url})
	got, err := s.Worker(t.Context(), "254700000007")
	if err != nil || got.WorkerID != "NW-00000007" || got.SealedSecret != "token 7" || !got.VerifiedAt.IsZero() {
		t.Errorf("the old worker reads as %+v, %v", got, err)
	}
	// The legacy service continues, and this program sees what it adds.
	query(t, url, oldInsert, 501, 501)
	if _, err := s.Worker(t.Context(), "254700000501"); err != nil {
		t.Errorf("a worker that the legacy service added: %v", err)
	}
	if _, err := once(s, "254700000501"); !errors.Is(err, store.ErrPhoneTaken) {
		t.Errorf("adding it again: %v, want ErrPhoneTaken", err)
	}
}

func TestMigrateRefusesATableThatOnlyHasTheName(t *testing.T) {
	t.Parallel()
	for _, statement := range []string{
		`CREATE TABLE workers (id SERIAL PRIMARY KEY, phone TEXT)`,
		strings.Replace(oldSchema, "VARCHAR(56)", "VARCHAR(57)", 1),
		strings.Replace(oldSchema, "name VARCHAR(255)", "name VARCHAR(255) NOT NULL", 1),
	} {
		url := servers.Database(t)
		query(t, url, statement)
		err := postgres.Migrate(t.Context(), postgres.Config{URL: url})
		if !errors.Is(err, store.ErrSchema) || !strings.Contains(fmt.Sprint(err), "has no column") {
			t.Errorf("%s: error is %v, want ErrSchema and the column", statement, err)
		}
	}
}
