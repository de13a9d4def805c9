package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"text/tabwriter"

	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet/ledger"
)

// ledgerJSON is the form of an audit of the ledger for programs. Amounts are cents.
type ledgerJSON struct {
	Agrees     bool             `json:"agrees"`
	Difference string           `json:"difference,omitempty"`
	Transfers  int64            `json:"transfers"`
	Accounts   int64            `json:"accounts"`
	Pending    int              `json:"pending"`
	Held       int64            `json:"held"`
	Balances   map[string]int64 `json:"balances"`
}

// ledger recomputes the ledger and prints what it found.
func (v auditCmd) ledger(ctx context.Context, std streams) error {
	return onDatabase(ctx, std, func(db store.Store, _ service.Settings) error {
		s, err := db.AuditLedger(ctx)
		differs := errors.Is(err, ledger.ErrDifference)
		if err != nil && !differs {
			return err
		}
		if v.JSON {
			out := ledgerJSON{
				Agrees: !differs, Transfers: s.Transfers, Accounts: s.Accounts, Pending: s.Open, Held: s.Held, Balances: s.Balances,
			}
			if differs {
				out.Difference = err.Error()
			}
			if err := json.NewEncoder(std.out).Encode(out); err != nil {
				return err
			}
		} else if err := printLedger(std, s, err); err != nil {
			return err
		}
		if differs {
			return outcome{exitDiagnostics}
		}
		return nil
	})
}

// printLedger prints the summary, or the first difference.
func printLedger(std streams, s ledger.Summary, difference error) error {
	if difference != nil {
		_, err := fmt.Fprintf(std.out, "%v.\nMove no money until a person has explained this. Compare with the last backup.\n", difference)
		return err
	}
	fmt.Fprintf(std.out, "The ledger agrees with itself: %d transfers, %d accounts, %d transfers pending.\n", s.Transfers, s.Accounts, s.Open)
	w := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	for _, code := range slices.Sorted(maps.Keys(s.Balances)) {
		fmt.Fprintf(w, "%s\t%s\n", code, shillings(s.Balances[code]))
	}
	if s.Held > 0 {
		fmt.Fprintf(w, "held of these\t%s\n", shillings(s.Held))
	}
	return w.Flush()
}

// shillings writes cents as shillings.
func shillings(cents int64) string {
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	return fmt.Sprintf("%sKES %d.%02d", sign, cents/100, cents%100)
}
