package storetest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet/ledger"
)

var ledgerCases = []testCase{
	{name: "a transfer moves money", run: ledgerMoves},
	{name: "a pending transfer holds, and posts or voids", run: ledgerHolds},
	{name: "a repeat changes nothing", run: ledgerRepeats},
	{name: "each refusal has its name", run: ledgerRefuses},
	{name: "a transaction goes on after an overdraft", run: ledgerGoesOn},
	{name: "a refused transfer takes the transaction with it", run: ledgerRefusedIsUndone},
	{name: "several transfers are one", run: ledgerSeveral},
	{name: "a rollback leaves nothing", run: ledgerRollback},
	{name: "transfers are listed, the newest first", run: ledgerListed},
	{name: "an account is locked", run: ledgerLocked},
	{name: "an account without transfers has nothing", run: ledgerUnused},
}

const (
	moneyIn  = "clearing:mpesa:in"
	moneyOut = "clearing:mpesa:out"
)

// caller returns the code of a worker's account.
func caller(n int) string { return ledger.CallerCode(worker(n).WorkerID) }

// paidIn is a deposit to a worker.
func paidIn(id string, n int, amount int64) ledger.Transfer {
	return ledger.Transfer{
		ID: id, Phase: ledger.Single, Debit: moneyIn, Credit: caller(n), Amount: amount, What: "deposit",
		Provider: "mpesa", Receipt: "receipt of " + id, EffectiveAt: noon, Actor: "mpesa",
	}
}

// heldOut holds a withdrawal of a worker.
func heldOut(id string, n int, amount int64) ledger.Transfer {
	return ledger.Transfer{
		ID: id, Phase: ledger.Pending, Debit: caller(n), Credit: moneyOut, Amount: amount, What: "withdrawal",
		Intent: "intent of " + id, EffectiveAt: noon, Actor: "ussd",
	}
}

// resolved posts or voids a pending transfer.
func resolved(id string, phase ledger.Phase, pending ledger.Transfer) ledger.Transfer {
	t := pending
	t.ID, t.Phase, t.PendingID = id, phase, pending.ID
	return t
}

// undo reverses a transfer.
func undo(id string, done ledger.Transfer) ledger.Transfer {
	return ledger.Transfer{
		ID: id, Phase: ledger.Single, Debit: done.Credit, Credit: done.Debit, Amount: done.Amount, Reverses: done.ID,
		What: "reversal", EffectiveAt: noon, Actor: "amina",
	}
}

func (s *subject) move(transfers ...ledger.Transfer) error {
	return s.Within(s.ctx, func(ctx context.Context, tx store.Tx) error { return tx.Move(ctx, transfers...) })
}

// wantBalance compares an account, and audits the ledger.
func (s *subject) wantBalance(code string, posted, held int64) {
	s.t.Helper()
	a, err := s.LedgerAccount(s.ctx, code)
	s.want(err, nil)
	if a.Posted != posted || a.Held != held {
		s.t.Errorf("%s has %d cents posted and %d held, want %d and %d", code, a.Posted, a.Held, posted, held)
	}
	if _, err := s.AuditLedger(s.ctx); err != nil {
		s.t.Error(err)
	}
}

func ledgerMoves(s *subject) {
	s.want(s.move(paidIn("d1", 1, 500)), nil)
	s.wantBalance(caller(1), 500, 0)
	s.wantBalance(moneyIn, -500, 0)
	s.want(s.move(ledger.Transfer{
		ID: "f1", Phase: ledger.Single, Debit: caller(1), Credit: "fee:ours", Amount: 20, What: "fee", EffectiveAt: noon, Actor: "ussd",
	}), nil)
	s.wantBalance(caller(1), 480, 0)
	s.wantBalance("fee:ours", 20, 0)
	s.want(s.move(undo("r1", paidIn("d1", 1, 500))), ledger.ErrOverdraft)
	s.want(s.move(paidIn("d2", 1, 20), undo("r1", paidIn("d1", 1, 500))), nil)
	s.wantBalance(caller(1), 0, 0)
	summary, err := s.AuditLedger(s.ctx)
	s.want(err, nil)
	want := ledger.Summary{Transfers: 4, Accounts: 3, Balances: map[string]int64{"caller": 0, moneyIn: -20, "fee:ours": 20}}
	if diff := cmp.Diff(want, summary); diff != "" {
		s.t.Errorf("summary (-want +got):\n%s", diff)
	}
}

