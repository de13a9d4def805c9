package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/internal/rows"
)

// eraseTries is how often the WAL is emptied while others read from it. Each try
// waits for them as long as busyTimeout.
const eraseTries = 5

// Forget removes what is stored under a number, and leaves no trace of it in the
// file. It does the latter also if there was nothing to remove, so that a call that
// failed can be repeated.
func (s *Store) Forget(ctx context.Context, phone, actor string, at time.Time, dry bool) (store.Forgotten, error) {
	f, err := s.DB.Forget(ctx, phone, actor, at, dry)
	if err != nil || dry || s.path == "" {
		return f, err
	}
	if err := s.erase(ctx); err != nil {
		return f, fmt.Errorf("forget: the rows are removed, but the files may still hold the number; run it again: %w", err)
	}
	return f, nil
}

// erase rewrites the file without its free pages and empties the WAL, which holds
// older versions of pages. secure_delete overwrites rows when they are removed, but
// not those that an earlier version of the program removed. The file isn't searched
// first: closing it would end the locks that SQLite has on it in this process.
func (s *Store) erase(ctx context.Context) error {
	if err := rows.Outside(ctx, s); err != nil {
		return err
	}
	if _, err := s.writer.ExecContext(ctx, `VACUUM`); err != nil {
		return fmt.Errorf("rewrite the file: %w", err)
	}
	return s.emptyWAL(ctx)
}

func (s *Store) emptyWAL(ctx context.Context) error {
	for range eraseTries {
		var busy, pages, moved int
		if err := s.writer.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &pages, &moved); err != nil {
			return fmt.Errorf("empty the WAL: %w", err)
		}
		if busy == 0 {
			return nil
		}
	}
	return errors.New("empty the WAL: another program keeps reading from it")
}
