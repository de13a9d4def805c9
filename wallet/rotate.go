package wallet

import (
	"context"
	"errors"
	"fmt"
	"iter"
)

// Sealed holds one wallet's row.
type Sealed struct {
	Row      int64  // the order in which rows are read
	WorkerID string // names the row to people
	Address  string
	Token    string
}

// Resealed replaces one wallet's token by another.
type Resealed struct {
	Row                int64
	OldToken, NewToken string
}

// Vault stores sealed wallets, as store.Store does.
type Vault interface {
	// SealedWallets returns at most limit wallets whose Row is greater than after.
	SealedWallets(ctx context.Context, after int64, limit int) ([]Sealed, error)
	// Reseal replaces tokens in one transaction and returns how many it replaced.
	// It leaves a row alone whose token has changed.
	Reseal(ctx context.Context, changes []Resealed) (changed int, err error)
}

// Census counts the wallets by the keys that open them.
type Census struct {
	Wallets int
	Current int // opened by the current key
	Old     int // opened by an older key
	// Broken lists wallets that no key opens or that sign for another address, at
	// most maxBroken; BrokenCount counts them all.
	Broken      []Broken
	BrokenCount int
}

// Broken is a wallet that can't be used. Err is ErrSealed or ErrAddress.
type Broken struct {
	WorkerID string
	Err      error
}

// maxBroken bounds the list, because a wrong key breaks every wallet.
const maxBroken = 100

// Done reports whether the older keys are no longer needed.
func (c Census) Done() bool { return c.Old == 0 && c.BrokenCount == 0 }

// Census opens every wallet and checks its address. It reads pages and opens their
// wallets between two reads, so a slow machine holds no transaction open.
func (s *Sealer) Census(ctx context.Context, vault Vault) (Census, error) {
	var c Census
	for page, err := range pages(ctx, vault, readPage) {
		if err != nil {
			return Census{}, fmt.Errorf("count the wallets by their keys: %w", err)
		}
		for _, w := range page {
			if err := s.count(&c, w); err != nil {
				return Census{}, fmt.Errorf("open the wallet of %s: %w", w.WorkerID, err)
			}
		}
	}
	return c, nil
}

// count opens a wallet and adds it to a census. It returns an error if a key could
// not be asked.
func (s *Sealer) count(c *Census, w Sealed) error {
	c.Wallets++
	into := &c.Current
	_, err := s.open(w.Token, w.Address, true)
	if errors.Is(err, ErrSealed) {
		into = &c.Old
		_, err = s.open(w.Token, w.Address, false)
	}
	switch {
	case err == nil:
		*into++
	case errors.Is(err, ErrSealed), errors.Is(err, ErrAddress):
		c.broken(w, err)
	default:
		return err
	}
	return nil
}

func (c *Census) broken(w Sealed, err error) {
	c.BrokenCount++
	if len(c.Broken) < maxBroken {
		c.Broken = append(c.Broken, Broken{w.WorkerID, err})
	}
}

const (
	// rewrapPage bounds the wallets of one transaction. It takes milliseconds,
	// because SQLite has one writer at a time.
	rewrapPage = 200
	// readPage bounds the wallets of one read that changes nothing.
	readPage = 1000
	// rewrapPasses bounds the passes over all wallets. The first moves the present
	// ones, the second those registered meanwhile. If the third still finds some,
	// an instance still seals with an older key.
	rewrapPasses = 3
)

// RewrapAll seals every wallet again that an older key opens. It returns how many
// it moved, and a census after that. Every token can always be read with the
// current key or the older ones. It may be stopped at any time; what it moved stays
// moved, and a new run continues. It leaves wallets alone that no key opens. It
// calls progress, if not nil, after each batch.
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

// pages passes all wallets in the order of their rows, size at a time. After an
// error it ends.
func pages(ctx context.Context, vault Vault, size int) iter.Seq2[[]Sealed, error] {
	return func(yield func([]Sealed, error) bool) {
		for after := int64(0); ; {
			page, err := vault.SealedWallets(ctx, after, size)
			if err != nil {
				yield(nil, fmt.Errorf("read wallets: %w", err))
				return
			}
			if len(page) == 0 || !yield(page, nil) {
				return
			}
			after = page[len(page)-1].Row
		}
	}
}

// pass makes one pass over all wallets.
func (s *Sealer) pass(ctx context.Context, vault Vault, progress func(int)) (moved int, err error) {
	for page, err := range pages(ctx, vault, rewrapPage) {
		if err != nil {
			return moved, err
		}
		changes, err := s.rewrapAll(page)
		if err != nil {
			return moved, err
		}
		if len(changes) == 0 {
			continue
		}
		n, err := vault.Reseal(ctx, changes)
		if err != nil {
			return moved, fmt.Errorf("store resealed wallets: %w", err)
		}
		moved += n
		progress(n)
	}
	return moved, nil
}

// rewrapAll returns the changes of those wallets that an older key opens.
func (s *Sealer) rewrapAll(page []Sealed) (changes []Resealed, err error) {
	for _, w := range page {
		token, changed, err := s.Rewrap(w.Token, w.Address)
		if err == nil && changed {
			changes = append(changes, Resealed{w.Row, w.Token, token})
		} else if err != nil && !errors.Is(err, ErrSealed) && !errors.Is(err, ErrAddress) {
			return nil, err
		}
	}
	return changes, nil
}
