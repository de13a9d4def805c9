// Package logonly stands in where no provider is set: a message is noted in
// the log, with its number masked and without its text, and goes nowhere. The
// text can be read where messages are kept.
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

// Send notes m.
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
