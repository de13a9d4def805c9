// Package logonly replaces a provider where none is set. It logs a message with its
// number masked and without its text, and sends nothing. The text is in the
// database.
package logonly

import (
	"context"
	"log/slog"

	"github.com/paytrace/paytrace/engine/gsm7"
	"github.com/paytrace/paytrace/engine/msisdn"
	"github.com/paytrace/paytrace/sms"
)

// Sender is an sms.Sender that only logs.
type Sender struct{ Log *slog.Logger }

var _ sms.Sender = Sender{}

// Send logs m and returns the status sms.Logged.
func (s Sender) Send(ctx context.Context, m sms.Message) (sms.Receipt, error) {
	if err := ctx.Err(); err != nil {
		return sms.Receipt{}, err
	}
	if err := m.Check(); err != nil {
		return sms.Receipt{}, err
	}
	s.Log.InfoContext(ctx, "sms not sent: no provider is set",
		"ref", m.Ref, "to", msisdn.Mask(m.To), "units", gsm7.Measure(m.Text).Units)
	return sms.Receipt{Status: sms.Logged}, nil
}
