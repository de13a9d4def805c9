package actions_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/sms"
	"github.com/paytrace/paytrace/sms/memory"
	"github.com/paytrace/paytrace/store"
)

func smsCall(id, to, text string) engine.Call {
	return engine.Call{ID: id, Action: engine.CallSMS, Caller: amina, Args: []engine.Value{engine.PhoneValue(to), engine.TextValue(text)}}
}

func smsJob(id string) store.Job {
	args, _ := json.Marshal(map[string]string{"id": id})
	return store.Job{Kind: actions.JobSMS, Key: id, Args: args}
}

func TestDeliver(t *testing.T) {
	temporary := &sms.Failure{Word: "InsufficientBalance (405)"}
	maybe := &sms.Failure{Class: sms.ErrMaybeSent, Word: "no answer"}
	tests := []struct {
		name     string
		failures []error // of the first sends
		runs     int
		errs     int // in those runs
		status   string
		said     string // part of the message's Error
		sent     int
	}{
		{"sent", nil, 1, 0, "sent", "", 1},
		{"sent once, however often the job runs", nil, 3, 0, "sent", "", 1},
		{"temporary", []error{temporary}, 1, 1, "queued", "InsufficientBalance", 0},
		{"temporary, then sent", []error{temporary}, 2, 1, "sent", "", 1},
		{"answer lost, then sent", []error{maybe}, 2, 1, "sent", "", 1},
		{"refused for good, and not tried again", []error{sms.Permanent("UserInBlacklist (406)")}, 3, 0, "failed", "UserInBlacklist", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b, outbox := newBench(t), &memory.Outbox{}
			b.must(t, smsCall("id", brian, "Sent KES 500."))
			outbox.FailNext(test.failures...)
			handle := actions.DeliverSMS(b.store, outbox, b.clock.Now)
			errs := 0
			for attempt := range test.runs {
				if handle(context.Background(), smsJob("id"), attempt+1) != nil {
					errs++
				}
			}
			m, err := b.store.Message(context.Background(), "id")
			if err != nil {
				t.Fatal(err)
			}
			if errs != test.errs || m.Status != test.status || !strings.Contains(m.Error, test.said) || (m.Error == "") != (test.said == "") {
				t.Errorf("%d errors, status %q, error %q; want %d, %q, %q", errs, m.Status, m.Error, test.errs, test.status, test.said)
			}
			sent := outbox.Sent()
			if len(sent) != test.sent {
				t.Fatalf("%d messages sent, want %d", len(sent), test.sent)
			}
			if test.sent == 1 && (sent[0] != sms.Message{Ref: "id", To: brian, Text: "Sent KES 500."} || m.ProviderID != "memory-1" || !m.SentAt.Equal(b.clock.Now())) {
				t.Errorf("sent %+v, stored %+v", sent[0], m)
			}
		})
	}
}

// A one-time code is sent again only if it surely was not sent, and never after
// it expired.
func TestDeliverOnce(t *testing.T) {
	temporary := &sms.Failure{Word: "InsufficientBalance (405)"}
	maybe := &sms.Failure{Class: sms.ErrMaybeSent, Word: "no answer"}
	tests := []struct {
		name     string
		failures []error
		late     time.Duration // passes before each run
		runs     int
		errs     int
		status   string
		said     string
		sent     int
	}{
		{"sent", nil, 0, 3, 0, "sent", "", 1},
		{"surely not sent, then sent", []error{temporary}, 0, 3, 1, "sent", "", 1},
		{"answer lost: not again", []error{maybe}, 0, 3, 0, "unknown", "no answer", 0},
		{"refused for good", []error{sms.Permanent("UserInBlacklist (406)")}, 0, 3, 0, "failed", "UserInBlacklist", 0},
		{"too late", nil, 10 * time.Minute, 1, 0, "failed", "in time", 0},
		{"too late after a failure", []error{temporary}, 6 * time.Minute, 3, 1, "failed", "InsufficientBalance", 0},
		{"paused, then sent", []error{&sms.PausedError{For: time.Second}}, 0, 2, 1, "sent", "", 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b, outbox := withAccounts(t, newBench(t), nil), &memory.Outbox{}
			b.must(t, call("c", "create_account", "", amina))
			b.must(t, call("id", "request_code", "", amina))
			code := b.sentCode(t, "id")
			outbox.FailNext(test.failures...)
			handle := actions.DeliverSMS(b.store, outbox, b.clock.Now)
			errs := 0
			for attempt := range test.runs {
				b.clock.Pass(test.late)
				if handle(context.Background(), smsJob("id"), attempt+1) != nil {
					errs++
				}
			}
			m, err := b.store.Message(context.Background(), "id")
			if err != nil || errs != test.errs || m.Status != test.status || !strings.Contains(m.Error, test.said) {
				t.Errorf("%d errors, %+v, %v; want %d, %q, %q", errs, m, err, test.errs, test.status, test.said)
			}
			if strings.Contains(m.Text, code) {
				t.Errorf("the code is still stored after the message was sent: %q", m.Text)
			}
			if sent := outbox.Sent(); len(sent) != test.sent || test.sent > 0 && !strings.Contains(sent[0].Text, code) {
				t.Errorf("sent %+v, want %d", sent, test.sent)
			}
		})
	}
}

