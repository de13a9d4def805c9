package mpesa

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
)

// Limits of the texts of a request, which Safaricom documents.
const (
	minRemarks = 2
	maxRemarks = 100
)

// Payout pays a phone.
type Payout struct {
	// ID becomes the OriginatorConversationID: see IsRequestID. It is the guard
	// against paying twice, so it belongs to the payment and never to a try.
	ID string
	// Phone is an MSISDN of M-Pesa.
	Phone     string
	Shillings int64
	// Remarks has 2 to 100 plain characters.
	Remarks string
	// ResultURL is where Safaricom posts what became of it, and TimeoutURL where it
	// posts that the queue was too long, which is no failure.
	ResultURL  string
	TimeoutURL string
}

// Accepted says that Safaricom took a request. Nothing is known of its result.
type Accepted struct {
	ConversationID           string
	OriginatorConversationID string
}

func (p Payout) check() error {
	switch {
	case !IsRequestID(p.ID):
		return notSent("the ID %q must have 1 to 20 letters, digits, - and _", clipped(p.ID))
	case !IsMobile(p.Phone):
		return notSent("the phone is not a mobile number of Kenya (254, then 7 or 1, then eight digits)")
	case p.Shillings < MinPayout || p.Shillings > MaxAmount:
		return notSent("the amount is %d shillings, expected %d to %d", p.Shillings, MinPayout, MaxAmount)
	}
	return checkTexts(p.Remarks, p.ResultURL, p.TimeoutURL)
}

func checkTexts(remarks, resultURL, timeoutURL string) error {
	switch {
	case len(remarks) < minRemarks || len(remarks) > maxRemarks || !plainText.MatchString(remarks):
		return notSent("the remarks %q must have %d to %d letters, digits, spaces, . and -", clipped(remarks), minRemarks, maxRemarks)
	case resultURL == "" || timeoutURL == "":
		return notSent("the address for the result or the one for the time-out is missing")
	}
	return nil
}

// credentials checks that requests of the operator can be made.
func (c *Client) credentials() error {
	if c.config.Initiator == "" || !c.config.Credential.IsSet() {
		return notSent("the name or the credential of the API operator is not set")
	}
	return nil
}

// Pay pays a phone. Only v3 of the API is used: older versions have no ID of our own.
// After an *Error with Unknown or Duplicate, ask AskStatus.
func (c *Client) Pay(ctx context.Context, p Payout) (Accepted, error) {
	if err := p.check(); err != nil {
		return Accepted{}, err
	}
	if err := c.credentials(); err != nil {
		return Accepted{}, err
	}
	return c.request(ctx, "/mpesa/b2c/v3/paymentrequest", struct {
		OriginatorConversationID, InitiatorName, SecurityCredential, CommandID string
		Amount, PartyA, PartyB, Remarks, QueueTimeOutURL, ResultURL            string
		Occassion                                                              string //nolint:misspell // as the wire spells it
	}{
		p.ID, c.config.Initiator, c.config.Credential.Reveal(), "BusinessPayment",
		strconv.FormatInt(p.Shillings, 10), c.config.PayoutCode, p.Phone, p.Remarks, p.TimeoutURL, p.ResultURL,
		p.Remarks,
	})
}

// request sends a request whose result is posted later.
func (c *Client) request(ctx context.Context, path string, fields any) (Accepted, error) {
	a, err := c.call(ctx, http.MethodPost, path, fields)
	if err != nil {
		return Accepted{}, err
	}
	if err := c.accepted(a); err != nil {
		return Accepted{}, err
	}
	// Requests for C2B addresses spell the field OriginatorCoversationID.
	var ids struct{ ConversationID, OriginatorConversationID, OriginatorCoversationID text }
	if err := json.Unmarshal(a.body, &ids); err != nil {
		return Accepted{}, &Error{Word: "the answer's conversation IDs are not readable"}
	}
	if ids.OriginatorConversationID == "" {
		ids.OriginatorConversationID = ids.OriginatorCoversationID
	}
	return Accepted{string(ids.ConversationID), string(ids.OriginatorConversationID)}, nil
}

