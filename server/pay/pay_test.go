package pay_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	inbox "github.com/paytrace/paytrace/actions/mpesa"
	"github.com/paytrace/paytrace/server/pay"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/sqlite"
	"github.com/paytrace/paytrace/wallet/mpesa"
	"github.com/paytrace/paytrace/wallet/mpesa/fake"
	"github.com/paytrace/paytrace/wallet/payments"
)

var noon = time.Date(2026, 3, 6, 12, 0, 0, 0, mpesa.Nairobi)

// desk remembers the reports that it was brought.
type desk struct {
	reports []payments.Report
	err     error
	payable bool
	asked   []string
}

func (d *desk) Report(_ context.Context, r payments.Report) error {
	if d.err == nil {
		d.reports = append(d.reports, r)
	}
	return d.err
}

func (d *desk) Payable(_ context.Context, account string) (bool, error) {
	d.asked = append(d.asked, account)
	return d.payable, d.err
}

// house is the service, as far as posts go.
type house struct {
	t         *testing.T
	mux       *http.ServeMux
	addresses mpesa.Addresses
	db        store.Store
	desk      *desk
	inbox     *inbox.Inbox
	log       bytes.Buffer
	refused   int
	takeErr   error
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, mux: http.NewServeMux(), desk: &desk{payable: true}}
	var err error
	if h.addresses, err = mpesa.NewAddresses("https://pay.example", []byte("0123456789abcdef")); err != nil {
		t.Fatal(err)
	}
	if h.db, err = sqlite.OpenMemory(t.Context(), sqlite.Config{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.db.Close() })
	logger := slog.New(slog.NewTextHandler(&h.log, nil))
	h.inbox = &inbox.Inbox{Store: h.db, Desk: h.desk, ShortCode: fake.ShortCode, Now: func() time.Time { return noon }, Log: logger}
	api := pay.New(pay.Config{
		Addresses: h.addresses, ShortCode: fake.ShortCode, Payable: h.desk.Payable, Logger: logger,
		Take: func(ctx context.Context, c store.Callback) error {
			if h.takeErr != nil {
				return h.takeErr
			}
			return h.inbox.Take(ctx, c)
		},
		Sources: []netip.Prefix{netip.MustParsePrefix("196.201.214.0/24")},
		Refused: func(netip.Addr, string) { h.refused++ },
		Now:     func() time.Time { return noon },
	})
	for _, r := range api.Routes() {
		h.mux.Handle(r.Method+" "+r.Path, r.Handler)
	}
	return h
}

// post posts a body as Safaricom does, and returns the answer.
func (h *house) post(address, body string) (int, string) {
	h.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		h.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, u.EscapedPath(), strings.NewReader(body))
	r.RemoteAddr = "196.201.214.200:4711"
	w := httptest.NewRecorder()
	h.mux.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// work works through the jobs that wait.
func (h *house) work() (failed int) {
	h.t.Helper()
	list, err := h.db.ListJobs(h.t.Context(), 1000)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, j := range list {
		if err := h.inbox.Work(h.t.Context(), store.Job{Kind: j.Kind, Key: j.Key, Args: []byte(`{"id":"` + j.Key + `"}`)}, 1); err != nil {
			failed++
		}
	}
	return failed
}

func (h *house) callbacks(intent string) []store.Callback {
	h.t.Helper()
	list, err := h.db.CallbacksOf(h.t.Context(), intent, 100)
	if err != nil {
		h.t.Fatal(err)
	}
	return list
}

