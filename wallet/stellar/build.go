package stellar

import (
	"errors"
	"fmt"

	"github.com/stellar/go-stellar-sdk/amount"
	"github.com/stellar/go-stellar-sdk/keypair"
	"github.com/stellar/go-stellar-sdk/network"
	"github.com/stellar/go-stellar-sdk/txnbuild"

	"github.com/paytrace/paytrace/wallet"
)

// Stellar's limits on one transaction.
const (
	maxOperations = 100 // MAX_OPS_PER_TX
	maxSignatures = 20  // DecoratedSignature signatures<20>
	// ownSignatures are the channel's and the funder's.
	ownSignatures = 2
)

const (
	// gift is what a wallet gets of the asset.
	gift = "1"
	// baseReserve is what an account locks for each of its entries, in
	// stroops; an account itself counts as two.
	baseReserve = wallet.Stroops / 2
)

// Builder implements wallet.Builder for one network.
type Builder struct{ passphrase string }

var _ wallet.Builder = Builder{}

// Passphrase is what signatures for a network begin with, by its name in
// STELLAR_NETWORK.
func Passphrase(name string) string {
	if name == wallet.PublicNetwork {
		return network.PublicNetworkPassphrase
	}
	return network.TestNetworkPassphrase
}

// NewBuilder makes a Builder that signs for the network of a passphrase.
func NewBuilder(passphrase string) Builder { return Builder{passphrase: passphrase} }

// Most is how many wallets fit in one transaction. With lumens that is one
// operation each. With a credit each wallet signs for its trustline, and
// signatures run out before operations do.
func (Builder) Most(asset wallet.Asset) int {
	if asset.Native() {
		return maxOperations
	}
	return maxSignatures - ownSignatures
}

// Costs is what one wallet takes from the funder's lumens: the gift itself, or
// the reserve that the funder locks for the wallet's account and trustline.
func (Builder) Costs(g wallet.Gift, asset wallet.Asset) int64 {
	switch {
	case asset.Native():
		return wallet.Stroops
	case g.Exists:
		return baseReserve
	default:
		return 3 * baseReserve
	}
}

// Build makes and signs the transaction of an order.
func (b Builder) Build(o wallet.Order) (wallet.Transaction, error) {
	source := txnbuild.NewSimpleAccount(o.Channel.Address, o.Sequence)
	tx, err := txnbuild.NewTransaction(txnbuild.TransactionParams{
		SourceAccount: &source,
		Operations:    operations(o),
		BaseFee:       o.Fee,
		Preconditions: txnbuild.Preconditions{TimeBounds: txnbuild.NewTimebounds(0, o.Until.Unix())},
	})
	if err != nil {
		return wallet.Transaction{}, fmt.Errorf("build a transaction: %w", err)
	}
	signers, err := signers(o)
	if err != nil {
		return wallet.Transaction{}, err
	}
	if tx, err = tx.Sign(b.passphrase, signers...); err != nil {
		return wallet.Transaction{}, fmt.Errorf("sign a transaction: %w", err)
	}
	hash, err := tx.HashHex(b.passphrase)
	if err != nil {
		return wallet.Transaction{}, fmt.Errorf("hash a transaction: %w", err)
	}
	envelope, err := tx.Base64()
	if err != nil {
		return wallet.Transaction{}, fmt.Errorf("encode a transaction: %w", err)
	}
	return wallet.Transaction{
		Hash: hash, Channel: o.Channel.Address, Sequence: o.Sequence, Envelope: envelope, Until: o.Until,
	}, nil
}

// signers are all whose signatures the operations need, each once: the network
// refuses a signature too many.
func signers(o wallet.Order) ([]*keypair.Full, error) {
	pairs := []wallet.KeyPair{o.Channel}
	if o.Funder.Address != o.Channel.Address {
		pairs = append(pairs, o.Funder)
	}
	for _, g := range o.Gifts {
		if !o.Asset.Native() {
			pairs = append(pairs, wallet.KeyPair{Address: g.Address, Secret: g.Secret})
		}
	}
	var all []*keypair.Full
	for _, p := range pairs {
		full, err := keypair.ParseFull(p.Secret.Reveal())
		if err != nil || full.Address() != p.Address {
			return nil, fmt.Errorf("sign for %s: %w", p.Address, ErrSecret)
		}
		all = append(all, full)
	}
	return all, nil
}

func operations(o wallet.Order) []txnbuild.Operation {
	var ops []txnbuild.Operation
	float := amount.StringFromInt64(o.Float)
	for _, address := range o.Open {
		ops = append(ops, &txnbuild.CreateAccount{SourceAccount: o.Funder.Address, Destination: address, Amount: float})
	}
	for _, address := range o.TopUp {
		ops = append(ops, &txnbuild.Payment{
			SourceAccount: o.Funder.Address, Destination: address, Amount: float, Asset: txnbuild.NativeAsset{},
		})
	}
	for _, g := range o.Gifts {
		if o.Asset.Native() {
			ops = append(ops, &txnbuild.CreateAccount{SourceAccount: o.Funder.Address, Destination: g.Address, Amount: gift})
			continue
		}
		ops = append(ops, sponsored(o, g)...)
	}
	return ops
}

// sponsored gives a wallet a trustline, and an account if it has none, whose
// reserves the funder locks (CAP-33), and one of the asset.
func sponsored(o wallet.Order, g wallet.Gift) []txnbuild.Operation {
	credit := txnbuild.CreditAsset{Code: o.Asset.Code, Issuer: o.Asset.Issuer}
	ops := []txnbuild.Operation{
		&txnbuild.BeginSponsoringFutureReserves{SourceAccount: o.Funder.Address, SponsoredID: g.Address},
	}
	if !g.Exists {
		ops = append(ops, &txnbuild.CreateAccount{SourceAccount: o.Funder.Address, Destination: g.Address, Amount: "0"})
	}
	return append(ops,
		&txnbuild.ChangeTrust{SourceAccount: g.Address, Line: credit.MustToChangeTrustAsset(), Limit: txnbuild.MaxTrustlineLimit},
		&txnbuild.EndSponsoringFutureReserves{SourceAccount: g.Address},
		&txnbuild.Payment{SourceAccount: o.Funder.Address, Destination: g.Address, Amount: gift, Asset: credit},
	)
}

// Subjects names for each operation of an envelope the account it is for.
func (b Builder) Subjects(envelope string) ([]string, error) {
	generic, err := txnbuild.TransactionFromXDR(envelope)
	if err != nil {
		return nil, fmt.Errorf("read an envelope: %w", err)
	}
	tx, ok := generic.Transaction()
	if !ok {
		return nil, errors.New("read an envelope: it holds no plain transaction")
	}
	var all []string
	for _, op := range tx.Operations() {
		switch op := op.(type) {
		case *txnbuild.CreateAccount:
			all = append(all, op.Destination)
		case *txnbuild.Payment:
			all = append(all, op.Destination)
		case *txnbuild.BeginSponsoringFutureReserves:
			all = append(all, op.SponsoredID)
		default:
			all = append(all, op.GetSourceAccount())
		}
	}
	return all, nil
}

// Reserve is what an account locks of its lumens, in stroops: for itself and
// for each entry that it pays for.
func Reserve(entries int64) int64 { return (2 + entries) * baseReserve }
