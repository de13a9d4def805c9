package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/internal/rows"
)

// runner has the methods that a pool and a transaction have in common.
type runner interface {
	Exec(ctx context.Context, statement string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, statement string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, statement string, args ...any) pgx.Row
	SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults
}

// conn implements rows.Conn over a pool or a transaction.
type conn struct{ runner runner }

// Exec runs a statement and counts the affected rows.
func (c conn) Exec(ctx context.Context, statement string, args ...any) (int64, error) {
	done, err := c.runner.Exec(ctx, statement, args...)
	return done.RowsAffected(), err
}

// QueryRow reads one row.
func (c conn) QueryRow(ctx context.Context, statement string, args ...any) rows.Row {
	return row{c.runner.QueryRow(ctx, statement, args...)}
}

// lockKey takes an advisory lock, which the end of the transaction releases. A lock on
// a key needs no row, so waiting for a new call needs no row to be written and removed.
// Keys with one hash, and other programs' advisory locks of that number, only wait for
// each other.
const lockKey = `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`

// QueryRowLocked locks a key and reads one row, in one round trip. These are two
// statements, since a statement does not see what was committed while it waited.
func (c conn) QueryRowLocked(ctx context.Context, key, statement string, args ...any) rows.Row {
	var batch pgx.Batch
	batch.Queue(lockKey, key)
	batch.Queue(statement, args...)
	return lockedRow{c.runner.SendBatch(ctx, &batch)}
}

// lockedRow implements rows.Row over the answers to lockKey and a query.
type lockedRow struct{ answers pgx.BatchResults }

// Scan waits for the lock and reads the row: store.ErrNotFound if there is none.
func (r lockedRow) Scan(into ...any) error {
	_, err := r.answers.Exec()
	if err == nil {
		err = row{r.answers.QueryRow()}.Scan(into...)
	}
	if closed := r.answers.Close(); err == nil {
		err = closed
	}
	return err
}

// Query calls each for every row.
func (c conn) Query(ctx context.Context, each func(rows.Row) error, statement string, args ...any) error {
	found, err := c.runner.Query(ctx, statement, args...)
	if err != nil {
		return err
	}
	defer found.Close()
	for found.Next() {
		if err := each(found); err != nil {
			return err
		}
	}
	return found.Err()
}

// LegacyNumbers is true: the legacy service may have run on this database.
func (conn) LegacyNumbers() bool { return true }

// row implements rows.Row.
type row struct{ row pgx.Row }

// Scan reads the row: store.ErrNotFound if there is none.
func (r row) Scan(into ...any) error {
	err := r.row.Scan(into...)
	if errors.Is(err, pgx.ErrNoRows) {
		return store.ErrNotFound
	}
	return err
}

// refused implements rows.Conn by returning one error from every call.
type refused struct{ err error }

// Exec returns the error.
func (r refused) Exec(context.Context, string, ...any) (int64, error) { return 0, r.err }

// QueryRow returns a row whose Scan returns the error.
func (r refused) QueryRow(context.Context, string, ...any) rows.Row { return r }

// QueryRowLocked returns a row whose Scan returns the error.
func (r refused) QueryRowLocked(context.Context, string, string, ...any) rows.Row { return r }

// Query returns the error.
func (r refused) Query(context.Context, func(rows.Row) error, string, ...any) error { return r.err }

// LegacyNumbers is false: there is nothing to find.
func (refused) LegacyNumbers() bool { return false }

// Scan returns the error.
func (r refused) Scan(...any) error { return r.err }
