package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/internal/rows"
)

// runner is what a pool and a transaction have in common.
type runner interface {
	Exec(ctx context.Context, statement string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, statement string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, statement string, args ...any) pgx.Row
}

// conn is rows.Conn over a transaction.
type conn struct{ runner runner }

// Exec runs a statement and counts the rows it touched.
func (c conn) Exec(ctx context.Context, statement string, args ...any) (int64, error) {
	done, err := c.runner.Exec(ctx, statement, args...)
	return done.RowsAffected(), err
}

// QueryRow asks for one row.
func (c conn) QueryRow(ctx context.Context, statement string, args ...any) rows.Row {
	return row{c.runner.QueryRow(ctx, statement, args...)}
}

// Query asks for many.
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

// OtherForms says that the service before this one may have run here.
func (conn) OtherForms() bool { return true }

// row is one row of an answer.
type row struct{ row pgx.Row }

// Scan reads it: store.ErrNotFound where there is none.
func (r row) Scan(into ...any) error {
	err := r.row.Scan(into...)
	if errors.Is(err, pgx.ErrNoRows) {
		return store.ErrNotFound
	}
	return err
}

// refused is rows.Conn that answers everything with one error.
type refused struct{ err error }

// Exec refuses.
func (r refused) Exec(context.Context, string, ...any) (int64, error) { return 0, r.err }

// QueryRow refuses.
func (r refused) QueryRow(context.Context, string, ...any) rows.Row { return r }

// Query refuses.
func (r refused) Query(context.Context, func(rows.Row) error, string, ...any) error { return r.err }

// OtherForms says that there is nothing to find.
func (refused) OtherForms() bool { return false }

// Scan refuses.
func (r refused) Scan(...any) error { return r.err }
