package africastalking_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/gateway"
	"github.com/paytrace/paytrace/gateway/africastalking"
	"github.com/paytrace/paytrace/gateway/gatewaytest"
	"github.com/paytrace/paytrace/internal/fuzz"
)

func TestFixtures(t *testing.T) {
	gatewaytest.Run(t, africastalking.Codec{}, "testdata")
}

func FuzzDecode(f *testing.F) {
	gatewaytest.Fuzz(f, gatewaytest.Fixtures{Codec: africastalking.Codec{}, Dir: "testdata"})
}

var formHeader = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}

// post makes a callback with some fields replaced.
func post(fields map[string]string) gateway.Request {
	form := url.Values{
		"sessionId": {"ATUid_1"}, "phoneNumber": {"+254711223344"}, "serviceCode": {"*384*8481#"},
		"networkCode": {"63902"}, "text": {""},
	}
	for name, value := range fields {
		form.Set(name, value)
	}
	return gateway.Request{Method: http.MethodPost, Header: formHeader, Body: []byte(form.Encode())}
}

// TestLimits tries the last good value and the first bad value of every limit.
func TestLimits(t *testing.T) {
	inputs := func(n, size int) string {
		return strings.TrimSuffix(strings.Repeat(strings.Repeat("7", size)+"*", n), "*")
	}
	// long has many letters of three bytes, and not too many inputs.
	long := func(size int) string {
		text := strings.Repeat(strings.Repeat("ሰ", 150)+"*", 36)
		return text + strings.Repeat("7", size-len(text))
	}
	extra := func(n int) map[string]string {
		fields := map[string]string{}
		for i := range n {
			fields["extra"+string(rune('a'+i))] = "1"
		}
		return fields
	}
	body := func(size int) map[string]string {
		plain := len(post(map[string]string{"extra": ""}).Body)
		return map[string]string{"extra": strings.Repeat("x", size-plain)}
	}
	for name, test := range map[string]struct {
		good, bad map[string]string
		status    int
	}{
		"text":     {map[string]string{"text": long(gateway.MaxText)}, map[string]string{"text": long(gateway.MaxText + 1)}, 400},
		"inputs":   {map[string]string{"text": inputs(64, 1)}, map[string]string{"text": inputs(65, 1)}, 400},
		"empties":  {map[string]string{"text": strings.Repeat("*", 63)}, map[string]string{"text": strings.Repeat("*", 64)}, 400},
		"input":    {map[string]string{"text": inputs(1, 160)}, map[string]string{"text": inputs(1, 161)}, 400},
		"runes":    {map[string]string{"text": strings.Repeat("é", 160)}, map[string]string{"text": strings.Repeat("é", 161)}, 400},
		"session":  {map[string]string{"sessionId": inputs(1, 128)}, map[string]string{"sessionId": inputs(1, 129)}, 400},
		"service":  {map[string]string{"serviceCode": "*" + inputs(1, 158) + "#"}, map[string]string{"serviceCode": "*" + inputs(1, 159) + "#"}, 400},
		"network":  {map[string]string{"networkCode": inputs(1, 32)}, map[string]string{"networkCode": inputs(1, 33)}, 400},
		"phone":    {map[string]string{"phoneNumber": "+" + inputs(1, 15)}, map[string]string{"phoneNumber": "+" + inputs(1, 16)}, 400},
		"no phone": {map[string]string{"phoneNumber": "+" + inputs(1, 7)}, map[string]string{"phoneNumber": "+" + inputs(1, 5)}, 400},
		"fields":   {extra(11), extra(12), 400},
		"body":     {body(gateway.MaxBody), body(gateway.MaxBody + 1), 413},
	} {
		t.Run(name, func(t *testing.T) {
			if got := gatewaytest.Decode(t, africastalking.Codec{}, post(test.good)); got.Request == nil {
				t.Errorf("at the limit: refused: %v", got.Refused)
			}
			got := gatewaytest.Decode(t, africastalking.Codec{}, post(test.bad))
			if got.Refused == nil || got.Refused.Status != test.status {
				t.Errorf("over the limit: %+v, want status %d", got.Refused, test.status)
			}
		})
	}
}

// TestPrefixStable checks that the decoded text of a callback is the beginning of
// the next callback's text: a session's text is a log of its inputs.
func TestPrefixStable(t *testing.T) {
	for _, text := range []string{"", "1", "1#", "1##", "#", "1*", "1*#", "1#*#2", "a#b", "*", "é#"} {
		for _, next := range []string{"", "1", "#", "1#", "*"} {
			longer := text + "*" + next
			if text == "" {
				longer = next
			}
			short := decodeText(t, text)
			long := decodeText(t, longer)
			if !strings.HasPrefix(long, short) {
				t.Errorf("%q decodes to %q, and %q to %q, which does not begin with it", text, short, longer, long)
			}
		}
	}
}

