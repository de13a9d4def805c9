// Package wallet holds the rules of a worker's Stellar wallet: its key pair, how
// its secret is sealed for the database, the keys derived from the service's
// settings, and how each wallet is funded once. Stellar's own formats and its
// network are in wallet/stellar.
package wallet

import (
	"io"

	"github.com/paytrace/paytrace/engine/secret"
)

// KeyPair holds a wallet's address (G…, 56 characters) and the secret seed that
// signs for it (S…, 56 characters).
type KeyPair struct {
	Address string
	Secret  Secret
}

// Keys makes and reads key pairs. wallet/stellar implements it.
type Keys interface {
	// New makes a key pair from 32 bytes of rand.
	New(rand io.Reader) (KeyPair, error)
	// Address returns the address that a secret signs for. It returns an error
	// without the text if the text is not a secret.
	Address(secret Secret) (string, error)
	// Valid reports whether a text is an address.
	Valid(address string) bool
}

// Secret is a wallet's seed. It prints as [redacted]; only Reveal returns it.
type Secret = secret.Text

// NewSecret wraps text that must never be printed.
func NewSecret(text string) Secret { return secret.New(text) }
