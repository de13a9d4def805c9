// Package wallettest has the tests that every wallet.Network passes, and what they
// need: a ledger that applies transactions as Stellar does, and a Horizon and an RPC
// service for it that can fail in every documented way.
package wallettest

import (
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/stellar/go-stellar-sdk/network"
	"github.com/stellar/go-stellar-sdk/xdr"
)

const (
	stroops     = 10_000_000
	baseReserve = stroops / 2 // for each entry of an account; itself counts as two
	baseFee     = 100
)

// Ledger is a Stellar network of one node that closes a ledger at every request. It
// checks signatures, sequence numbers, time bounds, fees, balances, reserves,
// trustlines and sponsorships. It is safe for concurrent use.
type Ledger struct {
	passphrase string
	now        func() time.Time

	mu       sync.Mutex
	accounts map[string]*account
	applied  map[string]*record
	waiting  []waiting
	sequence int64
	closedAt time.Time
	leastFee int64
	received map[string]Received
	// closes and versions hold the past, for replicas that lag.
	closes   []closed
	resetAt  time.Time
	versions map[string][]version
}

// closed is a ledger that has closed.
type closed struct {
	sequence int64
	at       time.Time
}

// version is an account as of a time; nil does not exist.
type version struct {
	at      time.Time
	account *account
}

// account is an account's entry and its trustlines.
type account struct {
	sequence, balance                 int64
	subentries, sponsoring, sponsored int64
	trust                             map[string]trustline // by asset
}

type trustline struct{ balance, limit int64 }

func (a *account) spendable() int64 {
	return a.balance - (2+a.subentries+a.sponsoring-a.sponsored)*baseReserve
}

// record is a transaction in a ledger.
type record struct {
	hash, envelope string
	ledger         int64
	closedAt       time.Time
	result         xdr.TransactionResult
}

func (r *record) successful() bool { return r.result.Result.Code == xdr.TransactionResultCodeTxSuccess }

// waiting is a transaction that gets into a ledger later.
type waiting struct {
	envelope string
	at       time.Time
}

// Received counts what an account got from all successful transactions.
type Received struct {
	Created  int
	Payments int
	Lumens   int64
	Credit   int64
}

// Gifts counts how often the account got money.
func (r Received) Gifts() int {
	if r.Credit > 0 {
		return r.Payments
	}
	return r.Created + r.Payments
}

// NewLedger makes a ledger without accounts.
func NewLedger(passphrase string, now func() time.Time) *Ledger {
	return &Ledger{
		passphrase: passphrase, now: now, sequence: 1000, leastFee: baseFee,
		accounts: map[string]*account{}, applied: map[string]*record{}, received: map[string]Received{},
		versions: map[string][]version{},
	}
}

// Open makes an account with lumens.
func (l *Ledger) Open(address string, lumens int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.close()
	l.accounts[address] = &account{sequence: l.sequence << 32, balance: lumens * stroops, trust: map[string]trustline{}}
	l.changed(address)
}

// Trust gives an account a trustline and units of the asset.
func (l *Ledger) Trust(address, code, issuer string, units int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.accounts[address]
	a.subentries++
	a.trust[code+":"+issuer] = trustline{balance: units * stroops, limit: 1 << 62}
	l.changed(address)
}

// Close removes an account, like a merge or a reset of the network.
func (l *Ledger) Close(address string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.accounts, address)
	l.changed(address)
}

// Reset begins the network anew with no account and no transaction, as a test
// network does a few times a year. Its ledgers count from 1 again.
func (l *Ledger) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.accounts, l.applied, l.waiting = map[string]*account{}, map[string]*record{}, nil
	l.received, l.versions, l.closes, l.sequence = map[string]Received{}, map[string][]version{}, nil, 1
	l.resetAt = l.now()
}

// Spend uses up a sequence number of an account, like another program's transaction.
func (l *Ledger) Spend(address string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.accounts[address].sequence++
	l.changed(address)
}

// SetLeastFee sets the minimum fee for an operation, in stroops.
func (l *Ledger) SetLeastFee(fee int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.leastFee = fee
}

// Received returns what an account got.
func (l *Ledger) Received(address string) Received {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.close()
	return l.received[address]
}

// Balance returns an account's stroops of lumens, and false if it does not exist.
func (l *Ledger) Balance(address string) (int64, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.close()
	a, ok := l.accounts[address]
	if !ok {
		return 0, false
	}
	return a.balance, true
}