func decodeText(t *testing.T, text string) string {
	t.Helper()
	got := gatewaytest.Decode(t, africastalking.Codec{}, post(map[string]string{"text": text}))
	if got.Request == nil {
		t.Fatalf("text %q: %v", text, got.Refused)
	}
	return got.Request.Text
}

// FuzzRoundTrip checks that the accepted values of a callback are decoded
// unchanged.
// lineEnds replaces what some handsets send behind an answer.
var lineEnds = strings.NewReplacer("\r", " ", "\n", " ", "\t", " ")

func FuzzRoundTrip(tf *testing.F) {
	f := fuzz.New(tf)
	f.Add("ATUid_1", "+254711223344", "*384*8481#", "63902", "1*2 &=+%;é")
	f.Fuzz(func(t *testing.T, session, phone, service, network, text string) {
		fields := map[string]string{
			"sessionId": session, "phoneNumber": phone, "serviceCode": service, "networkCode": network, "text": text,
		}
		got := gatewaytest.Decode(t, africastalking.Codec{}, post(fields)).Request
		if got == nil {
			return
		}
		if want := lineEnds.Replace(text); !strings.Contains(text, "#") && utf8.ValidString(text) && got.Text != want {
			t.Errorf("text %q, want %q", got.Text, want)
		}
		if got.Session != session || got.Service != engine.DialledCode(service) || !strings.HasSuffix(strings.TrimSpace(phone), got.Caller) {
			t.Errorf("decoded %+v from %q", got, fields)
		}
	})
}

// TestCaptures decodes bodies that the aggregator's sandbox sent. They are outside
// the repository; testdata has the same cases.
func TestCaptures(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "testdata", "africastalking_callbacks.json"))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("the captures are not there; testdata covers the same cases")
	}
	if err != nil {
		t.Fatal(err)
	}
	var captures []struct {
		ID          string
		ContentType string `json:"content_type"`
		Body        string
		Segments    []string
		Event       string
		Status      string
	}
	if err := json.Unmarshal(raw, &captures); err != nil {
		t.Fatal(err)
	}
	endings := map[string]gateway.Ending{"Incomplete": gateway.Abandoned, "Success": gateway.Completed, "Failed": gateway.Failed}
	for _, c := range captures {
		t.Run(c.ID, func(t *testing.T) {
			r := gateway.Request{Method: http.MethodPost, Header: http.Header{"Content-Type": {c.ContentType}}, Body: []byte(c.Body)}
			got := gatewaytest.Decode(t, africastalking.Codec{}, r)
			form, err := url.ParseQuery(c.Body)
			if err != nil {
				t.Fatal(err)
			}
			if c.Event != "" {
				if got.Event == nil || got.Event.Status != endings[c.Status] || got.Event.Session != form.Get("sessionId") {
					t.Fatalf("event %+v, want %s", got.Event, c.Status)
				}
				return
			}
			want := &engine.Request{
				Provider: africastalking.Name, Session: form.Get("sessionId"), Network: form.Get("networkCode"),
				Caller: strings.TrimPrefix(form.Get("phoneNumber"), "+"), Service: form.Get("serviceCode"),
				Text: strings.Join(c.Segments, "*"),
			}
			if diff := cmp.Diff(want, got.Request); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestMissingFields checks that a refusal names the required field that is
// missing.
func TestMissingFields(t *testing.T) {
	for _, field := range []string{"sessionId", "phoneNumber", "serviceCode", "text"} {
		form := url.Values{"sessionId": {"s"}, "phoneNumber": {"+254711223344"}, "serviceCode": {"*1#"}, "text": {""}}
		form.Del(field)
		r := gateway.Request{Header: formHeader, Body: []byte(form.Encode())}
		got := gatewaytest.Decode(t, africastalking.Codec{}, r).Refused
		if got == nil || !slices.Contains(strings.Fields(got.Sentence), field) {
			t.Errorf("%s missing: %v", field, got)
		}
	}
}

func TestNoHeaders(t *testing.T) {
	if _, err := (africastalking.Codec{}).Decode(gateway.Request{Body: []byte("text=1")}); err == nil {
		t.Error("a request without headers was decoded")
	}
}

func BenchmarkDecode(b *testing.B) {
	r := gatewaytest.Read(b, "testdata/three.http")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (africastalking.Codec{}).Decode(r); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	reply := engine.Reply{Text: "Welcome to PayTrace\n1. Create account\n2. Sign in\n3. Exit"}
	b.ReportAllocs()
	for b.Loop() {
		if r := (africastalking.Codec{}).Encode(gateway.Request{}, engine.Request{}, reply); len(r.Body) == 0 {
			b.Fatal("empty")
		}
	}
}
