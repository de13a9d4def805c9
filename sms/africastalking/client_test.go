package africastalking_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/sms"
	"github.com/paytrace/paytrace/sms/africastalking"
	"github.com/paytrace/paytrace/sms/smstest"
)

const to = "254711223344"

func TestClient(t *testing.T) {
	smstest.Run(t, func(t *testing.T) smstest.Harness {
		f := newFake(t)
		c := client(t, africastalking.Config{BaseURL: f.URL})
		return smstest.Harness{Sender: c, Status: sms.Sent, Arrived: f.arrived, KeepsTexts: true}
	})
}

func TestRequest(t *testing.T) {
	f := newFake(t)
	for _, from := range []string{"", "PayTrace"} {
		c := client(t, africastalking.Config{BaseURL: f.URL + "/", From: from})
		if _, err := c.Send(context.Background(), sms.Message{Ref: "ours alone", To: to, Text: "Hello World!"}); err != nil {
			t.Fatal(err)
		}
		r := f.got[len(f.got)-1]
		want := url.Values{"username": {"paytrace"}, "to": {"+254711223344"}, "message": {"Hello World!"}, "bulkSMSMode": {"1"}}
		if from != "" {
			want.Set("from", from)
		}
		if diff := cmp.Diff(want, r.PostForm); diff != "" {
			t.Errorf("form (-want +got):\n%s", diff)
		}
		for name, want := range map[string]string{
			"apiKey": apiKey, "Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded",
		} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("header %s is %q, want %q", name, got, want)
			}
		}
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestHost(t *testing.T) {
	for user, want := range map[string]string{
		"sandbox":  "https://api.sandbox.africastalking.com/version1/messaging",
		"paytrace": "https://api.africastalking.com/version1/messaging",
	} {
		got := ""
		c := client(t, africastalking.Config{Username: user, Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			got = r.URL.String()
			body := io.NopCloser(strings.NewReader(success("+"+to, "ATPid_1")))
			return &http.Response{StatusCode: http.StatusCreated, Body: body, Request: r}, nil
		})})
		if _, err := c.Send(context.Background(), sms.Message{To: to, Text: "x"}); err != nil || got != want {
			t.Errorf("user %q: sent to %s, %v; want %s", user, got, err, want)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	key := secret.New(apiKey)
	for name, config := range map[string]africastalking.Config{
		"no user":       {APIKey: key},
		"no key":        {Username: "u"},
		"no host":       {Username: "u", APIKey: key, BaseURL: "https://"},
		"another thing": {Username: "u", APIKey: key, BaseURL: "ftp://host"},
		"no URL":        {Username: "u", APIKey: key, BaseURL: "://"},
	} {
		if _, err := africastalking.New(config); err == nil || strings.Contains(err.Error(), apiKey) {
			t.Errorf("%s: New: %v", name, err)
		}
	}
}

// answerCase is one answer of the provider and its expected failure.
type answerCase struct {
	name   string
	status int
	body   string
	class  error // nil for temporary
	word   string
}

func recipientBody(code int, status string) string {
	return fmt.Sprintf(`{"SMSMessageData":{"Message":"Sent to 0/1 Total Cost: 0","Recipients":[{"statusCode":%d,"number":"+%s","status":%q,"cost":"0","messageId":"None"}]}}`, code, to, status)
}

