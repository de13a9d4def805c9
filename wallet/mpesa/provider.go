package mpesa

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/wallet/payments"
)

// Name is the provider's name in stored rows.
const Name = "mpesa"

const (
	// retryPause is how long to wait before a request is sent that could not be.
	retryPause = 30 * time.Second
	// pullBefore and pullAfter bound the time around a push in which its payment is
	// looked for. A prompt lives for a minute or two; clocks differ.
	pullBefore = 10 * time.Minute
	pullAfter  = 2 * time.Hour
	// maxPullPages bounds the pages that one question reads.
	maxPullPages = 50
	// pushText and payoutText are what Safaricom shows beside the amount.
	pushText   = "Deposit"
	payoutText = "Withdrawal"
)

// Provider moves money through a Client, as package payments wants it.
type Provider struct {
	client    *Client
	addresses Addresses
}

var _ payments.Provider = (*Provider)(nil)

// NewProvider makes a Provider whose results are posted to addresses.
func NewProvider(client *Client, addresses Addresses) *Provider {
	return &Provider{client, addresses}
}

// Name returns the provider's name in stored rows.
func (*Provider) Name() string { return Name }

// Push asks the phone of a deposit to pay.
func (p *Provider) Push(ctx context.Context, in payments.Intent) payments.Answer {
	shillings, err := wholeShillings(in.Amount)
	if err != nil {
		return answerOf(err)
	}
	pushed, err := p.client.Push(ctx, Push{
		Phone: in.Phone, Shillings: shillings, Reference: in.Reference, Description: pushText, CallbackURL: p.addresses.In(in.ID, in.Token),
	})
	if err != nil {
		return answerOf(err)
	}
	return payments.Answer{Verdict: payments.Accepted, Request: pushed.CheckoutRequestID, Second: pushed.MerchantRequestID}
}

// Pay sends the money of a withdrawal.
func (p *Provider) Pay(ctx context.Context, in payments.Intent) payments.Answer {
	shillings, err := wholeShillings(in.Amount)
	if err != nil {
		return answerOf(err)
	}
	accepted, err := p.client.Pay(ctx, Payout{
		ID: in.Reference, Phone: in.Phone, Shillings: shillings, Remarks: payoutText,
		ResultURL: p.addresses.Out(in.ID, in.Token), TimeoutURL: p.addresses.Timeout(in.ID, in.Token),
	})
	if err != nil {
		return answerOf(err)
	}
	return payments.Answer{Verdict: payments.Accepted, Request: accepted.ConversationID}
}

func wholeShillings(cents int64) (int64, error) {
	if cents <= 0 || cents%100 != 0 {
		return 0, notSent("the amount is %d cents, expected whole shillings", cents)
	}
	return cents / 100, nil
}

// answerOf says what is certain after an error of the client.
func answerOf(err error) payments.Answer {
	var e *Error
	if !errors.As(err, &e) {
		return payments.Answer{Verdict: payments.Unknown, Reason: "unexpected error"}
	}
	a := payments.Answer{Verdict: payments.Unknown, Code: e.Code, Reason: e.Word, Stop: e.Meaning.Stop}
	switch e.Certainty {
	case Refused:
		a.Verdict = payments.Refused
	case NotSent:
		a.Verdict = payments.Refused
		// What the client itself refuses stays wrong; everything else passes.
		if e.Cause != nil || e.Code != "" {
			a.Again = max(e.Meaning.Wait(), retryPause)
		}
	}
	return a
}

// Ask asks what became of an intent. The answer about a payout is posted later. The one
// about a push comes from two lists: the query knows the code, and pulled transactions
// have the receipt.
func (p *Provider) Ask(ctx context.Context, in payments.Intent) payments.Report {
	report := payments.Report{Provider: Name, Source: payments.FromQuery, Kind: in.Kind, Intent: in.ID, Request: in.Request, Outcome: payments.Unsaid}
	if in.Kind == payments.Withdrawal {
		_, err := p.client.AskStatus(ctx, StatusQuestion{
			ID: in.Reference, Remarks: payoutText, ResultURL: p.addresses.Status(in.ID, in.Token), TimeoutURL: p.addresses.Timeout(in.ID, in.Token),
		})
		report.Code, report.Reason = codeOf(err)
		return report
	}
	return p.askPush(ctx, in, report)
}

func codeOf(err error) (code, reason string) {
	var e *Error
	if errors.As(err, &e) {
		return e.Code, e.Word
	}
	return "", ""
}

func (p *Provider) askPush(ctx context.Context, in payments.Intent, report payments.Report) payments.Report {
	if row, ok := p.findPulled(ctx, in); ok {
		report.Outcome, report.Amount, report.Receipt, report.At, report.Account = payments.Paid, row.Cents, row.Receipt, row.At, row.Account
		return report
	}
	if in.Request == "" {
		return report
	}
	state, err := p.client.QueryPush(ctx, in.Request)
	if err != nil {
		report.Code, report.Reason = codeOf(err)
		return report
	}
	report.Code, report.Reason = state.Code, state.Word
	if state.Meaning.Class == ClassFailed {
		report.Outcome = payments.Failed
	}
	return report
}

