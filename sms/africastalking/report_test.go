package africastalking_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/internal/fuzz"
	"github.com/paytrace/paytrace/sms"
	"github.com/paytrace/paytrace/sms/africastalking"
)

func TestReadReport(t *testing.T) {
	for _, test := range []struct {
		body string
		want sms.Report
	}{
		{"id=ATXid_1&status=Success&phoneNumber=%2B254711000001&networkCode=63902", sms.Report{ProviderID: "ATXid_1", State: sms.StateDelivered, Network: "63902"}},
		{"id=ATXid_1&status=Sent", sms.Report{ProviderID: "ATXid_1", State: sms.StateSent}},
		{"id=ATXid_1&status=Submitted", sms.Report{ProviderID: "ATXid_1", State: sms.StateSubmitted}},
		{"id=ATXid_1&status=Buffered&retryCount=2", sms.Report{ProviderID: "ATXid_1", State: sms.StateBuffered, Retries: 2}},
		{"id=ATXid_1&status=Rejected&failureReason=UserInBlackList", sms.Report{ProviderID: "ATXid_1", State: sms.StateRejected, Reason: "UserInBlackList"}},
		{"id=ATXid_1&status=Failed&failureReason=DeliveryFailure&retryCount=x", sms.Report{ProviderID: "ATXid_1", State: sms.StateFailed, Reason: "DeliveryFailure"}},
		{"id=ATXid_1&status=AbsentSubscriber&retryCount=-1", sms.Report{ProviderID: "ATXid_1", State: sms.StateAbsent}},
		{"id=ATXid_1&status=Expired&retryCount=99999999", sms.Report{ProviderID: "ATXid_1", State: sms.StateExpired}},
		{"id=+ATXid_1+&status=Pondering&failureReason=x", sms.Report{ProviderID: "ATXid_1", State: sms.StateUnclear, Reason: "Pondering"}},
		{"id=ATXid_1&status=Failed&failureReason=a%0Ab+c%C3%A9", sms.Report{ProviderID: "ATXid_1", State: sms.StateFailed, Reason: "a?b?c?"}},
		{"id=ATXid_1&status=Failed&failureReason=" + strings.Repeat("x", 100), sms.Report{ProviderID: "ATXid_1", State: sms.StateFailed, Reason: strings.Repeat("x", 64)}},
	} {
		form, err := url.ParseQuery(test.body)
		if err != nil {
			t.Fatal(err)
		}
		got, err := africastalking.ReadReport(form.Get)
		if err != nil {
			t.Errorf("%s: %v", test.body, err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.body, diff)
		}
	}
	for _, body := range []string{"", "id=ATXid_1", "status=Success", "id=&status=Success", "id=a%00b&status=Success", "id=a+b&status=Success", "id=%2A1%2A7391&status=Success", "id=SBGWSG6BTNCKCOB3DIFBGCVMUPQFYPA2G4O34RMTB343OYPXU5DJDVMN&status=Success", "id=" + strings.Repeat("x", 200) + "&status=Success"} {
		form, err := url.ParseQuery(body)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := africastalking.ReadReport(form.Get); !errors.Is(err, africastalking.ErrReport) {
			t.Errorf("%q: %+v, %v", body, got, err)
		}
	}
}

func FuzzReadReport(tf *testing.F) {
	f := fuzz.New(tf)
	f.Add("ATXid_1", "Success", "DeliveryFailure", "63902", "1")
	f.Fuzz(func(t *testing.T, id, status, reason, network, retries string) {
		values := map[string]string{"id": id, "status": status, "failureReason": reason, "networkCode": network, "retryCount": retries}
		r, err := africastalking.ReadReport(func(name string) string { return values[name] })
		if err != nil {
			return
		}
		if r.ProviderID == "" || r.State.Rank() == 0 || r.Retries < 0 {
			t.Errorf("%+v", r)
		}
		for _, text := range []string{r.ProviderID, r.Reason, r.Network} {
			if len(text) > 128 || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
				t.Errorf("the report has %q", text)
			}
		}
	})
}
