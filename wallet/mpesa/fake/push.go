package fake

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/paytrace/paytrace/wallet/mpesa"
)

// prompt is a question for a PIN that is on its way to a phone.
type prompt struct {
	merchant, checkout string
	phone              *Phone
	cents              int64
	account            string
	url                string
	mishap             Mishap
	ended              bool
	code               string
}

// push takes a push request.
func (s *Safaricom) push(f fields) reply {
	if field := s.signed(f); field != "" {
		return s.invalid(field)
	}
	cents, ok := shillings(f, mpesa.MinPush, mpesa.MaxAmount)
	switch {
	case !ok:
		return s.invalid("Amount")
	case f["TransactionType"] != "CustomerPayBillOnline" && f["TransactionType"] != "CustomerBuyGoodsOnline":
		return s.invalid("TransactionType")
	case !mpesa.IsMobile(f["PhoneNumber"]) || f["PartyA"] != f["PhoneNumber"]:
		return s.invalid("PhoneNumber")
	case f["PartyB"] == "":
		return s.invalid("PartyB")
	case !s.checkURL(f["CallBackURL"]):
		return s.invalid("CallBackURL")
	case f["AccountReference"] == "" || len(f["AccountReference"]) > 12:
		return s.invalid("AccountReference")
	case len(f["TransactionDesc"]) > 13:
		return s.invalid("TransactionDesc")
	}
	phone := s.phone(f["PhoneNumber"])
	if phone.Push == CodeBusy || s.shown[phone.Number] != nil {
		return s.problem(http.StatusInternalServerError, "500.001.1001", "Unable to lock subscriber, a transaction is already in process for the current subscriber")
	}
	mishap := s.mishap(phone)
	if mishap == LosesRequest {
		return reply{cut: true}
	}
	p := &prompt{
		merchant: s.number("%d-%06d-1"), checkout: s.number("ws_CO_" + string(stamp(s.config.Now())) + "%d%06d"),
		phone: phone, cents: cents, account: f["AccountReference"], url: f["CallBackURL"], mishap: mishap,
	}
	s.prompts[p.checkout], s.shown[phone.Number] = p, p
	code, after := s.decide(p)
	s.log.Info("prompt", "phone", phone.Number, "asks", "pay KES "+decimal(cents)+" to "+f["PartyB"]+" for "+p.account, "will", plan(phone, code))
	answer := reply{status: http.StatusOK, body: map[string]string{
		"MerchantRequestID": p.merchant, "CheckoutRequestID": p.checkout, "ResponseCode": "0",
		"ResponseDescription": "Success. Request accepted for processing", "CustomerMessage": "Success. Request accepted for processing",
	}}
	if mishap == PostsEarly && code != CodeAsks {
		answer.before = s.endPrompt(p, code)
	} else if code != CodeAsks {
		s.queue.add(s.config.Now().Add(after), func() []post { return s.endPrompt(p, code) })
	}
	return spoiled(answer, mishap)
}

// spoiled returns the answer that a mishap leaves.
func spoiled(answer reply, m Mishap) reply {
	switch m {
	case CutsAnswer:
		answer.cut = true
	case BreaksAnswer:
		answer.status, answer.raw = http.StatusBadGateway, "<html><body>502 Bad Gateway</body></html>"
	}
	return answer
}

func plan(p *Phone, code string) string {
	switch {
	case code == CodeAsks:
		return "wait for you"
	case code == "0":
		return "pay"
	case p.Push == code || code == CodeStrangePaid || code == CodeStrangeUnpaid:
		return "end with code " + code
	}
	return "end with code " + code + ": " + mpesa.Explain(mpesa.APIPush, code, "").Name
}

// signed checks the fields that all STK requests have.
func (s *Safaricom) signed(f fields) (field string) {
	want := base64.StdEncoding.EncodeToString([]byte(s.config.ShortCode + s.config.Passkey + f["Timestamp"]))
	switch {
	case f["BusinessShortCode"] != s.config.ShortCode:
		return "BusinessShortCode"
	case !wireTime.MatchString(f["Timestamp"]):
		return "Timestamp"
	case f["Password"] != want:
		return "Password"
	}
	return ""
}

