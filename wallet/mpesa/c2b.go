package mpesa

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// C2BAddresses are where Safaricom posts payments that customers make by themselves.
type C2BAddresses struct {
	Confirmation, Validation string
	// Refuse is what happens if the validation address does not answer within eight
	// seconds: the payment is cancelled. Otherwise it is completed.
	Refuse bool
}

// RegisterC2B registers the addresses. In production that works once; they are deleted
// on the portal.
func (c *Client) RegisterC2B(ctx context.Context, a C2BAddresses) (Accepted, error) {
	if a.Confirmation == "" || a.Validation == "" {
		return Accepted{}, notSent("an address is missing: both are needed")
	}
	kind := "Completed"
	if a.Refuse {
		kind = "Cancelled"
	}
	return c.request(ctx, fmt.Sprintf("/mpesa/c2b/v%d/registerurl", c.config.C2BVersion), struct {
		ShortCode, ResponseType, ConfirmationURL, ValidationURL string
	}{c.config.ShortCode, kind, a.Confirmation, a.Validation})
}

// Incoming is a payment that a customer makes to the paybill. Validation and
// confirmation have the same body.
type Incoming struct {
	Receipt   string
	Cents     int64
	ShortCode string
	// Account is the account number that the customer typed.
	Account string
	At      time.Time
	// Phone is masked or hashed, so it identifies nobody: see PhoneMatches.
	Phone string
	Name  string
}

// ReadIncoming reads the body of a validation or a confirmation.
func ReadIncoming(body []byte) (Incoming, error) {
	var b struct {
		TransID, TransTime, TransAmount, BusinessShortCode, BillRefNumber, MSISDN text
		FirstName, MiddleName, LastName                                           text
	}
	if err := json.Unmarshal(body, &b); err != nil {
		return Incoming{}, unreadable("a payment to the paybill", err)
	}
	if !IsReceipt(string(b.TransID)) {
		return Incoming{}, unreadable("a receipt in TransID", nil)
	}
	cents, err := ParseCents(string(b.TransAmount))
	if err != nil || cents <= 0 {
		return Incoming{}, unreadable("a positive amount in TransAmount", err)
	}
	return Incoming{
		Receipt: string(b.TransID), Cents: cents, ShortCode: string(b.BusinessShortCode),
		Account: strings.TrimSpace(string(b.BillRefNumber)), At: ParseTime(string(b.TransTime)), Phone: string(b.MSISDN),
		Name: strings.Join(strings.Fields(string(b.FirstName+" "+b.MiddleName+" "+b.LastName)), " "),
	}, nil
}

// PhoneMatches reports whether a number of the wire may be the known MSISDN: it is
// written in full, with some digits hidden, or as its SHA-256. A number that says
// nothing matches, so a match proves nothing.
func PhoneMatches(wire, known string) bool {
	wire = strings.ReplaceAll(wire, " ", "")
	if len(wire) == hex.EncodedLen(sha256.Size) {
		sum := sha256.Sum256([]byte(known))
		return subtle.ConstantTimeCompare([]byte(strings.ToLower(wire)), []byte(hex.EncodeToString(sum[:]))) == 1
	}
	head, _, masked := strings.Cut(wire, "*")
	tail := wire[strings.LastIndexByte(wire, '*')+1:]
	if !masked {
		return wire == "" || wire == known
	}
	return len(head)+len(tail) <= len(known) && strings.HasPrefix(known, head) && strings.HasSuffix(known, tail)
}

// Codes that answer a validation.
const (
	AcceptPayment       = "0"
	RefusePhone         = "C2B00011"
	RefuseAccount       = "C2B00012"
	RefuseAmount        = "C2B00013"
	RefuseShortCode     = "C2B00015"
	RefuseOtherwise     = "C2B00016"
	acceptedDescription = "Accepted"
)

// ValidationAnswer returns the body that answers a validation with a code.
func ValidationAnswer(code string) []byte {
	description := "Rejected"
	if code == AcceptPayment {
		description = acceptedDescription
	}
	return fmt.Appendf(nil, `{"ResultCode":%q,"ResultDesc":%q}`, code, description)
}

// Acknowledgement returns the body that answers every other post.
func Acknowledgement() []byte {
	return []byte(`{"ResultCode":0,"ResultDesc":"Success"}`)
}

// pullLayout is the form in which a query writes times.
const pullLayout = "2006-01-02 15:04:05"

// PullWindow is how far back transactions can be pulled.
const PullWindow = 48 * time.Hour

// Pulled is one payment that came in, as Safaricom lists it.
type Pulled struct {
	Receipt string
	Cents   int64
	Account string
	Kind    string
	At      time.Time
	Phone   string
}

// A PullPage is one page of the payments that a query returns.
type PullPage struct {
	Rows []Pulled
	// Unreadable counts the rows that could not be read. Their raw text is in the
	// errors of Problems.
	Problems []error
}

