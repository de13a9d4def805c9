package wallet

import (
	"context"
	"errors"
	"fmt"
)

// Sealed is one wallet as its row holds it.
type Sealed struct {
	Row      int64  // rows are passed in this order
	WorkerID string // names the row to a person
	Address  string
	Token    string
}

// Resealed is one wallet's token and the one that is to take its place.
type Resealed struct {
	Row                int64
	OldToken, NewToken string
}

// Vault is where sealed wallets are kept; store.Store is one.
type Vault interface {
	// SealedWallets lists those with Row beyond after, at most limit of them.
	SealedWallets(ctx context.Context, after int64, limit int) ([]Sealed, error)
	// EachSealedWallet passes all of them, as of one moment.
	EachSealedWallet(ctx context.Context, each func(Sealed) error) error
	// Reseal puts new tokens in the place of the old ones, in one transaction,
	// and counts those it changed: a row that holds another token by now is left
	// alone.
	Reseal(ctx context.Context, changes []Resealed) (changed int, err error)
}

// Census is how the wallets are sealed.
type Census struct {
	Wallets int
	Current int // the current key opens them
	Old     int // an older key opens them
	// Broken are those that no key opens, or that sign for another address. A
	// census lists maxBroken at most and counts all.
	Broken      []Broken
	BrokenCount int
}

// Broken is a wallet that can't be used: ErrSealed or ErrAddress says why.
type Broken struct {
	WorkerID string
	Err      error
}

// maxBroken bounds the list: a wrong key breaks every wallet there is.
const maxBroken = 100

// Done says that the older keys are not needed any more.
func (c Census) Done() bool { return c.Old == 0 && c.BrokenCount == 0 }

// Census opens every wallet, as of one moment, and checks its address.
func (s *Sealer) Census(ctx context.Context, vault Vault) (Census, error) {
	var c Census
	err := vault.EachSealedWallet(ctx, func(w Sealed) error {
		c.Wallets++
		_, err := s.open(w.Token, w.Address, s.accepted[:1])
		if errors.Is(err, ErrSealed) {
			if _, err = s.open(w.Token, w.Address, s.accepted); err == nil {
				c.Old++
				return ctx.Err()
			}
		}
		if err == nil {
			c.Current++
		} else {
			c.broken(w, err)
		}
		return ctx.Err()
	})
	if err != nil {
		return Census{}, fmt.Errorf("count the wallets by their keys: %w", err)
	}
	return c, nil
}

func (c *Census) broken(w Sealed, err error) {
	c.BrokenCount++
	if len(c.Broken) < maxBroken {
		c.Broken = append(c.Broken, Broken{w.WorkerID, err})
	}
}

const (
	// rewrapBatch is how many wallets one transaction moves: few enough to be
	// over in milliseconds, since SQLite has one writer at a time.
	rewrapBatch = 200
	// rewrapPasses bounds how often the wallets are gone through. The first
	// moves what is there, a second what was registered meanwhile; if the third
	// still finds some, an instance goes on sealing with an older key.
	rewrapPasses = 3
)

// RewrapAll seals every wallet anew that an older key opens, and returns how
// many it moved and how they are sealed then. Every token is readable at every
// moment, with the current key or the older ones; what was moved stays moved
// whenever it is stopped, and a new run goes on. Wallets that no key opens are
// left alone. progress, if any, hears of each batch.
func (s *Sealer) RewrapAll(ctx context.Context, vault Vault, progress func(moved int)) (moved int, c Census, err error) {
	for range rewrapPasses {
		n, err := s.pass(ctx, vault, func(n int) {
			moved += n
			if progress != nil {
				progress(moved)
			}
		})
		if err != nil {
			return moved, Census{}, err
		}
		if c, err = s.Census(ctx, vault); err != nil || c.Old == 0 || n == 0 {
			return moved, c, err
		}
	}
	return moved, c, nil
}

// pass goes through the wallets once.
func (s *Sealer) pass(ctx context.Context, vault Vault, progress func(int)) (moved int, err error) {
	for after := int64(0); ; {
		batch, err := vault.SealedWallets(ctx, after, rewrapBatch)
		if err != nil {
			return moved, fmt.Errorf("read wallets: %w", err)
		}
		if len(batch) == 0 {
			return moved, nil
		}
		after = batch[len(batch)-1].Row
		var changes []Resealed
		for _, w := range batch {
			token, changed, err := s.Rewrap(w.Token, w.Address)
			if err == nil && changed {
				changes = append(changes, Resealed{w.Row, w.Token, token})
			} else if err != nil && !errors.Is(err, ErrSealed) && !errors.Is(err, ErrAddress) {
				return moved, err
			}
		}
		if len(changes) == 0 {
			continue
		}
		n, err := vault.Reseal(ctx, changes)
		if err != nil {
			return moved, fmt.Errorf("store wallets sealed anew: %w", err)
		}
		moved += n
		progress(n)
	}
}
