package sms_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/paytrace/paytrace/sms"
	"github.com/paytrace/paytrace/sms/memory"
	"github.com/paytrace/paytrace/sms/smstest"
)

func TestBreakerIsASender(t *testing.T) {
	smstest.Run(t, func(*testing.T) smstest.Harness {
		outbox := &memory.Outbox{}
		return smstest.Harness{Sender: sms.NewBreaker(outbox), Status: sms.Sent, Arrived: outbox.Sent, KeepsTexts: true}
	})
}

func TestBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outbox := &memory.Outbox{}
		b := sms.NewBreaker(outbox)
		temporary, maybe := &sms.Failure{Word: "down"}, &sms.Failure{Class: sms.ErrMaybeSent, Word: "silent"}
		send := func(failure error) (paused time.Duration, err error) {
			if failure != nil {
				outbox.FailNext(failure)
			}
			_, err = b.Send(context.Background(), sms.Message{To: "254711000001", Text: "text"})
			var p *sms.PausedError
			if errors.As(err, &p) {
				return p.For, err
			}
			return 0, err
		}
		for _, failure := range []error{temporary, maybe, temporary, temporary, sms.Permanent("no such number"), maybe, temporary, temporary, maybe} {
			if paused, err := send(failure); paused != 0 || !errors.Is(err, failure) {
				t.Fatalf("paused %s after fewer than five failures in a row: %v", paused, err)
			}
		}
		if _, err := send(maybe); !errors.Is(err, maybe) {
			t.Fatal(err)
		}
		if paused, _ := send(nil); paused != 30*time.Second {
			t.Errorf("after the fifth failure: a pause of %s, want 30s", paused)
		}
		time.Sleep(20 * time.Second)
		if paused, _ := send(nil); paused != 10*time.Second {
			t.Errorf("20 s later: a pause of %s, want 10s", paused)
		}
		time.Sleep(10*time.Second + 1)
		if paused, err := send(temporary); paused != 0 || !errors.Is(err, temporary) {
			t.Errorf("the first after the pause: %s, %v", paused, err)
		}
		if paused, _ := send(nil); paused != 30*time.Second {
			t.Errorf("after its failure: a pause of %s for the others, want 30s", paused)
		}
		time.Sleep(30*time.Second + 1)
		for range 3 {
			if paused, err := send(nil); paused != 0 || err != nil {
				t.Errorf("the provider is back: %s, %v", paused, err)
			}
		}
		if got := len(outbox.Sent()); got != 3 {
			t.Errorf("%d sent, want 3", got)
		}
	})
}

// While one message tests the provider, the others wait.
func TestBreakerTestsWithOneMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		var b *sms.Breaker
		message := sms.Message{To: "254711000001", Text: "text"}
		b = sms.NewBreaker(sender(func(ctx context.Context) error {
			if tries++; tries == 6 {
				var paused *sms.PausedError
				if _, err := b.Send(ctx, message); !errors.As(err, &paused) {
					t.Errorf("a second message during the test: %v", err)
				}
			}
			return &sms.Failure{Word: "down"}
		}))
		for range 5 {
			_, _ = b.Send(context.Background(), message)
		}
		time.Sleep(time.Minute)
		_, _ = b.Send(context.Background(), message)
		if tries != 6 {
			t.Errorf("%d tries, want 6", tries)
		}
	})
}

type sender func(context.Context) error

func (f sender) Send(ctx context.Context, _ sms.Message) (sms.Receipt, error) {
	return sms.Receipt{}, f(ctx)
}
