package main

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
	"github.com/paytrace/paytrace/wallet/stellar/horizon"
)

// funding finds what funds new wallets, if anything.
func (s *service) funding(c Config, sealer *wallet.Sealer, log *slog.Logger) error {
	if !c.StellarFunding.IsSet() {
		s.choose("wallets", "not funded: STELLAR_FUNDING_SECRET is not set")
		return nil
	}
	if c.StellarNetwork == wallet.PublicNetwork {
		return misuse{errors.New("STELLAR_FUNDING_SECRET is set and STELLAR_NETWORK is PUBLIC. " +
			"Wallets are funded on the test network only; unset one of the two")}
	}
	address, err := stellar.Keys{}.Address(c.StellarFunding)
	if err != nil {
		return misuse{fmt.Errorf("STELLAR_FUNDING_SECRET: %w", err)}
	}
	passphrase := stellar.Passphrase(c.StellarNetwork)
	network, err := horizon.New(horizon.Config{URL: c.StellarHorizon, Passphrase: passphrase})
	if err != nil {
		return misuse{fmt.Errorf("STELLAR_HORIZON_URL: %w", err)}
	}
	s.funder = &wallet.Funder{
		Book: s.db, Network: network, Builder: stellar.NewBuilder(passphrase), Keys: stellar.Keys{}, Sealed: sealer,
		Account: wallet.KeyPair{Address: address, Secret: c.StellarFunding},
		Asset:   c.StellarAsset, Channels: c.StellarChannels, Now: time.Now, Log: log,
	}
	s.choose("wallets", "funded by %s with 1 %s each, through Horizon", address, c.StellarAsset)
	return nil
}