func TestRefusals(t *testing.T) {
	permanent, maybe := sms.ErrPermanent, sms.ErrMaybeSent
	cases := []answerCase{
		{"risk hold", 201, recipientBody(401, "RiskHold"), permanent, "RiskHold (401)"},
		{"sender ID", 201, recipientBody(402, "InvalidSenderId"), nil, "InvalidSenderId (402)"},
		{"number", 201, recipientBody(403, "InvalidPhoneNumber"), permanent, "InvalidPhoneNumber (403)"},
		{"number type", 201, recipientBody(404, "UnsupportedNumberType"), permanent, "UnsupportedNumberType (404)"},
		{"balance", 201, recipientBody(405, "InsufficientBalance"), nil, "InsufficientBalance (405)"},
		{"blacklist", 201, recipientBody(406, "UserInBlacklist"), permanent, "UserInBlacklist (406)"},
		{"route", 201, recipientBody(407, "CouldNotRoute"), nil, "CouldNotRoute (407)"},
		{"do not disturb", 201, recipientBody(409, "DoNotDisturbRejection"), permanent, "DoNotDisturbRejection (409)"},
		{"internal", 201, recipientBody(500, "InternalServerError"), nil, "InternalServerError (500)"},
		{"gateway", 201, recipientBody(501, "GatewayError"), nil, "GatewayError (501)"},
		{"rejected", 201, recipientBody(502, "RejectedByGateway"), permanent, "RejectedByGateway (502)"},
		{"an unknown code", 201, recipientBody(777, "Surprise"), maybe, "Surprise (777)"},

		{"no recipients, a fault of ours", 201, `{"SMSMessageData":{"Message":"InvalidSenderId","Recipients":[]}}`, nil, "InvalidSenderId"},
		{"no recipients, a fault of the number", 201, `{"SMSMessageData":{"Message":"UserInBlacklist","Recipients":[]}}`, permanent, "UserInBlacklist"},
		{"no recipients, no reason", 201, `{"SMSMessageData":{}}`, nil, "no recipient"},
		{"an empty object", 201, `{}`, nil, "no recipient"},
		{"201 with plain text", 201, "The service is being maintained", maybe, "not JSON: The service"},
		{"201 with nothing", 201, "\n", maybe, "not JSON"},
		{"201 with HTML", 201, "<html>", maybe, "not JSON"},

		{"bad request", 400, "Request is missing required form field 'to'", permanent, "HTTP 400: Request is missing"},
		{"wrong key", 401, "The supplied authentication is invalid", nil, "HTTP 401: The supplied authentication"},
		{"redirect", 302, "elsewhere", nil, "HTTP 302"},
		{"too many requests", 429, "slow down", nil, "HTTP 429"},
		{"server error", 500, "oops", maybe, "HTTP 500"},
		{"bad gateway", 502, "<html>bad gateway</html>", maybe, "HTTP 502"},
		{"unavailable", 503, "\n", nil, "HTTP 503"},
		{"gateway time-out", 504, "\n", maybe, "HTTP 504"},
		{"the request repeated", 400, "bad: " + apiKey + " +" + to + " My secret code is 8264", permanent, "bad: … … …"},
		{"the request in other encodings", 400, "bad: My+secret+code+is+8264 %2B" + to + " My\\u0020secret code is 82&#54;4", permanent, "bad: … … …"},
		{"bad UTF-8 and control characters", 400, "a\xff\x00\n\tb", permanent, "a? b"},
	}
	f := newFake(t)
	c := client(t, africastalking.Config{BaseURL: f.URL})
	for _, test := range cases {
		f.status, f.body = test.status, test.body
		receipt, err := c.Send(context.Background(), sms.Message{To: to, Text: "My secret code is 8264"})
		if err == nil {
			t.Errorf("%s: sent as %+v", test.name, receipt)
			continue
		}
		for _, class := range []error{permanent, maybe} {
			if errors.Is(err, class) != (class == test.class) {
				t.Errorf("%s: %v is of the wrong class", test.name, err)
			}
		}
		if !strings.Contains(err.Error(), test.word) {
			t.Errorf("%s: %q lacks the provider's word %q", test.name, err, test.word)
		}
		holdsNothing(t, err)
	}
}

// holdsNothing checks that an error does not contain the key, the number or the
// text.
func holdsNothing(t *testing.T, err error) {
	t.Helper()
	for _, hidden := range []string{apiKey, to, "8264"} {
		if strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), hidden) {
			t.Errorf("the error holds %q: %v", hidden, err)
		}
	}
}

func TestAcceptances(t *testing.T) {
	f := newFake(t)
	c := client(t, africastalking.Config{BaseURL: f.URL})
	other := `{"statusCode":403,"number":"+254700000000","status":"InvalidPhoneNumber","messageId":"None"},`
	for name, test := range map[string]struct {
		status int
		body   string
	}{
		"processed":          {201, `{"SMSMessageData":{"Recipients":[{"statusCode":100,"status":"Success","messageId":"ID"}]}}`},
		"sent":               {201, `{"SMSMessageData":{"Recipients":[{"statusCode":101,"status":"Success","messageId":"ID"}]}}`},
		"queued":             {201, `{"SMSMessageData":{"Recipients":[{"statusCode":102,"status":"Success","messageId":"ID"}]}}`},
		"200":                {200, `{"SMSMessageData":{"Recipients":[{"statusCode":101,"status":"Success","messageId":"ID"}]}}`},
		"the code as a text": {201, `{"SMSMessageData":{"Recipients":[{"statusCode":"101","status":"Success","messageId":"ID"}]}}`},
		"no code":            {201, `{"SMSMessageData":{"Recipients":[{"status":"Success","messageId":"ID"}]}}`},
		"ours among others":  {201, `{"SMSMessageData":{"Recipients":[` + other + `{"statusCode":101,"number":"+` + to + `","status":"Success","messageId":"ID"}]}}`},
		"unknown fields":     {201, `{"v":2,"SMSMessageData":{"x":[],"Recipients":[{"y":{},"statusCode":101,"status":"Success","messageId":"ID"}]}}`},
		"white space around": {201, "\n\n" + `{"SMSMessageData":{"Recipients":[{"statusCode":101,"status":"Success","messageId":"ID"}]}}` + "\n"},
	} {
		f.status, f.body = test.status, test.body
		receipt, err := c.Send(context.Background(), sms.Message{To: to, Text: "text"})
		if err != nil || receipt != (sms.Receipt{Status: sms.Sent, ProviderID: "ID"}) {
			t.Errorf("%s: %+v, %v", name, receipt, err)
		}
	}
}

