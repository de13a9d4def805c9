package proof_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet/ledger"
	"github.com/paytrace/paytrace/wallet/mpesa/fake"
	"github.com/paytrace/paytrace/wallet/payments"
)

// verdict is what the books say together.
type verdict struct {
	wrong  []string
	states map[payments.Kind]map[payments.State]int
	cases  map[string]int
}

func (v *verdict) find(format string, args ...any) {
	v.wrong = append(v.wrong, fmt.Sprintf(format, args...))
}

// judge compares the intents, the ledger and Safaricom's own books. It knows nothing of
// how the desk decides.
func judge(t *testing.T, w *world) *verdict {
	t.Helper()
	ctx := t.Context()
	v := &verdict{states: map[payments.Kind]map[payments.State]int{payments.Deposit: {}, payments.Withdrawal: {}}, cases: map[string]int{}}
	books := w.safari.Books()
	for _, wrong := range w.safari.Judge() {
		v.find("Safaricom's books: %s", wrong)
	}
	for id, n := range books.DoubledIDs {
		v.find("the payout %s was sent again %d times", id, n)
	}
	if _, err := w.db.AuditLedger(ctx); err != nil {
		v.find("the audit: %v", err)
	}
	moved := byName(v, books)
	var in, out, paidAndHeld int64
	for _, a := range w.asks {
		got, err := w.db.Payment(ctx, a.ID)
		if errors.Is(err, store.ErrNotFound) {
			v.find("%s: the caller was told Yes, and nothing is stored", a.ID)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		v.states[got.Kind][got.State]++
		if !got.State.Final() && got.State != payments.Review {
			v.find("%s: it is %s after a day", got.ID, got.State)
		}
		if a.Kind == payments.Deposit {
			continue
		}
		paid := moved[got.Reference]
		switch {
		case len(paid) > 1:
			v.find("%s: it was paid %d times", got.ID, len(paid))
		case got.State == payments.Succeeded && len(paid) == 0:
			v.find("%s: it is booked as paid, and nothing was", got.ID)
		case got.State == payments.Ended && len(paid) > 0:
			v.find("%s: it was paid, and the money was given back", got.ID)
		case got.State == payments.Review && len(paid) > 0:
			paidAndHeld += paid[0].Cents
		}
	}
	for _, tx := range books.Transactions {
		switch tx.Kind {
		case fake.KindPush:
			in += tx.Cents
			v.booked(ctx, t, w, tx)
		case fake.KindPayout:
			out += tx.Cents
		}
	}
	v.sums(ctx, t, w, in, out-paidAndHeld)
	list, err := w.db.OpenCases(ctx, len(w.asks)+1)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		v.cases[c.Kind]++
	}
	if n := v.cases["paid after it was given back"]; n > 0 {
		v.find("%d payouts succeeded after their money was given back", n)
	}
	return v
}

// byName sorts payouts by the ID that the client gave them.
func byName(v *verdict, books fake.Books) map[string][]fake.Transaction {
	moved := map[string][]fake.Transaction{}
	for _, tx := range books.Transactions {
		if tx.Kind == fake.KindPayout {
			moved[tx.ID] = append(moved[tx.ID], tx)
		}
	}
	return moved
}

// booked checks that what came in is in the ledger, once and whole.
func (v *verdict) booked(ctx context.Context, t *testing.T, w *world, tx fake.Transaction) {
	t.Helper()
	got, err := w.db.LedgerTransfer(ctx, "mpesa:"+tx.Receipt)
	switch {
	case errors.Is(err, store.ErrNotFound):
		v.find("the receipt %s of %d cents is not booked", tx.Receipt, tx.Cents)
	case err != nil:
		t.Fatal(err)
	case got.Amount != tx.Cents:
		v.find("the receipt %s is of %d cents, and booked with %d", tx.Receipt, tx.Cents, got.Amount)
	}
}

// sums compares the accounts with what moved at Safaricom. The balance of all workers is
// what they had, and what came in, without what went out and the fees.
func (v *verdict) sums(ctx context.Context, t *testing.T, w *world, in, out int64) {
	t.Helper()
	posted := func(code string) int64 {
		a, err := w.db.LedgerAccount(ctx, code)
		if err != nil {
			t.Fatal(err)
		}
		return a.Posted
	}
	var workers int64
	for i := range len(w.asks) / 2 {
		workers += posted(ledger.CallerCode(fmt.Sprintf("NW-%08X", i)))
	}
	suspense, paidFees := posted(ledger.SuspenseCode), posted("fee:ours")
	for _, c := range []struct {
		name        string
		found, want int64
	}{
		{"clearing:mpesa:in", posted("clearing:mpesa:in"), -in},
		{"clearing:mpesa:out", posted("clearing:mpesa:out"), out},
		{"all workers, the fees and suspense", workers + paidFees + suspense, int64(len(w.asks)/2)*opening + in - out},
	} {
		if c.found != c.want {
			v.find("%s: found %d cents, expected %d", c.name, c.found, c.want)
		}
	}
}
