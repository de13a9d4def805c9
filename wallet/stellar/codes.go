package stellar

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/stellar/go-stellar-sdk/xdr"

	"github.com/paytrace/paytrace/wallet"
)

// Codes of whole transactions that decide their fate.
const (
	codeTxSuccess = "tx_success"
	codeTxFailed  = "tx_failed"
)

// horizonNames maps the protocol's codes to Horizon's where the two differ.
// Source: its codes package,
// https://developers.stellar.org/docs/data/apis/horizon/api-reference/errors/result-codes
var horizonNames = map[string]string{
	"tx_no_account":    "tx_no_source_account",
	"op_no_account":    "op_no_source_account",
	"op_already_exist": "op_already_exists",
}

// ReadResult reads a TransactionResult (XDR, base64) into Horizon's codes.
func ReadResult(result string) (wallet.Answer, error) {
	var r xdr.TransactionResult
	if err := xdr.SafeUnmarshalBase64(result, &r); err != nil {
		return wallet.Answer{}, fmt.Errorf("read a transaction's result: %w", err)
	}
	code := horizonName("tx_", strings.TrimPrefix(r.Result.Code.String(), "TransactionResultCodeTx"))
	answer := wallet.Answer{Code: code}
	if ops, ok := r.OperationResults(); ok {
		for _, op := range ops {
			answer.Ops = append(answer.Ops, operationCode(op))
		}
	}
	answer.Fate = FateOf(code)
	return answer, nil
}

// FateOf returns the fate of a transaction with this code.
func FateOf(code string) wallet.Fate {
	switch code {
	case codeTxSuccess:
		return wallet.FateSucceeded
	case codeTxFailed:
		return wallet.FateFailed
	default:
		return wallet.FateRefused
	}
}

// operationCode returns Horizon's code of an operation's result.
func operationCode(r xdr.OperationResult) string {
	if r.Code != xdr.OperationResultCodeOpInner {
		return horizonName("op_", strings.TrimPrefix(r.Code.String(), "OperationResultCodeOp"))
	}
	var name, prefix string
	switch r.Tr.Type {
	case xdr.OperationTypeCreateAccount:
		name, prefix = r.Tr.CreateAccountResult.Code.String(), "CreateAccountResultCodeCreateAccount"
	case xdr.OperationTypePayment:
		name, prefix = r.Tr.PaymentResult.Code.String(), "PaymentResultCodePayment"
	case xdr.OperationTypeChangeTrust:
		name, prefix = r.Tr.ChangeTrustResult.Code.String(), "ChangeTrustResultCodeChangeTrust"
	case xdr.OperationTypeBeginSponsoringFutureReserves:
		name, prefix = r.Tr.BeginSponsoringFutureReservesResult.Code.String(), "BeginSponsoringFutureReservesResultCodeBeginSponsoringFutureReserves"
	case xdr.OperationTypeEndSponsoringFutureReserves:
		name, prefix = r.Tr.EndSponsoringFutureReservesResult.Code.String(), "EndSponsoringFutureReservesResultCodeEndSponsoringFutureReserves"
	default:
		return "op_inner"
	}
	return horizonName("op_", strings.TrimPrefix(name, prefix))
}

// horizonName converts a name of the protocol to Horizon's: AlreadyExist becomes
// op_already_exists.
func horizonName(prefix, camel string) string {
	var b strings.Builder
	b.WriteString(prefix)
	for i, r := range camel {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	if other, ok := horizonNames[b.String()]; ok {
		return other
	}
	return b.String()
}

// unreadable stands for a code that no network has.
const unreadable = "unreadable_code"

// maxCode bounds the letters of a code; the longest one has 33.
const maxCode = 64

// Code returns a code as a server wrote it, or another text for one that is not made
// of small letters and underscores: codes are stored, and a server may write
// anything.
func Code(text string) string {
	if len(text) <= maxCode && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz_") == "" {
		return text
	}
	return unreadable
}

// Number is a whole number that a service writes as a JSON number or string.
type Number int64

// UnmarshalJSON accepts both forms.
func (n *Number) UnmarshalJSON(b []byte) error {
	v, err := strconv.ParseInt(string(bytes.Trim(b, `"`)), 10, 64)
	*n = Number(v)
	return err
}