// A process is killed after it sent a message and before it stored that. A
// message with Once is not sent again; the control without Once is.
func TestKilledAfterSending(t *testing.T) {
	for once, want := range map[bool]int{true: 1, false: 2} {
		b, outbox := newBench(t), &memory.Outbox{}
		err := b.store.Within(context.Background(), func(ctx context.Context, tx store.Tx) error {
			return tx.AddMessage(ctx, store.Message{ID: "id", To: brian, Text: "Your code is 123456.", Once: once})
		})
		if err != nil {
			t.Fatal(err)
		}
		killed := sender(func(ctx context.Context, m sms.Message) (sms.Receipt, error) {
			_, _ = outbox.Send(ctx, m)
			panic("killed")
		})
		func() {
			defer func() { _ = recover() }()
			_ = actions.DeliverSMS(b.store, killed, b.clock.Now)(context.Background(), smsJob("id"), 1)
		}()
		if err := actions.DeliverSMS(b.store, outbox, b.clock.Now)(context.Background(), smsJob("id"), 2); err != nil {
			t.Error(err)
		}
		if got := len(outbox.Sent()); got != want {
			t.Errorf("once %v: sent %d times, want %d", once, got, want)
		}
	}
}

func TestPausedJobRunsLater(t *testing.T) {
	b, outbox := newBench(t), &memory.Outbox{}
	b.must(t, smsCall("id", brian, "text"))
	outbox.FailNext(&sms.PausedError{For: 7 * time.Second})
	err := actions.DeliverSMS(b.store, outbox, b.clock.Now)(context.Background(), smsJob("id"), 1)
	if pause, ok := store.SnoozeOf(err); !ok || pause != 7*time.Second {
		t.Errorf("got %v, want a pause of 7 s", err)
	}
}

func TestDeliverFaults(t *testing.T) {
	b, outbox := newBench(t), &memory.Outbox{}
	handle := actions.DeliverSMS(b.store, outbox, b.clock.Now)
	if err := handle(context.Background(), smsJob("nobody"), 1); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("no such message: %v", err)
	}
	if err := handle(context.Background(), store.Job{Key: "k", Args: json.RawMessage("{")}, 1); err == nil {
		t.Error("unreadable arguments are no error")
	}
	// A job that must stop while the provider answers still stores the answer.
	b.must(t, smsCall("id", brian, "text"))
	ctx, cancel := context.WithCancel(context.Background())
	stopping := sender(func(ctx context.Context, m sms.Message) (sms.Receipt, error) {
		defer cancel()
		return outbox.Send(ctx, m)
	})
	if err := actions.DeliverSMS(b.store, stopping, b.clock.Now)(ctx, smsJob("id"), 1); err != nil {
		t.Errorf("stopped: %v", err)
	}
	if m, err := b.store.Message(context.Background(), "id"); err != nil || m.Status != sms.Sent {
		t.Errorf("the message is %+v, %v", m, err)
	}
}

type sender func(context.Context, sms.Message) (sms.Receipt, error)

func (f sender) Send(ctx context.Context, m sms.Message) (sms.Receipt, error) { return f(ctx, m) }

// A message goes from the action to the phone through the store's own jobs.
func TestMessageGoesOut(t *testing.T) {
	b := withAccounts(t, newBench(t), nil)
	created := b.must(t, call("id", "create_account", amina, amina))
	b.must(t, call("id", "create_account", amina, amina))
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	outbox := &memory.Outbox{}
	deliver := actions.DeliverSMS(b.store, outbox, b.clock.Now)
	handlers := map[string]store.JobHandler{actions.JobSMS: func(ctx context.Context, job store.Job, attempt int) error {
		defer cancel()
		return deliver(ctx, job, attempt)
	}}
	if err := b.store.Work(ctx, handlers, 5*time.Second); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	sent := outbox.Sent()
	if len(sent) != 1 || sent[0].To != amina || !strings.Contains(sent[0].Text, value(created, "worker_id").Text()) {
		t.Errorf("sent %+v", sent)
	}
}