func body(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile("../../wallet/mpesa/testdata/bodies/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// A post is stored as it came, once, answered at once, and worked through later.
func TestPosts(t *testing.T) {
	h := newHouse(t)
	for _, c := range []struct {
		address, body string
		want          payments.Outcome
	}{
		{h.addresses.In("I1", "t1"), body(t, "push_paid"), payments.Paid},
		{strings.Replace(h.addresses.In("I2", "t2"), "/pay/in/", "/mpesa/deposit/callback/", 1), body(t, "push_cancelled"), payments.Failed},
		{h.addresses.Out("I3", "t3"), body(t, "payout_paid"), payments.Paid},
		{h.addresses.Status("I4", "t4"), body(t, "status_declined"), payments.Failed},
		{h.addresses.Timeout("I5", "t5"), `{"anything":true}`, payments.Unsaid},
		{h.addresses.Confirm(), strings.ReplaceAll(body(t, "confirmation"), "600321", fake.ShortCode), payments.Paid},
	} {
		before := len(h.desk.reports)
		for range 3 {
			if status, answer := h.post(c.address, c.body); status != 200 || !strings.Contains(answer, `"ResultCode":0`) {
				t.Fatalf("%s: status %d, %s", c.address, status, answer)
			}
		}
		if len(h.desk.reports) != before {
			t.Errorf("%s: the desk heard of it before the answer", c.address)
		}
		for range 2 {
			if failed := h.work(); failed != 0 {
				t.Errorf("%s: %d jobs failed", c.address, failed)
			}
		}
		if len(h.desk.reports) != before+1 || h.desk.reports[before].Outcome != c.want {
			t.Errorf("%s: the desk heard %+v, expected one report: %s", c.address, h.desk.reports[before:], c.want)
		}
	}
	stored := h.callbacks("I1")
	if len(stored) != 1 || stored[0].Body != body(t, "push_paid") || stored[0].Token != "t1" || stored[0].HandledAt.IsZero() || stored[0].Peer != "196.201.214.200" {
		t.Errorf("stored %+v", stored)
	}
	if status, _ := h.post(h.addresses.Balance(), body(t, "balances")); status != 200 || h.work() != 0 {
		t.Errorf("balances: status %d", status)
	}
	if last, err := h.db.LastCallback(t.Context(), mpesa.Name, string(mpesa.RouteBalance)); err != nil || last.Note != "code 0" {
		t.Errorf("the last balances: %+v, %v", last, err)
	}
}

// A desk that could not store the report is asked again, and a body that is none of its
// address goes nowhere.
func TestFailures(t *testing.T) {
	h := newHouse(t)
	h.desk.err = errors.New("database down")
	h.post(h.addresses.In("I1", "t1"), body(t, "push_paid"))
	if failed := h.work(); failed != 1 || !h.callbacks("I1")[0].HandledAt.IsZero() {
		t.Errorf("%d jobs failed while the desk was down, expected 1", failed)
	}
	h.desk.err = nil
	if failed := h.work(); failed != 0 || len(h.desk.reports) != 1 {
		t.Errorf("%d jobs failed after it, and %d reports came", failed, len(h.desk.reports))
	}
	for _, wrong := range []string{`{}`, `<html>`, body(t, "payout_paid")} {
		if status, _ := h.post(h.addresses.In("I2", "t2"), wrong); status != 200 {
			t.Errorf("%.20s: status %d", wrong, status)
		}
	}
	if failed := h.work(); failed != 0 || len(h.desk.reports) != 1 {
		t.Errorf("%d jobs failed, %d reports came", failed, len(h.desk.reports))
	}
	for _, c := range h.callbacks("I2") {
		if c.Note != "not readable" {
			t.Errorf("%.20s has the note %q", c.Body, c.Note)
		}
	}
	for _, wrong := range []string{"\xff\xfe", "a\x00b", strings.Repeat("x", 9<<10)} {
		if status, _ := h.post(h.addresses.In("I3", "t3"), wrong); status != 400 {
			t.Errorf("%.4q: status %d, expected 400", wrong, status)
		}
	}
	h.takeErr = errors.New("database down")
	if status, _ := h.post(h.addresses.In("I4", "t4"), body(t, "push_paid")); status != 503 {
		t.Errorf("not stored: status %d, expected 503", status)
	}
}

// The paybill accepts only payments that would be credited.
func TestValidation(t *testing.T) {
	h := newHouse(t)
	good := strings.ReplaceAll(body(t, "confirmation"), "600321", fake.ShortCode)
	for _, c := range []struct {
		name, body string
		payable    bool
		err        error
		code       string
	}{
		{"a worker's ID", good, true, nil, `"ResultCode":"0"`},
		{"an unknown account", good, false, nil, "C2B00012"},
		{"nobody can tell", good, true, errors.New("database down"), "C2B00016"},
		{"another short code", strings.ReplaceAll(good, fake.ShortCode, "600999"), true, nil, "C2B00015"},
		{"not readable", `{}`, true, nil, "C2B00016"},
	} {
		h.desk.payable, h.desk.err = c.payable, c.err
		if status, answer := h.post(h.addresses.Check(), c.body); status != 200 || !strings.Contains(answer, c.code) {
			t.Errorf("%s: status %d, %s, expected %s", c.name, status, answer, c.code)
		}
	}
	if len(h.desk.reports) != 0 || h.work() != 0 || len(h.desk.asked) != 3 || h.desk.asked[0] != "NW-1A2B3C4D" {
		t.Errorf("%d reports, asked about %q", len(h.desk.reports), h.desk.asked)
	}
}

// A post from elsewhere is taken with a warning, and the code of a wrong credential is
// logged.
func TestWarnings(t *testing.T) {
	h := newHouse(t)
	r := httptest.NewRequest(http.MethodPost, mustPath(t, h.addresses.Out("I1", "t1")), strings.NewReader(body(t, "payout_bad_initiator")))
	w := httptest.NewRecorder()
	h.mux.ServeHTTP(w, r)
	h.work()
	if w.Code != 200 || len(h.desk.reports) != 1 {
		t.Errorf("status %d, %d reports", w.Code, len(h.desk.reports))
	}
	for _, want := range []string{"MPESA_SOURCES", "needs a person"} {
		if !strings.Contains(h.log.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, h.log.String())
		}
	}
}

func mustPath(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.EscapedPath()
}

// PAYTRACE_FORGED is how many forged posts are tried; a million in the full proof.
func forged(t *testing.T) int {
	t.Helper()
	if n, err := strconv.Atoi(os.Getenv("PAYTRACE_FORGED")); err == nil && n > 0 {
		return n
	}
	return 3000
}

// However many posts are forged, none is stored and none reaches the desk. The control:
// with the key of the addresses, each does.
func TestForgedPosts(t *testing.T) {
	h := newHouse(t)
	safaricom := fake.New(fake.Config{Seed: 3, Now: func() time.Time { return noon }, Deliver: func(_ context.Context, address string, body []byte) ([]byte, error) {
		_, answer := h.post(address, string(body))
		return []byte(answer), nil
	}})
	var known []string
	for range 20 {
		// One who has seen real addresses, and puts their parts together in other ways.
		in, out, status := h.addresses.In("I1", "t1"), h.addresses.Out("I1", "t1"), h.addresses.Status("I1", "t1")
		known = append(
			known, strings.Replace(in, "I1", "I2", 1), strings.Replace(in, "/in/", "/out/", 1), strings.Replace(out, "/out/", "/in/", 1),
			strings.Replace(status, "/status/", "/out/", 1), strings.Replace(in, "t1.", "t2.", 1), in[:len(in)-1], in+"A",
			strings.Replace(h.addresses.Check(), "/check", "/confirm", 1), "https://pay.example/pay/c2b/x/confirm",
			"https://pay.example/mpesa/deposit/callback", "https://pay.example/mpesa/b2c/result", "https://pay.example/mpesa/deposit/callback/I1/t1",
		)
	}
	n := forged(t)
	if delivered := safaricom.Forge(t.Context(), n, known...); delivered != n {
		t.Fatalf("%d of %d forged posts were delivered", delivered, n)
	}
	h.work()
	if len(h.desk.reports) != 0 || h.refused != n {
		t.Errorf("%d forged posts reached the desk, and %d of %d were refused", len(h.desk.reports), h.refused, n)
	}
	if jobs, err := h.db.ListJobs(t.Context(), 10); err != nil || len(jobs) != 0 {
		t.Errorf("%d jobs wait, %v", len(jobs), err)
	}
	safaricom.Forge(t.Context(), 30, h.addresses.In("I1", "t1"))
	h.work()
	if len(h.desk.reports) == 0 {
		t.Error("with a real address nothing reached the desk: this test would see no fault")
	}
}
