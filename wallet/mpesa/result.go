package mpesa

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrUnreadable says that a posted body is not what is posted to that address.
var ErrUnreadable = errors.New("mpesa: the body is not readable")

func unreadable(expected string, cause error) error {
	if cause != nil {
		return fmt.Errorf("%w: expected %s: %v", ErrUnreadable, expected, cause) //nolint:errorlint // the cause quotes no more than its own words
	}
	return fmt.Errorf("%w: expected %s", ErrUnreadable, expected)
}

// Result is what Safaricom posts to a ResultURL.
type Result struct {
	Code string
	// Word is Safaricom's description. It may quote numbers.
	Word string
	// OriginatorConversationID and ConversationID belong to the request that this is
	// the answer of. For a payout the first is the caller's own.
	OriginatorConversationID string
	ConversationID           string
	// TransactionID comes with failures, too. It proves nothing.
	TransactionID string
	Parameters    Parameters
}

// ReadResult reads the envelope of a result.
func ReadResult(body []byte) (Result, error) {
	var envelope struct {
		Result *struct {
			ResultCode, ResultDesc, OriginatorConversationID, ConversationID, TransactionID text
			ResultParameters                                                                json.RawMessage
		}
	}
	if err := json.Unmarshal(body, &envelope); err != nil {
		return Result{}, unreadable("a Result", err)
	}
	r := envelope.Result
	if r == nil || r.ResultCode == "" || r.OriginatorConversationID == "" && r.ConversationID == "" {
		return Result{}, unreadable("a Result with ResultCode and a conversation ID", nil)
	}
	read := Result{
		Code: string(r.ResultCode), Word: string(r.ResultDesc), TransactionID: string(r.TransactionID),
		OriginatorConversationID: string(r.OriginatorConversationID), ConversationID: string(r.ConversationID),
	}
	var err error
	if read.Parameters, err = readResultParameters(r.ResultParameters); err != nil {
		return Result{}, unreadable("ResultParameters with names and values", err)
	}
	return read, nil
}

// readResultParameters reads {"ResultParameter": …}, or a list of parameters without
// that envelope.
func readResultParameters(raw json.RawMessage) (Parameters, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	var inner struct{ ResultParameter Parameters }
	if raw[0] == '{' {
		err := json.Unmarshal(raw, &inner)
		return inner.ResultParameter, err
	}
	err := json.Unmarshal(raw, &inner.ResultParameter)
	return inner.ResultParameter, err
}

// PayoutResult is a result of a payout.
type PayoutResult struct {
	Result
	Meaning Meaning
	// Receipt, Cents and Receiver are set where the payout was paid.
	Receipt string
	Cents   int64
	// Receiver is the number and the name of who got the money.
	Receiver string
	At       time.Time
	// UtilityCents is what the Utility account has after it. Known says that it was
	// told.
	UtilityCents int64
	UtilityKnown bool
}

// ReadPayoutResult reads the body that is posted for a payout.
func ReadPayoutResult(body []byte) (PayoutResult, error) {
	result, err := ReadResult(body)
	if err != nil {
		return PayoutResult{}, err
	}
	r := PayoutResult{Result: result, Meaning: Explain(APIPayout, result.Code, result.Word)}
	if cents, err := ParseCents(r.Parameters.Get("B2CUtilityAccountAvailableFunds")); err == nil {
		r.UtilityCents, r.UtilityKnown = cents, true
	}
	if r.Meaning.Class != ClassSuccess {
		return r, nil
	}
	r.Receipt, r.Receiver = r.Parameters.Get("TransactionReceipt"), r.Parameters.Get("ReceiverPartyPublicName")
	if r.Receipt == "" {
		r.Receipt = r.TransactionID
	}
	r.At = ParseTime(r.Parameters.Get("TransactionCompletedDateTime"))
	if !IsReceipt(r.Receipt) {
		return PayoutResult{}, unreadable("a receipt in the result of a payout", nil)
	}
	if r.Cents, err = ParseCents(r.Parameters.Get("TransactionAmount")); err != nil {
		return PayoutResult{}, unreadable("an amount in the result of a payout", err)
	}
	return r, nil
}

// Fate is what became of a payment that was asked about.
type Fate uint8

const (
	// FateUnknown says that the answer tells nothing of the payment.
	FateUnknown Fate = iota
	// FateOpen says that the payment has not ended.
	FateOpen
	// FateDone says that the money moved.
	FateDone
	// FateNotDone says that the payment ended without moving money.
	FateNotDone
)

// fates lists the documented statuses, in lower case.
var fates = map[string]Fate{
	"completed": FateDone,
	"cancelled": FateNotDone, "declined": FateNotDone, "expired": FateNotDone,
	"initiated": FateOpen, "authorized": FateOpen, "pending authorized": FateOpen,
}

// StatusResult is the answer to the question what became of a payment.
type StatusResult struct {
	// Result is about the question itself: its IDs are the question's, and its Code
	// says only whether the question was answered.
	Result
	Meaning Meaning
	Fate    Fate
	Status  string
	// About is the OriginatorConversationID of the payment that was asked about, and
	// AboutConversationID Safaricom's own.
	About               string
	AboutConversationID string
	Receipt             string
	Cents               int64
	// FeeCents is what the payment cost the business. FeeKnown says that it was told.
	FeeCents int64
	FeeKnown bool
	At       time.Time
	// Parties are the names of who paid and who was paid, as Safaricom gives them.
	Parties []string
}

