package africastalking

import (
	"errors"
	"strconv"
	"strings"

	"github.com/paytrace/paytrace/sms"
)

// ReportFields are the form fields of a delivery report. There is one more,
// phoneNumber, which is not needed: the message is known by its id.
var ReportFields = []string{"id", "status", "failureReason", "networkCode", "retryCount"}

// ErrReport: a form that is no delivery report.
var ErrReport = errors.New("the fields id and status of a delivery report are expected")

// states are the statuses of Africa's Talking's documentation.
var states = map[string]sms.State{
	"Sent":             sms.StateSent,
	"Submitted":        sms.StateSubmitted,
	"Buffered":         sms.StateBuffered,
	"Rejected":         sms.StateRejected,
	"Success":          sms.StateDelivered,
	"Failed":           sms.StateFailed,
	"AbsentSubscriber": sms.StateAbsent,
	"Expired":          sms.StateExpired,
}

const (
	// maxID bounds the provider's name for a message; theirs have about 40.
	maxID = 128
	// maxRetries is far beyond what any operator tries.
	maxRetries = 10_000
)

// ReadReport reads the delivery report of a form. Only id and status must be
// there: news that can't be read in full is still news, and one that is refused
// is sent again.
func ReadReport(field func(name string) string) (sms.Report, error) {
	id, status := strings.TrimSpace(field("id")), strings.TrimSpace(field("status"))
	if id == "" || len(id) > maxID || strings.ContainsFunc(id, unseen) || status == "" {
		return sms.Report{}, ErrReport
	}
	r := sms.Report{ProviderID: id, State: states[status], Reason: word(field("failureReason")), Network: word(field("networkCode"))}
	if r.State == "" {
		r.State, r.Reason = sms.StateUnclear, word(status)
	}
	if n, err := strconv.Atoi(strings.TrimSpace(field("retryCount"))); err == nil && n >= 0 && n <= maxRetries {
		r.Retries = n
	}
	return r, nil
}

// maxReason bounds what is kept of a report's words: the longest documented one
// has 26.
const maxReason = 64

// word keeps of a foreign word what can stand in a list.
func word(s string) string {
	s = strings.Map(func(r rune) rune {
		if unseen(r) {
			return '?'
		}
		return r
	}, strings.TrimSpace(s))
	return s[:min(len(s), maxReason)]
}

func unseen(r rune) bool { return r <= ' ' || r > '~' }
