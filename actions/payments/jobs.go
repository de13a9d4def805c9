package payments

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet/payments"
)

// Kinds of jobs.
const (
	// JobPush asks a phone to pay.
	JobPush = "payment_push"
	// JobPay pays out.
	JobPay = "payment_pay"
	// JobAsk asks what became of a request.
	JobAsk = "payment_ask"
)

const (
	// sendWithin ends a deposit that could not be asked for: the caller has put the
	// phone away.
	sendWithin = 10 * time.Minute
	// firstAsk is longer than a phone shows a prompt, and than most callbacks take.
	firstAsk = 90 * time.Second
	// lastAsk bounds the growing pauses between two questions.
	lastAsk = 30 * time.Minute
	// askFor is how long the provider is asked. Then the intent waits for a person.
	askFor = 24 * time.Hour
	// callbackWindow is how long a callback may still contradict a provider's answer
	// that a deposit has failed: M-Pesa's queries have called paid pushes failed.
	callbackWindow = 10 * time.Minute
)

// jobArgs holds the arguments of all jobs here.
type jobArgs struct {
	ID string `json:"id"`
}

func enqueue(ctx context.Context, tx store.Tx, kind, id string) error {
	args, err := json.Marshal(jobArgs{id})
	if err != nil {
		return err
	}
	return tx.Enqueue(ctx, store.Job{Kind: kind, Key: id, Args: args})
}

// Jobs returns the handlers of the jobs that a Desk stores.
func (d *Desk) Jobs() map[string]store.JobHandler {
	return map[string]store.JobHandler{
		JobPush: d.job(func(ctx context.Context, id string) error { return d.send(ctx, id, d.Provider.Push) }),
		JobPay:  d.job(d.pay),
		JobAsk:  d.job(d.ask),
	}
}

func (d *Desk) job(do func(ctx context.Context, id string) error) store.JobHandler {
	return func(ctx context.Context, job store.Job, _ int) error {
		var args jobArgs
		if err := json.Unmarshal(job.Args, &args); err != nil {
			return fmt.Errorf("%s job %s: read its arguments: %w", job.Kind, job.Key, err)
		}
		if err := do(ctx, args.ID); err != nil {
			if _, snoozed := store.SnoozeOf(err); snoozed {
				return err
			}
			return fmt.Errorf("%s job %s: %w", job.Kind, job.Key, err)
		}
		return nil
	}
}

// pay pays a withdrawal out, unless payouts are stopped: then it waits, and its money
// stays held.
func (d *Desk) pay(ctx context.Context, id string) error {
	stop, err := ReadStop(ctx, d.Store)
	if err != nil {
		return err
	}
	if stop.Stopped() {
		return stop.snooze()
	}
	return d.send(ctx, id, d.Provider.Pay)
}

// send sends the request of an intent, at most once unless the provider surely did not
// take it.
func (d *Desk) send(ctx context.Context, id string, request func(context.Context, payments.Intent) payments.Answer) error {
	in, send, err := d.begin(ctx, id)
	if err != nil || !send {
		return err
	}
	answer := request(ctx, in)
	// The answer is stored also when the job must stop.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeWithin)
	defer cancel()
	if answer.Stop {
		// It comes first: a process that dies here has stopped the others.
		if err := d.stop(ctx, id, answer.Code, answer.Reason); err != nil {
			return err
		}
	}
	return d.answered(ctx, id, answer)
}

// storeWithin bounds how long an answer takes to store. Without it the outcome is unknown
// until the provider is asked.
const storeWithin = 5 * time.Second

// begin stores that the request is about to be sent. send is false if it must not be.
func (d *Desk) begin(ctx context.Context, id string) (in payments.Intent, send bool, err error) {
	var later time.Duration
	err = d.change(ctx, id, func(ctx context.Context, tx store.Tx, stored payments.Intent) error {
		in, send, later = stored, false, 0
		age := d.Now().Sub(in.CreatedAt)
		switch {
		case in.State == payments.Sending:
			// An earlier run died after this point: the request may have gone out.
			return d.lose(ctx, tx, &in)
		case in.State != payments.Waiting:
			return nil
		case in.Kind == payments.Deposit && age < d.PushAfter:
			later = d.PushAfter - age
			return nil
		case in.Kind == payments.Deposit && age > sendWithin:
			in.Reason = "not sent in time: " + in.Reason
			return d.fail(ctx, tx, &in)
		}
		send, in.SentAt = true, d.Now()
		return d.step(ctx, tx, &in, payments.Send)
	})
	if err == nil && later > 0 {
		err = store.Snooze(later)
	}
	return in, send, err
}

