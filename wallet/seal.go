package wallet

import (
	"crypto/cipher"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/fernet/fernet-go"
)

var (
	// ErrSealed reports a token that was changed, or that no configured key opens.
	ErrSealed = errors.New("sealed secret can't be opened with the keys that are set")
	// ErrAddress reports a token whose secret signs for another address than its
	// row has. The row was mixed up or tampered with.
	ErrAddress = errors.New("sealed secret belongs to another address")
	// ErrNoKey reports that there is no key to seal with.
	ErrNoKey = errors.New("ENCRYPTION_KEY is not set")
)

// Sealer seals wallet secrets for the database and opens them again. It writes
// Fernet tokens with the key urlsafe_base64(sha256(ENCRYPTION_KEY)), as the legacy
// service does, so both read the same rows. With a wallet key, see With, it writes
// envelopes, which the legacy service can't read. Tokens do not expire. It is safe for
// concurrent use.
type Sealer struct {
	keys      Keys
	accepted  []*fernet.Key // the first one seals
	envelopes *envelopes
	now       func() time.Time
}

// With returns a sealer that seals with a wallet key, if current is not nil, and also
// opens what it and the older ones have sealed.
func (s *Sealer) With(current KeyWrapper, old ...KeyWrapper) *Sealer {
	wrappers := old
	if current != nil {
		wrappers = append([]KeyWrapper{current}, old...)
	}
	with := *s
	with.envelopes = &envelopes{current: current, wrappers: wrappers, opened: map[string]cipher.AEAD{}}
	return &with
}

// NewSealer makes a Sealer that seals with the current ENCRYPTION_KEY and opens
// with it and the old ones. It returns ErrNoKey if current is empty. now gives the
// date of the tokens.
func NewSealer(keys Keys, now func() time.Time, current string, old ...string) (*Sealer, error) {
	if current == "" {
		return nil, ErrNoKey
	}
	s := &Sealer{keys: keys, now: now, envelopes: &envelopes{opened: map[string]cipher.AEAD{}}, accepted: []*fernet.Key{fernetKey(current)}}
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

// Seal seals the secret of an address into a token.
func (s *Sealer) Seal(secret Secret, address string) (token string, err error) {
	if s.envelopes.current != nil {
		token, err := s.envelopes.seal([]byte(secret.Reveal()), address)
		if err != nil {
			return "", fmt.Errorf("seal a wallet secret: %w", err)
		}
		return token, nil
	}
	sealed, err := fernet.EncryptAndSignAtTime([]byte(secret.Reveal()), s.accepted[0], s.now())
	if err != nil {
		return "", fmt.Errorf("seal a wallet secret: %w", err)
	}
	return string(sealed), nil
}

// Open returns the secret of a token. It returns ErrSealed if no key opens the
// token, and ErrAddress if the secret does not sign for the address in its row. An
// envelope is bound to its address, so in another row no key opens it.
func (s *Sealer) Open(token, wantAddress string) (Secret, error) {
	return s.open(token, wantAddress, false)
}

// text returns what a token seals, without a look at what it is.
func (s *Sealer) text(token, address string, onlyCurrent bool) ([]byte, error) {
	if e, ok := readEnvelope(token); ok {
		return s.envelopes.open(e, address, onlyCurrent)
	}
	accepted := s.accepted
	if onlyCurrent && s.envelopes.current != nil {
		accepted = nil
	} else if onlyCurrent {
		accepted = accepted[:1]
	}
	const noExpiry = 0
	text := fernet.VerifyAndDecrypt([]byte(token), noExpiry, accepted)
	if text == nil {
		return nil, ErrSealed
	}
	return text, nil
}

func (s *Sealer) open(token, wantAddress string, onlyCurrent bool) (Secret, error) {
	text, err := s.text(token, wantAddress, onlyCurrent)
	if err != nil {
		return Secret{}, err
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

// Rewrap seals a token again with the current key. If that key already opens the
// token, it returns the same token and false. Its errors are those of Open.
func (s *Sealer) Rewrap(token, wantAddress string) (rewrapped string, changed bool, err error) {
	if _, err := s.open(token, wantAddress, true); !errors.Is(err, ErrSealed) {
		return token, false, err
	}
	secret, err := s.Open(token, wantAddress)
	if err != nil {
		return token, false, err
	}
	rewrapped, err = s.Seal(secret, wantAddress)
	return rewrapped, err == nil, err
}

// MinPublicKeyBytes is the minimum length of the ENCRYPTION_KEY for real money. It
// is the length of the key that ENCRYPTION_KEY is hashed to.
const MinPublicKeyBytes = 32

// PublicNetwork is STELLAR_NETWORK's name for the network with real money.
const PublicNetwork = "PUBLIC"

// ErrWeakKey reports a key that is too short for the public network.
var ErrWeakKey = errors.New("ENCRYPTION_KEY is too short")

// CheckStrength returns ErrWeakKey for a short ENCRYPTION_KEY on the public
// network. Other networks accept any key, as in the legacy service.
func CheckStrength(network, encryptionKey string) error {
	if network != PublicNetwork || len(encryptionKey) >= MinPublicKeyBytes {
		return nil
	}
	return fmt.Errorf("%w: it has %d bytes, and STELLAR_NETWORK=%s needs at least %d. Make one with: openssl rand -base64 32",
		ErrWeakKey, len(encryptionKey), PublicNetwork, MinPublicKeyBytes)
}
