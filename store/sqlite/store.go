package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river/riverdriver/riversqlite"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/internal/jobs"
	"github.com/paytrace/paytrace/store/internal/rows"
)

// Store is store.Store in one SQLite file, or in memory, where reader and
// writer are the same single connection.
type Store struct {
	writer, reader   *sql.DB
	writing, reading *prepared
	queue            *jobs.Queue[*sql.Tx]
	now              func() time.Time
	rows.Fundings
}

var _ store.Store = (*Store)(nil)

func (s *Store) write() conn { return conn{store: s, prepared: s.writing} }
func (s *Store) read() conn  { return conn{store: s, prepared: s.reading} }

// Worker reads one account by phone number.
func (s *Store) Worker(ctx context.Context, phone string) (store.Worker, error) {
	return rows.Worker(ctx, s.read(), phone)
}

// Result is the stored result of an action, nil if it has none.
func (s *Store) Result(ctx context.Context, id string) ([]byte, error) {
	return rows.Result(ctx, s.read(), id)
}

// Remembered are the values kept for a phone number under a service.
func (s *Store) Remembered(ctx context.Context, service, phone string) (map[string]json.RawMessage, error) {
	return rows.Remembered(ctx, s.read(), service, phone)
}

// Messages lists the newest first.
func (s *Store) Messages(ctx context.Context, limit int) ([]store.Message, error) {
	return rows.Messages(ctx, s.read(), limit)
}

// Message reads one.
func (s *Store) Message(ctx context.Context, id string) (store.Message, error) {
	return rows.Message(ctx, s.read(), id)
}

// SetMessage stores what became of a message.
func (s *Store) SetMessage(ctx context.Context, m store.Message) error {
	return rows.SetMessage(ctx, s.write(), m)
}

// ClaimMessage makes a queued message an unknown one.
func (s *Store) ClaimMessage(ctx context.Context, id string) (bool, error) {
	return rows.ClaimMessage(ctx, s.write(), id)
}

// Delivered keeps a delivery report.
func (s *Store) Delivered(ctx context.Context, d store.Delivery) error {
	return rows.Delivered(ctx, s.write(), d)
}

// AddAPIKey stores a new key.
func (s *Store) AddAPIKey(ctx context.Context, k store.APIKey) error {
	return rows.AddAPIKey(ctx, s.write(), k)
}

// APIKey reads one.
func (s *Store) APIKey(ctx context.Context, id string) (store.APIKey, error) {
	return rows.APIKey(ctx, s.read(), id)
}

// ListAPIKeys lists all, the newest first.
func (s *Store) ListAPIKeys(ctx context.Context) ([]store.APIKey, error) {
	return rows.ListAPIKeys(ctx, s.read())
}

// RevokeAPIKey ends a key.
func (s *Store) RevokeAPIKey(ctx context.Context, id string, at time.Time) error {
	return rows.RevokeAPIKey(ctx, s.write(), id, at)
}

// UseAPIKey notes that a key was used.
func (s *Store) UseAPIKey(ctx context.Context, id string, at time.Time) error {
	return rows.UseAPIKey(ctx, s.write(), id, at)
}

// Purge removes what is over.
func (s *Store) Purge(ctx context.Context, now time.Time) (store.Purged, error) {
	return rows.Purge(ctx, s.write(), now)
}

// Setting reads a value that belongs to this database.
func (s *Store) Setting(ctx context.Context, key string) (string, error) {
	return rows.Setting(ctx, s.read(), key)
}

// SetSettingOnce keeps the first value of a key and returns it.
func (s *Store) SetSettingOnce(ctx context.Context, key, value string) (string, error) {
	return rows.SetSettingOnce(ctx, s.write(), key, value)
}

// Work runs jobs until ctx ends.
func (s *Store) Work(ctx context.Context, handlers map[string]store.JobHandler, grace time.Duration) error {
	if err := rows.Outside(ctx, s); err != nil {
		return err
	}
	return s.queue.Work(ctx, riversqlite.New(s.writer), handlers, grace)
}

// ListJobs lists waiting, running and failed jobs.
func (s *Store) ListJobs(ctx context.Context, limit int) ([]store.JobInfo, error) {
	if err := rows.Outside(ctx, s); err != nil {
		return nil, err
	}
	return s.queue.List(ctx, limit)
}

// RetryJob runs a waiting or failed job now. The transaction is the only
// writer, so nothing moves the job meanwhile.
func (s *Store) RetryJob(ctx context.Context, id int64) error {
	if err := rows.Outside(ctx, s); err != nil {
		return err
	}
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("retry job %d: %w", id, err)
	}
	defer func() { _ = tx.Rollback() }() // nothing to undo after a commit
	if err := s.queue.Retry(ctx, tx, id); err != nil {
		return err
	}
	return tx.Commit()
}

// Ping says whether both pools answer.
func (s *Store) Ping(ctx context.Context) error {
	if err := rows.Outside(ctx, s); err != nil {
		return err
	}
	return errors.Join(s.writer.PingContext(ctx), s.reader.PingContext(ctx))
}

// Close waits for what is running and closes the file.
func (s *Store) Close() error {
	if s.reader == s.writer {
		return s.writer.Close()
	}
	return errors.Join(s.reader.Close(), s.writer.Close())
}
