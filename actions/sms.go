package actions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/sms"
	"github.com/paytrace/paytrace/store"
)

// JobSMS is the kind of the jobs that send messages.
const JobSMS = "sms"

// Statuses of a stored message besides sms.Sent and sms.Logged.
const (
	statusQueued  = "queued"
	statusFailed  = "failed"
	statusUnknown = "unknown" // may have been sent, and must not be sent twice
)

// smsArgs holds the arguments of a JobSMS.
type smsArgs struct {
	ID string `json:"id"` // the message's
}

// queueSMS stores a message and the job that sends it in an action's
// transaction. Both are named after the action: a repeat sends nothing more, and
// an action can send only one message.
func queueSMS(ctx context.Context, tx store.Tx, c Call, to engine.Phone, text string) error {
	return QueueMessage(ctx, tx, store.Message{ID: c.ID, To: string(to), Text: text, CreatedAt: c.Now})
}

// QueueMessage stores a message and the job that sends it, in a transaction.
func QueueMessage(ctx context.Context, tx store.Tx, m store.Message) error {
	m.Status = statusQueued
	if err := tx.AddMessage(ctx, m); err != nil {
		return err
	}
	args, err := json.Marshal(smsArgs{ID: m.ID})
	if err != nil {
		return err
	}
	return tx.Enqueue(ctx, store.Job{Kind: JobSMS, Key: m.ID, Args: args})
}

// Messages stores messages, as store.Store does.
type Messages interface {
	Message(ctx context.Context, id string) (store.Message, error)
	SetMessage(ctx context.Context, m store.Message) error
	ClaimMessage(ctx context.Context, id string) (bool, error)
}

// DeliverSMS handles JobSMS: it sends the message and stores the result. It
// leaves a message alone that was sent, failed or logged before. A message that
// the provider refuses for good is stored as failed and not tried again. Any
// other error leaves it queued, with the reason, for the job's next try.
//
// A message is sent at least once: it is sent again if the answer was lost, or
// if the process died before it stored the answer. A message with Once is marked
// before it is sent; in both cases it stays "unknown" and is not sent again.
func DeliverSMS(messages Messages, sender sms.Sender, now func() time.Time) store.JobHandler {
	return func(ctx context.Context, job store.Job, _ int) error {
		var args smsArgs
		if err := json.Unmarshal(job.Args, &args); err != nil {
			return fmt.Errorf("sms job %s: read its arguments: %w", job.Key, err)
		}
		m, err := messages.Message(ctx, args.ID)
		if err != nil {
			return fmt.Errorf("sms job %s: %w", job.Key, err)
		}
		if m.Status != statusQueued {
			return nil
		}
		if !m.ExpiresAt.IsZero() && !now().Before(m.ExpiresAt) {
			m.Status, m.Error = statusFailed, "not sent in time: "+m.Error
			m.Text = withoutCode(m)
			return messages.SetMessage(ctx, m)
		}
		if m.Once {
			if claimed, err := messages.ClaimMessage(ctx, m.ID); err != nil || !claimed {
				return err
			}
		}
		return deliver(ctx, messages, sender, m, now)
	}
}

// storeTimeout bounds how long storing a message's result may take. It goes on
// when the job must stop: without the result the message would be sent twice.
const storeTimeout = 5 * time.Second

func deliver(ctx context.Context, messages Messages, sender sms.Sender, m store.Message, now func() time.Time) error {
	receipt, err := sender.Send(ctx, sms.Message{Ref: m.ID, To: m.To, Text: m.Text})
	receipt.ProviderID, receipt.Status = storable(receipt.ProviderID), storable(receipt.Status)
	over := true
	switch {
	case err == nil:
		m.Status, m.ProviderID, m.Error, m.SentAt = receipt.Status, receipt.ProviderID, "", now()
	case errors.Is(err, sms.ErrPermanent):
		m.Status, m.Error = statusFailed, storable(err.Error())
	case m.Once && errors.Is(err, sms.ErrMaybeSent):
		m.Status, m.Error = statusUnknown, storable(err.Error())
	default:
		m.Error, over = storable(err.Error()), false
	}
	if over && m.Status != sms.Logged {
		// A logged message is read from the list by a person, code included.
		m.Text = withoutCode(m)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	storeErr := messages.SetMessage(ctx, m)
	if over {
		return storeErr
	}
	return errors.Join(later(err), storeErr)
}

// storable returns a provider's text without characters that a database refuses. A
// result that can't be stored would send the message again.
func storable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
}

// later turns the sender's own pause into a pause of the job.
func later(err error) error {
	var paused *sms.PausedError
	if errors.As(err, &paused) {
		return store.Snooze(paused.For)
	}
	return err
}

// code matches the one-time code in the text of a message with Once.
var code = regexp.MustCompile(`\d{6}`)

// withoutCode returns a message's text with its one-time code masked.
func withoutCode(m store.Message) string {
	if !m.Once {
		return m.Text
	}
	return code.ReplaceAllString(m.Text, "******")
}

// ShownText returns a message's text for a list. It masks a one-time code, except
// in a logged message, which no provider sends.
func ShownText(m store.Message) string {
	if m.Status == sms.Logged {
		return m.Text
	}
	return withoutCode(m)
}

// Deliveries stores delivery reports, as store.Store does.
type Deliveries interface {
	Delivered(ctx context.Context, d store.Delivery) error
}

// StoreReport stores a provider's delivery report. Reports come late, twice and
// out of order, and also before the provider's answer to the sending. The store
// keeps the most advanced one (sms.State.Rank).
func StoreReport(ctx context.Context, s Deliveries, r sms.Report, now time.Time) error {
	return s.Delivered(ctx, store.Delivery{
		ProviderID: r.ProviderID, State: string(r.State), Rank: r.State.Rank(), Reason: r.Reason,
		Network: r.Network, Retries: r.Retries, At: now,
	})
}
