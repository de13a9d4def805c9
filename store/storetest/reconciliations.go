package storetest

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet/ledger"
	"github.com/paytrace/paytrace/wallet/payments"
)

var reconciliationCases = []testCase{
	{name: "a reconciliation is stored and changed", run: reconciliationStored},
	{name: "receipts of a time are read", run: receiptsRead},
	{name: "transfers are read page by page", run: ledgerPaged},
	{name: "a balance of the past is summed", run: balancePast},
	{name: "payments that contradict the ledger are found", run: paymentsUnbalanced},
	{name: "callbacks of a route are listed", run: callbacksOfRoute},
}

func reconciliationStored(s *subject) {
	_, err := s.Reconciliation(s.ctx, "one")
	s.want(err, store.ErrNotFound)
	r := store.Reconciliation{ID: "one", Provider: "mpesa", BeganAt: noon, Report: json.RawMessage(`{"listed":1}`)}
	twice(func(int) { s.want(s.SaveReconciliation(s.ctx, r), nil) })
	look := func(got store.Reconciliation, err error) {
		s.t.Helper()
		s.want(err, nil)
		if diff := cmp.Diff(r, got); diff != "" {
			s.t.Errorf("reconciliation (-want +got):\n%s", diff)
		}
	}
	look(s.Reconciliation(s.ctx, "one"))
	_, err = s.LastReconciliation(s.ctx, "mpesa", false) // it has not ended
	s.want(err, store.ErrNotFound)
	r.EndedAt, r.Report = noon.Add(time.Minute), json.RawMessage(`{"listed":2}`)
	s.want(s.SaveReconciliation(s.ctx, r), nil)
	look(s.LastReconciliation(s.ctx, "mpesa", false))
	_, err = s.LastReconciliation(s.ctx, "mpesa", true)
	s.want(err, store.ErrNotFound)
	r.BalanceAt, r.Theirs, r.Ours, r.Agreed = noon.Add(time.Second), 700, -300, true
	s.want(s.SaveReconciliation(s.ctx, r), nil)
	look(s.LastReconciliation(s.ctx, "mpesa", true))
	later := store.Reconciliation{ID: "two", Provider: "mpesa", BeganAt: noon.Add(time.Hour), EndedAt: noon.Add(2 * time.Hour), Report: json.RawMessage(`{}`)}
	s.want(s.SaveReconciliation(s.ctx, later), nil)
	look(s.LastReconciliation(s.ctx, "mpesa", true))
	r = later
	look(s.LastReconciliation(s.ctx, "mpesa", false))
	_, err = s.LastReconciliation(s.ctx, "other", false)
	s.want(err, store.ErrNotFound)
}

// at is a deposit that took effect at a time.
func at(t ledger.Transfer, when time.Time) ledger.Transfer {
	t.EffectiveAt = when
	return t
}

func receiptsRead(s *subject) {
	hold := heldOut("hold", 1, 100)
	paid := resolved("paid", ledger.Post, hold)
	paid.Provider, paid.Receipt = "mpesa", "OUT1"
	s.want(s.move(
		at(paidIn("a", 1, 500), noon), at(paidIn("b", 2, 600), noon.Add(time.Hour)), at(paidIn("c", 1, 700), noon.Add(2*time.Hour)), hold, paid,
	), nil)
	for _, c := range []struct {
		code string
		to   time.Duration
		want string
	}{
		{moneyIn, 2 * time.Hour, "a b"},
		{moneyIn, 3 * time.Hour, "a b c"},
		{moneyOut, 3 * time.Hour, "paid"},
		{moneyIn, 0, ""},
	} {
		var got []string
		err := s.LedgerReceipts(s.ctx, c.code, noon, noon.Add(c.to), func(t ledger.Transfer) error {
			got = append(got, t.ID)
			return nil
		})
		if strings.Join(got, " ") != c.want || err != nil {
			s.t.Errorf("receipts of %s for %s: %q (%v), want %q", c.code, c.to, got, err, c.want)
		}
	}
	t, err := s.LedgerReceipt(s.ctx, "mpesa", "OUT1")
	if err != nil || t.ID != "paid" {
		s.t.Errorf("the transfer of a receipt is %q (%v)", t.ID, err)
	}
	_, err = s.LedgerReceipt(s.ctx, "other", "OUT1")
	s.want(err, store.ErrNotFound)
	list, err := s.LedgerOfIntent(s.ctx, hold.Intent)
	if err != nil || ids(list) != "hold paid" {
		s.t.Errorf("the transfers of an intent are %q (%v)", ids(list), err)
	}
}

func ids(list []ledger.Transfer) string {
	var all []string
	for _, t := range list {
		all = append(all, t.ID)
	}
	return strings.Join(all, " ")
}