// An ID that repeats what was sent is not stored; the message is sent all the same.
func TestIDsThatRepeatTheMessage(t *testing.T) {
	f := newFake(t)
	c := client(t, africastalking.Config{BaseURL: f.URL})
	for id, want := range map[string]string{
		"ATXid_1": "ATXid_1", "ATXid_" + to: "", "id-8264-x": "", apiKey: "", `8\u00002\u000064`: "", "ATXid_826": "ATXid_826",
	} {
		f.status, f.body = 201, `{"SMSMessageData":{"Recipients":[{"statusCode":101,"status":"Success","messageId":"`+id+`"}]}}`
		receipt, err := c.Send(context.Background(), sms.Message{To: to, Text: "My secret code is 8264"})
		if err != nil || receipt != (sms.Receipt{Status: sms.Sent, ProviderID: want}) {
			t.Errorf("%s: %+v, %v", id, receipt, err)
		}
	}
}

// What answers may be no web server, and quote the request in its first line.
func TestAnswersThatAreNoHTTP(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			request := make([]byte, 1<<12)
			_, _ = conn.Read(request)
			_, _ = fmt.Fprintf(conn, "you sent %s to %s with 8264\r\n\r\n", apiKey, to)
			_ = conn.Close()
		}
	}()
	_, err = client(t, africastalking.Config{BaseURL: "http://" + listener.Addr().String()}).Send(context.Background(), sms.Message{To: to, Text: "code 8264"})
	if !errors.Is(err, sms.ErrMaybeSent) || !strings.Contains(err.Error(), "malformed") {
		t.Fatalf("got %v, want an error about a malformed answer", err)
	}
	holdsNothing(t, err)
}

func TestAnswerIsBounded(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusCreated)
		chunk := bytes.Repeat([]byte("x"), 1<<16)
		for range 1 << 10 { // 64 MB, unless the reader hangs up
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}))
	defer server.Close()
	c := client(t, africastalking.Config{BaseURL: server.URL})
	_, err := c.Send(context.Background(), sms.Message{To: to, Text: "text"})
	if !errors.Is(err, sms.ErrMaybeSent) || len(err.Error()) > 400 {
		t.Errorf("Send: %d bytes of error, %v", len(err.Error()), errors.Is(err, sms.ErrMaybeSent))
	}
}

func TestUnreachable(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := "http://" + listener.Addr().String()
	_ = listener.Close()
	hangsUp := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer hangsUp.Close()
	for name, test := range map[string]struct {
		url   string
		maybe bool
	}{
		"nobody listens": {closed, false},
		"it hangs up":    {hangsUp.URL, true},
	} {
		_, err := client(t, africastalking.Config{BaseURL: test.url}).Send(context.Background(), sms.Message{To: to, Text: "code 8264"})
		if err == nil || errors.Is(err, sms.ErrPermanent) || errors.Is(err, sms.ErrMaybeSent) != test.maybe {
			t.Errorf("%s: %v", name, err)
			continue
		}
		holdsNothing(t, err)
	}
}

// The key is sent only to the provider's own host.
func TestRedirectIsNotFollowed(t *testing.T) {
	thief := newFake(t)
	server := httptest.NewServer(http.RedirectHandler(thief.URL+"/version1/messaging", http.StatusTemporaryRedirect))
	defer server.Close()
	_, err := client(t, africastalking.Config{BaseURL: server.URL}).Send(context.Background(), sms.Message{To: to, Text: "text"})
	if err == nil || len(thief.got) != 0 {
		t.Errorf("Send = %v, and %d requests were redirected", err, len(thief.got))
	}
}

func TestKeyIsNotPrinted(t *testing.T) {
	config := africastalking.Config{Username: "u", APIKey: secret.New(apiKey)}
	if out := fmt.Sprintf("%v %+v %#v %+v", config, config, config, client(t, config)); strings.Contains(out, apiKey) {
		t.Errorf("printed: %s", out)
	}
}
