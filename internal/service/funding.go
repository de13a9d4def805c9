package service

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
	"github.com/paytrace/paytrace/wallet/stellar/horizon"
	"github.com/paytrace/paytrace/wallet/stellar/rpc"
)

// newFunder returns the funder of new wallets and a description of it. The funder is nil
// without STELLAR_FUNDING_SECRET.
func newFunder(db store.Store, s Settings, sealer *wallet.Sealer, log *slog.Logger) (funder *wallet.Funder, how string, err error) {
	if !s.StellarFunding.IsSet() {
		return nil, "not funded: STELLAR_FUNDING_SECRET is not set", nil
	}
	if err := checkFunding(s); err != nil {
		return nil, "", UsageError{err}
	}
	address, err := stellar.Keys{}.Address(s.StellarFunding)
	if err != nil {
		return nil, "", usagef("STELLAR_FUNDING_SECRET: %w", err)
	}
	network, through, err := Stellar(s)
	if err != nil {
		return nil, "", UsageError{err}
	}
	return &wallet.Funder{
		Book: db, Network: network, Builder: stellar.NewBuilder(stellar.Passphrase(s.StellarNetwork)), Keys: stellar.Keys{}, Sealed: sealer,
		Account: wallet.KeyPair{Address: address, Secret: s.StellarFunding},
		Asset:   s.StellarAsset, Channels: s.StellarChannels, Now: time.Now, Log: log,
	}, fmt.Sprintf("funded by %s with 1 %s each, through %s", address, s.StellarAsset, through), nil
}

// Stellar reaches the network of the settings through Stellar RPC where its address
// is set, else through Horizon.
func Stellar(s Settings) (network wallet.Network, through string, err error) {
	passphrase := stellar.Passphrase(s.StellarNetwork)
	if s.StellarRPC != "" {
		if network, err = rpc.New(rpc.Config{URL: s.StellarRPC, Passphrase: passphrase}); err != nil {
			err = fmt.Errorf("STELLAR_RPC_URL: %w", err)
		}
		return network, "Stellar RPC", err
	}
	if network, err = horizon.New(horizon.Config{URL: s.StellarHorizon, Passphrase: passphrase}); err != nil {
		err = fmt.Errorf("STELLAR_HORIZON_URL: %w", err)
	}
	return network, "Horizon", err
}

// checkFunding refuses to fund with real money.
func checkFunding(s Settings) error {
	if !s.StellarFunding.IsSet() || s.StellarNetwork != wallet.PublicNetwork {
		return nil
	}
	return errors.New("STELLAR_FUNDING_SECRET is set and STELLAR_NETWORK is PUBLIC. " +
		"Wallets are funded on the test network only; unset one of the two")
}
