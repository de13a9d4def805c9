package wallettest

import (
	"encoding/hex"

	"github.com/stellar/go-stellar-sdk/keypair"
	"github.com/stellar/go-stellar-sdk/xdr"
)

// check makes the checks of the network before a transaction gets into a ledger, in
// the network's order.
func (l *Ledger) check(e xdr.TransactionEnvelope, hash string) xdr.TransactionResultCode {
	if len(e.Operations()) == 0 {
		return xdr.TransactionResultCodeTxMissingOperation
	}
	if bounds := e.TimeBounds(); bounds != nil {
		if l.closedAt.Unix() < int64(bounds.MinTime) {
			return xdr.TransactionResultCodeTxTooEarly
		}
		if bounds.MaxTime != 0 && l.closedAt.Unix() > int64(bounds.MaxTime) {
			return xdr.TransactionResultCodeTxTooLate
		}
	}
	if int64(e.Fee()) < l.leastFee*int64(len(e.Operations())) {
		return xdr.TransactionResultCodeTxInsufficientFee
	}
	muxed := e.SourceAccount()
	source, ok := l.accounts[muxed.Address()]
	if !ok {
		return xdr.TransactionResultCodeTxNoAccount
	}
	if e.SeqNum() != source.sequence+1 {
		return xdr.TransactionResultCodeTxBadSeq
	}
	signed, extra := signers(e, hash)
	if !signed[muxed.Address()] {
		return xdr.TransactionResultCodeTxBadAuth
	}
	if source.spendable() < l.fee(e) {
		return xdr.TransactionResultCodeTxInsufficientBalance
	}
	if extra {
		return xdr.TransactionResultCodeTxBadAuthExtra
	}
	return xdr.TransactionResultCodeTxSuccess
}

// fee returns the fee charged: the minimum, even if the transaction offers more.
func (l *Ledger) fee(e xdr.TransactionEnvelope) int64 { return l.leastFee * int64(len(e.Operations())) }

// signers returns which of the required accounts signed. extra says that there is
// another signature, or more than allowed.
func signers(e xdr.TransactionEnvelope, hash string) (signed map[string]bool, extra bool) {
	const most = 20
	needed := map[string]bool{}
	muxed := e.SourceAccount()
	needed[muxed.Address()] = true
	for _, op := range e.Operations() {
		needed[sourceOf(e, op)] = true
	}
	digest, _ := hex.DecodeString(hash) // hex that this package wrote
	signed = map[string]bool{}
	for _, s := range e.Signatures() {
		who := ""
		for address := range needed {
			pair, err := keypair.ParseAddress(address)
			if err == nil && pair.Hint() == [4]byte(s.Hint) && pair.Verify(digest, s.Signature) == nil {
				who = address
			}
		}
		if who == "" || signed[who] {
			extra = true
		}
		signed[who] = true
	}
	return signed, extra || len(e.Signatures()) > most
}

func sourceOf(e xdr.TransactionEnvelope, op xdr.Operation) string {
	if op.SourceAccount != nil {
		return op.SourceAccount.ToAccountId().Address()
	}
	muxed := e.SourceAccount()
	return muxed.ToAccountId().Address()
}
