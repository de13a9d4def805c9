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
	// tries bounds how often a transaction is run anew that Postgres gave up
	// for the sake of others. Two that want each other's rows are through with
	// the second try.
	tries = 4
	// rollbackTime is for telling the server that a transaction is over when
	// the caller's own time already is.
	rollbackTime = time.Second
)

// SQLSTATE codes, from the table in the Postgres manual's appendix A.
const (
	codeSerialization = "40001"
	codeDeadlock      = "40P01"
	// codeCompletionUnknown is the server's own word for a lost outcome.
	codeCompletionUnknown = "40003"
	// classConnection holds what goes wrong with a connection, in a proxy too.
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
		if held(err) {
			err = fmt.Errorf("%w: %w", store.ErrBusy, err)
		}
		return err
	}
	if err := work.Complete(); err != nil {
		return err
	}
	return commit(ctx, tx)
}

// rollback ends a transaction that was not committed. If the server can't be
// told, it sees the connection end.
func rollback(ctx context.Context, tx pgx.Tx) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTime)
	defer cancel()
	_ = tx.Rollback(ctx)
}

// commit ends the transaction, and says where nobody knows how.
func commit(ctx context.Context, tx pgx.Tx) error {
	// Here COMMIT is not sent, and an open transaction ends with its
	// connection: certain. From the next statement on it is not.
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

// rolledBack says whether an error of COMMIT proves that nothing happened: the
// server itself refused it. A server that ends the connection (FATAL) may have
// committed before, and so may one that is not heard of again.
//
// pgconn.SafeToRetry is no proof: pgx 5.12.0 loses the network's error after
// COMMIT and reports "conn closed", which it holds to be safe (TestLostCommit).
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

// severity is the server's word: ERROR for a statement, more for the connection.
func severity(fault *pgconn.PgError) string {
	return cmp.Or(fault.SeverityUnlocalized, fault.Severity) // the first since Postgres 9.6
}

// held says whether another transaction kept this one waiting too long.
func held(err error) bool {
	var fault *pgconn.PgError
	return errors.As(err, &fault) && fault.Code == codeLockTimeout
}

// again says whether the database asks for the transaction to be run anew.
func again(err error) bool {
	var fault *pgconn.PgError
	return errors.As(err, &fault) && (fault.Code == codeSerialization || fault.Code == codeDeadlock) &&
		!errors.Is(err, store.ErrUnknown)
}
