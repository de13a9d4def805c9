package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3/database"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/paytrace/paytrace/store/internal/schema"
	"github.com/paytrace/paytrace/store/postgres/legacy"
)

//go:embed migrations/*.sql
var embedded embed.FS

const (
	// migrationLock is the advisory lock that a migration holds. Advisory locks
	// share one space of numbers in a database; this one spells "paytrace".
	migrationLock = 0x7061797472616365
	// migrationConnections are one for the lock and two for the migrators, which
	// don't run at the same time.
	migrationConnections = 3
	// A change of a table waits for transactions that use it, and later ones wait
	// behind the change. So it waits for tableTimeout only, lets the legacy
	// service's callers go first for tablePause, and tries again. tableTries of both
	// are enough for any callback and for most reports.
	tableTimeout = time.Second
	tablePause   = time.Second
	tableTries   = 30
)

// tables lists the tables of the schema that new tables go to.
const tables = `SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = current_schema() ORDER BY tablename`

// Migrate brings a database to this program's version, also a legacy service's
// database. It adds columns and tables to that one and removes nothing: the legacy
// service can still run on it. Migrate may be called again.
func Migrate(ctx context.Context, config Config) error {
	if err := migrate(ctx, config.withDefaults(), acceptLegacy); err != nil {
		return fmt.Errorf("migrate Postgres: %w", err)
	}
	return nil
}

// judge returns an error if a database must not be migrated.
type judge func(ctx context.Context, pool *pgxpool.Pool, found schema.State) error

// refuseLegacy judges at every start that finds something to migrate: a start must
// not change the legacy service's database.
func refuseLegacy(_ context.Context, _ *pgxpool.Pool, found schema.State) error {
	return found.Refuse()
}

// acceptLegacy judges for Migrate. It also accepts the legacy service's database, if
// its table is the expected one.
func acceptLegacy(ctx context.Context, pool *pgxpool.Pool, found schema.State) error {
	if !found.Legacy() {
		return found.Refuse()
	}
	return legacy.CheckTable(ctx, pool)
}

// current reports whether there is nothing to migrate, as at nearly every start. It
// asks once, on a connection that callbacks will use, because callers wait for an
// instance that was killed. The settings' time-outs do not apply to it. Without an
// answer the caller inspects the database, which also finds what is wrong with it.
func current(ctx context.Context, config Config, pool *pgxpool.Pool) bool {
	question, err := currentQuery(config, pool)
	if err != nil {
		return false
	}
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return false
	}
	defer conn.Release() // closes it if the transaction failed
	results, err := conn.Conn().PgConn().Exec(ctx, question).ReadAll()
	if err != nil {
		return false
	}
	for _, r := range results {
		if len(r.Rows) == 1 {
			return string(r.Rows[0][0]) == "t"
		}
	}
	return false
}

// currentQuery asks for exactly the versions that this program knows, in the schema
// that new tables go to.
func currentQuery(config Config, pool *pgxpool.Pool) (string, error) {
	files, err := fs.Sub(embedded, "migrations")
	if err != nil {
		return "", err
	}
	latest, err := schema.Latest(files)
	if err != nil {
		return "", err
	}
	queue, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Logger: config.Logger})
	if err != nil {
		return "", err
	}
	var versions []string
	for _, m := range queue.AllVersions() {
		versions = append(versions, strconv.Itoa(m.Version))
	}
	return fmt.Sprintf(`BEGIN READ ONLY; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = %d;
		SELECT to_regclass('%[2]s') = to_regclass(quote_ident(current_schema()) || '.%[2]s')
			AND (SELECT max(version_id) FROM %[2]s) = %d
			AND (SELECT array_agg(version ORDER BY version) FROM river_migration WHERE line = '%s') = ARRAY[%s]::bigint[];
		COMMIT`, tableTimeout.Milliseconds(), schema.VersionTable, latest,
		riverdriver.MigrationLineMain, strings.Join(versions, ", ")), nil
}

// migrate uses connections of its own, on which a statement may take long.
func migrate(ctx context.Context, config Config, judge judge) error {
	pool, err := connect(ctx, config, migrationConnections, limits{name: "paytrace-migrate", lock: tableTimeout})
	if err != nil {
		return err
	}
	defer pool.Close()
	m, err := newMigration(pool, config, judge)
	if err != nil {
		return err
	}
	defer m.close()
	done, err := m.upToDate(ctx)
	if err != nil || done {
		return err
	}
	return m.locked(ctx)
}

// migration has both migrators over one pool.
type migration struct {
	pool  *pgxpool.Pool
	ours  *schema.Migrations
	queue *rivermigrate.Migrator[pgx.Tx]
	judge judge
	close func()
}

func newMigration(pool *pgxpool.Pool, config Config, judge judge) (*migration, error) {
	files, err := fs.Sub(embedded, "migrations")
	if err != nil {
		return nil, err
	}
	queue, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Logger: config.Logger})
	if err != nil {
		return nil, err
	}
	db := stdlib.OpenDBFromPool(pool)
	ours, err := schema.New(database.DialectPostgres, db, files, tables, config.Logger)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &migration{pool: pool, ours: ours, queue: queue, judge: judge, close: func() { _ = db.Close() }}, nil
}

// upToDate reports whether there is nothing to migrate.
func (m *migration) upToDate(ctx context.Context) (bool, error) {
	state, err := m.ours.State(ctx)
	if err != nil {
		return false, err
	}
	if err := m.judge(ctx, m.pool, state); err != nil {
		return false, err
	}
	if state.Version < state.Known {
		return false, nil
	}
	return m.queueUpToDate(ctx)
}

// locked migrates while no other instance can. An instance that waited for the lock
// finds the work done.
func (m *migration) locked(ctx context.Context) error {
	conn, err := m.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	// Closing the connection releases the lock, whatever happened.
	defer func() { _ = conn.Hijack().Close(context.WithoutCancel(ctx)) }()
	// The time-out for the tables' locks must not end the wait for this one.
	if _, err := conn.Exec(ctx, `SET lock_timeout = 0`); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, int64(migrationLock)); err != nil {
		return fmt.Errorf("wait for another instance that migrates the schema: %w", err)
	}
	state, err := m.ours.State(ctx)
	if err != nil {
		return err
	}
	if err := m.judge(ctx, m.pool, state); err != nil {
		return err
	}
	if err := patiently(ctx, m.ours.Up); err != nil {
		return err
	}
	if _, err := m.queue.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate the job queue's tables: %w", err)
	}
	return nil
}

// codeLockTimeout is the SQLSTATE of a lock that was not granted in time.
const codeLockTimeout = "55P03"

// patiently tries until the tables' locks are granted. Each migration is one
// transaction, so none is ever half done.
func patiently(ctx context.Context, up func(context.Context) error) error {
	for try := 1; ; try++ {
		err := up(ctx)
		var fault *pgconn.PgError
		if !errors.As(err, &fault) || fault.Code != codeLockTimeout {
			return err
		}
		if try == tableTries {
			return fmt.Errorf("another program's transaction locks a table (see pg_stat_activity, state \"idle in transaction\"); end it and run this again: %w", err)
		}
		select {
		case <-time.After(tablePause):
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		}
	}
}

// queueUpToDate reports whether the job library's tables are at its version.
func (m *migration) queueUpToDate(ctx context.Context) (bool, error) {
	existing, err := m.queue.ExistingVersions(ctx)
	if err != nil {
		return false, fmt.Errorf("read the version of the job queue's tables: %w", err)
	}
	return len(existing) == len(m.queue.AllVersions()), nil
}
