package fake

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/paytrace/paytrace/wallet/mpesa"
)

// later answers a question after a while.
func (s *Safaricom) later(f fields, initiator, about string, api mpesa.API, do func() (code string, parameters []keyed)) reply {
	conversation, answer := s.accepts("")
	body, _ := answer.body.(map[string]string)
	id, authentic := body["OriginatorConversationID"], s.authentic(f, initiator)
	s.queue.add(s.config.Now().Add(s.waits(working)), func() []post {
		code, parameters := "2001", []keyed(nil)
		if authentic {
			code, parameters = do()
		}
		return []post{{url: f["ResultURL"], body: resultBody(id, conversation, s.receipt(), code, description(api, code), parameters), about: about + ": code " + code}}
	})
	return answer
}

// askStatus answers what became of a payment.
func (s *Safaricom) askStatus(f fields) reply {
	if field := s.operator(f, "Initiator", "TransactionStatusQuery"); field != "" {
		return s.invalid(field)
	}
	switch {
	case f["IdentifierType"] != "4":
		return s.invalid("IdentifierType")
	case f["PartyA"] != s.config.ShortCode && f["PartyA"] != s.config.PayoutCode:
		return s.invalid("PartyA")
	case f["TransactionID"] == "" && f[s.config.StatusIDField] == "":
		return s.invalid("TransactionID")
	}
	about := "status of " + f["TransactionID"] + f[s.config.StatusIDField]
	return s.later(f, "Initiator", about, mpesa.APIStatus, func() (string, []keyed) {
		if id := f[s.config.StatusIDField]; id != "" {
			return s.statusOfPayout(id)
		}
		t, ok := s.books.byReceipt[f["TransactionID"]]
		if !ok {
			return "SFC_IC0003", nil
		}
		return "0", s.statusOf("Completed", t, t.ID, "")
	})
}

// statusOfPayout returns what a status query says of a payout.
func (s *Safaricom) statusOfPayout(id string) (code string, parameters []keyed) {
	p, ok := s.payouts[id]
	switch {
	case !ok:
		return "SFC_IC0003", nil
	case p.paid != nil:
		return "0", s.statusOf("Completed", p.paid, id, p.conversation)
	case p.state == ended:
		return "0", s.statusOf("Declined", &Transaction{Phone: p.phone.Number, Cents: p.cents, At: p.begun}, id, p.conversation)
	case p.state == waiting:
		return "0", s.statusOf("Pending Authorized", &Transaction{Phone: p.phone.Number, Cents: p.cents, At: p.begun}, id, p.conversation)
	}
	return "0", s.statusOf("Initiated", &Transaction{Phone: p.phone.Number, Cents: p.cents, At: p.begun}, id, p.conversation)
}

// statusOf writes the parameters of a status answer. DebitPartyName comes twice, and
// some keys have no value, as at Safaricom.
func (s *Safaricom) statusOf(status string, t *Transaction, id, conversation string) []keyed {
	charges := keyed{Key: "DebitPartyCharges"}
	if t.Kind == KindPayout {
		charges.Value = "Fee For B2C Payment|KES|" + decimal(t.Fee)
	}
	return []keyed{
		{"DebitPartyName", s.config.PayoutCode + " - Example Works"},
		{"DebitPartyName", t.Phone + " - " + s.phone(t.Phone).Name},
		{"OriginatorConversationID", id},
		{"InitiatedTime", stamp(t.At)},
		{"DebitAccountType", "Utility Account"},
		charges,
		{Key: "TransactionReason"},
		{"ReasonType", "Business Payment to Customer via API"},
		{"TransactionStatus", status},
		{"FinalisedTime", stamp(t.At)},
		{"Amount", decimal(t.Cents)},
		{"ConversationID", conversation},
		{"ReceiptNo", t.Receipt},
	}
}

// askBalance answers with the balances.
func (s *Safaricom) askBalance(f fields) reply {
	if field := s.operator(f, "Initiator", "AccountBalance"); field != "" {
		return s.invalid(field)
	}
	if f["IdentifierType"] != "4" {
		return s.invalid("IdentifierType")
	}
	return s.later(f, "Initiator", "balances", mpesa.APIBalance, func() (string, []keyed) {
		var accounts []string
		for _, a := range []struct {
			name  string
			cents int64
		}{
			{mpesa.AccountWorking, s.books.working},
			{"Float Account", 0},
			{mpesa.AccountUtility, s.books.utility},
			{mpesa.AccountCharges, s.books.charges},
			{mpesa.AccountSettlement, 0},
		} {
			accounts = append(accounts, fmt.Sprintf("%s|KES|%s|%s|0.00|0.00", a.name, decimal(a.cents), decimal(a.cents)))
		}
		return "0", []keyed{{"AccountBalance", strings.Join(accounts, "&")}, {"BOCompletedTime", stamp(s.config.Now())}}
	})
}

