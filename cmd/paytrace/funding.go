package main

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
	"github.com/paytrace/paytrace/wallet/stellar/horizon"
	"github.com/paytrace/paytrace/wallet/stellar/rpc"
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
	network, through, err := doorToStellar(c, passphrase)
	if err != nil {
		return misuse{err}
	}
	s.funder = &wallet.Funder{
		Book: s.db, Network: network, Builder: stellar.NewBuilder(passphrase), Keys: stellar.Keys{}, Sealed: sealer,
		Account: wallet.KeyPair{Address: address, Secret: c.StellarFunding},
		Asset:   c.StellarAsset, Channels: c.StellarChannels, Now: time.Now, Log: log,
	}
	s.choose("wallets", "funded by %s with 1 %s each, through %s", address, c.StellarAsset, through)
	return nil
}

// doorToStellar is the way to the network: Stellar RPC where it is set, else Horizon.
func doorToStellar(c Config, passphrase string) (network wallet.Network, through string, err error) {
	if c.StellarRPC != "" {
		if network, err = rpc.New(rpc.Config{URL: c.StellarRPC, Passphrase: passphrase}); err != nil {
			err = fmt.Errorf("STELLAR_RPC_URL: %w", err)
		}
		return network, "Stellar RPC", err
	}
	if network, err = horizon.New(horizon.Config{URL: c.StellarHorizon, Passphrase: passphrase}); err != nil {
		err = fmt.Errorf("STELLAR_HORIZON_URL: %w", err)
	}
	return network, "Horizon", err
}
