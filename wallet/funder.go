package wallet

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"sync"
	"sync/atomic"
	"time"
)

// ErrStuck reports that funding can't go on now because of the network or the
// funding account. It is tried again.
var ErrStuck = errors.New("funding can't go on now")

// Opener opens sealed secrets and checks their address, as Sealer does.
type Opener interface {
	Open(token, wantAddress string) (Secret, error)
}

// Funder funds each wallet once. For a wallet, call Fund until its funding has
// ended; each call does what it can for all wallets that are due. Many Funders in
// many processes may work on one Book, and each may die at any point. It is safe
// for concurrent use.
//
// A transaction is stored and committed before it is submitted. If its fate is
// unknown, it is looked up by its hash and submitted again unchanged. Its wallets
// get another transaction in two cases only: it is in a ledger as failed, or its
// time bound is over and a proof shows that it is in no ledger. Such a proof is the
// answer of a server that surely has all ledgers up to the time bound, or a fence: a
// transaction with the same sequence number that is in a ledger.
type Funder struct {
	Book    Book
	Network Network
	Builder Builder
	Keys    Keys
	Sealed  Opener
	// Account pays for everything.
	Account KeyPair
	Asset   Asset
	// Channels bounds the channels, the account itself included.
	Channels int
	// Batch bounds the wallets of one transaction; 0 means as many as fit.
	Batch int
	Now   func() time.Time
	Log   *slog.Logger
	// Tick makes the beat in which leases are extended; nil means time.NewTicker.
	Tick func(d time.Duration) (beats <-chan time.Time, end func())

	// lastFee is the last fee offered, and raised the higher one to offer after
	// its refusal.
	lastFee, raised atomic.Int64
	// warned has the time of the last warning of each cause.
	warned sync.Map
}

// warnAgain is how long a cause that lasts is not logged again. Every wallet has a
// job of its own that meets it, every few seconds.
const warnAgain = 10 * time.Minute

// transactionHash finds what differs between two warnings of one cause.
var transactionHash = regexp.MustCompile(`[0-9a-f]{64}`)

// warn logs why wallets can't be funded, once for each cause.
func (f *Funder) warn(err error) {
	cause, now := transactionHash.ReplaceAllString(err.Error(), ""), f.Now()
	if last, ok := f.warned.Load(cause); ok && now.Sub(last.(time.Time)) < warnAgain {
		return
	}
	f.warned.Store(cause, now)
	f.Log.Warn("wallets can't be funded now", "error", err)
}

// channelKey derives the key pair of a channel from the funding account's secret,
// so no other secret must be stored.
func (f *Funder) channelKey(place int) (KeyPair, error) {
	if place == 0 {
		return f.Account, nil
	}
	info := fmt.Sprintf("paytrace funding channel v1 %d", place)
	seed, err := hkdf.Key(sha256.New, []byte(f.Account.Secret.Reveal()), nil, info, sha256.Size)
	if err != nil {
		return KeyPair{}, fmt.Errorf("derive the key of channel %d: %w", place, err)
	}
	return f.Keys.New(bytes.NewReader(seed))
}

func unanswered(t Transaction, err error) error {
	return fmt.Errorf("%w: the outcome of transaction %s is not known yet: %w", ErrStuck, t.Hash, err)
}