// Applied counts the transactions in ledgers.
func (l *Ledger) Applied() (succeeded, failed int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.close()
	for _, r := range l.applied {
		if r.successful() {
			succeeded++
		} else {
			failed++
		}
	}
	return succeeded, failed
}

// Sources counts the successful transactions of each account whose sequence
// numbers they used.
func (l *Ledger) Sources() map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	counts := map[string]int{}
	for _, r := range l.applied {
		var e xdr.TransactionEnvelope
		if r.successful() && xdr.SafeUnmarshalBase64(r.envelope, &e) == nil {
			source := e.SourceAccount()
			counts[source.Address()]++
		}
	}
	return counts
}

// close closes a ledger now, after those of the waiting transactions.
func (l *Ledger) close() {
	now := l.now().UTC().Truncate(time.Second)
	slices.SortStableFunc(l.waiting, func(a, b waiting) int { return a.at.Compare(b.at) })
	for len(l.waiting) > 0 && !l.waiting[0].at.After(now) {
		w := l.waiting[0]
		l.waiting = l.waiting[1:]
		l.closeAt(w.at)
		_, _ = l.take(w.envelope) // the network drops one that is no longer valid, too
	}
	l.closeAt(now)
}

func (l *Ledger) closeAt(at time.Time) {
	if at.After(l.closedAt) {
		l.sequence++
		l.closedAt = at.UTC().Truncate(time.Second)
		l.closes = append(l.closes, closed{l.sequence, l.closedAt})
	}
}

// oldest returns the close of the first ledger that servers still have: that of a
// day ago, or the first after a reset.
func (l *Ledger) oldest() time.Time {
	day := l.closedAt.AddDate(0, 0, -1)
	if l.resetAt.After(day) {
		return l.resetAt
	}
	return day
}

// changed remembers how accounts are now.
func (l *Ledger) changed(addresses ...string) {
	for _, address := range addresses {
		v := version{at: l.closedAt}
		if a, ok := l.accounts[address]; ok {
			v.account = a.clone()
		}
		l.versions[address] = append(l.versions[address], v)
	}
}

func (a *account) clone() *account {
	c := *a
	c.trust = maps.Clone(a.trust)
	return &c
}

// take puts a transaction into the ledger and returns its record, or nil and the
// refusal. For a transaction that is there already, it returns the first record.
func (l *Ledger) take(envelope string) (*record, xdr.TransactionResult) {
	e, hash, err := l.read(envelope)
	if err != nil {
		return nil, refused(xdr.TransactionResultCodeTxMalformed)
	}
	if r, ok := l.applied[hash]; ok {
		return r, r.result
	}
	if code := l.check(e, hash); code != xdr.TransactionResultCodeTxSuccess {
		return nil, refused(code)
	}
	r := &record{hash: hash, envelope: envelope, ledger: l.sequence, closedAt: l.closedAt}
	r.result = l.apply(e, hash)
	l.applied[hash] = r
	payer := e.SourceAccount()
	l.changed(payer.Address())
	if r.successful() {
		l.changed(slices.Collect(maps.Keys(touched(e)))...)
	}
	return r, r.result
}

func (l *Ledger) read(envelope string) (xdr.TransactionEnvelope, string, error) {
	var e xdr.TransactionEnvelope
	if err := xdr.SafeUnmarshalBase64(envelope, &e); err != nil {
		return e, "", err
	}
	if e.Type != xdr.EnvelopeTypeEnvelopeTypeTx {
		return e, "", fmt.Errorf("an envelope of type %s", e.Type)
	}
	hash, err := network.HashTransactionInEnvelope(e, l.passphrase)
	return e, hex.EncodeToString(hash[:]), err
}

func refused(code xdr.TransactionResultCode) xdr.TransactionResult {
	return xdr.TransactionResult{Result: xdr.TransactionResultResult{Code: code}}
}

// waits reports whether a transaction gets into a ledger later.
func (l *Ledger) waits(envelope string) bool {
	return slices.ContainsFunc(l.waiting, func(w waiting) bool { return w.envelope == envelope })
}

// snapshot copies accounts, to undo a failed transaction.
func (l *Ledger) snapshot(addresses map[string]bool) map[string]*account {
	saved := map[string]*account{}
	for address := range addresses {
		if a, ok := l.accounts[address]; ok {
			saved[address] = a.clone()
		} else {
			saved[address] = nil
		}
	}
	return saved
}

func (l *Ledger) restore(saved map[string]*account) {
	for address, a := range saved {
		if a == nil {
			delete(l.accounts, address)
		} else {
			l.accounts[address] = a
		}
	}
}
