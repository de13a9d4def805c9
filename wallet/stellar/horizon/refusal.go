package horizon

import (
	"net/http"
	"path"

	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
)

// answer is what a problem says of a transaction that was handed in. Only a
// 400 with a transaction's code says anything; after a time-out (504), too many
// requests (429) or what a proxy says nobody knows.
func (p *problem) answer() (wallet.Answer, error) {
	if p.Status != http.StatusBadRequest {
		return wallet.Answer{}, p
	}
	codes := p.Extras.ResultCodes
	if codes.Transaction != "" {
		return wallet.Answer{Fate: refusal(codes.Transaction), Code: codes.Transaction, Ops: codes.Operations}, nil
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

// refusal is the fate of a code that came with an error: never a success.
func refusal(code string) wallet.Fate {
	if fate := stellar.FateOf(code); fate != wallet.FateSucceeded {
		return fate
	}
	return wallet.FateUnknown
}
