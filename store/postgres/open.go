// Package postgres stores everything in Postgres, which many instances share.
package postgres

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/internal/jobs"
	"github.com/paytrace/paytrace/store/internal/rows"
)

// Defaults of Config, and fixed limits.
const (
	// DefaultStatementTimeout ends one statement. A callback has 4 seconds in all, so
	// a statement longer than two leaves no time for a second try.
	DefaultStatementTimeout = 2 * time.Second
	// DefaultLockTimeout is shorter than DefaultStatementTimeout: waiting for a
	// duplicate then ends with an error that says so.
	DefaultLockTimeout = 1500 * time.Millisecond
	// idleTimeout ends a transaction whose instance hangs or is cut off. Its locks
	// would block every repeat of the same callback.
	idleTimeout = 10 * time.Second
	// connectTimeout bounds one attempt to connect.
	connectTimeout = 2 * time.Second
	// DefaultConnections is enough for some thousands of callbacks a second. Set it
	// lower for ten instances or more: with their jobs they would exceed Postgres's
	// usual 100 connections.
	DefaultConnections = 16
	// jobPoolSize serves the job library's own statements: one connection always
	// listens, one elects the leader, the others fetch and write back.
	jobPoolSize = 4
	// jobStatementTimeout lets the library's cleanup take longer than a callback
	// may.
	jobStatementTimeout = 30 * time.Second
)

// Config says where the database is and how to use it. A zero field means its
// default.
type Config struct {
	// URL has libpq's form: postgres://user:password@host:port/name?…
	URL string
	// StatementTimeout ends one statement; default 2 s.
	StatementTimeout time.Duration
	// LockTimeout ends a wait for another transaction, such as a duplicate's;
	// default 1.5 s.
	LockTimeout time.Duration
	// Connections is how many this instance opens for callbacks; default 16. Work
	// opens 4 more.
	Connections int
	// Jobs says how background work is run.
	Jobs store.JobRules
	// Logger takes the lines of the job and migration libraries. Default: none are
	// logged.
	Logger *slog.Logger
	// Now gives the time of "created at"; default time.Now.
	Now func() time.Time
}

func (c Config) withDefaults() Config {
	c.StatementTimeout = cmp.Or(c.StatementTimeout, DefaultStatementTimeout)
	c.LockTimeout = cmp.Or(c.LockTimeout, DefaultLockTimeout)
	c.Connections = cmp.Or(c.Connections, DefaultConnections)
	c.Logger = cmp.Or(c.Logger, slog.New(slog.DiscardHandler))
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// Open connects and migrates the schema to this program's version. Instances that
// start together migrate one after the other. An error wraps store.ErrSchema if the
// database has another schema.
func Open(ctx context.Context, config Config) (*Store, error) {
	config = config.withDefaults()
	pool, err := connect(ctx, config, config.Connections, limits{
		name: "paytrace", statement: config.StatementTimeout, lock: config.LockTimeout, idle: idleTimeout,
	})
	if err != nil {
		return nil, fmt.Errorf("open Postgres: %w", err)
	}
	if !current(ctx, config, pool) {
		if err := migrate(ctx, config, refuseLegacy); err != nil {
			pool.Close()
			return nil, fmt.Errorf("open Postgres: %w", err)
		}
	}
	queue, err := jobs.New(riverpgxv5.New(pool), config.Logger, config.Jobs)
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("open Postgres: %w", err)
	}
	s := &Store{config: config, pool: pool, queue: queue}
	s.DB = rows.New(rows.Access{
		Read: s.conn, Write: s.conn, Within: s.Within, Snapshot: s.snapshot, CallerNotes: callerNotes,
	})
	return s, nil
}

// limits says what the server allows a connection, which has the name in
// pg_stat_activity. Zero is no limit.
type limits struct {
	name                  string
	statement, lock, idle time.Duration
}

// CheckURL returns what is wrong with a Config.URL, without its password.
func CheckURL(url string) error {
	_, err := pgxpool.ParseConfig(url)
	return err
}

// connect opens a pool and checks that the database answers.
func connect(ctx context.Context, config Config, size int, limits limits) (*pgxpool.Pool, error) {
	// The parser's errors leave the password out.
	settings, err := pgxpool.ParseConfig(config.URL)
	if err != nil {
		return nil, err
	}
	settings.MaxConns = int32(size)
	settings.ConnConfig.ConnectTimeout = cmp.Or(settings.ConnConfig.ConnectTimeout, connectTimeout)
	limits.set(settings.ConnConfig)
	pool, err := pgxpool.NewWithConfig(ctx, settings)
	if err != nil {
		return nil, err
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return pool, nil
}

func (l limits) set(config *pgx.ConnConfig) {
	for name, limit := range map[string]time.Duration{
		"statement_timeout": l.statement, "lock_timeout": l.lock, "idle_in_transaction_session_timeout": l.idle,
	} {
		if limit > 0 {
			config.RuntimeParams[name] = strconv.FormatInt(limit.Milliseconds(), 10)
		}
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = l.name
	}
}
