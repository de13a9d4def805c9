package fake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/paytrace/paytrace/wallet/mpesa"
)

func jsonNumber(digits string) json.Number { return json.Number(digits) }

// forbidden are words that Safaricom refuses in registered addresses, in any case.
var forbidden = []string{"mpesa", "m-pesa", "safaricom", "exe", "cmd", "sql", "query"}

// registerC2B registers the addresses for payments to the paybill, once.
func (s *Safaricom) registerC2B(f fields) reply {
	switch {
	case f["ShortCode"] != s.config.ShortCode:
		return s.invalid("ShortCode")
	case f["ResponseType"] != "Completed" && f["ResponseType"] != "Cancelled":
		return s.invalid("ResponseType")
	}
	for _, name := range []string{"ConfirmationURL", "ValidationURL"} {
		address := strings.ToLower(f[name])
		if !s.checkURL(address) {
			return s.invalid(name)
		}
		for _, word := range forbidden {
			if strings.Contains(address, word) {
				return s.invalid(name)
			}
		}
	}
	if s.c2b.confirmation != "" {
		return s.problem(http.StatusInternalServerError, "500.003.1001", "Urls are already registered")
	}
	s.c2b.confirmation, s.c2b.validation = f["ConfirmationURL"], f["ValidationURL"]
	return reply{status: http.StatusOK, body: map[string]string{
		"OriginatorCoversationID": s.number("%d-%d-3"), "ResponseCode": "0", "ResponseDescription": "Success",
	}}
}

// ErrRefused says that the paybill's owner refused a payment.
var ErrRefused = errors.New("the paybill refused the payment")

// PayBill pays to the paybill from a phone, as a customer does in M-Pesa's own menu. It
// asks the validation address, and posts to the confirmation address.
func (s *Safaricom) PayBill(ctx context.Context, number, account string, cents int64) (receipt string, err error) {
	if !mpesa.IsMobile(number) || cents <= 0 {
		return "", fmt.Errorf("found the phone %q and %d cents, expected a phone as 2547… and a positive amount", number, cents)
	}
	s.mu.Lock()
	t := &Transaction{Receipt: s.receipt(), Kind: KindPaybill, Phone: number, Cents: cents, Account: account, At: s.config.Now()}
	confirmation, validation := s.c2b.confirmation, s.c2b.validation
	body := s.incomingBody(t, false)
	poor := s.phone(number).Cents < cents
	s.mu.Unlock()
	if poor {
		return "", errors.New("the customer has too little money")
	}
	if validation != "" {
		answer, err := s.config.Deliver(ctx, validation, body)
		if err == nil && !validated(answer) {
			return "", fmt.Errorf("%w: %s", ErrRefused, answer)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.receive(s.phone(number), t)
	if confirmation != "" {
		p := post{url: confirmation, body: s.incomingBody(t, true), about: "confirmation of " + t.Receipt}
		mishap := s.mishap(s.phone(number))
		s.queue.add(s.config.Now(), func() []post { return s.sends(mishap, p) })
	}
	return t.Receipt, nil
}

// validated reports whether an answer accepts a payment.
func validated(answer []byte) bool {
	var a struct{ ResultCode json.RawMessage }
	return json.Unmarshal(answer, &a) == nil && strings.Trim(string(a.ResultCode), `"`) == "0"
}

// incomingBody writes a validation, or a confirmation. The number is masked.
func (s *Safaricom) incomingBody(t *Transaction, done bool) []byte {
	balance := ""
	if done {
		balance = decimal(s.books.working)
	}
	first, last, _ := strings.Cut(s.phone(t.Phone).Name, " ")
	return encoded(map[string]any{
		"TransactionType": "Pay Bill", "TransID": t.Receipt, "TransTime": string(stamp(t.At)), "TransAmount": decimal(t.Cents),
		"BusinessShortCode": s.config.ShortCode, "BillRefNumber": t.Account, "InvoiceNumber": "", "OrgAccountBalance": balance,
		"ThirdPartyTransID": "", "MSISDN": t.Phone[:4] + " ***** " + t.Phone[len(t.Phone)-3:], "FirstName": first, "MiddleName": "", "LastName": last,
	})
}
