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
)

//go:embed migrations/*.sql
var embedded embed.FS

const (
	// migrationLock is the advisory lock of "this database is being brought
	// forward". Advisory locks share one space of numbers in a database; this
	// one spells "paytrace".
	migrationLock = 0x7061797472616365
	// migrationConnections are one that holds the lock and one each for the
	// two migrators, which don't run at once.
	migrationConnections = 3
	// A change of the table waits for transactions that use it, and whoever
	// comes after waits behind it: so it waits a short time only, lets the old
	// service's callers go first, and tries again. tableTries seconds of each
	// are enough for any callback, and for most reports.
	tableTimeout = time.Second
	tablePause   = time.Second
	tableTries   = 30
)

// tables lists what is in the schema that new tables go to.
const tables = `SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = current_schema() ORDER BY tablename`

// Migrate brings the database to this program's version, also one that the
// service before this one left: that gets columns and tables, and loses
// nothing, so that the old service can still run on it. It may be called again.
func Migrate(ctx context.Context, config Config) error {
	if err := migrate(ctx, config.withDefaults(), adoptOld); err != nil {
		return fmt.Errorf("migrate Postgres: %w", err)
	}
	return nil
}

// judge says why a database can't be brought forward.
type judge func(ctx context.Context, pool *pgxpool.Pool, found schema.State) error

// refuseOld is the judge of every start that finds anything to do: nobody's
// database is changed without being asked.
func refuseOld(_ context.Context, _ *pgxpool.Pool, found schema.State) error { return found.Refuse() }

// current says whether there is nothing to bring forward, as at nearly every
// start. It is one question on a connection that callbacks will use, since an
// instance that was killed is waited for; the settings' time-outs do not hold for
// it. Where it gets no answer the database wants a closer look, which also says
// what is wrong with it.
func current(ctx context.Context, config Config, pool *pgxpool.Pool) bool {
	question, err := whetherCurrent(config, pool)
	if err != nil {
		return false
	}
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return false
	}
	defer conn.Release() // which ends it where the transaction failed
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

// whetherCurrent asks for exactly the versions that this program knows, in the
// schema that new tables go to.
func whetherCurrent(config Config, pool *pgxpool.Pool) (string, error) {
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

// migrate has connections of its own, on which a migration may take its time.
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

// migration is both migrators over one pool.
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

// upToDate says whether there is nothing to do.
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

// locked does the work while no other instance can. Who waited finds it done.
func (m *migration) locked(ctx context.Context) error {
	conn, err := m.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	// Ending the connection is what lets go of the lock, whatever happened.
	defer func() { _ = conn.Hijack().Close(context.WithoutCancel(ctx)) }()
	// The time-out of the tables' locks is none of this one's.
	if _, err := conn.Exec(ctx, `SET lock_timeout = 0`); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, int64(migrationLock)); err != nil {
		return fmt.Errorf("wait for another instance that brings the schema forward: %w", err)
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
		return fmt.Errorf("bring the job queue's tables to this program's version: %w", err)
	}
	return nil
}

// codeLockTimeout is the SQLSTATE of a lock that was not to be had in time.
const codeLockTimeout = "55P03"

// patiently tries until the tables are to be had. Each migration is one
// transaction, so what was done is whole.
func patiently(ctx context.Context, up func(context.Context) error) error {
	for try := 1; ; try++ {
		err := up(ctx)
		var fault *pgconn.PgError
		if !errors.As(err, &fault) || fault.Code != codeLockTimeout {
			return err
		}
		if try == tableTries {
			return fmt.Errorf("another program's transaction keeps a table for itself (see pg_stat_activity: state \"idle in transaction\"); end it and run this again: %w", err)
		}
		select {
		case <-time.After(tablePause):
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		}
	}
}
