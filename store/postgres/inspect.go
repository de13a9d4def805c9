package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/store/postgres/legacy"
)

// Report says what a database holds and which version its schema has.
type Report struct {
	// Legacy says that the legacy service left the database as it is.
	Legacy bool
	// Version is the last applied migration, Known the last that this program has.
	// Queue says that the job library's own tables are up to date.
	Version, Known int64
	Queue          bool
	// Clock is the server's time when it answered.
	Clock time.Time
	legacy.Numbers
}

// UpToDate reports whether Migrate has nothing to do.
func (r Report) UpToDate() bool { return r.Version == r.Known && r.Queue }

// Inspect reports on a database and changes nothing. An error wraps store.ErrSchema
// if the schema is neither this program's nor the legacy service's.
func Inspect(ctx context.Context, config Config) (report Report, err error) {
	config = config.withDefaults()
	pool, err := connect(ctx, config, migrationConnections, limits{name: "paytrace-look"})
	if err != nil {
		return Report{}, fmt.Errorf("inspect Postgres: %w", err)
	}
	defer pool.Close()
	m, err := newMigration(pool, config, acceptLegacy)
	if err != nil {
		return Report{}, fmt.Errorf("inspect Postgres: %w", err)
	}
	defer m.close()
	report, err = m.inspect(ctx)
	if err != nil {
		return Report{}, fmt.Errorf("inspect Postgres: %w", err)
	}
	return report, nil
}

func (m *migration) inspect(ctx context.Context) (Report, error) {
	state, err := m.ours.State(ctx)
	if err != nil {
		return Report{}, err
	}
	if err := m.judge(ctx, m.pool, state); err != nil {
		return Report{}, err
	}
	report := Report{Legacy: state.Legacy(), Version: state.Version, Known: state.Known}
	if err := m.pool.QueryRow(ctx, `SELECT clock_timestamp()`).Scan(&report.Clock); err != nil {
		return report, err
	}
	if report.Queue, err = m.queueUpToDate(ctx); err != nil || state.Empty() {
		return report, err
	}
	report.Numbers, err = legacy.ReadNumbers(ctx, m.pool)
	return report, err
}

// Keep decides that an account answers for its number, as legacy.Keep does.
func Keep(ctx context.Context, config Config, workerID, actor string) (aside int, err error) {
	config = config.withDefaults()
	pool, err := connect(ctx, config, 1, limits{name: "paytrace-migrate", statement: jobStatementTimeout, lock: DefaultLockTimeout})
	if err != nil {
		return 0, fmt.Errorf("keep %s: %w", workerID, err)
	}
	defer pool.Close()
	return legacy.Keep(ctx, pool, workerID, actor, config.Now())
}
