package postgres_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/postgres"
)

// Of two transactions in a deadlock, Postgres ends one, and Within runs it again.
func TestDeadlockIsRunAgain(t *testing.T) {
	t.Parallel()
	// Postgres checks for a deadlock once, a second after a wait began. On a busy
	// machine the other transaction may begin to wait later than that.
	s := openAt(t, postgres.Config{URL: migrated(t), StatementTimeout: time.Minute, LockTimeout: time.Minute})
	now := time.Unix(1_700_000_000, 0)
	var both sync.WaitGroup
	both.Add(2)
	var all sync.WaitGroup
	for _, order := range [][2]string{{"a", "b"}, {"b", "a"}} {
		all.Go(func() {
			var met sync.Once
			err := s.Within(t.Context(), func(ctx context.Context, tx store.Tx) error {
				if _, err := tx.Count(ctx, "x", order[0], time.Hour, now); err != nil {
					return err
				}
				met.Do(func() { both.Done(); both.Wait() })
				_, err := tx.Count(ctx, "x", order[1], time.Hour, now)
				return err
			})
			if err != nil {
				t.Errorf("%v: %v", order, err)
			}
		})
	}
	all.Wait()
	for _, subject := range []string{"a", "b"} {
		err := s.Within(t.Context(), func(ctx context.Context, tx store.Tx) error {
			n, err := tx.Count(ctx, "x", subject, time.Hour, now)
			if n != 3 {
				t.Errorf("%s counts %d, want 3: each transaction once, and this one", subject, n)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// A duplicate waits for one that hangs no longer than the lock time-out.
func TestDuplicateThatHangs(t *testing.T) {
	t.Parallel()
	s := openAt(t, postgres.Config{URL: migrated(t), LockTimeout: 50 * time.Millisecond})
	begin := func(ctx context.Context, tx store.Tx) error {
		_, _, err := tx.Begin(ctx, "hangs", []byte("f"))
		return err
	}
	err := s.Within(t.Context(), func(ctx context.Context, tx store.Tx) error {
		if err := begin(ctx, tx); err != nil {
			return err
		}
		err := s.Within(t.Context(), begin)
		var fault *pgconn.PgError
		if !errors.As(err, &fault) || fault.Code != "55P03" || errors.Is(err, store.ErrUnknown) {
			t.Errorf("the duplicate ended with %v, want lock_not_available and a certain rollback", err)
		}
		return tx.Finish(ctx, "hangs", nil)
	})
	if err != nil {
		t.Error(err)
	}
}

// The server ends a statement that runs too long.
func TestStatementTimeout(t *testing.T) {
	t.Parallel()
	url := migrated(t)
	s := openAt(t, postgres.Config{URL: url, StatementTimeout: 50 * time.Millisecond, LockTimeout: time.Minute})
	other := openAt(t, postgres.Config{URL: url})
	err := other.Within(t.Context(), func(ctx context.Context, tx store.Tx) error {
		if _, _, err := tx.Begin(ctx, "slow", []byte("f")); err != nil {
			return err
		}
		_, err := once(s, "slow")
		var fault *pgconn.PgError
		if !errors.As(err, &fault) || fault.Code != "57014" {
			t.Errorf("the statement ended with %v, want query_canceled", err)
		}
		return tx.Finish(ctx, "slow", nil)
	})
	if err != nil {
		t.Error(err)
	}
}
