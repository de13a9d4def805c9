package horizon

import (
	"bytes"
	"fmt"
	"strconv"
	"time"

	"github.com/stellar/go-stellar-sdk/amount"

	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
)

// number is a whole number, which Horizon writes as a number or as a text.
type number int64

// UnmarshalJSON takes either.
func (n *number) UnmarshalJSON(b []byte) error {
	v, err := strconv.ParseInt(string(bytes.Trim(b, `"`)), 10, 64)
	*n = number(v)
	return err
}

// root is GET /.
type root struct {
	Passphrase   string    `json:"network_passphrase"`
	LastLedger   number    `json:"history_latest_ledger"`
	LastClosedAt time.Time `json:"history_latest_ledger_closed_at"`
}

type ledger struct {
	Sequence number    `json:"sequence"`
	ClosedAt time.Time `json:"closed_at"`
}

// ledgers is GET /ledgers.
type ledgers struct {
	Embedded struct {
		Records []ledger `json:"records"`
	} `json:"_embedded"`
}

// feeStats is GET /fee_stats. The fee that nine of ten transactions were
// charged less than gets one in without paying what the hastiest would.
type feeStats struct {
	LastBaseFee number `json:"last_ledger_base_fee"`
	FeeCharged  struct {
		P90 number `json:"p90"`
	} `json:"fee_charged"`
}

func (f feeStats) fee() int64 { return int64(max(f.LastBaseFee, f.FeeCharged.P90)) }

// account is GET /accounts/{id}.
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

// read is the account with an address. JSON that is none of it is an error: a
// wallet that is taken to exist is not paid.
func (a account) read(address string, asset wallet.Asset) (wallet.Account, error) {
	if a.Sequence == nil || a.Address != "" && a.Address != address {
		return wallet.Account{}, fmt.Errorf("the answer is on account %q, with a sequence: %t", a.Address, a.Sequence != nil)
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
			return wallet.Account{}, fmt.Errorf("the balance %q is no amount", b.Balance)
		}
		if owed, err := amount.ParseInt64(b.Liabilities); err == nil {
			read.Locked += owed
		}
	}
	return read, nil
}

// transaction is GET /transactions/{hash}, and the answer to a submission that
// was in a ledger.
type transaction struct {
	Hash       string `json:"hash"`
	Successful *bool  `json:"successful"`
	Result     string `json:"result_xdr"`
}

// answer reads what became of the transaction with a hash.
func (t transaction) answer(hash string) (wallet.Answer, error) {
	if t.Hash != hash {
		return wallet.Answer{}, fmt.Errorf("Horizon answered on transaction %q, expected %s", t.Hash, hash)
	}
	if t.Successful == nil || *t.Successful {
		return wallet.Answer{Fate: wallet.FateSucceeded}, nil
	}
	// Without its result it has failed all the same; nobody is to blame then.
	answer, err := stellar.ReadResult(t.Result)
	if err != nil {
		answer = wallet.Answer{Code: "tx_failed"}
	}
	answer.Fate = wallet.FateFailed
	return answer, nil
}

// problem is an answer that is not 2xx, as
// https://developers.stellar.org/docs/data/apis/horizon/api-reference/errors has it.
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

// Error names the status and the title.
func (p *problem) Error() string {
	if p.Title == "" {
		return fmt.Sprintf("Horizon answered with status %d", p.Status)
	}
	return fmt.Sprintf("Horizon answered with status %d, %s", p.Status, p.Title)
}
