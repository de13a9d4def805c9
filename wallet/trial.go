package wallet

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
)

// Trial says which wallets of a database the keys do not open.
type Trial struct {
	Wallets int
	// Locked counts the wallets that are sealed with another key, and FirstLocked
	// is the Worker ID of the first.
	Locked      int
	FirstLocked string
	// Damaged counts the wallets whose token is not a sealed secret at all, so no
	// key can open it. FirstDamaged is the Worker ID of the first.
	Damaged      int
	FirstDamaged string
}

// Try opens every wallet, as a start of the service does. Other than a census it
// does not check the addresses, which takes ten times as long.
func (s *Sealer) Try(ctx context.Context, vault Vault) (Trial, error) {
	var t Trial
	for page, err := range pages(ctx, vault, readPage) {
		if err != nil {
			return Trial{}, fmt.Errorf("try the keys on the wallets: %w", err)
		}
		for _, w := range page {
			if err := s.try(&t, w); err != nil {
				return Trial{}, fmt.Errorf("open the wallet of %s: %w", w.WorkerID, err)
			}
		}
	}
	return t, nil
}

// try opens a wallet and adds it to a trial. It returns an error if a key could not be
// asked.
func (s *Sealer) try(t *Trial, w Sealed) error {
	t.Wallets++
	_, err := s.text(w.Token, w.Address, false)
	e, enveloped := readEnvelope(w.Token)
	switch {
	case err == nil:
	case !errors.Is(err, ErrSealed):
		return err
	case enveloped && !s.envelopes.knows(e), isFernet(w.Token):
		t.Locked++
		if t.Locked == 1 {
			t.FirstLocked = w.WorkerID
		}
	default:
		t.Damaged++
		if t.Damaged == 1 {
			t.FirstDamaged = w.WorkerID
		}
	}
	return nil
}

// The parts of a Fernet token: https://github.com/fernet/spec/blob/master/Spec.md
const (
	tokenVersion = 0x80
	// tokenFrame is the length of the version, the time, the vector and the
	// signature. The sealed blocks stand between them.
	tokenFrame = 1 + 8 + 16 + 32
	tokenBlock = 16
)

// isFernet reports whether a text has the form of a Fernet token. If so, and no key
// opens it, then another key sealed it or somebody changed it.
func isFernet(text string) bool {
	raw, err := base64.URLEncoding.DecodeString(text)
	if err != nil || len(raw) <= tokenFrame {
		return false
	}
	return raw[0] == tokenVersion && (len(raw)-tokenFrame)%tokenBlock == 0
}
