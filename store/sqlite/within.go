package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	sqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/internal/rows"
)

// tries bounds how often a transaction is tried when another process has locked the
// file. Each try waits for busyTimeout, so a callback's own time nearly always ends
// first.
const tries = 3

// Within runs fn in one transaction.
func (s *Store) Within(ctx context.Context, fn func(ctx context.Context, tx store.Tx) error) error {
	if err := rows.Outside(ctx, s); err != nil {
		return err
	}
	var err error
	for range tries {
		err = s.once(ctx, fn)
		if diskFault(err) {
			s.unwritable.Store(true)
		}
		if !busy(err) || ctx.Err() != nil {
			return err
		}
	}
	return err
}

func (s *Store) once(ctx context.Context, fn func(ctx context.Context, tx store.Tx) error) error {
	if err := s.writing.compileWanted(ctx); err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // nothing to undo after a commit
	enqueue := func(ctx context.Context, j store.Job) error { return s.queue.Enqueue(ctx, tx, j) }
	work := rows.NewTx(conn{store: s, prepared: s.writing, tx: tx}, enqueue, s.now)
	err = fn(rows.Enter(ctx, s), work)
	if err == nil {
		err = work.Complete()
	}
	if err == nil {
		err = commit(tx)
	}
	if errors.Is(err, sql.ErrTxDone) && ctx.Err() != nil {
		// database/sql rolled the transaction back when its context ended, and has
		// forgotten why.
		err = fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	return err
}

// snapshot runs fn in a transaction that reads the database as of one moment.
func (s *Store) snapshot(ctx context.Context, fn func(ctx context.Context, conn rows.Conn) error) error {
	if err := rows.Outside(ctx, s); err != nil {
		return err
	}
	if err := s.reading.compileWanted(ctx); err != nil {
		return fmt.Errorf("begin to read: %w", err)
	}
	tx, err := s.reader.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin to read: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // it has written nothing
	return fn(rows.Enter(ctx, s), conn{store: s, prepared: s.reading, tx: tx})
}

// commit commits tx. After a failure of the disk it returns ErrUnknown, since the
// record of the commit may have reached the disk.
func commit(tx *sql.Tx) error {
	err := tx.Commit()
	var fault *sqlite.Error
	if errors.As(err, &fault) && fault.Code()&primaryCode == sqlite3.SQLITE_IOERR {
		return fmt.Errorf("commit: %w: %w", store.ErrUnknown, err)
	}
	if err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}
