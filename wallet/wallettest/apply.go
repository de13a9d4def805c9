package wallettest

import (
	"strings"

	"github.com/stellar/go-stellar-sdk/xdr"
)

// applying is a transaction while its operations are applied.
type applying struct {
	*Ledger
	e xdr.TransactionEnvelope
	// sponsors maps a sponsored account to the account that pays its reserves.
	sponsors map[string]string
	received map[string]Received
	// source is the operation's source account, and address its address.
	source  *account
	address string
}

// apply charges the fee, uses up the sequence number and applies all operations or
// none.
func (l *Ledger) apply(e xdr.TransactionEnvelope, hash string) xdr.TransactionResult {
	muxed := e.SourceAccount()
	payer := l.accounts[muxed.Address()]
	payer.sequence++
	payer.balance -= l.fee(e)
	signed, _ := signers(e, hash)
	before := l.snapshot(touched(e))
	a := &applying{Ledger: l, e: e, sponsors: map[string]string{}, received: map[string]Received{}}
	results, ok := a.operations(signed)
	result := xdr.TransactionResult{
		FeeCharged: xdr.Int64(l.fee(e)),
		Result:     xdr.TransactionResultResult{Code: xdr.TransactionResultCodeTxSuccess, Results: &results},
	}
	switch {
	case !ok:
		result.Result.Code = xdr.TransactionResultCodeTxFailed
	case len(a.sponsors) > 0:
		result.Result = xdr.TransactionResultResult{Code: xdr.TransactionResultCodeTxBadSponsorship}
	default:
		for address, r := range a.received {
			sum := l.received[address]
			sum.Created, sum.Payments = sum.Created+r.Created, sum.Payments+r.Payments
			sum.Lumens, sum.Credit = sum.Lumens+r.Lumens, sum.Credit+r.Credit
			l.received[address] = sum
		}
		return result
	}
	l.restore(before)
	return result
}

// operations applies all operations, also after a failed one, so each has a result.
func (a *applying) operations(signed map[string]bool) (results []xdr.OperationResult, ok bool) {
	ok = true
	for _, op := range a.e.Operations() {
		a.address = sourceOf(a.e, op)
		a.source = a.accounts[a.address]
		var result xdr.OperationResult
		good := false
		switch {
		case !signed[a.address]:
			result.Code = xdr.OperationResultCodeOpBadAuth
		case a.source == nil:
			result.Code = xdr.OperationResultCodeOpNoAccount
		default:
			result, good = a.operation(op)
		}
		results = append(results, result)
		ok = ok && good
	}
	return results, ok
}

// touched returns the accounts that operations may change.
func touched(e xdr.TransactionEnvelope) map[string]bool {
	all := map[string]bool{}
	for _, op := range e.Operations() {
		all[sourceOf(e, op)] = true
		switch op.Body.Type {
		case xdr.OperationTypeCreateAccount:
			all[op.Body.CreateAccountOp.Destination.Address()] = true
		case xdr.OperationTypePayment:
			all[op.Body.PaymentOp.Destination.Address()] = true
		case xdr.OperationTypeBeginSponsoringFutureReserves:
			all[op.Body.BeginSponsoringFutureReservesOp.SponsoredId.Address()] = true
		}
	}
	return all
}

func (a *applying) operation(op xdr.Operation) (xdr.OperationResult, bool) {
	result := xdr.OperationResult{Code: xdr.OperationResultCodeOpInner, Tr: &xdr.OperationResultTr{Type: op.Body.Type}}
	switch op.Body.Type {
	case xdr.OperationTypeCreateAccount:
		code := a.create(op.Body.CreateAccountOp)
		result.Tr.CreateAccountResult = &xdr.CreateAccountResult{Code: code}
		return result, code == 0
	case xdr.OperationTypePayment:
		code := a.pay(op.Body.PaymentOp)
		result.Tr.PaymentResult = &xdr.PaymentResult{Code: code}
		return result, code == 0
	case xdr.OperationTypeChangeTrust:
		code := a.trusts(op.Body.ChangeTrustOp)
		result.Tr.ChangeTrustResult = &xdr.ChangeTrustResult{Code: code}
		return result, code == 0
	case xdr.OperationTypeBeginSponsoringFutureReserves:
		code := a.begin(op.Body.BeginSponsoringFutureReservesOp)
		result.Tr.BeginSponsoringFutureReservesResult = &xdr.BeginSponsoringFutureReservesResult{Code: code}
		return result, code == 0
	case xdr.OperationTypeEndSponsoringFutureReserves:
		code := a.end()
		result.Tr.EndSponsoringFutureReservesResult = &xdr.EndSponsoringFutureReservesResult{Code: code}
		return result, code == 0
	default:
		return xdr.OperationResult{Code: xdr.OperationResultCodeOpNotSupported}, false
	}
}

