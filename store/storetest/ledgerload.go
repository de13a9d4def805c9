package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet/ledger"
)

const (
	// loadClients move money at the same time, on loadCallers accounts.
	loadClients = 16
	loadCallers = 12
	// usualTransfers are moved by each run without PROOF_TRANSFERS.
	usualTransfers = 1_500
)

// loadSize returns how many transfers to try. PROOF_TRANSFERS replaces the usual number.
func loadSize(t *testing.T) int {
	t.Helper()
	text := os.Getenv("PROOF_TRANSFERS")
	if text == "" {
		return usualTransfers
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < loadClients {
		t.Fatalf("PROOF_TRANSFERS is %q, expected a number of transfers from %d", text, loadClients)
	}
	return n
}

// mover is a ledger under load.
type mover interface {
	move(ctx context.Context, t ledger.Transfer) error
	balance(ctx context.Context, code string) (ledger.Account, error)
}

// LedgerLoad moves money at random from many clients at once, with repeats, other bodies
// under known IDs, receipts that are used twice, and posts and voids of the same holds.
// Nothing is overdrawn, out of balance or resolved twice.
func LedgerLoad(t *testing.T, open Open) {
	s := storeMover{open(t, store.JobRules{})}
	faults := underLoad(t, s, loadSize(t))
	for _, fault := range faults {
		t.Error(fault)
	}
	summary, err := s.AuditLedger(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d transfers on %d accounts, balances %v, %d cents held", summary.Transfers, summary.Accounts, summary.Balances, summary.Held)
	if summary.Transfers < int64(loadSize(t)/8) {
		t.Errorf("only %d transfers of %d tries were added; the load proves little", summary.Transfers, loadSize(t))
	}
}

// LedgerControl runs the same load on a ledger with mistakes. The judge must find overdrafts, holds that are resolved twice, and receipts that are used
// twice.
func LedgerControl(t *testing.T) {
	faults := underLoad(t, &careless{accounts: map[string]*ledger.Account{}, transfers: map[string]ledger.Transfer{}}, usualTransfers)
	found := func(what string) bool {
		return slices.ContainsFunc(faults, func(err error) bool { return strings.Contains(err.Error(), what) })
	}
	for _, what := range []string{"the hold", "the receipt", "is overdrawn"} {
		if !found(what) {
			t.Errorf("no fault with %q was found in a ledger that makes it; the load proves nothing about it", what)
		}
	}
	t.Logf("%d faults were found", len(faults))
}

type storeMover struct{ store.Store }

func (s storeMover) move(ctx context.Context, t ledger.Transfer) error {
	for {
		err := s.Within(ctx, func(ctx context.Context, tx store.Tx) error { return tx.Move(ctx, t) })
		if !errors.Is(err, store.ErrBusy) {
			return err
		}
	}
}

func (s storeMover) balance(ctx context.Context, code string) (ledger.Account, error) {
	return s.LedgerAccount(ctx, code)
}

// careless adds up what it gets. It does not ask whether there is enough, whether a hold is
// resolved, or whether a receipt is known.
type careless struct {
	mu        sync.Mutex
	accounts  map[string]*ledger.Account
	transfers map[string]ledger.Transfer
}

func (c *careless) account(code string) *ledger.Account {
	if c.accounts[code] == nil {
		kind, _ := ledger.KindOf(code) // the load uses valid codes
		c.accounts[code] = &ledger.Account{Code: code, Kind: kind}
	}
	return c.accounts[code]
}

func (c *careless) move(_ context.Context, t ledger.Transfer) error {
	c.mu.Lock()
	_, known := c.transfers[t.ID]
	_, there := c.transfers[t.PendingID]
	c.mu.Unlock()
	switch {
	case known:
		return nil
	case t.PendingID != "" && !there, t.Reverses != "":
		return ledger.ErrNoTransfer
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.transfers[t.ID] = t
	debit, credit := t.Changes()
	for code, change := range map[string]ledger.Change{t.Debit: debit, t.Credit: credit} {
		a := c.account(code)
		a.Posted, a.Held = a.Posted+change.Posted, a.Held+change.Held
	}
	return nil
}

func (c *careless) balance(_ context.Context, code string) (ledger.Account, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return *c.account(code), nil
}

// underLoad moves money and returns what is wrong afterwards.
func underLoad(t *testing.T, m mover, tries int) []error {
	t.Helper()
	var j judge
	j.added = map[string]ledger.Transfer{}
	var all sync.WaitGroup
	for client := range loadClients {
		all.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(client)))
			for range tries / loadClients {
				transfer := randomTransfer(random, tries)
				j.take(transfer, m.move(t.Context(), transfer))
			}
		})
	}
	all.Wait()
	return j.verdict(t.Context(), m)
}

