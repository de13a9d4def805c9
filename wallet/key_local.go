package wallet

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/paytrace/paytrace/engine/secret"
)

// LocalKey wraps data keys with AES-256-GCM under a key that the service has itself.
type LocalKey struct {
	name string
	aead cipher.AEAD
}

// localNameSize is how many bytes of a key's tag are its name: enough to tell the few
// keys of a service apart.
const localNameSize = 6

// NewLocalKey reads a key of 32 bytes in base64, as "openssl rand -base64 32" makes
// it. Its error never has the key.
func NewLocalKey(text secret.Text) (*LocalKey, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text.Reveal()))
	if err != nil || len(key) != dataKeySize {
		return nil, fmt.Errorf("expected %d bytes in base64; make them with: openssl rand -base64 %d", dataKeySize, dataKeySize)
	}
	aead, err := gcm(key)
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("paytrace wallet key name v2"))
	return &LocalKey{"k" + hex.EncodeToString(mac.Sum(nil)[:localNameSize]), aead}, nil
}

// Name is made of the key, and the key can't be computed from it.
func (k *LocalKey) Name() string { return k.name }

// wrapping is what a wrapped data key is authenticated with beside itself.
var wrapping = []byte("paytrace data key v2")

// Wrap seals a data key.
func (k *LocalKey) Wrap(dataKey []byte) ([]byte, error) {
	nonce := make([]byte, k.aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return nil, err
	}
	return k.aead.Seal(nonce, nonce, dataKey, wrapping), nil
}

// Unwrap opens a data key.
func (k *LocalKey) Unwrap(wrapped []byte) ([]byte, error) {
	size := k.aead.NonceSize()
	if len(wrapped) < size {
		return nil, ErrSealed
	}
	key, err := k.aead.Open(nil, wrapped[:size], wrapped[size:], wrapping)
	if err != nil {
		return nil, ErrSealed
	}
	return key, nil
}
