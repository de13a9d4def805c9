package fake

import (
	"fmt"
	"net/http"
	"time"

	"github.com/paytrace/paytrace/wallet/mpesa"
)

// payoutState says how far a payout is.
type payoutState uint8

const (
	accepted payoutState = iota
	waiting              // M-Pesa has cached it
	ended
)

// payout is a payout on its way.
type payout struct {
	id, conversation string
	phone            *Phone
	cents            int64
	url              string
	mishap           Mishap
	state            payoutState
	code             string
	paid             *Transaction
	begun            time.Time
}

// occasion is a field as the wire spells it.
const occasion = "Occassion" //nolint:misspell // as the wire spells it

// pay takes a payout.
func (s *Safaricom) pay(f fields) reply {
	id := f["OriginatorConversationID"]
	if field := s.operator(f, "InitiatorName", "BusinessPayment"); field != "" {
		return s.invalid(field)
	}
	cents, ok := shillings(f, mpesa.MinPayout, mpesa.MaxAmount)
	switch {
	case !mpesa.IsRequestID(id):
		return s.invalid("OriginatorConversationID")
	case !ok:
		return s.invalid("Amount")
	case f["PartyA"] != s.config.PayoutCode:
		return s.invalid("PartyA")
	case !mpesa.IsMobile(f["PartyB"]):
		return s.invalid("PartyB")
	case len(f[occasion]) > 100:
		return s.invalid(occasion)
	}
	if _, taken := s.payouts[id]; taken {
		s.books.doubled[id]++
		if s.made%2 == 0 { // both forms have been seen
			return reply{status: http.StatusOK, body: map[string]string{"ResponseCode": "1", "ResponseDescription": "Duplicate OriginatorConversationID."}}
		}
		return s.problem(http.StatusInternalServerError, "500.002.1001", "Duplicate OriginatorConversationID.")
	}
	phone := s.phone(f["PartyB"])
	mishap := s.mishap(phone)
	if mishap == LosesRequest {
		return reply{cut: true}
	}
	conversation, answer := s.accepts(id)
	p := &payout{id: id, conversation: conversation, phone: phone, cents: cents, url: f["ResultURL"], mishap: mishap, begun: s.config.Now()}
	s.payouts[id] = p
	code := s.decidePayout(p, s.authentic(f, "InitiatorName"))
	s.log.Info("payout", "phone", phone.Number, "pays", "KES "+decimal(cents), "id", id, "will", "end with code "+code)
	if mishap == PostsEarly {
		answer.before = s.endPayout(p, code)
	} else {
		s.queue.add(s.config.Now().Add(s.waits(working)), func() []post { return s.endPayout(p, code) })
	}
	return spoiled(answer, mishap)
}

// decidePayout says how a payout will end.
func (s *Safaricom) decidePayout(p *payout, authentic bool) string {
	switch {
	case !authentic:
		return "2001"
	case p.phone.Payout != "0":
		return p.phone.Payout
	case s.chance(s.config.Faults.Strange):
		if s.chance(percent / 2) {
			return CodeStrangePaid
		}
		return CodeStrangeUnpaid
	}
	return "0"
}

// endPayout ends a payout with a code and returns what is posted.
func (s *Safaricom) endPayout(p *payout, code string) []post {
	if p.state == ended {
		return nil
	}
	if code == CodeCached && p.state == accepted {
		p.state = waiting
		s.queue.add(s.config.Now().Add(s.config.CacheWait), func() []post { return s.endPayout(p, "0") })
		return s.sends(p.mishap, s.payoutPost(p, code, nil))
	}
	if code == "0" && s.books.utility < p.cents {
		code = "1"
	}
	p.state, p.code = ended, code
	if code != "0" && code != CodeStrangePaid {
		return s.sends(p.mishap, s.payoutPost(p, code, nil))
	}
	t := &Transaction{Receipt: s.receipt(), Kind: KindPayout, Phone: p.phone.Number, Cents: p.cents, Fee: s.config.FeeCents, ID: p.id, At: s.config.Now()}
	p.paid = t
	p.phone.Cents += t.Cents
	s.books.utility -= t.Cents
	s.books.charges -= t.Fee
	s.books.add(t)
	if code == CodeStrangePaid {
		return s.sends(p.mishap, s.payoutPost(p, code, nil))
	}
	return s.sends(p.mishap, s.payoutPost(p, code, []keyed{
		{"TransactionAmount", amount(t.Cents)},
		{"TransactionReceipt", t.Receipt},
		{"ReceiverPartyPublicName", p.phone.Number + " - " + p.phone.Name},
		{"TransactionCompletedDateTime", t.At.In(mpesa.Nairobi).Format("02.01.2006 15:04:05")},
		{"B2CUtilityAccountAvailableFunds", amount(s.books.utility)},
		{"B2CWorkingAccountAvailableFunds", amount(s.books.working)},
		{"B2CRecipientIsRegisteredCustomer", "Y"},
		{"B2CChargesPaidAccountAvailableFunds", amount(s.books.charges)},
	}))
}

// payoutPost writes the result of a payout. Failures have a TransactionID, too.
func (s *Safaricom) payoutPost(p *payout, code string, parameters []keyed) post {
	transaction := ""
	if p.paid != nil {
		transaction = p.paid.Receipt
	} else {
		transaction = s.receipt()
	}
	return post{
		url: p.url, body: resultBody(p.id, p.conversation, transaction, code, description(mpesa.APIPayout, code), parameters),
		about: fmt.Sprintf("payout %s to %s: code %s", p.id, p.phone.Number, code),
	}
}
