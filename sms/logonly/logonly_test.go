package logonly_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/sms"
	"github.com/paytrace/paytrace/sms/logonly"
	"github.com/paytrace/paytrace/sms/smstest"
)

func TestSender(t *testing.T) {
	smstest.Run(t, func(*testing.T) smstest.Harness {
		var log bytes.Buffer
		return smstest.Harness{
			Sender:  logonly.Sender{Log: slog.New(slog.NewTextHandler(&log, nil))},
			Status:  sms.Logged,
			Arrived: func() []sms.Message { return make([]sms.Message, strings.Count(log.String(), "\n")) },
		}
	})
}

func TestLogHoldsNoNumberAndNoText(t *testing.T) {
	var log bytes.Buffer
	sender := logonly.Sender{Log: slog.New(slog.NewJSONHandler(&log, nil))}
	if _, err := sender.Send(context.Background(), sms.Message{Ref: "a1", To: "254712345678", Text: "Your code is 4711"}); err != nil {
		t.Fatal(err)
	}
	line := log.String()
	for _, want := range []string{`"ref":"a1"`, `"to":"254712****78"`, `"units":17`} {
		if !strings.Contains(line, want) {
			t.Errorf("the log lacks %s: %s", want, line)
		}
	}
	for _, hidden := range []string{"4711", "Your code", "254712345678"} {
		if strings.Contains(line, hidden) {
			t.Errorf("the log holds %q: %s", hidden, line)
		}
	}
}
