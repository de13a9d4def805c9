package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/internal/jobs"
	"github.com/paytrace/paytrace/store/internal/rows"
)

// Store implements store.Store in Postgres.
type Store struct {
	rows.DB
	config Config
	pool   *pgxpool.Pool
	queue  *jobs.Queue[pgx.Tx]
}

var _ store.Store = (*Store)(nil)

// conn runs single statements on the pool.
func (s *Store) conn(ctx context.Context) rows.Conn {
	if err := rows.Outside(ctx, s); err != nil {
		return refused{err}
	}
	return conn{s.pool}
}

// Worker reads the account that answers for a phone number.
func (s *Store) Worker(ctx context.Context, phone string) (store.Worker, error) {
	return onLive(ctx, s, func() (store.Worker, error) { return s.DB.Worker(ctx, phone) })
}

// Result reads the stored result of an action, nil if it has none.
func (s *Store) Result(ctx context.Context, id string) ([]byte, error) {
	return onLive(ctx, s, func() ([]byte, error) { return s.DB.Result(ctx, id) })
}

// Remembered reads the values stored for a phone number under a service.
func (s *Store) Remembered(ctx context.Context, service, phone string) (map[string]json.RawMessage, error) {
	return onLive(ctx, s, func() (map[string]json.RawMessage, error) { return s.DB.Remembered(ctx, service, phone) })
}

// Work runs jobs until ctx ends, on connections of its own.
func (s *Store) Work(ctx context.Context, handlers map[string]store.JobHandler, grace time.Duration) error {
	if err := rows.Outside(ctx, s); err != nil {
		return err
	}
	pool, err := connect(ctx, s.config, jobPoolSize, limits{name: "paytrace-jobs", statement: jobStatementTimeout})
	if err != nil && ctx.Err() != nil {
		return nil // the stop came before the start: nothing has run
	}
	if err != nil {
		return fmt.Errorf("work: %w", err)
	}
	defer pool.Close()
	return s.queue.Work(ctx, riverpgxv5.New(pool), handlers, grace)
}

// ListJobs lists waiting, running and failed jobs.
func (s *Store) ListJobs(ctx context.Context, limit int) ([]store.JobInfo, error) {
	if err := rows.Outside(ctx, s); err != nil {
		return nil, err
	}
	return s.queue.List(ctx, limit)
}

// RetryJob runs a waiting or failed job now.
func (s *Store) RetryJob(ctx context.Context, id int64) error {
	if err := rows.Outside(ctx, s); err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT id FROM river_job WHERE id = $1 FOR UPDATE`, id); err != nil {
			return fmt.Errorf("retry job %d: %w", id, err)
		}
		return s.queue.Retry(ctx, tx, id)
	})
}

// Ping returns nil if the database answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := rows.Outside(ctx, s); err != nil {
		return err
	}
	return s.pool.Ping(ctx)
}

// Close waits for running calls and closes the connections.
func (s *Store) Close() error {
	s.pool.Close()
	return nil
}
