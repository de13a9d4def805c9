package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/internal/rows"
)

const (
	// tries bounds how often a transaction runs that Postgres ended for the sake of
	// others. After a deadlock of two, the second try succeeds.
	tries = 4
	// rollbackTime bounds a ROLLBACK, which is also sent after the caller's time is
	// up.
	rollbackTime = time.Second
)

// SQLSTATE codes, from the table in the Postgres manual's appendix A.
const (
	codeSerialization = "40001"
	codeDeadlock      = "40P01"
	// codeCompletionUnknown says that the server itself does not know the outcome.
	codeCompletionUnknown = "40003"
	// classConnection has the failures of a connection, also those in a proxy.
	classConnection = "08"
)

// Within runs fn in one READ COMMITTED transaction.
func (s *Store) Within(ctx context.Context, fn func(ctx context.Context, tx store.Tx) error) error {
	if err := rows.Outside(ctx, s); err != nil {
		return err
	}
	var err error
	for range tries {
		err = s.once(ctx, fn)
		if !again(err) || ctx.Err() != nil {
			return err
		}
	}
	return err
}

func (s *Store) once(ctx context.Context, fn func(ctx context.Context, tx store.Tx) error) error {
	tx, err := onLive(ctx, s, func() (pgx.Tx, error) {
		return s.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted})
	})
	if err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	defer rollback(ctx, tx)
	enqueue := func(ctx context.Context, j store.Job) error { return s.queue.Enqueue(ctx, tx, j) }
	work := rows.NewTx(conn{tx}, enqueue, s.config.Now)
	if err := fn(rows.Enter(ctx, s), work); err != nil {
		if lockTimedOut(err) {
			err = fmt.Errorf("%w: %w", store.ErrBusy, err)
		}
		return err
	}
	if err := work.Complete(); err != nil {
		return err
	}
	return commit(ctx, tx)
}

// snapshot runs fn in a transaction that reads the database as of one moment.
func (s *Store) snapshot(ctx context.Context, fn func(ctx context.Context, conn rows.Conn) error) error {
	if err := rows.Outside(ctx, s); err != nil {
		return err
	}
	tx, err := onLive(ctx, s, func() (pgx.Tx, error) {
		return s.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	})
	if err != nil {
		return fmt.Errorf("begin to read: %w", err)
	}
	defer rollback(ctx, tx)
	return fn(rows.Enter(ctx, s), conn{tx})
}

// rollback ends a transaction that was not committed. A server that can't be reached
// ends it when it sees the connection end.
func rollback(ctx context.Context, tx pgx.Tx) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTime)
	defer cancel()
	_ = tx.Rollback(ctx)
}

// commit commits tx and returns ErrUnknown when the outcome can't be determined.
func commit(ctx context.Context, tx pgx.Tx) error {
	// Up to here the outcome is certain: COMMIT was not sent, and an open transaction
	// ends with its connection.
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	if tx.Conn().IsClosed() {
		return fmt.Errorf("commit: %w", pgconn.ErrConnClosed)
	}
	err := tx.Commit(ctx)
	if err == nil {
		return nil
	}
	if rolledBack(err) {
		return fmt.Errorf("commit: %w", err)
	}
	return fmt.Errorf("commit: %w: %w", store.ErrUnknown, err)
}

// rolledBack reports whether an error of COMMIT proves that nothing happened: the
// server itself refused it. A server that ends the connection (FATAL), or whose
// answer is lost, may have committed before.
//
// pgconn.SafeToRetry is no proof: pgx 5.12.0 loses the network's error after COMMIT
// and reports "conn closed", which it calls safe (TestLostCommit).
func rolledBack(err error) bool {
	if errors.Is(err, pgx.ErrTxCommitRollback) || errors.Is(err, pgx.ErrTxClosed) {
		return true
	}
	var fault *pgconn.PgError
	if !errors.As(err, &fault) {
		return false
	}
	return severity(fault) == "ERROR" && fault.Code != codeCompletionUnknown && !strings.HasPrefix(fault.Code, classConnection)
}

// severity returns the server's severity: ERROR concerns the statement, anything
// higher the connection.
func severity(fault *pgconn.PgError) string {
	return cmp.Or(fault.SeverityUnlocalized, fault.Severity) // the first since Postgres 9.6
}

// lockTimedOut reports whether the wait for another transaction's lock took too long.
func lockTimedOut(err error) bool {
	var fault *pgconn.PgError
	return errors.As(err, &fault) && fault.Code == codeLockTimeout
}

// again reports whether the database asks to run the transaction again.
func again(err error) bool {
	var fault *pgconn.PgError
	return errors.As(err, &fault) && (fault.Code == codeSerialization || fault.Code == codeDeadlock) &&
		!errors.Is(err, store.ErrUnknown)
}
