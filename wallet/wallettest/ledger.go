// Package wallettest has what a wallet's doors to Stellar are tested against: a
// ledger that judges transactions as the network does, with a Horizon and an
// RPC server before it that can fail in every documented way, and the suite
// that every wallet.Network passes.
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

// Ledger is a Stellar network of one node, whose ledgers close whenever
// somebody asks. It checks signatures, sequence numbers, time bounds, fees,
// balances, reserves, trustlines and sponsorships. It is safe for concurrent
// use.
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

// Received is what an account was given, over all successful transactions.
type Received struct {
	Created  int // how often it was made
	Payments int // how often it was paid
	Lumens   int64
	Credit   int64
}

// Gifts is how often it was given money.
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
	}
}

// Open makes an account from nothing.
func (l *Ledger) Open(address string, lumens int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.close()
	l.accounts[address] = &account{sequence: l.sequence << 32, balance: lumens * stroops, trust: map[string]trustline{}}
}

// Trust gives an account a trustline and some of the asset, from nothing.
func (l *Ledger) Trust(address, code, issuer string, units int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.accounts[address]
	a.subentries++
	a.trust[code+":"+issuer] = trustline{balance: units * stroops, limit: 1 << 62}
}

// Close removes an account, as a merge or a reset of the network does.
func (l *Ledger) Close(address string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.accounts, address)
}

// Spend uses a sequence number of an account up, as another program's
// transaction would.
func (l *Ledger) Spend(address string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.accounts[address].sequence++
}

// SetLeastFee sets the least fee for an operation, in stroops.
func (l *Ledger) SetLeastFee(fee int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.leastFee = fee
}

// Received is what an account was given.
func (l *Ledger) Received(address string) Received {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.close()
	return l.received[address]
}

// Balance is an account's lumens in stroops; false if there is no account.
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

// Applied counts the transactions in ledgers, failed ones too.
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

// close closes a ledger at the time it is: what waited goes in first.
func (l *Ledger) close() {
	now := l.now().UTC().Truncate(time.Second)
	slices.SortStableFunc(l.waiting, func(a, b waiting) int { return a.at.Compare(b.at) })
	for len(l.waiting) > 0 && !l.waiting[0].at.After(now) {
		w := l.waiting[0]
		l.waiting = l.waiting[1:]
		l.closeAt(w.at)
		_, _ = l.take(w.envelope) // one that is no longer valid is dropped, as by the network
	}
	l.closeAt(now)
}

func (l *Ledger) closeAt(at time.Time) {
	if at.After(l.closedAt) {
		l.sequence++
		l.closedAt = at.UTC().Truncate(time.Second)
	}
}

// take puts a transaction in the ledger, or says why not. One that is there
// already is given back.
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

// waits says whether a transaction is to get into a ledger later.
func (l *Ledger) waits(envelope string) bool {
	return slices.ContainsFunc(l.waiting, func(w waiting) bool { return w.envelope == envelope })
}

// snapshot of accounts, to undo a failed transaction.
func (l *Ledger) snapshot(addresses map[string]bool) map[string]*account {
	kept := map[string]*account{}
	for address := range addresses {
		if a, ok := l.accounts[address]; ok {
			c := *a
			c.trust = maps.Clone(a.trust)
			kept[address] = &c
		} else {
			kept[address] = nil
		}
	}
	return kept
}

func (l *Ledger) restore(kept map[string]*account) {
	for address, a := range kept {
		if a == nil {
			delete(l.accounts, address)
		} else {
			l.accounts[address] = a
		}
	}
}
