package server

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/gateway"
)

const aReport = "id=ATXid_1&status=Success&phoneNumber=%2B254711000001&networkCode=63902"

// reports appends each report's fields to taken and returns err.
func reports(taken *[]map[string]string, err error) Reports {
	fields := []string{"id", "status"}
	return Reports{Fields: fields, Take: func(_ context.Context, field func(string) string) error {
		got := map[string]string{"other": field("other")}
		for _, name := range fields {
			got[name] = field(name)
		}
		*taken = append(*taken, maps.Clone(got))
		return err
	}}
}

func TestDelivery(t *testing.T) {
	const secret = "secret-secret-secret"
	for _, test := range []struct {
		name, path, body, auth string
		err                    error
		want                   answer
		taken                  bool
	}{
		{"by secret", "/sms/delivery/" + secret, aReport, "", nil, answer{200, plain, "OK"}, true},
		{"by key", "/sms/delivery", aReport, "Bearer key", nil, answer{200, plain, "OK"}, true},
		{"by no key", "/sms/delivery", aReport, "", nil, answer{403, plain, ""}, false},
		{"by another secret", "/sms/delivery/another-secret-xyz", aReport, "", nil, answer{403, plain, ""}, false},
		{"twice", "/sms/delivery/" + secret, aReport + "&id=2", "", nil, answer{400, plain, "The field id comes twice."}, false},
		{"none", "/sms/delivery/" + secret, aReport, "", gateway.Refuse("It is none."), answer{400, plain, "It is none."}, true},
		{"not stored", "/sms/delivery/" + secret, aReport, "", errors.New("down"), answer{503, plain, "The report was not stored. Send it again later."}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			var taken []map[string]string
			logger, out := logged()
			s := newTest(t, func(c *Config) {
				c.APIKey, c.PathSecret, c.Reports, c.Logger = []string{"key"}, secret, reports(&taken, test.err), logger
			})
			r := post(test.path, test.body)
			if test.auth != "" {
				r.Header.Set("Authorization", test.auth)
			}
			got := ask(t, s, r)
			if test.want.status == http.StatusForbidden {
				got.contentType = test.want.contentType
			}
			if got != test.want {
				t.Errorf("%+v, want %+v", got, test.want)
			}
			want := []map[string]string{{"id": "ATXid_1", "status": "Success", "other": ""}}
			if !test.taken {
				want = nil
			}
			if diff := cmp.Diff(want, taken); diff != "" {
				t.Errorf("taken (-want +got):\n%s", diff)
			}
			if strings.Contains(out.String(), "711000001") {
				t.Errorf("the log holds a number: %s", out)
			}
		})
	}
	if got := ask(t, newTest(t, nil), post("/sms/delivery", aReport)); got.status != http.StatusBadRequest {
		t.Errorf("without a provider: %+v", got)
	}
}