// decide says how a prompt will end, and when.
func (s *Safaricom) decide(p *prompt) (code string, after time.Duration) {
	key := p.phone.Number + " " + strconv.FormatInt(p.cents, 10)
	last, again := s.lastPushes[key]
	now := s.config.Now()
	s.lastPushes[key] = now
	switch {
	case p.phone.Push != "0":
		code = p.phone.Push
	case again && now.Sub(last) < sameAmount:
		code = "17"
	case s.chance(s.config.Faults.Strange):
		code = CodeStrangeUnpaid
		if s.chance(percent / 2) {
			code = CodeStrangePaid
		}
	case s.chance(s.config.Faults.Cancelled):
		code = "1032"
	default:
		code = "0"
	}
	if code == "1019" || code == "1037" {
		return code, promptLife
	}
	return code, s.waits(p.phone.Thinks)
}

// endPrompt ends a prompt with a code and returns what is posted.
func (s *Safaricom) endPrompt(p *prompt, code string) []post {
	if p.ended {
		return nil
	}
	p.ended = true
	delete(s.shown, p.phone.Number)
	if code == "0" && p.phone.Cents < p.cents {
		code = "1"
	}
	p.code = code
	callback := map[string]any{
		"MerchantRequestID": p.merchant, "CheckoutRequestID": p.checkout, "ResultDesc": description(mpesa.APIPush, code), "ResultCode": code,
	}
	if n, err := strconv.Atoi(code); err == nil {
		callback["ResultCode"] = n
	}
	about := fmt.Sprintf("push of %s: code %s", p.phone.Number, code)
	if code != "0" && code != CodeStrangePaid {
		return s.sends(p.mishap, post{url: p.url, body: pushBody(callback), about: about})
	}
	t := &Transaction{Receipt: s.receipt(), Kind: KindPush, Phone: p.phone.Number, Cents: p.cents, Account: p.account, ID: p.checkout, At: s.config.Now()}
	s.receive(p.phone, t)
	if code == "0" {
		callback["CallbackMetadata"] = map[string]any{"Item": []map[string]any{
			{"Name": "Amount", "Value": amount(p.cents)},
			{"Name": "MpesaReceiptNumber", "Value": t.Receipt},
			{"Name": "Balance"},
			{"Name": "TransactionDate", "Value": stamp(t.At)},
			{"Name": "PhoneNumber", "Value": jsonNumber(p.phone.Number)},
		}}
	}
	posts := s.sends(p.mishap, post{url: p.url, body: pushBody(callback), about: about})
	return s.confirmToo(posts, t)
}

// confirmToo adds the confirmation that a paybill with C2B addresses also gets.
func (s *Safaricom) confirmToo(posts []post, t *Transaction) []post {
	if s.c2b.confirmation == "" || !s.chance(s.config.Faults.Confirmed) {
		return posts
	}
	confirmation := post{url: s.c2b.confirmation, body: s.incomingBody(t, true), about: "confirmation of " + t.Receipt}
	if s.chance(s.config.Faults.Before) {
		return append([]post{confirmation}, posts...)
	}
	return append(posts, confirmation)
}

// receive moves money from a phone to the Working account.
func (s *Safaricom) receive(p *Phone, t *Transaction) {
	p.Cents -= t.Cents
	s.books.working += t.Cents
	s.books.add(t)
}

func pushBody(callback map[string]any) []byte {
	return encoded(map[string]any{"Body": map[string]any{"stkCallback": callback}})
}

// queryPush answers what became of a push. It has no receipt.
func (s *Safaricom) queryPush(f fields) reply {
	if field := s.signed(f); field != "" {
		return s.invalid(field)
	}
	p, ok := s.prompts[f["CheckoutRequestID"]]
	if !ok {
		return s.invalid("CheckoutRequestID")
	}
	if !p.ended {
		return s.problem(http.StatusInternalServerError, "500.001.1001", "The transaction is being processed")
	}
	return reply{status: http.StatusOK, body: map[string]string{
		"ResponseCode": "0", "ResponseDescription": "The service request has been accepted successfully",
		"MerchantRequestID": p.merchant, "CheckoutRequestID": p.checkout,
		"ResultCode": p.code, "ResultDesc": description(mpesa.APIPush, p.code),
	}}
}
