package africastalking_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/sms"
	"github.com/paytrace/paytrace/sms/africastalking"
)

const apiKey = "atsk_0123456789abcdef"

// fake is a server that answers like the provider's documented samples.
type fake struct {
	*httptest.Server
	mu     sync.Mutex
	got    []*http.Request
	sent   []sms.Message
	status int    // of the next answers; 0 means 201
	body   string // of the next answers; "" means a success
}

func newFake(t testing.TB) *fake {
	f := &fake{}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r.Method != http.MethodPost || r.URL.Path != "/version1/messaging" || r.Header.Get("apiKey") != apiKey {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = fmt.Fprint(w, "The supplied authentication is invalid")
		return
	}
	if err := r.ParseForm(); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	f.got = append(f.got, r)
	number := r.PostForm.Get("to")
	f.sent = append(f.sent, sms.Message{To: strings.TrimPrefix(number, "+"), Text: r.PostForm.Get("message")})
	status, body := f.status, f.body
	if status == 0 {
		status = http.StatusCreated
	}
	if body == "" {
		body = success(number, fmt.Sprint("ATPid_SampleTxnId", len(f.sent)))
	}
	w.WriteHeader(status)
	_, _ = fmt.Fprint(w, body)
}

func (f *fake) arrived() []sms.Message {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]sms.Message(nil), f.sent...)
}

func success(number, id string) string {
	return `{"SMSMessageData":{"Message":"Sent to 1/1 Total Cost: KES 0.8000","Recipients":[
 {"statusCode":101,"number":"` + number + `","status":"Success","cost":"KES 0.8000","messageId":"` + id + `"}]}}`
}

func client(t testing.TB, config africastalking.Config) *africastalking.Client {
	t.Helper()
	if config.Username == "" {
		config.Username = "paytrace"
	}
	if !config.APIKey.IsSet() {
		config.APIKey = secret.New(apiKey)
	}
	c, err := africastalking.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
