// Package postgres keeps everything in Postgres, which many instances share.
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

// Defaults of Config, and what is fixed.
const (
	// DefaultStatementTimeout: a callback has 4 seconds in all. A statement that takes longer than two
	// leaves no time for a second try.
	DefaultStatementTimeout = 2 * time.Second
	// DefaultLockTimeout is shorter than DefaultStatementTimeout, so that waiting
	// for a twin ends with an error that says so.
	DefaultLockTimeout = 1500 * time.Millisecond
	// idleTimeout ends a transaction whose instance hangs or is cut off: its
	// locks would hold up every repeat of the same callback.
	idleTimeout = 10 * time.Second
	// connectTimeout is for one try to connect.
	connectTimeout = 2 * time.Second
	// DefaultConnections is what one instance needs for some thousands of
	// callbacks a second; ten instances stay within Postgres's usual 100
	// connections together with their jobs only if it is set lower.
	DefaultConnections = 16
	// jobPoolSize is for the job library's own statements: one connection
	// listens for ever, one elects the leader, the others fetch and write back.
	jobPoolSize = 4
	// jobStatementTimeout lets the library's cleaning up take longer than a
	// callback may.
	jobStatementTimeout = 30 * time.Second
)

// Config says where the database is and what it needs from outside. A zero
// field means its default.
type Config struct {
	// URL is as libpq reads it: postgres://user:password@host:port/name?…
	URL string
	// StatementTimeout ends one statement; 2 s.
	StatementTimeout time.Duration
	// LockTimeout ends a wait for another transaction, such as a twin's; 1.5 s.
	LockTimeout time.Duration
	// Connections is how many this instance opens for callbacks; 16. Work
	// opens 4 more.
	Connections int
	// Jobs are the rules of background work.
	Jobs store.JobRules
	// Logger takes what the job and migration libraries say. None: nothing is
	// logged.
	Logger *slog.Logger
	// Now is the clock of "created at"; none: time.Now.
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

// Open connects and brings the schema to this program's version. Instances
// that start together do so one after the other. An error wraps
// store.ErrSchema if the database holds another schema.
func Open(ctx context.Context, config Config) (*Store, error) {
	config = config.withDefaults()
	pool, err := connect(ctx, config, config.Connections, limits{
		name: "paytrace", statement: config.StatementTimeout, lock: config.LockTimeout, idle: idleTimeout,
	})
	if err != nil {
		return nil, fmt.Errorf("open Postgres: %w", err)
	}
	if !current(ctx, config, pool) {
		if err := migrate(ctx, config, refuseOld); err != nil {
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
	s.Fundings = rows.Fundings{Read: s.conn, Write: s.conn, Within: s.Within}
	return s, nil
}

// limits are what the server holds a connection to, by the name it shows in
// pg_stat_activity. Zero is no limit.
type limits struct {
	name                  string
	statement, lock, idle time.Duration
}

// connect opens a pool and makes sure that the database answers.
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
