package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/paytrace/paytrace/store"
)

// onLive repeats do, which must be repeatable (a BEGIN or a read), until it meets a
// live connection. After a restart of the server every connection of the pool is
// dead, and the pool checks only those that were idle for a second.
func onLive[T any](ctx context.Context, s *Store, do func() (T, error)) (T, error) {
	for range s.config.Connections {
		if x, err := do(); !dropped(err) || ctx.Err() != nil {
			return x, err
		}
	}
	return do()
}

// dropped reports whether err may mean that an open connection has ended: it is
// neither an answer nor the server's error about a statement. A server that can't
// be reached is different: no other connection would reach it.
func dropped(err error) bool {
	var refused *pgconn.ConnectError
	if err == nil || errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrAmbiguous) || errors.Is(err, pgx.ErrNoRows) ||
		errors.As(err, &refused) {
		return false
	}
	var fault *pgconn.PgError
	return !errors.As(err, &fault) || severity(fault) != "ERROR"
}
