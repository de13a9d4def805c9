package rpc

import (
	"context"
	"fmt"
	"slices"

	"github.com/stellar/go-stellar-sdk/xdr"

	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
)

// maxKeys bounds the entries of one call; the service accepts 200.
const maxKeys = 200

// Accounts implements wallet.Network and reads many accounts in one call.
func (c *Client) Accounts(ctx context.Context, asset wallet.Asset, addresses ...string) (map[string]wallet.Account, error) {
	var keys []string
	for _, address := range addresses {
		own, err := keysOf(address, asset)
		if err != nil {
			return nil, err
		}
		keys = append(keys, own...)
	}
	found := map[string]wallet.Account{}
	trusts := map[string]bool{}
	for some := range slices.Chunk(keys, maxKeys) {
		var answer struct {
			Entries []struct {
				Data string `json:"xdr"`
			} `json:"entries"`
		}
		if err := c.call(ctx, "getLedgerEntries", map[string]any{"keys": some}, &answer); err != nil {
			return nil, err
		}
		for _, e := range answer.Entries {
			if err := read(e.Data, found, trusts); err != nil {
				return nil, err
			}
		}
	}
	for address := range trusts {
		if a, ok := found[address]; ok {
			a.Trusts = true
			found[address] = a
		}
	}
	return found, nil
}

// keysOf returns the ledger keys of an account and of its trustline.
func keysOf(address string, asset wallet.Asset) ([]string, error) {
	id, err := xdr.AddressToAccountId(address)
	if err != nil {
		return nil, fmt.Errorf("the address %q: %w", address, err)
	}
	var account xdr.LedgerKey
	if err := account.SetAccount(id); err != nil {
		return nil, err
	}
	keys := []xdr.LedgerKey{account}
	if !asset.Native() && address != asset.Issuer {
		credit, err := xdr.NewCreditAsset(asset.Code, asset.Issuer)
		if err != nil {
			return nil, fmt.Errorf("the asset %s: %w", asset, err)
		}
		var line xdr.LedgerKey
		if err := line.SetTrustline(id, credit.ToTrustLineAsset()); err != nil {
			return nil, err
		}
		keys = append(keys, line)
	}
	var texts []string
	for _, key := range keys {
		text, err := xdr.MarshalBase64(key)
		if err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, nil
}

// read adds one ledger entry to found or trusts.
func read(data string, found map[string]wallet.Account, trusts map[string]bool) error {
	var entry xdr.LedgerEntryData
	if err := xdr.SafeUnmarshalBase64(data, &entry); err != nil {
		return fmt.Errorf("read Stellar RPC's ledger entry: %w", err)
	}
	switch entry.Type {
	case xdr.LedgerEntryTypeAccount:
		a := entry.Account
		entries := int64(a.NumSubEntries) + int64(a.NumSponsoring()) - int64(a.NumSponsored())
		found[a.AccountId.Address()] = wallet.Account{
			Sequence: int64(a.SeqNum), Balance: int64(a.Balance),
			Locked: stellar.Reserve(entries) + int64(a.Liabilities().Selling),
		}
	case xdr.LedgerEntryTypeTrustline:
		trusts[entry.TrustLine.AccountId.Address()] = true
	}
	return nil
}
