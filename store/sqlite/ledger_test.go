package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/storetest"
	"github.com/paytrace/paytrace/wallet/ledger"
)

func TestLedgerLoad(t *testing.T)    { storetest.LedgerLoad(t, openFile) }
func TestLedgerControl(t *testing.T) { storetest.LedgerControl(t) }

// The constraints refuse what no rule of the program would let through, and an audit
// finds what somebody changed in spite of them.
func TestLedgerFence(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	s := openPath(t, path)
	move := func(list ...ledger.Transfer) {
		t.Helper()
		if err := s.Within(t.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Move(ctx, list...) }); err != nil {
			t.Fatal(err)
		}
	}
	move(storetest.Deposit("d1", 1, 500), storetest.Deposit("d2", 1, 700))
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for statement, want := range map[string]string{
		`UPDATE ledger_transfers SET amount = 1`:                  "only added",
		`DELETE FROM ledger_transfers`:                            "only added",
		`UPDATE ledger_accounts SET posted = -1 WHERE guarded`:    "CHECK",
		`UPDATE ledger_accounts SET held = 1300 WHERE guarded`:    "CHECK",
		`UPDATE ledger_accounts SET posted = 1 WHERE NOT guarded`: "CHECK",
		`UPDATE ledger_accounts SET guarded = 0 WHERE guarded`:    "CHECK",
		`INSERT INTO ledger_transfers SELECT 9, 'x', fingerprint, phase, debit, credit, amount, pending_id, reverses, what, intent, provider, receipt, effective_at, recorded_at, actor FROM ledger_transfers WHERE id = 'd1'`: "UNIQUE",
		`INSERT INTO ledger_transfers SELECT 9, 'x', fingerprint, phase, debit, debit, amount, pending_id, reverses, what, intent, NULL, NULL, effective_at, recorded_at, actor FROM ledger_transfers WHERE id = 'd1'`:         "CHECK",
		`INSERT INTO ledger_transfers SELECT 9, 'x', fingerprint, 'post', debit, credit, amount, pending_id, reverses, what, intent, NULL, NULL, effective_at, recorded_at, actor FROM ledger_transfers WHERE id = 'd1'`:       "CHECK",
		`INSERT INTO ledger_transfers SELECT 9, 'x', fingerprint, phase, debit, credit, 0, pending_id, reverses, what, intent, NULL, NULL, effective_at, recorded_at, actor FROM ledger_transfers WHERE id = 'd1'`:             "CHECK",
		`INSERT INTO ledger_transfers SELECT 9, 'x', fingerprint, phase, debit, credit, amount, pending_id, reverses, what, intent, NULL, receipt, effective_at, recorded_at, actor FROM ledger_transfers WHERE id = 'd1'`:     "CHECK",
		`INSERT INTO ledger_transfers SELECT 9, 'd2', fingerprint, phase, debit, credit, amount, pending_id, reverses, what, intent, NULL, NULL, effective_at, recorded_at, actor FROM ledger_transfers WHERE id = 'd1'`:       "UNIQUE",
		`INSERT INTO ledger_transfers SELECT 9, 'x', fingerprint, 'void', debit, credit, amount, 'none', reverses, what, intent, NULL, NULL, effective_at, recorded_at, actor FROM ledger_transfers WHERE id = 'd1'`:           "FOREIGN KEY",
	} {
		if _, err := db.ExecContext(t.Context(), `PRAGMA foreign_keys = 1; `+statement); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", statement, err, want)
		}
	}
	for _, c := range []struct{ spoil, mend, want string }{
		{`UPDATE ledger_accounts SET posted = 1300 WHERE guarded`, `UPDATE ledger_accounts SET posted = 1200 WHERE guarded`, "expected 1200 and 0"},
		{`DROP TRIGGER ledger_stays_unchanged; UPDATE ledger_transfers SET amount = 600 WHERE id = 'd1'`, `UPDATE ledger_transfers SET amount = 500 WHERE id = 'd1'`, "changed after it was added"},
		{`UPDATE ledger_transfers SET fingerprint = 'x' WHERE id = 'd2'`, `SELECT 1`, `line 2, transfer "d2"`},
	} {
		for _, statement := range []string{c.spoil} {
			if _, err := db.ExecContext(t.Context(), statement); err != nil {
				t.Fatalf("%s: %v", statement, err)
			}
		}
		if _, err := s.AuditLedger(t.Context()); !errors.Is(err, ledger.ErrDifference) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("after %s the audit says %v, want %q", c.spoil, err, c.want)
		}
		if _, err := db.ExecContext(t.Context(), c.mend); err != nil {
			t.Fatal(err)
		}
	}
}