// lose stores that nobody knows whether the request was taken, and asks.
func (d *Desk) lose(ctx context.Context, tx store.Tx, in *payments.Intent) error {
	if err := d.step(ctx, tx, in, payments.Lose); err != nil {
		return err
	}
	return enqueue(ctx, tx, JobAsk, in.ID)
}

// answered stores the provider's answer to a request. A report may have been faster.
func (d *Desk) answered(ctx context.Context, id string, a payments.Answer) error {
	var again time.Duration
	err := d.change(ctx, id, func(ctx context.Context, tx store.Tx, in payments.Intent) error {
		again = 0
		if a.Request != "" {
			in.Request, in.Second = a.Request, a.Second
		}
		if in.State != payments.Sending {
			return tx.SetPayment(ctx, in) // the callback came before the answer
		}
		in.Code, in.Reason = a.Code, a.Reason
		switch {
		case a.Verdict == payments.Accepted:
			if err := d.step(ctx, tx, &in, payments.Take); err != nil {
				return err
			}
			return enqueue(ctx, tx, JobAsk, in.ID)
		case a.Verdict == payments.Refused && a.Again > 0:
			again = a.Again
			return d.step(ctx, tx, &in, payments.Hold)
		case a.Verdict == payments.Refused:
			return d.fail(ctx, tx, &in)
		}
		return d.lose(ctx, tx, &in)
	})
	if err == nil && again > 0 {
		err = store.Snooze(again)
	}
	return err
}

// ask asks the provider about an intent until it is known, and gives it to a person after
// a day.
func (d *Desk) ask(ctx context.Context, id string) error {
	in, err := d.Store.Payment(ctx, id)
	if err != nil {
		return err
	}
	if in.State.Final() || in.State == payments.Review || in.State == payments.Waiting {
		return nil
	}
	age := d.Now().Sub(in.SentAt)
	if age < firstAsk {
		return store.Snooze(firstAsk - age)
	}
	if in.Kind == payments.Withdrawal {
		// Questions about payouts need the same operator.
		if stop, err := ReadStop(ctx, d.Store); err != nil || stop.Stopped() {
			return errors.Join(err, stop.snooze())
		}
	}
	if err := d.Settle(ctx, in); err != nil {
		return err
	}
	if in, err = d.Store.Payment(ctx, id); err != nil || in.State.Final() || in.State == payments.Review {
		return err
	}
	return store.Snooze(min(age/2+firstAsk, lastAsk))
}

// Settle asks once about an intent that was sent, and does what follows.
func (d *Desk) Settle(ctx context.Context, in payments.Intent) error {
	report := d.Provider.Ask(ctx, in)
	report.Provider, report.Source, report.Kind, report.Intent = in.Provider, payments.FromQuery, in.Kind, in.ID
	if err := d.Report(ctx, report); err != nil {
		return err
	}
	return d.change(ctx, in.ID, func(ctx context.Context, tx store.Tx, in payments.Intent) error {
		if in.State.Final() || in.State == payments.Review {
			return nil
		}
		in.Asked++
		if d.Now().Sub(in.SentAt) < askFor {
			return tx.SetPayment(ctx, in)
		}
		if err := d.step(ctx, tx, &in, payments.GiveUp); err != nil {
			return err
		}
		return d.open(ctx, tx, in, CaseNoAnswer, payments.Report{Amount: in.Amount}, "",
			fmt.Sprintf("the provider was asked %d times in %s and did not say how it ended", in.Asked, askFor))
	})
}

// errForged is logged, never returned: a forged report is no reason to bring it again.
var errForged = errors.New("the report has a wrong token")
