package command

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/paytrace/paytrace/actions/payments"
	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet/mpesa"
	rules "github.com/paytrace/paytrace/wallet/payments"
)

type reconcileCmd struct {
	Statement []string      `help:"Compare with statements that were exported from Safaricom's portal as CSV, instead." placeholder:"FILE" type:"existingfile"`
	Last      bool          `help:"Print the last report again, and compare nothing."`
	Accept    string        `help:"The balances of the last report are right, for this reason; the next ones are compared with them." placeholder:"REASON"`
	Wait      time.Duration `help:"How long to wait for M-Pesa's answers." default:"30s"`
	Grace     time.Duration `help:"Leave out payments of this last time: callbacks about them may be on their way." default:"5m"`
	JSON      bool          `name:"json" help:"Print JSON."`
}

func (reconcileCmd) Help() string {
	return `Compares the ledger with M-Pesa's own books while the service runs, and prints every
difference. The service does it by itself each day, at RECONCILE_AT.

  - Payments that came in, by M-Pesa's list of the last 48 hours. One that nothing was
    posted about is booked, and told.
  - Payments that have not ended: M-Pesa is asked about each.
  - The balance at M-Pesa, against what the ledger says came in and went out since both
    agreed.
  - Each payment's state, against its transfers.

The list has no payouts. A statement from the portal has them: export it as CSV, and name
the file with --statement.

The exit status is 1 if something differs or could not be compared.

Examples:
  paytrace reconcile
  paytrace reconcile --statement march.csv
  paytrace reconcile --accept "sent 50,000 to the bank on 2 March"`
}

// Run compares, or prints the last report.
func (v reconcileCmd) Run(ctx context.Context, std streams) error {
	return onDatabase(ctx, std, func(db store.Store, settings service.Settings) error {
		if !settings.MPesa.On() {
			return misuse{errors.New("MPESA_CONSUMER_KEY is not set, so there is nothing to compare with; see docs/money.md")}
		}
		if v.Last {
			return v.last(ctx, std, db)
		}
		c, err := service.OpenReconciler(ctx, db, settings, service.NewLogger(settings, std.err))
		if err != nil {
			return err
		}
		c.Grace = v.Grace
		switch {
		case v.Accept != "":
			return v.accept(ctx, std, db, c)
		case len(v.Statement) > 0:
			return v.statement(ctx, std, c)
		}
		return v.now(ctx, std, c)
	})
}

func (v reconcileCmd) last(ctx context.Context, std streams, db store.Store) error {
	r, err := db.LastReconciliation(ctx, mpesa.Name, false)
	if errors.Is(err, store.ErrNotFound) {
		return misuse{errors.New("nothing was compared yet; run: paytrace reconcile")}
	}
	if err != nil {
		return err
	}
	found, err := payments.ReadReconciled(r)
	if err != nil {
		return err
	}
	return v.print(std, found)
}

func (v reconcileCmd) accept(ctx context.Context, std streams, db store.Store, c *payments.Reconciler) error {
	var r store.Reconciliation
	err := audited(ctx, db, act{what: "reconcile accept", subject: mpesa.Name, detail: v.Accept}, func() (err error) {
		r, err = c.Accept(ctx)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return misuse{errors.New("nothing was compared yet; run: paytrace reconcile")}
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.out, "The next balances are compared with %s at M-Pesa and %s in the ledger, of %s.\n",
		shillings(r.Theirs), shillings(r.Ours), r.BalanceAt.Local().Format(time.DateTime))
	return err
}

func (v reconcileCmd) statement(ctx context.Context, std streams, c *payments.Reconciler) error {
	var lines []rules.Line
	hash := sha256.New()
	for _, name := range v.Statement {
		more, err := readStatement(name, hash)
		if err != nil {
			return misuse{fmt.Errorf("%s: %w", name, err)}
		}
		lines = append(lines, more...)
	}
	if len(lines) == 0 {
		return misuse{errors.New("--statement: found no completed payment; export the statement with all transactions")}
	}
	found, err := c.Statement(ctx, fmt.Sprintf("statement %x", hash.Sum(nil)[:8]), lines)
	if err != nil {
		return err
	}
	return v.print(std, found)
}

func readStatement(name string, hash io.Writer) (lines []rules.Line, err error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return mpesa.ReadStatement(io.TeeReader(file, hash))
}

// askEvery is how often it looks for M-Pesa's answers.
const askEvery = 500 * time.Millisecond

// now compares with what M-Pesa tells now. The service takes M-Pesa's answers.
func (v reconcileCmd) now(ctx context.Context, std streams, c *payments.Reconciler) error {
	r, found, err := c.Begin(ctx, "mpesa "+time.Now().UTC().Format(time.RFC3339Nano))
	if err != nil {
		return err
	}
	waiting, stop := context.WithTimeout(ctx, v.Wait)
	defer stop()
	for answered := false; !answered; {
		if answered, err = c.Answered(ctx, r, found); err != nil {
			return err
		}
		if !answered {
			select {
			case <-waiting.Done():
				answered = true
			case <-time.After(askEvery):
			}
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := c.End(ctx, r, found); err != nil {
		return err
	}
	return v.print(std, found)
}

// print prints a report. The status is 1 if something differs.
func (v reconcileCmd) print(std streams, found *payments.Reconciled) error {
	write := printReconciled
	if v.JSON {
		write = func(w io.Writer, found *payments.Reconciled) error { return json.NewEncoder(w).Encode(found) }
	}
	if err := write(std.out, found); err != nil {
		return err
	}
	if !found.Agrees() {
		return outcome{exitDiagnostics}
	}
	return nil
}

func printReconciled(out io.Writer, found *payments.Reconciled) error {
	fmt.Fprintf(out, "Compared from %s to %s: %d payments of M-Pesa, %d asked about, %d open.\n",
		found.From.Local().Format(time.DateTime), found.To.Local().Format(time.DateTime), found.Listed, found.Asked, found.Open)
	if !found.BalanceAt.IsZero() {
		fmt.Fprintf(out, "M-Pesa has %s, and %s in the account for charges. By the ledger %s came in and stayed.\n",
			shillings(found.Theirs), shillings(found.Charges), shillings(found.Ours))
	}
	for _, note := range found.Notes {
		fmt.Fprintf(out, "Note: %s.\n", note)
	}
	if found.Agrees() {
		_, err := fmt.Fprintln(out, "Everything agrees.")
		return err
	}
	fmt.Fprintf(out, "\n%d differences:\n", len(found.Differences)+found.More)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "WHAT\tOF\tLEDGER\tM-PESA\tDETAIL")
	for _, d := range found.Differences {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", d.What, d.Subject, orNone(d.Ours), orNone(d.Theirs), d.Detail)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if found.More > 0 {
		fmt.Fprintf(out, "%d more are not shown.\n", found.More)
	}
	_, err := fmt.Fprintln(out, "\nWhat a person must decide is in: paytrace review")
	return err
}

// orNone writes an amount, or a dash for none.
func orNone(cents int64) string {
	if cents == 0 {
		return "-"
	}
	return shillings(cents)
}
