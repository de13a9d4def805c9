// Package stellar reads and writes Stellar's own formats for package wallet: key
// pairs, addresses, transactions and their results. It reaches no network and links
// none of the SDK's clients.
package stellar

import (
	"errors"
	"fmt"
	"io"

	"github.com/stellar/go-stellar-sdk/keypair"
	"github.com/stellar/go-stellar-sdk/strkey"

	"github.com/paytrace/paytrace/wallet"
)

// ErrSecret reports a text that is not a Stellar secret seed.
var ErrSecret = errors.New("not a Stellar secret seed (S and 55 more characters)")

// Keys implements wallet.Keys.
type Keys struct{}

var _ wallet.Keys = Keys{}

// New makes a key pair from 32 bytes of rand.
func (Keys) New(rand io.Reader) (wallet.KeyPair, error) {
	var seed [32]byte
	if _, err := io.ReadFull(rand, seed[:]); err != nil {
		return wallet.KeyPair{}, fmt.Errorf("read randomness for a wallet: %w", err)
	}
	pair, err := keypair.FromRawSeed(seed)
	if err != nil {
		return wallet.KeyPair{}, errors.New("make a key pair from a seed of 32 bytes")
	}
	return wallet.KeyPair{Address: pair.Address(), Secret: wallet.NewSecret(pair.Seed())}, nil
}

// Address returns the address that a secret seed signs for, or ErrSecret.
func (Keys) Address(secret wallet.Secret) (string, error) {
	pair, err := keypair.ParseFull(secret.Reveal())
	if err != nil {
		return "", ErrSecret // the SDK's own error may quote the seed
	}
	return pair.Address(), nil
}

// Valid reports whether a text is the address of an account.
func (Keys) Valid(address string) bool { return ValidAddress(address) }

// ValidAddress reports whether s is the address of an account (G…).
func ValidAddress(s string) bool { return strkey.IsValidEd25519PublicKey(s) }
