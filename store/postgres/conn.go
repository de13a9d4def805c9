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

// Query returns the error.
func (r refused) Query(context.Context, func(rows.Row) error, string, ...any) error { return r.err }

// LegacyNumbers is false: there is nothing to find.
func (refused) LegacyNumbers() bool { return false }

// Scan returns the error.
func (r refused) Scan(...any) error { return r.err }
