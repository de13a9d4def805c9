package horizon

import (
	"fmt"
	"net/http"
	"path"
	"time"

	"github.com/stellar/go-stellar-sdk/amount"

	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
)

// number is short for stellar.Number.
type number = stellar.Number

// root is the answer of GET /.
type root struct {
	Passphrase   string    `json:"network_passphrase"`
	LastLedger   number    `json:"history_latest_ledger"`
	LastClosedAt time.Time `json:"history_latest_ledger_closed_at"`
}

type ledger struct {
	Sequence number    `json:"sequence"`
	ClosedAt time.Time `json:"closed_at"`
}

// ledgers is the answer of GET /ledgers.
type ledgers struct {
	Embedded struct {
		Records []ledger `json:"records"`
	} `json:"_embedded"`
}

// feeStats is the answer of GET /fee_stats. A fee above that of nine in ten
// transactions gets one into a ledger without paying the highest price.
type feeStats struct {
	LastBaseFee number `json:"last_ledger_base_fee"`
	FeeCharged  struct {
		P90 number `json:"p90"`
	} `json:"fee_charged"`
}

func (f feeStats) fee() int64 { return int64(max(f.LastBaseFee, f.FeeCharged.P90)) }

// account is the answer of GET /accounts/{id}.
type account struct {
	Address    string  `json:"account_id"`
	Sequence   *number `json:"sequence"`
	Subentries number  `json:"subentry_count"`
	Sponsoring number  `json:"num_sponsoring"`
	Sponsored  number  `json:"num_sponsored"`
	Balances   []struct {
		Balance     string `json:"balance"`
		Liabilities string `json:"selling_liabilities"`
		Type        string `json:"asset_type"`
		Code        string `json:"asset_code"`
		Issuer      string `json:"asset_issuer"`
	} `json:"balances"`
}

// read converts the account with an address. Other JSON is an error, because a
// wallet that seems to exist would not be paid.
func (a account) read(address string, asset wallet.Asset) (wallet.Account, error) {
	if a.Sequence == nil || a.Address != "" && a.Address != address {
		return wallet.Account{}, fmt.Errorf("the answer is about account %q, with a sequence: %t", words(a.Address), a.Sequence != nil)
	}
	read := wallet.Account{
		Sequence: int64(*a.Sequence),
		Locked:   stellar.Reserve(int64(a.Subentries + a.Sponsoring - a.Sponsored)),
	}
	for _, b := range a.Balances {
		if b.Type != "native" {
			read.Trusts = read.Trusts || !asset.Native() && b.Code == asset.Code && b.Issuer == asset.Issuer
			continue
		}
		var err error
		if read.Balance, err = amount.ParseInt64(b.Balance); err != nil {
			return wallet.Account{}, fmt.Errorf("the balance %q is not an amount", words(b.Balance))
		}
		if owed, err := amount.ParseInt64(b.Liabilities); err == nil {
			read.Locked += owed
		}
	}
	return read, nil
}

// transaction is the answer of GET /transactions/{hash}, and of a submission that
// got into a ledger.
type transaction struct {
	Hash       string `json:"hash"`
	Successful *bool  `json:"successful"`
	Result     string `json:"result_xdr"`
}

// answer returns the fate of the transaction with a hash.
func (t transaction) answer(hash string) (wallet.Answer, error) {
	if t.Hash != hash {
		return wallet.Answer{}, fmt.Errorf("Horizon answered about transaction %q; %s is expected", words(t.Hash), hash)
	}
	if t.Successful == nil || *t.Successful {
		return wallet.Answer{Fate: wallet.FateSucceeded}, nil
	}
	// Without a result the transaction has failed, too, but no wallet is to blame.
	answer, err := stellar.ReadResult(t.Result)
	if err != nil {
		answer = wallet.Answer{Code: "tx_failed"}
	}
	answer.Fate = wallet.FateFailed
	return answer, nil
}

// problem is an answer that is not 2xx; see
// https://developers.stellar.org/docs/data/apis/horizon/api-reference/errors.
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Extras struct {
		ResultCodes struct {
			Transaction string   `json:"transaction"`
			Operations  []string `json:"operations"`
		} `json:"result_codes"`
		Result string `json:"result_xdr"`
	} `json:"extras"`
}

func (p *problem) Error() string {
	if p.Title == "" {
		return fmt.Sprintf("Horizon answered with status %d", p.Status)
	}
	return fmt.Sprintf("Horizon answered with status %d, %s", p.Status, words(p.Title))
}

// answer returns what a problem says about a submitted transaction. Only a 400 with
// a transaction's code says anything. After a time-out (504), too many requests
// (429) or a proxy's error, the fate is unknown, and it returns p as the error.
func (p *problem) answer() (wallet.Answer, error) {
	if p.Status != http.StatusBadRequest {
		return wallet.Answer{}, p
	}
	codes := p.Extras.ResultCodes
	if codes.Transaction != "" {
		code := stellar.Code(codes.Transaction)
		answer := wallet.Answer{Fate: refusal(code), Code: code}
		for _, op := range codes.Operations {
			answer.Ops = append(answer.Ops, stellar.Code(op))
		}
		return answer, nil
	}
	if read, err := stellar.ReadResult(p.Extras.Result); err == nil {
		read.Fate = refusal(read.Code)
		return read, nil
	}
	if kind := path.Base(p.Type); kind == "transaction_malformed" {
		return wallet.Answer{Fate: wallet.FateRefused, Code: kind}, nil
	}
	return wallet.Answer{}, p
}

// refusal returns the fate of a code that came with an error, which is never a
// success.
func refusal(code string) wallet.Fate {
	if fate := stellar.FateOf(code); fate != wallet.FateSucceeded {
		return fate
	}
	return wallet.FateUnknown
}
