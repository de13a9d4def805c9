package actions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"

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
	statusUnknown = "unknown" // it goes out once, and may have gone
)

// smsArgs are a JobSMS's.
type smsArgs struct {
	ID string `json:"id"` // the message's
}

// queueSMS stores a message in an action's transaction, and the job that sends
// it. Both are named after the action, so a repeat of it sends nothing more;
// an action sends one message.
func queueSMS(ctx context.Context, tx store.Tx, c Call, to engine.Phone, text string) error {
	return queueMessage(ctx, tx, store.Message{ID: c.ID, To: string(to), Text: text, CreatedAt: c.Now})
}

func queueMessage(ctx context.Context, tx store.Tx, m store.Message) error {
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

// Messages is where messages are kept; store.Store is one.
type Messages interface {
	Message(ctx context.Context, id string) (store.Message, error)
	SetMessage(ctx context.Context, m store.Message) error
	ClaimMessage(ctx context.Context, id string) (bool, error)
}

// DeliverSMS handles JobSMS: it sends the message and stores what became of
// it. A message that was sent, failed or logged before is left alone. What the
// provider refused for good is stored as failed and not tried again; any other
// error leaves the message queued, with the reason, for the job's next try.
//
// A message is sent at least once: where the answer was lost, or the process
// died before storing it, it is sent again. One that goes out once is marked
// before it is sent, and then stays "unknown" in both cases.
func DeliverSMS(messages Messages, sender sms.Sender, now func() time.Time) store.JobHandler {
	return func(ctx context.Context, job store.Job, _ int) error {
		var args smsArgs
		if err := json.Unmarshal(job.Args, &args); err != nil {
			return fmt.Errorf("sms job %s: arguments can't be read: %w", job.Key, err)
		}
		m, err := messages.Message(ctx, args.ID)
		if err != nil {
			return fmt.Errorf("sms job %s: %w", job.Key, err)
		}
		if m.Status != statusQueued {
			return nil
		}
		if !m.ExpiresAt.IsZero() && !now().Before(m.ExpiresAt) {
			m.Status, m.Error = statusFailed, "it could not be sent in time: "+m.Error
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

// storeTimeout bounds the storing of a message's end, which goes on when the
// job is told to stop: not storing it would send the message twice.
const storeTimeout = 5 * time.Second

func deliver(ctx context.Context, messages Messages, sender sms.Sender, m store.Message, now func() time.Time) error {
	receipt, err := sender.Send(ctx, sms.Message{Ref: m.ID, To: m.To, Text: m.Text})
	over := true
	switch {
	case err == nil:
		m.Status, m.ProviderID, m.Error, m.SentAt = receipt.Status, receipt.ProviderID, "", now()
	case errors.Is(err, sms.ErrPermanent):
		m.Status, m.Error = statusFailed, err.Error()
	case m.Once && errors.Is(err, sms.ErrMaybeSent):
		m.Status, m.Error = statusUnknown, err.Error()
	default:
		m.Error, over = err.Error(), false
	}
	if over && m.Status != sms.Logged {
		// Where nobody sends, a person reads it from the list.
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

// later asks for another time where the sender itself says when.
func later(err error) error {
	var paused *sms.PausedError
	if errors.As(err, &paused) {
		return store.Later(paused.For)
	}
	return err
}

// code is what stands in a message that goes out once and is nobody's business
// but its reader's.
var code = regexp.MustCompile(`\d{6}`)

// withoutCode is a message's text without its one-time code.
func withoutCode(m store.Message) string {
	if !m.Once {
		return m.Text
	}
	return code.ReplaceAllString(m.Text, "******")
}

// ShownText is a message's text as it may be listed: a one-time code that can
// still be used is left out, except where there is nobody to send it.
func ShownText(m store.Message) string {
	if m.Status == sms.Logged {
		return m.Text
	}
	return withoutCode(m)
}
