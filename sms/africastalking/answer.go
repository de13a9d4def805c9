package africastalking

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/paytrace/paytrace/engine/msisdn"
	"github.com/paytrace/paytrace/sms"
)

// answer is the body of a successful response.
type answer struct {
	SMSMessageData struct {
		Message    string
		Recipients []recipient
	}
}

// recipient says what happened to the message for one number.
type recipient struct {
	StatusCode json.Number `json:"statusCode"` // a number, or a string in old answers
	Status     string      `json:"status"`
	Number     string      `json:"number"`
	MessageID  string      `json:"messageId"`
}

// verdict says what a recipient's status means for us.
type verdict uint8

const (
	accepted verdict = iota + 1
	// temporary is a fault of our account or of the provider. The same message
	// can go later: after a top-up, the approval of a sender ID, or a repair.
	temporary
	// permanent is a fault of this number or this text.
	permanent
)

// statuses maps the codes of Africa's Talking's documentation to their names and
// verdicts. An answer without recipients has only the name, in Message.
var statuses = map[int]struct {
	name string
	verdict
}{
	100: {"Processed", accepted},
	101: {"Sent", accepted},
	102: {"Queued", accepted},
	401: {"RiskHold", permanent},
	402: {"InvalidSenderId", temporary},
	403: {"InvalidPhoneNumber", permanent},
	404: {"UnsupportedNumberType", permanent},
	405: {"InsufficientBalance", temporary},
	406: {"UserInBlacklist", permanent},
	407: {"CouldNotRoute", temporary},
	409: {"DoNotDisturbRejection", permanent},
	500: {"InternalServerError", temporary},
	501: {"GatewayError", temporary},
	502: {"RejectedByGateway", permanent},
}

// read interprets the answer about a message to one number. The failure's Word is
// the provider's own and must still be scrubbed.
func read(status int, body []byte, to string) (sms.Receipt, *sms.Failure) {
	if status < 200 || status > 299 {
		return sms.Receipt{}, refused(status, body)
	}
	// The documented status is 201, but the sandbox has also sent 200.
	var a answer
	if err := json.Unmarshal(body, &a); err != nil {
		return sms.Receipt{}, maybe(fmt.Sprintf("HTTP %d with a body that is not JSON: %s", status, body))
	}
	if len(a.SMSMessageData.Recipients) == 0 {
		return sms.Receipt{}, unaddressed(a.SMSMessageData.Message)
	}
	return judge(pick(a.SMSMessageData.Recipients, to))
}

// refused interprets an HTTP error, whose body is often plain text.
func refused(status int, body []byte) *sms.Failure {
	word := fmt.Sprintf("HTTP %d: %s", status, body)
	switch {
	case status == http.StatusBadRequest:
		return &sms.Failure{Class: sms.ErrPermanent, Word: word}
	case status >= 500 && status != http.StatusServiceUnavailable:
		return maybe(word)
	}
	// A wrong key, too many requests or a moved address: the message was surely
	// not sent, and a person can fix the cause.
	return &sms.Failure{Word: word}
}

// unaddressed interprets an answer without recipients, whose reason is in Message.
func unaddressed(message string) *sms.Failure {
	for _, s := range statuses {
		if s.verdict == permanent && strings.Contains(message, s.name) {
			return &sms.Failure{Class: sms.ErrPermanent, Word: message}
		}
	}
	return &sms.Failure{Word: "no recipient was accepted: " + message}
}

func pick(recipients []recipient, to string) recipient {
	for _, r := range recipients {
		if r.Number == msisdn.E164(to) || r.Number == to {
			return r
		}
	}
	return recipients[0]
}

func judge(r recipient) (sms.Receipt, *sms.Failure) {
	code, err := strconv.Atoi(r.StatusCode.String())
	known := statuses[code]
	if err != nil && r.Status == "Success" { // old answers have no codes
		known.verdict = accepted
	}
	word := fmt.Sprintf("%s (%s)", r.Status, r.StatusCode)
	switch known.verdict {
	case accepted:
		return sms.Receipt{Status: sms.Sent, ProviderID: seen(r.MessageID)}, nil
	case temporary:
		return sms.Receipt{}, &sms.Failure{Word: word}
	case permanent:
		return sms.Receipt{}, &sms.Failure{Class: sms.ErrPermanent, Word: word}
	}
	return sms.Receipt{}, maybe("unknown status: " + word)
}

// seen returns a message's ID without characters that no ID has. A database refuses
// some of them, and a receipt that can't be stored would send the message again.
func seen(id string) string {
	id = strings.Map(func(r rune) rune {
		if unseen(r) {
			return -1
		}
		return r
	}, id)
	return id[:min(len(id), maxID)]
}

func maybe(word string) *sms.Failure {
	return &sms.Failure{Class: sms.ErrMaybeSent, Word: word}
}
