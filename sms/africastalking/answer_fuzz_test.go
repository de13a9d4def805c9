package africastalking

import (
	"errors"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/paytrace/paytrace/internal/fuzz"
	"github.com/paytrace/paytrace/sms"
)

// Whatever the provider answers, a message counts as sent only with a 2xx, and only a
// refusal that is known counts as one. The ID of a message can be stored.
func FuzzAnswers(tf *testing.F) {
	f := fuzz.New(tf)
	const to = "254711000111"
	for _, s := range []struct {
		status int
		body   string
	}{
		{201, `{"SMSMessageData":{"Message":"Sent to 1/1","Recipients":[{"statusCode":101,"number":"+254711000111","status":"Success","cost":"KES 0.8000","messageId":"ATXid_1"}]}}`},
		{200, `{"SMSMessageData":{"Recipients":[{"statusCode":"100","number":"254711000111","messageId":"a\u0000b"}]}}`},
		{201, `{"SMSMessageData":{"Recipients":[{"statusCode":405,"number":"+254700000000","status":"InsufficientBalance"}]}}`},
		{201, `{"SMSMessageData":{"Message":"InvalidSenderId","Recipients":[]}}`},
		{201, `{"SMSMessageData":{"Recipients":[{"status":"Success"}]}}`},
		{201, `{"SMSMessageData":{"Recipients":[{"statusCode":1e400}]}}`},
		{201, `[]`},
		{401, "The supplied authentication is invalid"},
		{400, "phoneNumber is invalid"},
		{503, ""},
		{500, "<html>"},
	} {
		f.Add(s.status, []byte(s.body))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		receipt, failure := read(status, body, to)
		if failure != nil {
			if receipt != (sms.Receipt{}) {
				t.Errorf("a failure with the receipt %+v", receipt)
			}
			if good := status >= 200 && status <= 299; !good && status < 500 && errors.Is(failure, sms.ErrMaybeSent) {
				t.Errorf("HTTP %d is no sign that the message was sent: %v", status, failure)
			}
			return
		}
		if status < 200 || status > 299 || receipt.Status != sms.Sent {
			t.Errorf("HTTP %d counts as sent: %+v", status, receipt)
		}
		for _, r := range receipt.ProviderID {
			if unicode.IsControl(r) {
				t.Errorf("the ID %q has control characters", receipt.ProviderID)
			}
		}
		if !utf8.ValidString(receipt.ProviderID) || len(receipt.ProviderID) > maxID {
			t.Errorf("the ID %q can't be stored", receipt.ProviderID)
		}
	})
}