func ledgerHolds(s *subject) {
	s.want(s.move(paidIn("d1", 1, 500)), nil)
	first, second := heldOut("h1", 1, 300), heldOut("h2", 1, 200)
	s.want(s.move(first), nil)
	s.wantBalance(caller(1), 500, 300)
	s.wantBalance(moneyOut, 0, 0)
	s.want(s.move(heldOut("h3", 1, 201)), ledger.ErrOverdraft)
	s.want(s.move(second), nil)
	post := resolved("p1", ledger.Post, first)
	post.Provider, post.Receipt = "mpesa", "QX81"
	s.want(s.move(post), nil)
	s.wantBalance(caller(1), 200, 200)
	s.wantBalance(moneyOut, 300, 0)
	s.want(s.move(resolved("v1", ledger.Void, second)), nil)
	s.wantBalance(caller(1), 200, 0)
	s.wantBalance(moneyOut, 300, 0)
	s.in(func(ctx context.Context, tx store.Tx) error {
		got, err := tx.BookedReceipt(ctx, "mpesa", "QX81")
		if got.ID != "p1" {
			s.t.Errorf("the receipt is booked by %q, want p1", got.ID)
		}
		if _, none := tx.BookedReceipt(ctx, "other", "QX81"); !errors.Is(none, store.ErrNotFound) {
			s.t.Errorf("the receipt of another provider: %v", none)
		}
		return err
	})
}

func ledgerRepeats(s *subject) {
	deposit, hold := paidIn("d1", 1, 500), heldOut("h1", 1, 500)
	for _, t := range []ledger.Transfer{deposit, hold, resolved("p1", ledger.Post, hold)} {
		twice(func(int) { s.want(s.move(t), nil) })
	}
	// The money is gone, and each is still a repeat, alone and together.
	s.want(s.move(hold), nil)
	s.want(s.move(deposit, hold), nil)
	s.want(s.move(resolved("p1", ledger.Post, hold)), nil)
	s.wantBalance(caller(1), 0, 0)
	s.wantBalance(moneyOut, 500, 0)
}

func ledgerRefuses(s *subject) {
	deposit, hold, free := paidIn("d1", 1, 500), heldOut("h1", 1, 300), heldOut("h2", 1, 100)
	s.want(s.move(deposit, hold, free, resolved("p1", ledger.Post, hold), paidIn("d2", 1, 300), undo("r1", paidIn("d2", 1, 300))), nil)
	change := func(t ledger.Transfer, fn func(*ledger.Transfer)) ledger.Transfer {
		fn(&t)
		return t
	}
	for name, c := range map[string]struct {
		t    ledger.Transfer
		want error
	}{
		"overdraft":               {heldOut("x", 1, 101), ledger.ErrOverdraft},
		"overdraft of nobody":     {heldOut("x", 7, 1), ledger.ErrOverdraft},
		"another amount":          {change(deposit, func(t *ledger.Transfer) { t.Amount++ }), ledger.ErrMismatch},
		"another actor":           {change(deposit, func(t *ledger.Transfer) { t.Actor = "x" }), ledger.ErrMismatch},
		"another time":            {change(deposit, func(t *ledger.Transfer) { t.EffectiveAt = noon.Add(time.Second) }), ledger.ErrMismatch},
		"void after post":         {resolved("x", ledger.Void, hold), ledger.ErrResolved},
		"post after post":         {resolved("x", ledger.Post, hold), ledger.ErrResolved},
		"the same receipt":        {change(deposit, func(t *ledger.Transfer) { t.ID = "x" }), ledger.ErrReceipt},
		"reversed again":          {undo("x", paidIn("d2", 1, 300)), ledger.ErrOverdraft},
		"a post of another size":  {change(resolved("x", ledger.Post, free), func(t *ledger.Transfer) { t.Amount-- }), ledger.ErrInvalid},
		"a post to another":       {change(resolved("x", ledger.Post, free), func(t *ledger.Transfer) { t.Credit = "fee:ours" }), ledger.ErrInvalid},
		"a post of no hold":       {resolved("x", ledger.Post, deposit), ledger.ErrInvalid},
		"a post of nothing":       {resolved("x", ledger.Post, heldOut("none", 1, 1)), ledger.ErrNoTransfer},
		"a reversal of nothing":   {undo("x", paidIn("none", 1, 1)), ledger.ErrNoTransfer},
		"a reversal, same sides":  {change(undo("x", deposit), func(t *ledger.Transfer) { t.Debit, t.Credit = t.Credit, t.Debit }), ledger.ErrInvalid},
		"a reversal of a hold":    {undo("x", free), ledger.ErrInvalid},
		"nothing":                 {change(deposit, func(t *ledger.Transfer) { t.ID, t.Amount = "x", 0 }), ledger.ErrInvalid},
		"an account of no kind":   {change(deposit, func(t *ledger.Transfer) { t.ID, t.Debit = "x", "bank" }), ledger.ErrInvalid},
		"a receipt and no sender": {change(deposit, func(t *ledger.Transfer) { t.ID, t.Provider = "x", "" }), ledger.ErrInvalid},
	} {
		if err := s.move(c.t); !errors.Is(err, c.want) {
			s.t.Errorf("%s: error is %v, want %v", name, err, c.want)
		}
	}
	s.want(s.move(paidIn("d3", 1, 900)), nil)
	s.want(s.move(undo("x", paidIn("d2", 1, 300))), ledger.ErrReversed)
	s.wantBalance(caller(1), 1100, 100)
}

