package stellar

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

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
	// ownSignatures counts the signatures of the channel and the funder.
	ownSignatures = 2
)

const (
	// gift is the amount of the asset that a wallet gets.
	gift = "1"
	// baseReserve is the stroops that an account locks for each of its entries;
	// the account itself counts as two.
	baseReserve = wallet.Stroops / 2
)

// Builder implements wallet.Builder for one network.
type Builder struct{ passphrase string }

var _ wallet.Builder = Builder{}

// Passphrase returns the passphrase of a network by its name in STELLAR_NETWORK.
// Signatures are made for one passphrase.
func Passphrase(name string) string {
	if name == wallet.PublicNetwork {
		return network.PublicNetworkPassphrase
	}
	return network.TestNetworkPassphrase
}

// NewBuilder makes a Builder that signs for the network with this passphrase.
func NewBuilder(passphrase string) Builder { return Builder{passphrase: passphrase} }

// Most returns how many wallets fit in one transaction. With lumens each wallet
// needs one operation. With a credit each wallet signs for its trustline, and the
// limit of signatures is reached before that of operations.
func (Builder) Most(asset wallet.Asset) int {
	if asset.Native() {
		return maxOperations
	}
	return maxSignatures - ownSignatures
}

// Costs returns the funder's stroops that one wallet costs: the gift itself, or the
// reserve that the funder locks for the wallet's account and trustline.
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
	signers, err := signers(o)
	if err != nil {
		return wallet.Transaction{}, err
	}
	return b.sign(o, operations(o), signers)
}

// fenceYears is how long a fence is valid: as good as for ever, and still a time
// bound, which some tools want to see.
const fenceYears = 50

// Fence makes a transaction with the sequence number of t, in which the channel pays
// one stroop to itself.
func (b Builder) Fence(channel wallet.KeyPair, t wallet.Transaction, fee int64) (wallet.Transaction, error) {
	o := wallet.Order{Funder: channel, Channel: channel, Sequence: t.Sequence, Fee: fee, Until: t.Until.AddDate(fenceYears, 0, 0)}
	signers, err := signers(o)
	if err != nil {
		return wallet.Transaction{}, err
	}
	nothing := &txnbuild.Payment{Destination: channel.Address, Amount: amount.StringFromInt64(1), Asset: txnbuild.NativeAsset{}}
	return b.sign(o, []txnbuild.Operation{nothing}, signers)
}

// sign makes the transaction of an order with these operations and signs it.
func (b Builder) sign(o wallet.Order, ops []txnbuild.Operation, signers []*keypair.Full) (wallet.Transaction, error) {
	source := txnbuild.NewSimpleAccount(o.Channel.Address, o.Sequence)
	tx, err := txnbuild.NewTransaction(txnbuild.TransactionParams{
		SourceAccount: &source,
		Operations:    ops,
		BaseFee:       o.Fee,
		Preconditions: txnbuild.Preconditions{TimeBounds: txnbuild.NewTimebounds(0, o.Until.Unix())},
	})
	if err != nil {
		return wallet.Transaction{}, fmt.Errorf("build a transaction: %w", err)
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

// signers returns the key pairs that must sign, each once, because the network
// refuses needless signatures.
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

// sponsored makes the operations that give a wallet one unit of the asset, with a
// trustline and, if it has none, an account. The funder locks the reserves for both
// (CAP-33).
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

// Subjects returns, for each operation of an envelope, the account it is for.
func (b Builder) Subjects(envelope string) ([]string, error) {
	generic, err := txnbuild.TransactionFromXDR(envelope)
	if err != nil {
		return nil, fmt.Errorf("read an envelope: %w", err)
	}
	tx, ok := generic.Transaction()
	if !ok {
		return nil, errors.New("read an envelope: it is not a plain transaction")
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

// Reserve returns the stroops that an account locks for itself and for the entries
// that it pays for.
func Reserve(entries int64) int64 { return (2 + entries) * baseReserve }

// assetCode matches the name of a credit on Stellar.
var assetCode = regexp.MustCompile(`^[A-Za-z0-9]{1,12}$`)

// ParseAsset reads STELLAR_ASSET: "native" or CODE:ISSUER.
func ParseAsset(text string) (wallet.Asset, error) {
	if text == "native" {
		return wallet.Asset{}, nil
	}
	code, issuer, ok := strings.Cut(text, ":")
	switch {
	case !ok:
		return wallet.Asset{}, fmt.Errorf("found %q; native or an asset such as KSH:ISSUER is expected", text)
	case !assetCode.MatchString(code):
		return wallet.Asset{}, fmt.Errorf("the asset's code is %q; 1 to 12 letters and digits are expected", code)
	case !ValidAddress(issuer):
		return wallet.Asset{}, fmt.Errorf("the asset's issuer is %q; an account's address is expected (G and 55 more characters)", issuer)
	}
	return wallet.Asset{Code: code, Issuer: issuer}, nil
}
