package service

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
	"github.com/paytrace/paytrace/wallet/stellar/horizon"
)

// fewWallets is how many more wallets the funding account should be able to pay for.
const fewWallets = 20

// funding checks the account that funds wallets: whether it exists, has enough, and
// may be signed for with its own key alone.
func (d *Doctor) funding(ctx context.Context) Check {
	const name = "funding"
	s := d.Settings
	address, err := stellar.Keys{}.Address(s.StellarFunding)
	if err != nil {
		return wrong(name, fmt.Errorf("STELLAR_FUNDING_SECRET: %w", err), "")
	}
	client, err := horizon.New(horizon.Config{URL: s.StellarHorizon, Passphrase: stellar.Passphrase(s.StellarNetwork)})
	if err != nil {
		return wrong(name, fmt.Errorf("STELLAR_HORIZON_URL: %w", err), "")
	}
	asking, cancel := d.asking(ctx)
	defer cancel()
	there, err := client.Accounts(asking, s.StellarAsset, address)
	if err != nil {
		return Check{name, StateWarning, fmt.Sprintf("the account %s could not be read: %v", address, err), "run the doctor again when Horizon answers"}
	}
	account, exists := there[address]
	if !exists {
		return wrong(name, fmt.Errorf("the account %s does not exist on the network, so no wallet is funded", address),
			"send it lumens; on the test network: https://friendbot.stellar.org/?addr="+address)
	}
	if !s.StellarAsset.Native() && !account.Trusts && s.StellarAsset.Issuer != address {
		return wrong(name, fmt.Errorf("the account %s has no trustline to %s", address, s.StellarAsset), "give it a trustline and some of the asset")
	}
	if details, ok := d.details(ctx, address); ok {
		if !details.signs(address) {
			return wrong(name, fmt.Errorf("the key of %s alone may not sign for the account: its threshold is %d", address, details.Thresholds.Medium),
				"give the key of the account at least the weight of its medium threshold, or set another STELLAR_FUNDING_SECRET")
		}
		if has, known := details.has(s.StellarAsset); known && has < 1 && s.StellarAsset.Issuer != address {
			return wrong(name, fmt.Errorf("the account %s has less than 1 %s to give", address, s.StellarAsset), "send it some of the asset")
		}
	}
	return enough(name, address, account, s.StellarAsset)
}

// enough judges what the account can spend.
func enough(name, address string, account wallet.Account, asset wallet.Asset) Check {
	each := stellar.Builder{}.Costs(wallet.Gift{}, asset)
	n := max(account.Spendable(), 0) / each
	c := ok(name, "%s can pay for %d wallets", address, n)
	if n < fewWallets {
		c.State, c.Fix = StateWarning, "send it lumens"
	}
	if n == 0 {
		c.State = StateWrong
	}
	return c
}

// details is what Horizon says of an account, beyond what funding reads.
type details struct {
	Thresholds struct {
		Medium int `json:"med_threshold"`
	} `json:"thresholds"`
	Signers []struct {
		Key    string `json:"key"`
		Weight int    `json:"weight"`
	} `json:"signers"`
	Balances []struct {
		Balance string `json:"balance"`
		Code    string `json:"asset_code"`
		Issuer  string `json:"asset_issuer"`
	} `json:"balances"`
}

func (d *Doctor) details(ctx context.Context, address string) (read details, ok bool) {
	body, _, _, _, err := d.ask(ctx, strings.TrimRight(d.Settings.StellarHorizon, "/")+"/accounts/"+address)
	return read, err == nil && json.Unmarshal(body, &read) == nil
}

// signs reports whether the account's own key may sign a payment alone. A Horizon
// that lists no signers proves nothing.
func (a *details) signs(address string) bool {
	for _, signer := range a.Signers {
		if signer.Key == address && signer.Weight > 0 && signer.Weight >= a.Thresholds.Medium {
			return true
		}
	}
	return len(a.Signers) == 0
}

// has returns how much of a credit the account has.
func (a *details) has(asset wallet.Asset) (units float64, known bool) {
	for _, b := range a.Balances {
		if !asset.Native() && b.Code == asset.Code && b.Issuer == asset.Issuer {
			units, err := strconv.ParseFloat(b.Balance, 64)
			return units, err == nil
		}
	}
	return 0, false
}