// reverse sends a payment that came in back.
func (s *Safaricom) reverse(f fields) reply {
	if field := s.operator(f, "Initiator", "TransactionReversal"); field != "" {
		return s.invalid(field)
	}
	cents, ok := shillings(f, mpesa.MinPush, mpesa.MaxAmount)
	switch {
	case !ok:
		return s.invalid("Amount")
	case f["RecieverIdentifierType"] != "11":
		return s.invalid("RecieverIdentifierType")
	case f["ReceiverParty"] != s.config.ShortCode:
		return s.invalid("ReceiverParty")
	}
	return s.later(f, "Initiator", "reversal of "+f["TransactionID"], mpesa.APIReversal, func() (string, []keyed) {
		t, ok := s.books.byReceipt[f["TransactionID"]]
		switch {
		case !ok || t.Kind != KindPush && t.Kind != KindPaybill || cents != t.Cents:
			return "R000002", nil
		case t.Reversed != "":
			return "R000001", nil
		case s.books.working < cents:
			return "1", nil
		}
		back := &Transaction{Receipt: s.receipt(), Kind: KindReversal, Phone: t.Phone, Cents: cents, Reverses: t.Receipt, At: s.config.Now()}
		t.Reversed = back.Receipt
		s.phone(t.Phone).Cents += cents
		s.books.working -= cents
		s.books.add(back)
		return "0", []keyed{
			{"Amount", amount(cents)},
			{"TransCompletedTime", stamp(back.At)},
			{"OriginalTransactionID", t.Receipt},
			{"Charge", amount(0)},
			{"CreditPartyPublicName", t.Phone + " - " + s.phone(t.Phone).Name},
		}
	})
}

// registerPull makes transactions pullable.
func (s *Safaricom) registerPull(f fields) reply {
	switch {
	case f["ShortCode"] != s.config.ShortCode:
		return s.invalid("ShortCode")
	case f["RequestType"] != "Pull":
		return s.invalid("RequestType")
	case !mpesa.IsMobile(f["NominatedNumber"]):
		return s.invalid("NominatedNumber")
	}
	s.pullable = true
	return reply{status: http.StatusOK, body: map[string]string{
		"ResponseRefID": s.number("%d-%d"), "ResponseStatus": "1000", "ShortCode": s.config.ShortCode, "ResponseDescription": "Shortcode Registered Successfully",
	}}
}

// pullLayout is how pull requests write times, in Nairobi.
const pullLayout = "2006-01-02 15:04:05"

// pull lists what came in.
func (s *Safaricom) pull(f fields) reply {
	from, fromErr := time.ParseInLocation(pullLayout, f["StartDate"], mpesa.Nairobi)
	to, toErr := time.ParseInLocation(pullLayout, f["EndDate"], mpesa.Nairobi)
	offset, offsetErr := strconv.Atoi(f["OffSetValue"])
	switch {
	case !s.pullable:
		return s.problem(http.StatusBadRequest, "400.002.02", "Bad Request - ShortCode is not registered")
	case f["ShortCode"] != s.config.ShortCode:
		return s.invalid("ShortCode")
	case fromErr != nil:
		return s.invalid("StartDate")
	case toErr != nil:
		return s.invalid("EndDate")
	case offsetErr != nil || offset < 0:
		return s.invalid("OffSetValue")
	}
	if oldest := s.config.Now().Add(-mpesa.PullWindow); from.Before(oldest) {
		from = oldest
	}
	var rows []map[string]any
	seen := 0
	for _, t := range s.books.all {
		if t.Kind != KindPush && t.Kind != KindPaybill || t.At.Before(from) || t.At.After(to) {
			continue
		}
		if seen++; seen <= offset || len(rows) == pullPage {
			continue
		}
		rows = append(rows, map[string]any{
			"transactionId": t.Receipt, "trxDate": t.At.In(mpesa.Nairobi).Format("2006-01-02T15:04:05Z"), "msisdn": jsonNumber(t.Phone),
			"sender": "MPESA", "transactiontype": "c2b-pay-bill-debit", "billreference": t.Account, "amount": decimal(t.Cents), "organizationname": "Example Works",
		})
	}
	body := map[string]any{"ResponseRefID": s.number("%d-%d"), "ResponseCode": "1000", "ResponseMessage": "Success", "Response": [][]map[string]any{rows}}
	if len(rows) == 0 {
		body["ResponseCode"], body["ResponseMessage"], body["Response"] = "1001", "No transactions found", "[[]]"
	}
	return reply{status: http.StatusOK, body: body}
}
