package actions_test

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/sms"
)

// answering is a provider with one answer to everything. It counts the messages.
type answering struct {
	receipt sms.Receipt
	err     error
	sent    int
}

func (a *answering) Send(context.Context, sms.Message) (sms.Receipt, error) {
	a.sent++
	return a.receipt, a.err
}

// A database may refuse what a provider writes. The result is stored all the same,
// so the message is not sent again.
func TestProvidersAnswersCanBeStored(t *testing.T) {
	for name, provider := range map[string]*answering{
		"sent":    {receipt: sms.Receipt{Status: sms.Sent, ProviderID: "AT\x00Pid\xff_1\x1b"}},
		"refused": {err: sms.Permanent("no\x00 such\xff number\x07")},
	} {
		b := newBench(t)
		b.must(t, smsCall("id", brian, "Sent KES 500."))
		handle := actions.DeliverSMS(b.store, provider, b.clock.Now)
		for attempt := range 2 {
			if err := handle(context.Background(), smsJob("id"), attempt+1); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		m, err := b.store.Message(context.Background(), "id")
		if err != nil {
			t.Fatal(err)
		}
		if provider.sent != 1 || strings.ContainsAny(m.ProviderID+m.Error, "\x00\x07\x1b\uFFFD") || !utf8.ValidString(m.ProviderID+m.Error) || m.ProviderID+m.Error == "" {
			t.Errorf("%s: %d messages, stored %q %q", name, provider.sent, m.ProviderID, m.Error)
		}
	}
}