func ledgerGoesOn(s *subject) {
	s.in(func(ctx context.Context, tx store.Tx) error {
		if err := tx.Move(ctx, heldOut("h1", 1, 1)); !errors.Is(err, ledger.ErrOverdraft) {
			s.t.Errorf("error is %v, want %v", err, ledger.ErrOverdraft)
		}
		return tx.Move(ctx, paidIn("d1", 1, 5))
	})
	s.wantBalance(caller(1), 5, 0)
}

func ledgerRefusedIsUndone(s *subject) {
	s.want(s.move(paidIn("d1", 1, 5)), nil)
	err := s.Within(s.ctx, func(ctx context.Context, tx store.Tx) error {
		if err := tx.Move(ctx, paidIn("d2", 1, 7)); err != nil {
			return err
		}
		same := paidIn("d1", 1, 5)
		same.ID = "d3"
		if err := tx.Move(ctx, same); !errors.Is(err, ledger.ErrReceipt) {
			s.t.Errorf("error is %v, want %v", err, ledger.ErrReceipt)
		}
		return nil // as if the caller had not looked
	})
	s.want(err, ledger.ErrReceipt)
	s.wantBalance(caller(1), 5, 0)
}

func ledgerSeveral(s *subject) {
	s.want(s.move(paidIn("d1", 1, 500)), nil)
	s.want(s.move(heldOut("h1", 1, 490), heldOut("h2", 1, 11)), ledger.ErrOverdraft)
	s.wantBalance(caller(1), 500, 0)
	s.want(s.move(heldOut("h1", 1, 490), heldOut("h2", 1, 10)), nil)
	s.wantBalance(caller(1), 500, 500)
	// A transfer may refer to one before it.
	hold := heldOut("h3", 2, 40)
	s.want(s.move(paidIn("d2", 2, 40), hold, resolved("p3", ledger.Post, hold)), nil)
	s.wantBalance(caller(2), 0, 0)
}

func ledgerRollback(s *subject) {
	s.undone(func(ctx context.Context, tx store.Tx) error { return tx.Move(ctx, paidIn("d1", 1, 500)) })
	s.wantBalance(caller(1), 0, 0)
	_, err := s.LedgerTransfer(s.ctx, "d1")
	s.want(err, store.ErrNotFound)
}

func ledgerListed(s *subject) {
	var want []ledger.Transfer
	for n := range 4 {
		t := paidIn(fmt.Sprint("d", n), 1, int64(100+n))
		s.want(s.move(t, paidIn(fmt.Sprint("other", n), 2, 1)), nil)
		want = append([]ledger.Transfer{t}, want...)
	}
	hold := heldOut("h1", 1, 50)
	s.want(s.move(hold), nil)
	want = append([]ledger.Transfer{hold}, want...)
	got, err := s.LedgerOf(s.ctx, caller(1), 3)
	s.want(err, nil)
	for i := range got {
		if got[i].RecordedAt.IsZero() {
			s.t.Errorf("transfer %q has no time of recording", got[i].ID)
		}
		got[i].RecordedAt = time.Time{}
	}
	if diff := cmp.Diff(want[:3], got); diff != "" {
		s.t.Errorf("transfers (-added +listed):\n%s", diff)
	}
	one, err := s.LedgerTransfer(s.ctx, "h1")
	s.want(err, nil)
	if one.RecordedAt = (time.Time{}); !cmp.Equal(one, hold) {
		s.t.Errorf("transfer (-added +read):\n%s", cmp.Diff(hold, one))
	}
}

// ledgerLocked reads a balance under a lock: another withdrawal waits, and sees what the
// first one left.
func ledgerLocked(s *subject) {
	s.want(s.move(paidIn("d1", 1, 500)), nil)
	second := make(chan error, 1)
	s.in(func(ctx context.Context, tx store.Tx) error {
		a, err := tx.LockAccount(ctx, caller(1))
		if err != nil {
			return err
		}
		if a.Available() != 500 {
			s.t.Errorf("%d cents are available, want 500", a.Available())
		}
		go func() { second <- s.move(heldOut("h2", 1, 400)) }()
		return tx.Move(ctx, heldOut("h1", 1, 400))
	})
	s.want(<-second, ledger.ErrOverdraft)
	s.wantBalance(caller(1), 500, 400)
}

func ledgerUnused(s *subject) {
	a, err := s.LedgerAccount(s.ctx, caller(9))
	s.want(err, nil)
	if diff := cmp.Diff(ledger.Account{Code: caller(9), Kind: ledger.Caller}, a); diff != "" {
		s.t.Errorf("account (-want +got):\n%s", diff)
	}
	_, err = s.LedgerAccount(s.ctx, "bank")
	s.want(err, ledger.ErrInvalid)
	list, err := s.LedgerOf(s.ctx, caller(9), 10)
	s.want(err, nil)
	if len(list) > 0 {
		s.t.Errorf("%d transfers", len(list))
	}
}

// Deposit is a valid deposit of some cents to worker n, for tests of one database.
func Deposit(id string, n int, cents int64) ledger.Transfer { return paidIn(id, n, cents) }
