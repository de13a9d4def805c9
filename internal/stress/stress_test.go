package stress

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/gateway"
	"github.com/paytrace/paytrace/gateway/africastalking"
)

// plan makes 20 calls in a fifth of a second on a server.
func plan(url string) Plan {
	return Plan{
		Address: func(gateway.Request) string { return url }, Gateway: africastalking.Codec{}, Code: "*384*8481#", Keys: []string{"1", "7"}, Rate: 100, For: 200 * time.Millisecond,
		Callers: 3, FirstCaller: 254700000000, Network: "63902", Name: "test", Client: NewClient(false),
	}
}

// Each call dials, types its keys, and ends where the service ends it.
func TestRun(t *testing.T) {
	var mu sync.Mutex
	texts, callers, sessions := map[string]int{}, map[string]int{}, map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		texts[r.FormValue("text")]++
		callers[r.FormValue("phoneNumber")]++
		sessions[r.FormValue("sessionId")]++
		mu.Unlock()
		screen := "CON more"
		if r.FormValue("text") == "1*7" {
			screen = "END done"
		}
		_, _ = w.Write([]byte(screen))
	}))
	defer server.Close()
	got := Run(t.Context(), plan(server.URL))
	if got.Calls != 20 || got.Answered != 60 || got.Ended != 20 || got.Failed != 0 || got.NotBegun != 0 {
		t.Errorf("got %+v, want 20 calls that ended, with 60 answers", got)
	}
	if diff := cmp.Diff(map[string]int{"": 20, "1": 20, "1*7": 20}, texts); diff != "" {
		t.Errorf("texts (-want +got):\n%s", diff)
	}
	if len(callers) != 3 || len(sessions) != 20 {
		t.Errorf("%d callers with %d sessions, want 3 with 20", len(callers), len(sessions))
	}
	if len(got.Percentiles) != len(shares) || len(got.Over) != len(overs) {
		t.Errorf("got percentiles %v and %v", got.Percentiles, got.Over)
	}
}

// The loop is open: calls begin though none has had an answer yet.
func TestOpenLoop(t *testing.T) {
	var all sync.WaitGroup
	all.Add(20)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		all.Done()
		all.Wait() // until all calls have begun
		_, _ = w.Write([]byte("END done"))
	}))
	defer server.Close()
	if got := Run(t.Context(), plan(server.URL)); got.Ended != 20 || got.Failed != 0 {
		t.Errorf("got %+v, want 20 calls that ended", got)
	}
}

func TestFailures(t *testing.T) {
	answers := []string{"500", "302", "hello", "CON more", "END done"}
	var mu sync.Mutex
	n := -1
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		n++
		answer := answers[n%len(answers)]
		mu.Unlock()
		switch answer {
		case "500":
			w.WriteHeader(http.StatusInternalServerError)
		case "302":
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(http.StatusFound)
		default:
			_, _ = w.Write([]byte(answer))
		}
	}))
	defer server.Close()
	p := plan(server.URL)
	p.Keys = nil
	got := Run(t.Context(), p)
	if diff := cmp.Diff(map[string]int{"status 500": 4, "status 302": 4, "no screen": 4}, got.Why); diff != "" {
		t.Errorf("failures (-want +got):\n%s", diff)
	}
	if got.Answered != 8 || got.Failed != 12 || got.Ended != 4 {
		t.Errorf("got %+v, want 8 answers, 4 of them ends, and 12 failures", got)
	}
}

// No connection leaves this machine, whatever the address says.
func TestStaysOnThisMachine(t *testing.T) {
	for _, url := range []string{"http://192.0.2.1:5000/ussd", "http://[2001:db8::1]/ussd"} {
		p := plan(url)
		if got := Run(t.Context(), p); got.Answered != 0 || got.Why[ErrElsewhere.Error()] != got.Calls {
			t.Errorf("%s: got %+v, want every call refused", url, got)
		}
	}
}

// A run that is stopped reports what came until then.
func TestStopped(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		stop()
		_, _ = w.Write([]byte("END done"))
	}))
	defer server.Close()
	p := plan(server.URL)
	p.For = time.Hour
	p.Rate = 1
	if got := Run(ctx, p); got.Calls != 1 {
		t.Errorf("got %+v, want one call", got)
	}
}

func TestPercentiles(t *testing.T) {
	r := &run{failed: map[string]int{}}
	for n := range 1000 {
		r.took = append(r.took, time.Duration(n+1)*4*time.Millisecond)
	}
	got := r.report(10 * time.Second)
	want := []Percentile{{50, 2}, {90, 3.6}, {95, 3.8}, {99, 3.96}, {99.9, 3.996}, {100, 4}}
	if diff := cmp.Diff(want, got.Percentiles); diff != "" {
		t.Errorf("percentiles (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Over{{1, 750}, {3, 250}, {10, 0}}, got.Over); diff != "" {
		t.Errorf("over (-want +got):\n%s", diff)
	}
	if got.PerSecond != 100 {
		t.Errorf("%v answers a second, want 100", got.PerSecond)
	}
	var text strings.Builder
	if err := got.Print(&text); err != nil || !strings.Contains(text.String(), "over 1 s: 750 of 1000") {
		t.Errorf("%v\n%s", err, &text)
	}
}

func TestCheck(t *testing.T) {
	good := plan("http://127.0.0.1/ussd")
	if err := good.Check(); err != nil {
		t.Errorf("a right plan: %v", err)
	}
	for want, change := range map[string]func(*Plan){
		"the rate is 0":        func(p *Plan) { p.Rate = 0 },
		"the rate is 1e+06":    func(p *Plan) { p.Rate = 1_000_000 },
		"at most 1h0m0s":       func(p *Plan) { p.For = 2 * time.Hour },
		"are no call":          func(p *Plan) { p.Rate = 1 },
		"at most 2000000":      func(p *Plan) { p.Rate, p.For = MaxRate, time.Hour },
		"there are 0 callers":  func(p *Plan) { p.Callers = 0 },
		"it can't be negative": func(p *Plan) { p.Pause = -1 },
	} {
		p := plan("http://127.0.0.1/ussd")
		change(&p)
		if err := p.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
