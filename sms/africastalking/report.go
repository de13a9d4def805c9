package africastalking

import (
	"errors"
	"strconv"
	"strings"

	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/sms"
)

// ReportFields lists the form fields of a delivery report that ReadReport reads.
// Reports also have phoneNumber; it is not needed, because the id identifies the
// message.
var ReportFields = []string{"id", "status", "failureReason", "networkCode", "retryCount"}

// ErrReport reports a form that is not a delivery report.
var ErrReport = errors.New("the fields id and status of a delivery report are expected")

// states maps the statuses of Africa's Talking's documentation to ours.
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
	// maxID bounds the bytes of the provider's message ID; they have about 40.
	maxID = 128
	// maxRetries is far above what operators try.
	maxRetries = 10_000
)

// ReadReport reads the delivery report of a form. Only id and status are required:
// a report that can't be read in full is still useful, and the provider would send
// a refused one again.
func ReadReport(field func(name string) string) (sms.Report, error) {
	id, status := strings.TrimSpace(field("id")), strings.TrimSpace(field("status"))
	if id == "" || len(id) > maxID || !isID(id) || status == "" {
		return sms.Report{}, ErrReport
	}
	r := sms.Report{ProviderID: id, State: states[status], Reason: word(field("failureReason")), Network: network(field("networkCode"))}
	if r.State == "" {
		r.State, r.Reason = sms.StateUnclear, word(status)
	}
	if n, err := strconv.Atoi(strings.TrimSpace(field("retryCount"))); err == nil && n >= 0 && n <= maxRetries {
		r.Retries = n
	}
	return r, nil
}

// isID reports whether a text may be a message's ID: letters, digits and a few signs,
// and no secret of a wallet. The ID of a report is stored before its message is known.
func isID(text string) bool {
	const signs = "_-.:@/="
	return secret.Seeds(text) == text && !strings.ContainsFunc(text, func(r rune) bool {
		letter := 'a' <= r|0x20 && r|0x20 <= 'z'
		return !letter && (r < '0' || r > '9') && !strings.ContainsRune(signs, r)
	})
}

// maxReason bounds the bytes of a report's words; the longest documented one has
// 26.
const maxReason = 64

// maxNetwork is the longest code of an operator, country included.
const maxNetwork = 6

// network returns an operator's code, and "" for anything else.
func network(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > maxNetwork || strings.Trim(s, "0123456789") != "" {
		return ""
	}
	return s
}

// word shortens a provider's word and replaces characters that a list can't show.
// It removes numbers: the word may repeat the message.
func word(s string) string {
	s = secret.Foreign(s, maxReason)
	s = strings.Map(func(r rune) rune {
		if unseen(r) {
			return '?'
		}
		return r
	}, strings.TrimSpace(s))
	return s[:min(len(s), maxReason)]
}

func unseen(r rune) bool { return r <= ' ' || r > '~' }