// StatusQuestion asks what became of a payment: of one with a receipt, or of a payout
// with an ID.
type StatusQuestion struct {
	Receipt string // or ""
	ID      string // the payout's OriginatorConversationID, or ""
	// Incoming says that the payment came to ShortCode; otherwise PayoutCode paid it.
	Incoming   bool
	Remarks    string
	ResultURL  string
	TimeoutURL string
}

// AskStatus asks what became of a payment. The answer is posted to ResultURL. That the
// question was accepted says nothing of the payment.
func (c *Client) AskStatus(ctx context.Context, q StatusQuestion) (Accepted, error) {
	if q.Receipt == "" && q.ID == "" {
		return Accepted{}, notSent("the receipt and the ID are both missing")
	}
	if err := checkTexts(q.Remarks, q.ResultURL, q.TimeoutURL); err != nil {
		return Accepted{}, err
	}
	if err := c.credentials(); err != nil {
		return Accepted{}, err
	}
	party := c.config.PayoutCode
	if q.Incoming {
		party = c.config.ShortCode
	}
	fields := map[string]string{
		"Initiator": c.config.Initiator, "SecurityCredential": c.config.Credential.Reveal(), "CommandID": "TransactionStatusQuery",
		"PartyA": party, "IdentifierType": "4", "ResultURL": q.ResultURL, "QueueTimeOutURL": q.TimeoutURL,
		"Remarks": q.Remarks, "Occasion": q.Remarks,
	}
	if q.Receipt != "" {
		fields["TransactionID"] = q.Receipt
	}
	if q.ID != "" {
		fields[c.config.StatusIDField] = q.ID
	}
	return c.request(ctx, "/mpesa/transactionstatus/v1/query", fields)
}

// BalanceQuestion asks for the balances of a short code.
type BalanceQuestion struct {
	// Incoming asks for ShortCode instead of PayoutCode.
	Incoming   bool
	Remarks    string
	ResultURL  string
	TimeoutURL string
}

// AskBalance asks for balances. The answer is posted to ResultURL.
func (c *Client) AskBalance(ctx context.Context, q BalanceQuestion) (Accepted, error) {
	if err := checkTexts(q.Remarks, q.ResultURL, q.TimeoutURL); err != nil {
		return Accepted{}, err
	}
	if err := c.credentials(); err != nil {
		return Accepted{}, err
	}
	party := c.config.PayoutCode
	if q.Incoming {
		party = c.config.ShortCode
	}
	return c.request(ctx, "/mpesa/accountbalance/v1/query", struct {
		Initiator, SecurityCredential, CommandID, PartyA, IdentifierType string
		Remarks, QueueTimeOutURL, ResultURL                              string
	}{
		c.config.Initiator, c.config.Credential.Reveal(), "AccountBalance", party, "4",
		q.Remarks, q.TimeoutURL, q.ResultURL,
	})
}

// Reversal sends a payment that came in back to who paid it.
type Reversal struct {
	Receipt    string
	Shillings  int64
	Remarks    string
	ResultURL  string
	TimeoutURL string
}

// Reverse asks for a reversal. It has no ID of our own, so it must never be sent again
// without asking AskStatus in between. Payouts can't be reversed.
func (c *Client) Reverse(ctx context.Context, r Reversal) (Accepted, error) {
	switch {
	case !IsReceipt(r.Receipt):
		return Accepted{}, notSent("the receipt %q must have 8 to 20 capital letters and digits", clipped(r.Receipt))
	case r.Shillings < MinPush || r.Shillings > MaxAmount:
		return Accepted{}, notSent("the amount is %d shillings, expected %d to %d", r.Shillings, MinPush, MaxAmount)
	}
	if err := checkTexts(r.Remarks, r.ResultURL, r.TimeoutURL); err != nil {
		return Accepted{}, err
	}
	if err := c.credentials(); err != nil {
		return Accepted{}, err
	}
	return c.request(ctx, "/mpesa/reversal/v1/request", struct {
		Initiator, SecurityCredential, CommandID, TransactionID, Amount, ReceiverParty string
		// The wire spells it so, and refuses the right spelling.
		RecieverIdentifierType              string
		ResultURL, QueueTimeOutURL, Remarks string
	}{
		c.config.Initiator, c.config.Credential.Reveal(), "TransactionReversal", r.Receipt,
		strconv.FormatInt(r.Shillings, 10), c.config.ShortCode, "11", r.ResultURL, r.TimeoutURL, r.Remarks,
	})
}
