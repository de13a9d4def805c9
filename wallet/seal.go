package wallet

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/fernet/fernet-go"
)

var (
	// ErrSealed: no key that is set opens the token, or it was altered.
	ErrSealed = errors.New("sealed secret can't be opened with the keys that are set")
	// ErrAddress: the token opened, but its secret signs for another address
	// than the row says. The row was mixed up or tampered with.
	ErrAddress = errors.New("sealed secret belongs to another address")
	// ErrNoKey: there is no key to seal with.
	ErrNoKey = errors.New("ENCRYPTION_KEY is not set")
)

// Sealer seals wallet secrets for the database and opens them again. Tokens
// are Fernet's, under urlsafe_base64(sha256(ENCRYPTION_KEY)), as the service
// has always written them, so both of its generations read the same rows. They
// do not expire. It is safe for concurrent use.
type Sealer struct {
	keys     Keys
	accepted []*fernet.Key // the first one seals
	now      func() time.Time
}

// NewSealer makes a Sealer that seals with the current ENCRYPTION_KEY and
// opens with it and the old ones; ErrNoKey when current is empty. now dates the
// tokens.
func NewSealer(keys Keys, now func() time.Time, current string, old ...string) (*Sealer, error) {
	if current == "" {
		return nil, ErrNoKey
	}
	s := &Sealer{keys: keys, now: now, accepted: []*fernet.Key{fernetKey(current)}}
	for _, key := range old {
		if key != "" {
			s.accepted = append(s.accepted, fernetKey(key))
		}
	}
	return s, nil
}

func fernetKey(encryptionKey string) *fernet.Key {
	key := fernet.Key(sha256.Sum256([]byte(encryptionKey)))
	return &key
}

// Seal makes the token of a secret.
func (s *Sealer) Seal(secret Secret) (token string, err error) {
	sealed, err := fernet.EncryptAndSignAtTime([]byte(secret.Reveal()), s.accepted[0], s.now())
	if err != nil {
		return "", fmt.Errorf("seal a wallet secret: %w", err)
	}
	return string(sealed), nil
}

// Open gives the secret of a token, after making sure that it signs for the
// address its row names: ErrSealed, ErrAddress.
func (s *Sealer) Open(token, wantAddress string) (Secret, error) {
	return s.open(token, wantAddress, s.accepted)
}

func (s *Sealer) open(token, wantAddress string, with []*fernet.Key) (Secret, error) {
	const noExpiry = 0
	text := fernet.VerifyAndDecrypt([]byte(token), noExpiry, with)
	if text == nil {
		return Secret{}, ErrSealed
	}
	secret := NewSecret(string(text))
	address, err := s.keys.Address(secret)
	if err != nil {
		return Secret{}, fmt.Errorf("%w: %w", ErrAddress, err)
	}
	if address != wantAddress {
		return Secret{}, fmt.Errorf("%w: it signs for %s, the row says %s", ErrAddress, address, wantAddress)
	}
	return secret, nil
}

// Rewrap seals a token anew with the current key; changed is false, and the
// token the same, when that key already opens it. ErrSealed, ErrAddress.
func (s *Sealer) Rewrap(token, wantAddress string) (rewrapped string, changed bool, err error) {
	if _, err := s.open(token, wantAddress, s.accepted[:1]); !errors.Is(err, ErrSealed) {
		return token, false, err
	}
	secret, err := s.Open(token, wantAddress)
	if err != nil {
		return token, false, err
	}
	rewrapped, err = s.Seal(secret)
	return rewrapped, err == nil, err
}
