// Package smstest has the tests that every sms.Sender passes.
package smstest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/paytrace/paytrace/sms"
)

// Harness connects the tests with one sender.
type Harness struct {
	Sender sms.Sender
	// Status is the status of its receipts: sms.Sent or sms.Logged.
	Status string
	// Arrived returns the messages that the provider received, in order. Without
	// KeepsTexts only their number counts.
	Arrived func() []sms.Message
	// KeepsTexts says that Arrived has numbers and texts.
	KeepsTexts bool
}

// Run tests a sender. open makes a new one for each case.
func Run(t *testing.T, open func(t *testing.T) Harness) {
	for name, test := range map[string]func(*testing.T, Harness){
		"texts arrive unchanged":          arrives,
		"invalid messages are refused":    refuses,
		"a cancelled context stops it":    cancelled,
		"concurrent messages get own IDs": concurrent,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// texts lists texts that a careless encoding would change.
var texts = []string{
	"PayTrace: Your Worker ID is NW-7F3A9C01. Stellar wallet: GDRXE2BQUC3A...",
	"a&b=c+d %41 100% ;\n\"quoted\" 'single' \\ <tag>",
	"Karibu – ŋ ’ 😀 ሰላም",
	strings.Repeat("0123456789", sms.MaxSeptets/10),
}

const to = "254712345678"

func arrives(t *testing.T, h Harness) {
	for i, text := range texts {
		m := sms.Message{Ref: fmt.Sprint("ref-", i), To: to, Text: text}
		receipt, err := h.Sender.Send(context.Background(), m)
		if err != nil {
			t.Fatalf("Send(%q): %v", text, err)
		}
		if receipt.Status != h.Status || (receipt.ProviderID == "") != (h.Status == sms.Logged) {
			t.Errorf("Send(%q) = %+v, want status %q", text, receipt, h.Status)
		}
	}
	got := h.Arrived()
	if len(got) != len(texts) {
		t.Fatalf("%d messages arrived, want %d", len(got), len(texts))
	}
	for i, m := range got {
		if h.KeepsTexts && (m.To != to || m.Text != texts[i]) {
			t.Errorf("message %d arrived as %q to %q, want %q to %q", i, m.Text, m.To, texts[i], to)
		}
	}
}

func refuses(t *testing.T, h Harness) {
	for name, m := range map[string]sms.Message{
		"no number":           {Text: "text"},
		"a number with plus":  {To: "+" + to, Text: "text"},
		"a national number":   {To: "0712345678", Text: "text"},
		"two numbers":         {To: to + "," + to, Text: "text"},
		"no text":             {To: to},
		"too long a text":     {To: to, Text: strings.Repeat("x", sms.MaxSeptets+1)},
		"too long in UCS-2":   {To: to, Text: strings.Repeat("ሰ", sms.MaxUnits+1)},
		"too long, extension": {To: to, Text: strings.Repeat("[", sms.MaxSeptets/2+1)},
	} {
		receipt, err := h.Sender.Send(context.Background(), m)
		if !errors.Is(err, sms.ErrPermanent) || receipt != (sms.Receipt{}) {
			t.Errorf("%s: Send = %+v, %v; want ErrPermanent", name, receipt, err)
		}
		if err != nil && m.To != "" && strings.Contains(err.Error(), m.To) {
			t.Errorf("%s: the error holds the number: %v", name, err)
		}
	}
	if got := h.Arrived(); len(got) != 0 {
		t.Errorf("%d messages arrived, want none", len(got))
	}
}

func cancelled(t *testing.T, h Harness) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := h.Sender.Send(ctx, sms.Message{To: to, Text: "text"}); err == nil || errors.Is(err, sms.ErrPermanent) {
		t.Errorf("Send with a cancelled context: %v, want an error that is not permanent", err)
	}
	if got := h.Arrived(); len(got) != 0 {
		t.Errorf("%d messages arrived, want none", len(got))
	}
}

func concurrent(t *testing.T, h Harness) {
	const many = 20
	var wg sync.WaitGroup
	ids := make([]string, many)
	for i := range many {
		wg.Go(func() {
			receipt, err := h.Sender.Send(context.Background(), sms.Message{To: to, Text: fmt.Sprint("text ", i)})
			if err != nil {
				t.Errorf("Send: %v", err)
			}
			ids[i] = receipt.ProviderID
		})
	}
	wg.Wait()
	if got := h.Arrived(); len(got) != many {
		t.Errorf("%d messages arrived, want %d", len(got), many)
	}
	seen := map[string]bool{}
	for _, id := range ids {
		if id != "" && seen[id] {
			t.Errorf("two messages have the ID %q", id)
		}
		seen[id] = true
	}
}