// randomTransfer draws from few numbers, so that clients meet. Deposits are half as large as
// the rest, so that money is short.
func randomTransfer(random *rand.Rand, tries int) ledger.Transfer {
	n := random.IntN(tries / 4)
	amount := int64(100 + n*7919%900)
	deposit, hold := paidIn(fmt.Sprint("d", n), n%loadCallers, amount/2), heldOut(fmt.Sprint("h", n), n%loadCallers, amount)
	switch p := random.IntN(100); {
	case p < 25:
		return deposit
	case p < 28:
		deposit.Amount++
		return deposit
	case p < 31:
		deposit.ID = fmt.Sprint("again", n)
		return deposit
	case p < 51:
		return hold
	case p < 68:
		return resolved(fmt.Sprint("p", n), ledger.Post, hold)
	case p < 80:
		return resolved(fmt.Sprint("v", n), ledger.Void, hold)
	case p < 85:
		return undo(fmt.Sprint("r", n), deposit)
	}
	to := (n + 1 + n/loadCallers%(loadCallers-1)) % loadCallers
	return ledger.Transfer{
		ID: fmt.Sprint("s", n), Phase: ledger.Single, Debit: caller(n % loadCallers), Credit: caller(to), Amount: amount,
		What: "gift", EffectiveAt: noon, Actor: "ussd",
	}
}

// judge keeps its own list of what a ledger said it has done.
type judge struct {
	mu     sync.Mutex
	added  map[string]ledger.Transfer
	faults []error
}

func (j *judge) take(t ledger.Transfer, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, refusal := range []error{
		ledger.ErrOverdraft, ledger.ErrMismatch, ledger.ErrResolved, ledger.ErrReversed, ledger.ErrReceipt, ledger.ErrNoTransfer,
	} {
		if errors.Is(err, refusal) {
			return
		}
	}
	if t.Reverses != "" && errors.Is(err, ledger.ErrInvalid) {
		return // another client gave the deposit another amount first
	}
	if err != nil {
		j.faults = append(j.faults, fmt.Errorf("transfer %q: %w", t.ID, err))
		return
	}
	if known, ok := j.added[t.ID]; ok && known.Fingerprint() != t.Fingerprint() {
		j.faults = append(j.faults, fmt.Errorf("transfer %q was taken with two bodies", t.ID))
	}
	j.added[t.ID] = t
}

func (j *judge) verdict(ctx context.Context, m mover) []error {
	type sums struct{ posted, held int64 }
	want := map[string]sums{}
	once := map[string]string{}
	for id, t := range j.added {
		debit, credit := t.Changes()
		for code, c := range map[string]ledger.Change{t.Debit: debit, t.Credit: credit} {
			want[code] = sums{want[code].posted + c.Posted, want[code].held + c.Held}
		}
		for what, value := range map[string]string{"hold": t.PendingID, "reversed transfer": t.Reverses, "receipt": t.Receipt} {
			if value == "" {
				continue
			}
			if other, twice := once[what+value]; twice {
				j.faults = append(j.faults, fmt.Errorf("the %s %q is used by %q and by %q", what, value, other, id))
			}
			once[what+value] = id
		}
	}
	total := int64(0)
	for code, sum := range want {
		a, err := m.balance(ctx, code)
		if err != nil || a.Posted != sum.posted || a.Held != sum.held {
			j.faults = append(j.faults, fmt.Errorf("%s has %d and %d (%v), want %d and %d", code, a.Posted, a.Held, err, sum.posted, sum.held))
		}
		if a.Kind.Guarded() && (a.Available() < 0 || a.Held < 0) {
			j.faults = append(j.faults, fmt.Errorf("%s is overdrawn: %d posted, %d held", code, a.Posted, a.Held))
		}
		total += a.Posted
	}
	if total != 0 {
		j.faults = append(j.faults, fmt.Errorf("all balances sum to %d, want 0", total))
	}
	return j.faults
}