// ReadStatusResult reads the body that is posted for a status query.
func ReadStatusResult(body []byte) (StatusResult, error) {
	result, err := ReadResult(body)
	if err != nil {
		return StatusResult{}, err
	}
	p := result.Parameters
	r := StatusResult{
		Result: result, Meaning: Explain(APIStatus, result.Code, result.Word),
		Status: p.Get("TransactionStatus"), Receipt: p.Get("ReceiptNo"), At: ParseTime(p.Get("FinalisedTime")),
		About:               firstOf(p, "OriginatorConversationID", "Originator Conversation ID", "OriginalConversationID"),
		AboutConversationID: firstOf(p, "ConversationID", "Conversation ID"),
		Parties:             append(p.All("DebitPartyName"), p.All("CreditPartyName")...),
	}
	r.FeeCents, r.FeeKnown = readFee(p.Get("DebitPartyCharges"))
	if r.Meaning.Class != ClassSuccess {
		return r, nil
	}
	r.Fate = fates[strings.ToLower(r.Status)]
	if r.Fate != FateDone {
		return r, nil
	}
	if !IsReceipt(r.Receipt) {
		return StatusResult{}, unreadable("a receipt of a completed payment", nil)
	}
	if r.Cents, err = ParseCents(p.Get("Amount")); err != nil {
		return StatusResult{}, unreadable("an amount of a completed payment", err)
	}
	return r, nil
}

func firstOf(p Parameters, names ...string) string {
	for _, name := range names {
		if value := p.Get(name); value != "" {
			return value
		}
	}
	return ""
}

// readFee reads charges such as "Fee For B2C Payment|KES|22.40", several joined by &.
func readFee(charges string) (cents int64, known bool) {
	if charges == "" {
		return 0, false
	}
	for charge := range strings.SplitSeq(charges, "&") {
		fields := strings.Split(charge, "|")
		if len(fields) != 3 || fields[1] != "KES" {
			return 0, false
		}
		one, err := ParseCents(fields[2])
		if err != nil {
			return 0, false
		}
		cents += one
	}
	return cents, true
}

// Balance is one account of a short code.
type Balance struct {
	Account string
	// AvailableCents is the second number. The order of the last two differs between
	// Safaricom's texts, so they are not read.
	CurrentCents, AvailableCents int64
}

// BalanceResult is the answer to the question for balances.
type BalanceResult struct {
	Result
	Meaning  Meaning
	Balances []Balance
	At       time.Time
}

// Names of accounts, as balances have them.
const (
	AccountWorking    = "Working Account"
	AccountUtility    = "Utility Account"
	AccountCharges    = "Charges Paid Account"
	AccountSettlement = "Organization Settlement Account"
)

// Available returns what an account has.
func (b BalanceResult) Available(account string) (cents int64, ok bool) {
	for _, one := range b.Balances {
		if one.Account == account {
			return one.AvailableCents, true
		}
	}
	return 0, false
}

// ReadBalanceResult reads the body that is posted for a question for balances.
func ReadBalanceResult(body []byte) (BalanceResult, error) {
	result, err := ReadResult(body)
	if err != nil {
		return BalanceResult{}, err
	}
	r := BalanceResult{Result: result, Meaning: Explain(APIBalance, result.Code, result.Word), At: ParseTime(result.Parameters.Get("BOCompletedTime"))}
	if r.Meaning.Class != ClassSuccess {
		return r, nil
	}
	accounts := result.Parameters.Get("AccountBalance")
	if accounts == "" {
		return BalanceResult{}, unreadable("an AccountBalance", nil)
	}
	for account := range strings.SplitSeq(accounts, "&") {
		one, err := readBalance(account)
		if err != nil {
			return BalanceResult{}, err
		}
		r.Balances = append(r.Balances, one)
	}
	return r, nil
}

// readBalance reads "Working Account|KES|700000.00|700000.00|0.00|0.00".
func readBalance(account string) (Balance, error) {
	fields := strings.Split(account, "|")
	if len(fields) < 4 || fields[1] != "KES" {
		return Balance{}, unreadable("accounts as name|KES|current|available", nil)
	}
	current, err := ParseCents(fields[2])
	if err != nil {
		return Balance{}, unreadable("a balance", err)
	}
	available, err := ParseCents(fields[3])
	if err != nil {
		return Balance{}, unreadable("a balance", err)
	}
	return Balance{fields[0], current, available}, nil
}

// ReversalResult is a result of a reversal.
type ReversalResult struct {
	Result
	Meaning Meaning
	// Original is the receipt of the payment that was reversed.
	Original string
	Cents    int64
	At       time.Time
}

// ReadReversalResult reads the body that is posted for a reversal.
func ReadReversalResult(body []byte) (ReversalResult, error) {
	result, err := ReadResult(body)
	if err != nil {
		return ReversalResult{}, err
	}
	p := result.Parameters
	r := ReversalResult{
		Result: result, Meaning: Explain(APIReversal, result.Code, result.Word),
		Original: p.Get("OriginalTransactionID"), At: ParseTime(p.Get("TransCompletedTime")),
	}
	if amount := p.Get("Amount"); amount != "" {
		if r.Cents, err = ParseCents(amount); err != nil {
			return ReversalResult{}, unreadable("an amount of a reversal", err)
		}
	}
	return r, nil
}
