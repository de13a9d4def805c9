package wallet

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
)

// KeyWrapper wraps data keys under a key that stays where it is: in a file, in the
// environment or in a key management service.
type KeyWrapper interface {
	// Name tells the keys that it wraps from those of others. It has no dot.
	Name() string
	// Wrap returns a data key in a form that only Unwrap reads.
	Wrap(dataKey []byte) (wrapped []byte, err error)
	// Unwrap returns ErrSealed if the wrapped key is not one of its own. Another
	// error means that it could not tell.
	Unwrap(wrapped []byte) (dataKey []byte, err error)
}

const (
	// envelopePrefix begins a token that has a wrapped data key. Fernet tokens begin
	// with another letter.
	envelopePrefix = "pt2"
	// dataKeySize makes it AES-256.
	dataKeySize = 32
	// dataKeyUses bounds the secrets that one data key seals. Random nonces of 96 bits
	// allow far more; fewer keys mean fewer questions to a key management service.
	dataKeyUses = 1000
	// openedKeys bounds the data keys that stay unwrapped in memory.
	openedKeys = 1024
)

// envelopes seals secrets with data keys, which it keeps wrapped beside them. Each
// secret is bound to its wallet's address: in another row it does not open.
type envelopes struct {
	current  KeyWrapper // nil if it only opens
	wrappers []KeyWrapper

	mu      sync.Mutex
	wrapped string // the data key in use, as it stands in tokens
	aead    cipher.AEAD
	uses    int
	opened  map[string]cipher.AEAD // by the key's name and its wrapped form
}

var encoding = base64.RawURLEncoding

// binding is what a sealed secret is authenticated with beside itself.
func binding(address string) []byte { return []byte("paytrace wallet v2|" + address) }

func (e *envelopes) seal(text []byte, address string) (string, error) {
	wrapped, aead, err := e.dataKey()
	if err != nil {
		return "", err
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(text)+aead.Overhead())
	if _, err := rand.Read(nonce); err != nil {
		return "", err
	}
	sealed := aead.Seal(nonce, nonce, text, binding(address))
	return strings.Join([]string{envelopePrefix, e.current.Name(), wrapped, encoding.EncodeToString(sealed)}, "."), nil
}

// dataKey returns the data key in use, or a new one when it was used often enough.
func (e *envelopes) dataKey() (wrapped string, aead cipher.AEAD, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.aead == nil || e.uses >= dataKeyUses {
		key := make([]byte, dataKeySize)
		if _, err := rand.Read(key); err != nil {
			return "", nil, err
		}
		sealed, err := e.current.Wrap(key)
		if err != nil {
			return "", nil, err
		}
		if e.aead, err = gcm(key); err != nil {
			return "", nil, err
		}
		e.wrapped, e.uses = encoding.EncodeToString(sealed), 0
	}
	e.uses++
	return e.wrapped, e.aead, nil
}

func gcm(key []byte) (cipher.AEAD, error) {
	if len(key) != dataKeySize {
		return nil, fmt.Errorf("a data key has %d bytes, expected %d", len(key), dataKeySize)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// envelope is a token of envelopes.
type envelope struct {
	name, wrapped string
	sealed        []byte
}

// readEnvelope takes a token apart. It returns false for one of another form.
func readEnvelope(token string) (e envelope, ok bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 4 || parts[0] != envelopePrefix {
		return envelope{}, false
	}
	sealed, err := encoding.DecodeString(parts[3])
	return envelope{parts[1], parts[2], sealed}, err == nil && parts[1] != "" && parts[2] != ""
}

// open returns the text of an envelope, or ErrSealed. With onlyCurrent it opens what
// the current key has sealed.
func (e *envelopes) open(in envelope, address string, onlyCurrent bool) ([]byte, error) {
	if onlyCurrent && (e.current == nil || e.current.Name() != in.name) {
		return nil, ErrSealed
	}
	aead, err := e.unwrap(in)
	if err != nil {
		return nil, err
	}
	if len(in.sealed) < aead.NonceSize() {
		return nil, ErrSealed
	}
	text, err := aead.Open(nil, in.sealed[:aead.NonceSize()], in.sealed[aead.NonceSize():], binding(address))
	if err != nil {
		return nil, ErrSealed
	}
	return text, nil
}

// knows reports whether a key with the name of an envelope's is set.
func (e *envelopes) knows(in envelope) bool {
	for _, w := range e.wrappers {
		if w.Name() == in.name {
			return true
		}
	}
	return false
}

func (e *envelopes) unwrap(in envelope) (cipher.AEAD, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	id := in.name + "." + in.wrapped
	if aead := e.opened[id]; aead != nil {
		return aead, nil
	}
	wrapped, err := encoding.DecodeString(in.wrapped)
	if err != nil {
		return nil, ErrSealed
	}
	var key []byte
	unsure := ErrSealed
	for _, w := range e.wrappers {
		if w.Name() != in.name {
			continue
		}
		if key, err = w.Unwrap(wrapped); err == nil {
			break
		}
		if !errors.Is(err, ErrSealed) {
			unsure = err
		}
	}
	if key == nil {
		return nil, unsure
	}
	aead, err := gcm(key)
	if err != nil {
		return nil, err
	}
	if len(e.opened) >= openedKeys {
		clear(e.opened)
	}
	e.opened[id] = aead
	return aead, nil
}