// findPulled looks for the payment of a push in what came in. The account number is the
// push's reference, which no other push has.
func (p *Provider) findPulled(ctx context.Context, in payments.Intent) (Pulled, bool) {
	if in.SentAt.IsZero() {
		return Pulled{}, false
	}
	now := p.client.config.Now()
	from, to := in.SentAt.Add(-pullBefore), in.SentAt.Add(pullAfter)
	if to.After(now) {
		to = now
	}
	if oldest := now.Add(-PullWindow); from.Before(oldest) {
		from = oldest
	}
	if !from.Before(to) {
		return Pulled{}, false
	}
	var found Pulled
	err := p.client.PullAll(ctx, from, to, func(row Pulled) bool {
		if row.Account == in.Reference {
			found = row
		}
		return found.Receipt == ""
	})
	return found, err == nil && found.Receipt != ""
}

// PullAll gives every payment that came in between two times to each, until it returns
// false.
func (c *Client) PullAll(ctx context.Context, from, to time.Time, each func(Pulled) bool) error {
	offset := 0
	for range maxPullPages {
		page, err := c.Pull(ctx, from, to, offset)
		if err != nil {
			return err
		}
		if len(page.Problems) > 0 {
			return fmt.Errorf("mpesa: %d pulled payments are not readable: %w", len(page.Problems), page.Problems[0])
		}
		if len(page.Rows) == 0 {
			return nil
		}
		for _, row := range page.Rows {
			if !each(row) {
				return nil
			}
		}
		offset += len(page.Rows)
	}
	return fmt.Errorf("mpesa: the list of payments from %s to %s has more than %d pages; ask for a shorter time", from, to, maxPullPages)
}

// Explain returns the caller's words about a code.
func (*Provider) Explain(kind payments.Kind, code, lang string) string {
	if code == "" {
		return ""
	}
	api := APIPush
	if kind == payments.Withdrawal {
		api = APIPayout
	}
	m := Explain(api, code, "")
	if g := Explain(APIGateway, code, ""); m.Name == undocumented.Name && g.Name != undocumented.Name {
		m = g
	}
	return m.Words(lang)
}

// ReadReport reads a posted body as a report. token is the payment's own, which came
// with the address. shortCode is the one that payments to the paybill must name.
func ReadReport(route Route, intent, token, shortCode string, body []byte) (payments.Report, error) {
	report := payments.Report{Provider: Name, Source: payments.FromCallback, Intent: intent, Token: token, Outcome: payments.Unsaid}
	switch route {
	case RouteIn:
		r, err := ReadPushResult(body)
		if err != nil {
			return report, err
		}
		report.Kind, report.Request, report.Code, report.Reason = payments.Deposit, r.CheckoutRequestID, r.Code, r.Meaning.Name
		report.Amount, report.Receipt, report.At, report.Outcome = r.Cents, r.Receipt, r.At, outcomeOf(r.Meaning)
	case RouteOut:
		r, err := ReadPayoutResult(body)
		if err != nil {
			return report, err
		}
		report.Kind, report.Request, report.Code, report.Reason = payments.Withdrawal, r.ConversationID, r.Code, r.Meaning.Name
		report.Amount, report.Receipt, report.At, report.Outcome = r.Cents, r.Receipt, r.At, outcomeOf(r.Meaning)
		report.Stop = r.Meaning.Stop
	case RouteStatus:
		return readStatus(report, body)
	case RouteTimeout:
		report.Kind, report.Reason = payments.Withdrawal, "the request waited too long in a queue of M-Pesa"
	case RouteConfirm:
		return readConfirmation(report, shortCode, body)
	default:
		return report, fmt.Errorf("%w: there are no reports at the route %q", ErrUnreadable, route)
	}
	return report, nil
}

// outcomeOf says what a code tells of a payment. Only documented codes fail.
func outcomeOf(m Meaning) payments.Outcome {
	switch m.Class {
	case ClassSuccess:
		return payments.Paid
	case ClassFailed:
		return payments.Failed
	}
	return payments.Unsaid
}

// readStatus reads the answer of a status query about a payout.
func readStatus(report payments.Report, body []byte) (payments.Report, error) {
	r, err := ReadStatusResult(body)
	if err != nil {
		return report, err
	}
	report.Kind, report.Source, report.Account, report.Request = payments.Withdrawal, payments.FromQuery, r.About, r.AboutConversationID
	report.Code, report.Reason, report.Stop = r.Code, r.Meaning.Name, r.Meaning.Stop
	switch r.Fate {
	case FateDone:
		report.Outcome, report.Amount, report.Receipt, report.At = payments.Paid, r.Cents, r.Receipt, r.At
		report.Fee = r.FeeCents
	case FateNotDone:
		report.Outcome, report.Code, report.Reason = payments.Failed, "", "M-Pesa has the payout as "+r.Status
	}
	return report, nil
}

// readConfirmation reads a payment to the paybill. It names no intent.
func readConfirmation(report payments.Report, shortCode string, body []byte) (payments.Report, error) {
	in, err := ReadIncoming(body)
	if err != nil {
		return report, err
	}
	if in.ShortCode != shortCode {
		return report, fmt.Errorf("%w: expected a payment to the short code %s", ErrUnreadable, shortCode)
	}
	report.Kind, report.Source, report.Intent, report.Token = payments.Deposit, payments.FromConfirmation, "", ""
	report.Account, report.Amount, report.Receipt, report.At, report.Outcome = in.Account, in.Cents, in.Receipt, in.At, payments.Paid
	return report, nil
}
