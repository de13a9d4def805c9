package command

import (
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/storetest"
)

// An audit of the ledger prints the balances, and ends with status 1 at the first
// difference.
func TestAuditLedger(t *testing.T) {
	t.Chdir(t.TempDir())
	path := filepath.Join(t.TempDir(), "ledger.db")
	t.Setenv("DATABASE_URL", "sqlite:"+path)
	if out := says(t, exitFine, "audit", "--ledger"); out != "The ledger agrees with itself: 0 transfers, 0 accounts, 0 transfers pending.\n" {
		t.Errorf("at first: %s", out)
	}
	settings, err := service.FromEnvironment()
	if err != nil {
		t.Fatal(err)
	}
	db, err := service.OpenStore(t.Context(), settings, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	err = db.Within(t.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.Move(ctx, storetest.Deposit("d1", 1, 150_050))
	})
	if err != nil {
		t.Fatal(err)
	}
	out := says(t, exitFine, "audit", "--ledger")
	for _, want := range []string{"1 transfers, 2 accounts", "caller             KES 1500.50", "clearing:mpesa:in  -KES 1500.50"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing:\n%s", want, out)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.ExecContext(t.Context(), `UPDATE ledger_accounts SET posted = posted + 1 WHERE guarded`); err != nil {
		t.Fatal(err)
	}
	if err := raw.Close(); err != nil {
		t.Fatal(err)
	}
	if out := says(t, exitDiagnostics, "audit", "--ledger"); !strings.Contains(out, "has 150051 cents posted and 0 held, expected 150050 and 0") {
		t.Errorf("a changed balance: %s", out)
	}
	var got ledgerJSON
	if err := json.Unmarshal([]byte(says(t, exitDiagnostics, "audit", "--ledger", "--json")), &got); err != nil {
		t.Fatal(err)
	}
	if got.Agrees || !strings.Contains(got.Difference, "caller:NW-00000001") {
		t.Errorf("as JSON: %+v", got)
	}
}
