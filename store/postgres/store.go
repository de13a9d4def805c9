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

// Store is store.Store in Postgres.
type Store struct {
	config Config
	pool   *pgxpool.Pool
	queue  *jobs.Queue[pgx.Tx]
	rows.Fundings
}

var _ store.Store = (*Store)(nil)

// conn runs single statements on the pool.
func (s *Store) conn(ctx context.Context) rows.Conn {
	if err := rows.Outside(ctx, s); err != nil {
		return refused{err}
	}
	return conn{s.pool}
}

// Worker reads one account by phone number.
func (s *Store) Worker(ctx context.Context, phone string) (store.Worker, error) {
	return onLive(ctx, s, func() (store.Worker, error) { return rows.Worker(ctx, s.conn(ctx), phone) })
}

// Result is the stored result of an action, nil if it has none.
func (s *Store) Result(ctx context.Context, id string) ([]byte, error) {
	return onLive(ctx, s, func() ([]byte, error) { return rows.Result(ctx, s.conn(ctx), id) })
}

// Remembered are the values kept for a phone number under a service.
func (s *Store) Remembered(ctx context.Context, service, phone string) (map[string]json.RawMessage, error) {
	return onLive(ctx, s, func() (map[string]json.RawMessage, error) {
		return rows.Remembered(ctx, s.conn(ctx), service, phone)
	})
}

// Messages lists the newest first.
func (s *Store) Messages(ctx context.Context, limit int) ([]store.Message, error) {
	return rows.Messages(ctx, s.conn(ctx), limit)
}

// Message reads one.
func (s *Store) Message(ctx context.Context, id string) (store.Message, error) {
	return rows.Message(ctx, s.conn(ctx), id)
}

// SetMessage stores what became of a message.
func (s *Store) SetMessage(ctx context.Context, m store.Message) error {
	return rows.SetMessage(ctx, s.conn(ctx), m)
}

// ClaimMessage makes a queued message an unknown one.
func (s *Store) ClaimMessage(ctx context.Context, id string) (bool, error) {
	return rows.ClaimMessage(ctx, s.conn(ctx), id)
}

// Delivered keeps a delivery report.
func (s *Store) Delivered(ctx context.Context, d store.Delivery) error {
	return rows.Delivered(ctx, s.conn(ctx), d)
}

// AddAPIKey stores a new key.
func (s *Store) AddAPIKey(ctx context.Context, k store.APIKey) error {
	return rows.AddAPIKey(ctx, s.conn(ctx), k)
}

// APIKey reads one.
func (s *Store) APIKey(ctx context.Context, id string) (store.APIKey, error) {
	return rows.APIKey(ctx, s.conn(ctx), id)
}

// ListAPIKeys lists all, the newest first.
func (s *Store) ListAPIKeys(ctx context.Context) ([]store.APIKey, error) {
	return rows.ListAPIKeys(ctx, s.conn(ctx))
}

// RevokeAPIKey ends a key.
func (s *Store) RevokeAPIKey(ctx context.Context, id string, at time.Time) error {
	return rows.RevokeAPIKey(ctx, s.conn(ctx), id, at)
}

// UseAPIKey notes that a key was used.
func (s *Store) UseAPIKey(ctx context.Context, id string, at time.Time) error {
	return rows.UseAPIKey(ctx, s.conn(ctx), id, at)
}

// Purge removes what is over.
func (s *Store) Purge(ctx context.Context, now time.Time) (store.Purged, error) {
	return rows.Purge(ctx, s.conn(ctx), now)
}

// Setting reads a value that belongs to this database.
func (s *Store) Setting(ctx context.Context, key string) (string, error) {
	return rows.Setting(ctx, s.conn(ctx), key)
}

// SetSettingOnce keeps the first value of a key and returns it.
func (s *Store) SetSettingOnce(ctx context.Context, key, value string) (string, error) {
	return rows.SetSettingOnce(ctx, s.conn(ctx), key, value)
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

// Ping says whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := rows.Outside(ctx, s); err != nil {
		return err
	}
	return s.pool.Ping(ctx)
}

// Close waits for what is running and ends the connections.
func (s *Store) Close() error {
	s.pool.Close()
	return nil
}