func (a *applying) create(op *xdr.CreateAccountOp) xdr.CreateAccountResultCode {
	address, amount := op.Destination.Address(), int64(op.StartingBalance)
	if _, exists := a.accounts[address]; exists {
		return xdr.CreateAccountResultCodeCreateAccountAlreadyExist
	}
	made := &account{sequence: a.Ledger.sequence << 32, balance: amount, trust: map[string]trustline{}}
	if by, ok := a.sponsors[address]; ok {
		sponsor := a.accounts[by]
		if sponsor.spendable() < 2*baseReserve {
			return xdr.CreateAccountResultCodeCreateAccountLowReserve
		}
		sponsor.sponsoring += 2
		made.sponsored += 2
	} else if amount < 2*baseReserve {
		return xdr.CreateAccountResultCodeCreateAccountLowReserve
	}
	if a.source.spendable() < amount {
		return xdr.CreateAccountResultCodeCreateAccountUnderfunded
	}
	a.source.balance -= amount
	a.accounts[address] = made
	a.receive(address, Received{Created: 1, Lumens: amount})
	return xdr.CreateAccountResultCodeCreateAccountSuccess
}

func (a *applying) receive(address string, more Received) {
	r := a.received[address]
	r.Created, r.Payments = r.Created+more.Created, r.Payments+more.Payments
	r.Lumens, r.Credit = r.Lumens+more.Lumens, r.Credit+more.Credit
	a.received[address] = r
}

func (a *applying) pay(op *xdr.PaymentOp) xdr.PaymentResultCode {
	to := op.Destination.ToAccountId()
	address, amount := to.Address(), int64(op.Amount)
	target, ok := a.accounts[address]
	if !ok {
		return xdr.PaymentResultCodePaymentNoDestination
	}
	if op.Asset.Type == xdr.AssetTypeAssetTypeNative {
		if a.source.spendable() < amount {
			return xdr.PaymentResultCodePaymentUnderfunded
		}
		a.source.balance -= amount
		target.balance += amount
		a.receive(address, Received{Payments: 1, Lumens: amount})
		return xdr.PaymentResultCodePaymentSuccess
	}
	return a.payCredit(op, target, address)
}

func (a *applying) payCredit(op *xdr.PaymentOp, target *account, address string) xdr.PaymentResultCode {
	amount, issuer, key := int64(op.Amount), op.Asset.GetIssuer(), keyOf(op.Asset)
	line, trusted := target.trust[key]
	if address != issuer && !trusted {
		return xdr.PaymentResultCodePaymentNoTrust
	}
	if line.balance > line.limit-amount {
		return xdr.PaymentResultCodePaymentLineFull
	}
	if a.address != issuer {
		from, ok := a.source.trust[key]
		if !ok {
			return xdr.PaymentResultCodePaymentSrcNoTrust
		}
		if from.balance < amount {
			return xdr.PaymentResultCodePaymentUnderfunded
		}
		from.balance -= amount
		a.source.trust[key] = from
	}
	line.balance += amount
	target.trust[key] = line
	a.receive(address, Received{Payments: 1, Credit: amount})
	return xdr.PaymentResultCodePaymentSuccess
}

func (a *applying) trusts(op *xdr.ChangeTrustOp) xdr.ChangeTrustResultCode {
	asset := op.Line.ToAsset()
	key := keyOf(asset)
	if _, ok := a.accounts[asset.GetIssuer()]; !ok {
		return xdr.ChangeTrustResultCodeChangeTrustNoIssuer
	}
	line, has := a.source.trust[key]
	if !has {
		payer := a.source
		by, isSponsored := a.sponsors[a.address]
		if isSponsored {
			payer = a.accounts[by]
		}
		if payer.spendable() < baseReserve {
			return xdr.ChangeTrustResultCodeChangeTrustLowReserve
		}
		a.source.subentries++
		if isSponsored {
			payer.sponsoring++
			a.source.sponsored++
		}
	}
	line.limit = int64(op.Limit)
	a.source.trust[key] = line
	return xdr.ChangeTrustResultCodeChangeTrustSuccess
}

func (a *applying) begin(op *xdr.BeginSponsoringFutureReservesOp) xdr.BeginSponsoringFutureReservesResultCode {
	address := op.SponsoredId.Address()
	switch {
	case address == a.address:
		return xdr.BeginSponsoringFutureReservesResultCodeBeginSponsoringFutureReservesMalformed
	case a.sponsors[address] != "":
		return xdr.BeginSponsoringFutureReservesResultCodeBeginSponsoringFutureReservesAlreadySponsored
	case a.sponsors[a.address] != "":
		return xdr.BeginSponsoringFutureReservesResultCodeBeginSponsoringFutureReservesRecursive
	}
	a.sponsors[address] = a.address
	return xdr.BeginSponsoringFutureReservesResultCodeBeginSponsoringFutureReservesSuccess
}

func (a *applying) end() xdr.EndSponsoringFutureReservesResultCode {
	if a.sponsors[a.address] == "" {
		return xdr.EndSponsoringFutureReservesResultCodeEndSponsoringFutureReservesNotSponsored
	}
	delete(a.sponsors, a.address)
	return xdr.EndSponsoringFutureReservesResultCodeEndSponsoringFutureReservesSuccess
}

// keyOf returns an asset as CODE:ISSUER. Codes are padded with zeros in XDR.
func keyOf(asset xdr.Asset) string {
	return strings.TrimRight(asset.GetCode(), "\x00") + ":" + asset.GetIssuer()
}
