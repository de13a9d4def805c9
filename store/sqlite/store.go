package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river/riverdriver/riversqlite"
	sqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/internal/jobs"
	"github.com/paytrace/paytrace/store/internal/rows"
)

// Store implements store.Store in one SQLite file, or in memory. In memory, reader
// and writer are the same single connection.
type Store struct {
	rows.DB
	writer, reader   *sql.DB
	writing, reading *prepared
	queue            *jobs.Queue[*sql.Tx]
	now              func() time.Time
	path             string // "" in memory
	// unwritable says that a transaction failed because of the disk, and that none was
	// tried since.
	unwritable atomic.Bool
}

var _ store.Store = (*Store)(nil)

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

// RetryJob runs a waiting or failed job now. Its transaction is the only writer, so
// nothing else changes the job meanwhile.
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

// Ping returns nil if both pools answer. If a transaction has failed because of the disk,
// Ping writes a row: a full disk still answers whoever only reads.
func (s *Store) Ping(ctx context.Context) error {
	if err := rows.Outside(ctx, s); err != nil {
		return err
	}
	if err := errors.Join(s.writer.PingContext(ctx), s.reader.PingContext(ctx)); err != nil || !s.unwritable.Load() {
		return err
	}
	if err := s.SetSetting(ctx, diskTried, s.now().UTC().Format(time.RFC3339)); err != nil {
		return fmt.Errorf("the database can be read, and not written: %w", err)
	}
	s.unwritable.Store(false)
	return nil
}

// diskTried is the setting that Ping writes: when it found that the disk can be written
// again.
const diskTried = "disk_tried"

// diskFault reports whether an error comes from the disk: it is full, does not work, or
// may not be written.
func diskFault(err error) bool {
	var fault *sqlite.Error
	if !errors.As(err, &fault) {
		return false
	}
	switch fault.Code() & primaryCode {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY:
		return true
	}
	return false
}

// primaryCode has the bits of a SQLite error's kind; the others say more about it.
const primaryCode = 0xff

// Close waits for running calls and closes the file.
func (s *Store) Close() error {
	if s.reader == s.writer {
		return s.writer.Close()
	}
	return errors.Join(s.reader.Close(), s.writer.Close())
}

// Inspect reports whether the file exists and is at this program's version, and
// changes nothing. An error wraps store.ErrSchema if the file has another schema.
func Inspect(ctx context.Context, config Config) (exists, upToDate bool, err error) {
	if _, err := os.Stat(config.Path); errors.Is(err, fs.ErrNotExist) {
		return false, false, nil
	} else if err != nil {
		return false, false, err
	}
	done, err := isUpToDate(ctx, config.withDefaults())
	if err != nil {
		return true, false, fmt.Errorf("inspect SQLite file %s: %w", config.Path, err)
	}
	return true, done, nil
}
