// Package wallet holds the rules of a worker's Stellar wallet that need no
// network: its key pair, how the secret is sealed for the database, and the
// keys that derive from the service's settings. What touches Stellar's own
// formats is in wallet/stellar.
package wallet

import "io"

// KeyPair is one wallet: its address (G…, 56 characters) and the secret seed
// that signs for it (S…, 56 characters).
type KeyPair struct {
	Address string
	Secret  Secret
}

// Keys makes and reads key pairs; wallet/stellar has the one for Stellar.
type Keys interface {
	// New makes a key pair from 32 bytes of rand.
	New(rand io.Reader) (KeyPair, error)
	// Address is the address that a secret signs for; an error when the secret
	// is none, which never holds the secret itself.
	Address(secret Secret) (string, error)
	// Valid says whether a text is an address at all.
	Valid(address string) bool
}
