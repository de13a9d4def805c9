package mpesa

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"time"
)

// Limits of the texts of a prompt, which Safaricom documents.
const (
	maxReference   = 12
	maxDescription = 13
)

// plainText matches what a phone's prompt can show: other characters make messages of
// M-Pesa fail.
var plainText = regexp.MustCompile(`^[A-Za-z0-9 .-]*$`)

// Push asks a phone to pay.
type Push struct {
	// Phone is an MSISDN of M-Pesa: 2547… or 2541….
	Phone string
	// Shillings is the amount. M-Pesa takes whole shillings only.
	Shillings int64
	// Reference is the account number that the caller sees, at most 12 characters.
	Reference string
	// Description is at most 13 characters.
	Description string
	// CallbackURL is where Safaricom posts what became of it.
	CallbackURL string
}

// Pushed says that Safaricom took a push. The phone may not have shown it yet.
type Pushed struct {
	MerchantRequestID string
	CheckoutRequestID string
}

func (p Push) check() error {
	switch {
	case !IsMobile(p.Phone):
		return notSent("the phone is not a mobile number of Kenya (254, then 7 or 1, then eight digits)")
	case p.Shillings < MinPush || p.Shillings > MaxAmount:
		return notSent("the amount is %d shillings, expected %d to %d", p.Shillings, MinPush, MaxAmount)
	case p.Reference == "" || len(p.Reference) > maxReference || !plainText.MatchString(p.Reference):
		return notSent("the reference %q must have 1 to %d letters, digits, spaces, . and -", clipped(p.Reference), maxReference)
	case p.Description == "" || len(p.Description) > maxDescription || !plainText.MatchString(p.Description):
		return notSent("the description %q must have 1 to %d letters, digits, spaces, . and -", clipped(p.Description), maxDescription)
	case p.CallbackURL == "":
		return notSent("the callback address is missing")
	}
	return nil
}

// signature returns the password of an STK request and the time that it is made of.
func (c *Client) signature() (password, timestamp string) {
	timestamp = c.config.Now().In(Nairobi).Format(stamp)
	return base64.StdEncoding.EncodeToString([]byte(c.config.ShortCode + c.config.Passkey.Reveal() + timestamp)), timestamp
}

// Push asks a phone to pay. An error is an *Error, and tells whether the phone may show
// the prompt all the same.
func (c *Client) Push(ctx context.Context, p Push) (Pushed, error) {
	if err := p.check(); err != nil {
		return Pushed{}, err
	}
	if !c.config.Passkey.IsSet() {
		return Pushed{}, notSent("the passkey is not set")
	}
	password, timestamp := c.signature()
	kind, receiver := "CustomerPayBillOnline", c.config.ShortCode
	if c.config.Till != "" {
		kind, receiver = "CustomerBuyGoodsOnline", c.config.Till
	}
	a, err := c.call(ctx, http.MethodPost, "/mpesa/stkpush/v1/processrequest", struct {
		BusinessShortCode, Password, Timestamp, TransactionType, Amount string
		PartyA, PartyB, PhoneNumber, CallBackURL, AccountReference      string
		TransactionDesc                                                 string
	}{
		c.config.ShortCode, password, timestamp, kind, strconv.FormatInt(p.Shillings, 10),
		p.Phone, receiver, p.Phone, p.CallbackURL, p.Reference, p.Description,
	})
	if err != nil {
		return Pushed{}, err
	}
	if err := c.accepted(a); err != nil {
		return Pushed{}, err
	}
	var ids struct{ MerchantRequestID, CheckoutRequestID text }
	if err := json.Unmarshal(a.body, &ids); err != nil || ids.CheckoutRequestID == "" {
		return Pushed{}, &Error{Word: "the answer has no CheckoutRequestID"}
	}
	return Pushed{string(ids.MerchantRequestID), string(ids.CheckoutRequestID)}, nil
}

// PushState is what Safaricom knows of a push. It has no receipt.
type PushState struct {
	Code    string
	Word    string
	Meaning Meaning
}

// QueryPush asks what became of a push. The answer is a hint and no proof: a sandbox
// has called paid pushes failed. An *Error with Pending says that there is no answer
// yet.
func (c *Client) QueryPush(ctx context.Context, checkoutRequestID string) (PushState, error) {
	password, timestamp := c.signature()
	a, err := c.call(ctx, http.MethodPost, "/mpesa/stkpushquery/v1/query", struct {
		BusinessShortCode, Password, Timestamp, CheckoutRequestID string
	}{c.config.ShortCode, password, timestamp, checkoutRequestID})
	if err != nil {
		return PushState{}, err
	}
	if err := c.accepted(a); err != nil {
		return PushState{}, err
	}
	var body struct{ CheckoutRequestID, ResultCode, ResultDesc text }
	if err := json.Unmarshal(a.body, &body); err != nil || body.ResultCode == "" {
		return PushState{}, &Error{Word: "the answer has no ResultCode"}
	}
	if body.CheckoutRequestID != "" && string(body.CheckoutRequestID) != checkoutRequestID {
		return PushState{}, &Error{Word: "the answer is about another push"}
	}
	return PushState{
		Code: string(body.ResultCode), Word: c.words(string(body.ResultDesc)),
		Meaning: Explain(APIPush, string(body.ResultCode), string(body.ResultDesc)),
	}, nil
}

// PushResult is what Safaricom posts about a push.
type PushResult struct {
	MerchantRequestID string
	CheckoutRequestID string
	Code              string
	Meaning           Meaning
	// Receipt, Cents, Phone and At are set where Code is "0".
	Receipt string
	Cents   int64
	Phone   string
	At      time.Time
}

// ReadPushResult reads the body that is posted to CallbackURL.
func ReadPushResult(body []byte) (PushResult, error) {
	var envelope struct {
		Body struct {
			Callback *struct {
				MerchantRequestID, CheckoutRequestID, ResultCode, ResultDesc text
				CallbackMetadata                                             struct {
					Item Parameters
				}
			} `json:"stkCallback"`
		}
	}
	if err := json.Unmarshal(body, &envelope); err != nil {
		return PushResult{}, unreadable("an STK callback", err)
	}
	s := envelope.Body.Callback
	if s == nil || s.CheckoutRequestID == "" || s.ResultCode == "" {
		return PushResult{}, unreadable("an STK callback with CheckoutRequestID and ResultCode", nil)
	}
	r := PushResult{
		MerchantRequestID: string(s.MerchantRequestID), CheckoutRequestID: string(s.CheckoutRequestID),
		Code: string(s.ResultCode), Meaning: Explain(APIPush, string(s.ResultCode), string(s.ResultDesc)),
	}
	if r.Meaning.Class != ClassSuccess {
		return r, nil
	}
	item := s.CallbackMetadata.Item
	r.Receipt, r.Phone, r.At = item.Get("MpesaReceiptNumber"), item.Get("PhoneNumber"), ParseTime(item.Get("TransactionDate"))
	if !IsReceipt(r.Receipt) {
		return PushResult{}, unreadable("a receipt in the STK callback of a payment", nil)
	}
	var err error
	if r.Cents, err = ParseCents(item.Get("Amount")); err != nil {
		return PushResult{}, unreadable("an amount in the STK callback of a payment", err)
	}
	return r, nil
}

// receipt matches M-Pesa's receipt numbers, such as NLJ7RT61SV.
var receipt = regexp.MustCompile(`^[A-Z0-9]{8,20}$`)

// IsReceipt reports whether a text may be M-Pesa's receipt number.
func IsReceipt(s string) bool { return receipt.MatchString(s) }
