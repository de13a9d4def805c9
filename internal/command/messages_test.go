package command

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paytrace/paytrace/store"
)

// The provider is down while a worker registers. The call does not notice; the
// message waits with the provider's error, and goes out when its job runs
// again.
func TestMessagesSurviveTheProvider(t *testing.T) {
	t.Chdir(t.TempDir())
	var up atomic.Bool
	sent := make(chan url.Values, 10)
	refused := make(chan struct{}, 10)
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !up.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			refused <- struct{}{}
			return
		}
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		sent <- r.PostForm
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, `{"SMSMessageData":{"Message":"Sent to 1/1","Recipients":[{"statusCode":101,"number":%q,"status":"Success","cost":"KES 0.8","messageId":"ATXid_1"}]}}`, r.PostForm.Get("to"))
	}))
	defer provider.Close()
	t.Setenv("AT_API_KEY", "canary-at-key")
	t.Setenv("AT_BASE_URL", provider.URL)
	s := serve(t)
	if got := s.calls("a", "+254711000111", "1*0711000111"); !strings.HasPrefix(got, "END Account created.") {
		t.Fatalf("got %q", got)
	}
	<-refused
	s.stop()
	waiting := jobs(t)
	if len(waiting) != 1 || waiting[0].State != store.JobWaiting || !strings.Contains(waiting[0].LastError, "503") {
		t.Fatalf("got %+v, want one job that waits after a 503", waiting)
	}
	up.Store(true)
	var out bytes.Buffer
	if status := run(t.Context(), []string{"jobs", "--retry", fmt.Sprint(waiting[0].ID)}, streams{in: strings.NewReader(""), out: &out, err: &out}); status != exitFine {
		t.Fatalf("jobs --retry: status %d\n%s", status, &out)
	}
	if status := run(t.Context(), []string{"jobs", "--retry", "999"}, streams{in: strings.NewReader(""), out: &out, err: &out}); status != exitMisuse {
		t.Errorf("jobs --retry of no job: status %d\n%s", status, &out)
	}
	s2 := serve(t)
	select {
	case form := <-sent:
		if form.Get("to") != "+254711000111" || !strings.HasPrefix(form.Get("message"), "PayTrace: Your Worker ID is NW-") {
			t.Errorf("got %v", form)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("the message was not sent")
	}
	s2.stop()
	if rest := jobs(t); len(rest) != 0 {
		t.Errorf("left over: %+v", rest)
	}
	for _, log := range []string{s.log.String(), s2.log.String()} {
		if strings.Contains(log, "canary-at-key") || strings.Contains(log, "711000111") {
			t.Errorf("the log holds a key or a number:\n%s", log)
		}
	}
}

func jobs(t *testing.T) (list []store.JobInfo) {
	t.Helper()
	var out bytes.Buffer
	if status := run(t.Context(), []string{"jobs", "--json"}, streams{in: strings.NewReader(""), out: &out, err: io.Discard}); status != exitFine {
		t.Fatalf("jobs: status %d", status)
	}
	if err := json.Unmarshal(out.Bytes(), &list); err != nil {
		t.Fatalf("%v in %s", err, &out)
	}
	return list
}

// Captured bodies of a gateway get screens, and the same ones when repeated.
func TestCapturedCallbacks(t *testing.T) {
	raw, err := os.ReadFile("../../../shared/testdata/africastalking_callbacks.json")
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("the captures are not beside this checkout (../shared/testdata); the codec's own fixtures cover the same cases")
	}
	var captures []struct{ ID, Body, Event string }
	if err == nil {
		err = json.Unmarshal(raw, &captures)
	}
	if err != nil || len(captures) == 0 {
		t.Fatalf("%d captures, %v", len(captures), err)
	}
	t.Chdir(t.TempDir())
	s := serve(t)
	for _, c := range captures {
		t.Run(c.ID, func(t *testing.T) {
			form, err := url.ParseQuery(c.Body)
			if err != nil {
				t.Fatal(err)
			}
			if c.Event != "" {
				if status, _ := s.post("/ussd/events", form, nil); status != http.StatusOK {
					t.Errorf("event: status %d", status)
				}
				return
			}
			status, first := s.post("/ussd", form, nil)
			_, again := s.post("/ussd", form, nil)
			if status != http.StatusOK || !strings.HasPrefix(first, "CON ") && !strings.HasPrefix(first, "END ") {
				t.Errorf("got %d %q", status, first)
			}
			if first != again {
				t.Errorf("a repeat differs: %q and %q", first, again)
			}
		})
	}
}

// The provider's answer and its later report are shown with the message. The
// number is masked, and a one-time code that went out is hidden.
func TestMessagesAreListed(t *testing.T) {
	t.Chdir(t.TempDir())
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, `{"SMSMessageData":{"Message":"Sent to 1/1","Recipients":[{"statusCode":101,"number":%q,"status":"Success","cost":"KES 0.8","messageId":"ATXid_1"}]}}`, r.PostForm.Get("to"))
	}))
	defer provider.Close()
	t.Setenv("TZ", "UTC")
	t.Setenv("AT_API_KEY", "canary-at-key")
	t.Setenv("AT_BASE_URL", provider.URL)
	s := serve(t)
	s.calls("a", "+254711000111", "1*0711000111")
	list := func() string { return says(t, exitFine, "jobs", "--messages") }
	until(t, func() (bool, string) {
		said := list()
		return strings.Contains(said, "  sent  to 254711****11\n  PayTrace: Your Worker ID is NW-"), "the message is not shown as sent:\n" + said
	})
	if said := list(); strings.Contains(said, "63902") || strings.Contains(said, "711000111") {
		t.Errorf("before a report:\n%s", said)
	}
	for _, report := range []string{"Buffered", "Failed", "Sent"} {
		form := url.Values{"id": {"ATXid_1"}, "status": {report}, "phoneNumber": {"+254711000111"}, "networkCode": {"63902"}}
		if report == "Failed" {
			form.Set("failureReason", "UserIsInactive")
		}
		if status, body := s.post("/sms/delivery", form, nil); status != http.StatusOK {
			t.Errorf("report %s: %d %s", report, status, body)
		}
	}
	if said := list(); !regexp.MustCompile(`(?m)^  failed \d{4}-\d\d-\d\d \d\d:\d\d:\d\d: UserIsInactive \(network 63902\)$`).MatchString(said) {
		t.Errorf("after the reports:\n%s", said)
	}
	s.stop()
}
