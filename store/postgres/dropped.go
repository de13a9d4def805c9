package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/paytrace/paytrace/store"
)

// onLive does what may be done again, as a BEGIN or a reading, until it meets a
// connection that is alive. After a restart of the server every connection of the
// pool is dead, and the pool notices only of those that were idle for a second.
func onLive[T any](ctx context.Context, s *Store, do func() (T, error)) (T, error) {
	for range s.config.Connections {
		if x, err := do(); !dropped(err) || ctx.Err() != nil {
			return x, err
		}
	}
	return do()
}

// dropped says whether an error may be the end of a connection that was open: it
// is none of the server's about a statement, and no answer. A server that can't be
// reached is another thing: no other connection would reach it.
func dropped(err error) bool {
	var refused *pgconn.ConnectError
	if err == nil || errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrAmbiguous) || errors.Is(err, pgx.ErrNoRows) ||
		errors.As(err, &refused) {
		return false
	}
	var fault *pgconn.PgError
	return !errors.As(err, &fault) || severity(fault) != "ERROR"
}