func ledgerPaged(s *subject) {
	hold := heldOut("hold", 1, 100)
	s.want(s.move(paidIn("a", 1, 500), paidIn("x", 2, 500), hold, paidIn("b", 1, 500), resolved("post", ledger.Post, hold), paidIn("c", 1, 5)), nil)
	for _, c := range []struct {
		before, want string
	}{{"", "c post"}, {"post", "b a"}, {"a", ""}} {
		list, err := s.LedgerPage(s.ctx, caller(1), c.before, 2)
		if ids(list) != c.want || err != nil {
			s.t.Errorf("before %q: %q (%v), want %q", c.before, ids(list), err, c.want)
		}
	}
}

func balancePast(s *subject) {
	hold := at(heldOut("hold", 1, 100), noon.Add(time.Hour))
	s.want(s.move(at(paidIn("a", 1, 500), noon), hold, at(resolved("post", ledger.Post, hold), noon.Add(2*time.Hour))), nil)
	for _, c := range []struct {
		code  string
		after time.Duration
		want  int64
	}{
		{moneyIn, -time.Second, 0},
		{moneyIn, 0, -500},
		{moneyOut, time.Hour, 0},
		{moneyOut, 2 * time.Hour, 100},
		{caller(1), time.Hour, 500},
		{caller(1), 2 * time.Hour, 400},
		{"fee:none", time.Hour, 0},
	} {
		if got, err := s.BalanceAt(s.ctx, c.code, noon.Add(c.after)); got != c.want || err != nil {
			s.t.Errorf("%s after %s: %d cents (%v), want %d", c.code, c.after, got, err, c.want)
		}
	}
}

func paymentsUnbalanced(s *subject) {
	in, out := intent(1, payments.Deposit), intent(2, payments.Withdrawal)
	s.want(s.addPayment(in), nil)
	s.want(s.addPayment(out), nil)
	unbalanced := func(want ...store.UnbalancedPayment) {
		s.t.Helper()
		got, err := s.UnbalancedPayments(s.ctx, noon, 10)
		s.want(err, nil)
		if diff := cmp.Diff(want, got); diff != "" {
			s.t.Errorf("unbalanced (-want +got):\n%s", diff)
		}
	}
	of := func(p payments.Intent, cleared, held int64) store.UnbalancedPayment {
		return store.UnbalancedPayment{ID: p.ID, Kind: p.Kind, State: p.State, Amount: p.Amount, Fee: p.Fee, Cleared: cleared, Held: held}
	}
	unbalanced(of(out, 0, 0)) // a withdrawal holds its money from the first moment on
	hold, fee := heldOut("hold", 1, out.Amount), heldOut("fee", 1, out.Fee)
	hold.Intent, fee.Intent, fee.Credit = out.ID, out.ID, "fee:ours"
	paid := paidIn("paid", 1, in.Amount)
	paid.Intent = in.ID
	s.want(s.move(paidIn("first", 1, 5000), hold, fee), nil)
	unbalanced()
	in.State = payments.Succeeded
	s.changePayment(in.ID, func(p *payments.Intent) { p.State = payments.Succeeded })
	unbalanced(of(in, 0, 0))
	s.want(s.move(paid), nil)
	unbalanced()
	out.State = payments.Succeeded
	s.changePayment(out.ID, func(p *payments.Intent) { p.State = payments.Succeeded })
	unbalanced(of(out, 0, out.Amount+out.Fee))
	s.want(s.move(resolved("post", ledger.Post, hold), resolved("fee post", ledger.Post, fee)), nil)
	unbalanced()
	out.State = payments.Ended
	s.changePayment(out.ID, func(p *payments.Intent) { p.State = payments.Ended })
	unbalanced(of(out, out.Amount, 0))
	got, err := s.UnbalancedPayments(s.ctx, noon.Add(time.Hour), 10)
	if len(got) != 0 || err != nil {
		s.t.Errorf("payments that were changed before: %v (%v)", got, err)
	}
}

func callbacksOfRoute(s *subject) {
	for i, id := range []string{"c1", "c2", "c3"} {
		c := aCallback(id, noon.Add(time.Duration(i)*time.Minute))
		c.Route = "balance"
		s.addCallback(c)
	}
	s.addCallback(aCallback("other", noon.Add(time.Minute)))
	list, err := s.CallbacksSince(s.ctx, "mpesa", "balance", noon.Add(time.Minute), 10)
	s.want(err, nil)
	if len(list) != 2 || list[0].ID != "c2" || list[1].ID != "c3" {
		s.t.Errorf("found %d callbacks: %v", len(list), list)
	}
}
