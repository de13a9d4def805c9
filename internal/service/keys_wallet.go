package service

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
)

// Sealer returns what seals wallets and opens them, with the keys of the settings and
// an ENCRYPTION_KEY.
func (s Settings) Sealer(encryption secret.Text) (*wallet.Sealer, error) {
	sealer, err := wallet.NewSealer(stellar.Keys{}, time.Now, encryption.Reveal(), s.EncryptionOld...)
	if err != nil {
		return nil, err
	}
	current, err := s.walletKey()
	if err != nil {
		return nil, err
	}
	var old []wallet.KeyWrapper
	for _, text := range s.WalletOld {
		key, err := wallet.NewLocalKey(secret.New(text))
		if err != nil {
			return nil, usagef("WALLET_KEY_OLD: %w", err)
		}
		old = append(old, key)
	}
	if s.KeyCommandOld != "" {
		key, err := wallet.NewCommandKey(s.KeyCommandOld)
		if err != nil {
			return nil, usagef("KEY_COMMAND_OLD: %w", err)
		}
		old = append(old, key)
	}
	if current == nil && len(old) == 0 {
		return sealer, nil
	}
	return sealer.With(current, old...), nil
}

// SealsWith returns the name of the setting whose key seals new wallets.
func (s Settings) SealsWith() string {
	switch {
	case s.WalletKey.IsSet():
		return walletKey
	case s.WalletKeyFile != "":
		return walletKeyFile
	case s.KeyCommand != "":
		return keyCommand
	}
	return "ENCRYPTION_KEY"
}

// walletKey returns the key that seals wallets, or nil where ENCRYPTION_KEY does.
func (s Settings) walletKey() (wallet.KeyWrapper, error) {
	name := s.SealsWith()
	var key wallet.KeyWrapper
	var err error
	switch name {
	case walletKey:
		key, err = wallet.NewLocalKey(s.WalletKey)
	case walletKeyFile:
		key, err = keyFromFile(s.WalletKeyFile)
	case keyCommand:
		key, err = wallet.NewCommandKey(s.KeyCommand)
	default:
		return nil, nil //nolint:nilnil // no key is set, which is no error
	}
	if err != nil {
		return nil, usagef("%s: %w", name, err)
	}
	return key, nil
}

// keyFileSize bounds a file with a key; a key in base64 has 44 characters.
const keyFileSize = 1 << 10

// keyFromFile reads a key from a file that nobody else may read.
func keyFromFile(name string) (*wallet.LocalKey, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("it is no regular file")
	case info.Size() > keyFileSize:
		return nil, fmt.Errorf("the file has %d bytes, expected a key and nothing else", info.Size())
	case info.Mode().Perm()&othersRights != 0:
		return nil, fmt.Errorf("others may read the file (mode %04o); change that with: chmod 600 %s", info.Mode().Perm(), name)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return wallet.NewLocalKey(secret.New(strings.TrimSpace(string(text))))
}
