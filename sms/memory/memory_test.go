package memory_test

import (
	"context"
	"errors"
	"testing"

	"github.com/paytrace/paytrace/sms"
	"github.com/paytrace/paytrace/sms/memory"
	"github.com/paytrace/paytrace/sms/smstest"
)

func TestOutbox(t *testing.T) {
	smstest.Run(t, func(*testing.T) smstest.Harness {
		outbox := &memory.Outbox{}
		return smstest.Harness{Sender: outbox, Status: sms.Sent, Arrived: outbox.Sent, KeepsTexts: true}
	})
}

func TestFailNext(t *testing.T) {
	var outbox memory.Outbox
	first, second := errors.New("first"), errors.New("second")
	outbox.FailNext(first, second)
	m := sms.Message{To: "254712345678", Text: "text"}
	for _, want := range []error{first, second, nil} {
		if _, err := outbox.Send(context.Background(), m); !errors.Is(err, want) {
			t.Errorf("Send = %v, want %v", err, want)
		}
	}
	if got := outbox.Sent(); len(got) != 1 || got[0] != m {
		t.Errorf("Sent() = %v", got)
	}
}
