package sms_test

import (
	"errors"
	"io"
	"testing"

	"github.com/paytrace/paytrace/sms"
)

func TestFailure(t *testing.T) {
	tests := []struct {
		err         error
		permanent   bool
		maybe, root bool
		text        string
	}{
		{sms.Permanent("UserInBlacklist (406)"), true, false, false, "message refused for good: UserInBlacklist (406)"},
		{&sms.Failure{Word: "HTTP 503"}, false, false, false, "message not sent: HTTP 503"},
		{
			&sms.Failure{Class: sms.ErrMaybeSent, Word: "no answer", Cause: io.ErrUnexpectedEOF}, false, true, true,
			"message may have been sent: no answer: unexpected EOF",
		},
	}
	for _, test := range tests {
		if got := errors.Is(test.err, sms.ErrPermanent); got != test.permanent {
			t.Errorf("%v: permanent is %v", test.err, got)
		}
		if got := errors.Is(test.err, sms.ErrMaybeSent); got != test.maybe {
			t.Errorf("%v: maybe sent is %v", test.err, got)
		}
		if got := errors.Is(test.err, io.ErrUnexpectedEOF); got != test.root {
			t.Errorf("%v: wraps its cause: %v", test.err, got)
		}
		if test.err.Error() != test.text {
			t.Errorf("%q, want %q", test.err, test.text)
		}
	}
}
