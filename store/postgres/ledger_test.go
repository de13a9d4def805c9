package postgres_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/postgres"
	"github.com/paytrace/paytrace/store/storetest"
)

// TestLedgerLoad also proves that accounts are locked in one order: under the load the
// server had to end no transaction for a deadlock.
func TestLedgerLoad(t *testing.T) {
	var url string
	storetest.LedgerLoad(t, func(t *testing.T, rules store.JobRules) store.Store {
		url = migrated(t)
		return openAt(t, postgres.Config{URL: url, Connections: 16, Jobs: rules})
	})
	admin, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = admin.Close(context.Background()) }()
	var deadlocks int
	if err := admin.QueryRow(t.Context(), `SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`).Scan(&deadlocks); err != nil || deadlocks > 0 {
		t.Errorf("%d deadlocks (%v), want 0", deadlocks, err)
	}
}

// A lost answer to COMMIT is unknown, and the same transfer again tells.
func TestLostCommitOfATransfer(t *testing.T) {
	t.Parallel()
	for fault, happened := range map[int32]bool{loseReply: true, loseAsked: false} {
		server := migrated(t)
		l := newLink(t, server)
		direct, over := openAt(t, postgres.Config{URL: server}), openAt(t, postgres.Config{URL: l.url})
		move := func() error {
			return over.Within(t.Context(), func(ctx context.Context, tx store.Tx) error {
				return tx.Move(ctx, storetest.Deposit("d1", 1, 500))
			})
		}
		l.fault.Store(fault)
		if err := move(); !errors.Is(err, store.ErrUnknown) {
			t.Errorf("error is %v, want %v", err, store.ErrUnknown)
		}
		l.fault.Store(deliver)
		if _, err := direct.LedgerTransfer(t.Context(), "d1"); (err == nil) != happened {
			t.Errorf("the transfer: %v, want that it happened: %v", err, happened)
		}
		for range 2 {
			if err := move(); err != nil {
				t.Errorf("again: %v", err)
			}
		}
		if s, err := direct.AuditLedger(t.Context()); err != nil || s.Transfers != 1 || s.Balances["caller"] != 500 {
			t.Errorf("the ledger has %+v (%v), want one transfer", s, err)
		}
	}
}
