package actions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/sms"
	"github.com/paytrace/paytrace/store"
)

// JobSMS is the kind of the jobs that send messages.
const JobSMS = "sms"

// Statuses of a stored message besides sms.Sent and sms.Logged.
const (
	statusQueued = "queued"
	statusFailed = "failed"
)

// smsArgs are a JobSMS's.
type smsArgs struct {
	ID string `json:"id"` // the message's
}

// queueSMS stores a message in an action's transaction, and the job that sends
// it. Both are named after the action, so a repeat of it sends nothing more;
// an action sends one message.
func queueSMS(ctx context.Context, tx store.Tx, c Call, to engine.Phone, text string) error {
	m := store.Message{ID: c.ID, To: string(to), Text: text, Status: statusQueued, CreatedAt: c.Now}
	if err := tx.AddMessage(ctx, m); err != nil {
		return err
	}
	args, err := json.Marshal(smsArgs{ID: c.ID})
	if err != nil {
		return err
	}
	return tx.Enqueue(ctx, store.Job{Kind: JobSMS, Key: c.ID, Args: args})
}

// Messages is where messages are kept; store.Store is one.
type Messages interface {
	Message(ctx context.Context, id string) (store.Message, error)
	SetMessage(ctx context.Context, m store.Message) error
}

// DeliverSMS handles JobSMS: it sends the message and stores what became of
// it. A message that was sent, failed or logged before is left alone. What the
// provider refused for good is stored as failed and not tried again; any other
// error leaves the message queued, with the reason, for the job's next try.
//
// A message is sent at least once: where the answer was lost, or the process
// died before storing it, it is sent again.
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
		return deliver(ctx, messages, sender, m, now)
	}
}

// storeTimeout bounds the storing of a message's end, which goes on when the
// job is told to stop: not storing it would send the message twice.
const storeTimeout = 5 * time.Second

func deliver(ctx context.Context, messages Messages, sender sms.Sender, m store.Message, now func() time.Time) error {
	receipt, err := sender.Send(ctx, sms.Message{Ref: m.ID, To: m.To, Text: m.Text})
	permanent := errors.Is(err, sms.ErrPermanent)
	switch {
	case err == nil:
		m.Status, m.ProviderID, m.Error, m.SentAt = receipt.Status, receipt.ProviderID, "", now()
	case permanent:
		m.Status, m.Error = statusFailed, err.Error()
	default:
		m.Error = err.Error()
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	storeErr := messages.SetMessage(ctx, m)
	if permanent {
		err = nil
	}
	return errors.Join(err, storeErr)
}