// RegisterPull registers a short code for pulling, once. It works in production only.
func (c *Client) RegisterPull(ctx context.Context, phone, callbackURL string) error {
	if !IsMobile(phone) {
		return notSent("the nominated phone is not a mobile number of Kenya")
	}
	a, err := c.call(ctx, http.MethodPost, "/pulltransactions/v1/register", struct {
		ShortCode, RequestType, NominatedNumber, CallBackURL string
	}{c.config.ShortCode, "Pull", phone, callbackURL})
	if err != nil {
		return err
	}
	var body struct{ ResponseStatus, ResponseCode, ResponseDescription text }
	if a.readable && json.Unmarshal(a.body, &body) == nil && (body.ResponseStatus == "1000" || body.ResponseCode == "1000") {
		return nil
	}
	if err := c.accepted(a); err != nil {
		return err
	}
	return nil
}

// Pull lists payments that came in between two times, beginning at a row. An empty page
// is the end of the list.
func (c *Client) Pull(ctx context.Context, from, to time.Time, offset int) (PullPage, error) {
	if !from.Before(to) || offset < 0 {
		return PullPage{}, notSent("the times or the offset of the list are wrong: from %s to %s, row %d", from, to, offset)
	}
	// The portal writes the field so.
	a, err := c.call(ctx, c.config.PullMethod, "/pulltransactions/v1/query", struct {
		ShortCode, StartDate, EndDate, OffSetValue string
	}{
		c.config.ShortCode, from.In(Nairobi).Format(pullLayout), to.In(Nairobi).Format(pullLayout), fmt.Sprint(offset),
	})
	if err != nil {
		return PullPage{}, err
	}
	if !a.readable || a.probe.ErrorCode != "" {
		return PullPage{}, c.accepted(a)
	}
	return c.readPull(a)
}

// readPull reads a list in a list, or "[[]]" as a text where there is none.
func (c *Client) readPull(a answer) (PullPage, error) {
	switch a.probe.ResponseCode {
	case "1001":
		return PullPage{}, nil
	case "1000":
	default:
		return PullPage{}, c.accepted(a)
	}
	// The name of the field differs between texts: Response, or response.
	var body struct{ Response json.RawMessage }
	if err := json.Unmarshal(a.body, &body); err != nil {
		return PullPage{}, &Error{Word: "the list of payments is not readable"}
	}
	rows, err := flatten(body.Response, 0)
	if err != nil {
		return PullPage{}, &Error{Word: "the list of payments is not readable", Cause: err}
	}
	var page PullPage
	for i, raw := range rows {
		row, err := readPulled(raw)
		if err != nil {
			page.Problems = append(page.Problems, fmt.Errorf("row %d: %w", i+1, err))
			continue
		}
		page.Rows = append(page.Rows, row)
	}
	return page, nil
}

// maxNesting is how many lists may lie in each other.
const maxNesting = 4

// flatten returns the objects of nested lists, also where a list is written as a text.
func flatten(raw json.RawMessage, depth int) ([]json.RawMessage, error) {
	if len(raw) == 0 || depth > maxNesting {
		return nil, unreadable("a list of payments", nil)
	}
	switch raw[0] {
	case 'n': // null
		return nil, nil
	case '{':
		return []json.RawMessage{raw}, nil
	case '"':
		var inner string
		if err := json.Unmarshal(raw, &inner); err != nil {
			return nil, err
		}
		if strings.TrimSpace(inner) == "" {
			return nil, nil
		}
		if !json.Valid([]byte(inner)) {
			return nil, unreadable("a list of payments", nil)
		}
		return flatten(json.RawMessage(strings.TrimSpace(inner)), depth+1)
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, unreadable("a list of payments", err)
	}
	var all []json.RawMessage
	for _, one := range list {
		objects, err := flatten(one, depth+1)
		if err != nil {
			return nil, err
		}
		all = append(all, objects...)
	}
	return all, nil
}

func readPulled(raw json.RawMessage) (Pulled, error) {
	var r struct {
		TransactionID   text `json:"transactionId"`
		TrxDate         text `json:"trxDate"`
		MSISDN          text `json:"msisdn"`
		TransactionType text `json:"transactiontype"`
		BillReference   text `json:"billreference"`
		Amount          text `json:"amount"`
	}
	if err := json.Unmarshal(raw, &r); err != nil {
		return Pulled{}, unreadable("a payment", err)
	}
	if !IsReceipt(string(r.TransactionID)) {
		return Pulled{}, unreadable("a receipt in transactionId", nil)
	}
	cents, err := ParseCents(string(r.Amount))
	if err != nil {
		return Pulled{}, unreadable("an amount", err)
	}
	return Pulled{
		Receipt: string(r.TransactionID), Cents: cents, Account: string(r.BillReference), Kind: string(r.TransactionType),
		At: ParseTime(string(r.TrxDate)), Phone: string(r.MSISDN),
	}, nil
}
