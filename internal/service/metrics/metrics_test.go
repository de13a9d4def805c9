package metrics_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/paytrace/paytrace/actions/backend"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/internal/service/metrics"
	"github.com/paytrace/paytrace/sms"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet/payments"
)

// measured returns metrics on a clock that moves 20 ms with every reading.
func measured() *metrics.Metrics {
	at := time.Unix(1700000000, 0)
	return metrics.New(metrics.Config{
		Version:   "1.2.3",
		Menu:      func(hash string) string { return map[string]string{"hash": "wallet"}[hash] },
		NotesLost: func() int64 { return 7 },
		Money: func(context.Context) (metrics.Money, error) {
			began := time.Unix(1700000000, 0)
			return metrics.Money{
				Payments: []store.PaymentCount{{Kind: payments.Deposit, State: payments.Unclear, Intents: 3, Oldest: began.Add(-time.Minute)}},
				Cases:    []store.CaseCount{{Kind: "a", Cases: 2, Oldest: began.Add(-time.Hour)}, {Kind: "b", Cases: 1, Oldest: began.Add(-time.Minute)}},
			}, nil
		},
		Audited: func() metrics.Audited { return metrics.Audited{At: time.Unix(1700000000, 0), Differs: true} },
		CountJobs: func(context.Context) ([]store.JobCount, error) {
			return []store.JobCount{{Kind: "sms", State: store.JobFailed, Jobs: 2}, {Kind: "sms", State: store.JobWaiting, Jobs: 5}}, nil
		},
		Checks: func() []metrics.Check {
			return []metrics.Check{
				{Name: "database", Ask: func(context.Context) error { return nil }},
				{Name: "redis", Ask: func(context.Context) error { return errors.New("no route to host") }},
			}
		},
		Now: func() time.Time { at = at.Add(20 * time.Millisecond); return at },
	})
}

// scrape returns what Prometheus would read.
func scrape(t *testing.T, m *metrics.Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

// want fails for each line that a scrape lacks.
func want(t *testing.T, got string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains("\n"+got, "\n"+line+"\n") {
			name, _, _ := strings.Cut(line, "{")
			var near []string
			for other := range strings.Lines(got) {
				if strings.HasPrefix(other, name) {
					near = append(near, other)
				}
			}
			t.Errorf("found no line\n%s\nbut\n%s", line, strings.Join(near, ""))
		}
	}
}

func TestTurns(t *testing.T) {
	m := measured()
	replies := []engine.Reply{
		{Program: "hash", Screen: "start"},
		{Program: "hash", Screen: "paid", End: true},
		{Program: "hash", Screen: "(busy)", End: true},
		{Screen: "(unknown_code)", End: true},
	}
	n := -1
	handle := m.Handle(func(context.Context, engine.Request) engine.Reply { n++; return replies[n] })
	for range replies {
		handle(t.Context(), engine.Request{Caller: "254711000111", Session: "ATUid_4711", Network: "63902", Text: "1*4711"})
	}
	got := scrape(t, m)
	want(t, got,
		`ussd_turns_total{network="63902",outcome="continued",service="wallet"} 1`,
		`ussd_turns_total{network="63902",outcome="ended",service="wallet"} 1`,
		`ussd_turns_total{network="63902",outcome="busy",service="wallet"} 1`,
		`ussd_turns_total{network="63902",outcome="unknown_code",service=""} 1`,
		`ussd_sessions_total{end="ended",network="63902",service="wallet"} 1`,
		`ussd_sessions_total{end="busy",network="63902",service="wallet"} 1`,
		`ussd_turn_seconds_bucket{service="wallet",le="0.01"} 0`,
		`ussd_turn_seconds_bucket{service="wallet",le="0.025"} 3`,
		`paytrace_info{version="1.2.3"} 1`,
	)
	for _, private := range []string{"254711000111", "ATUid", "4711"} {
		if strings.Contains(got, private) {
			t.Errorf("the metrics have %q", private)
		}
	}
}

// The gateway names the network, so the number of its values is bounded.
func TestNetworksAreBounded(t *testing.T) {
	m := measured()
	handle := m.Handle(func(context.Context, engine.Request) engine.Reply { return engine.Reply{Program: "hash"} })
	for i := range 1000 {
		handle(t.Context(), engine.Request{Network: fmt.Sprint("6", i)})
	}
	handle(t.Context(), engine.Request{Network: "a network\nwith a long name"})
	got := scrape(t, m)
	if n := strings.Count(got, "\nussd_turns_total{"); n != 65 {
		t.Errorf("%d networks have a counter, want 64 and one for all others", n)
	}
	want(t, got, `ussd_turns_total{network="60",outcome="continued",service="wallet"} 1`,
		`ussd_turns_total{network="other",outcome="continued",service="wallet"} 937`)
}

type acts struct {
	runner.Actions
	out engine.Outcome
	err error
}

func (a acts) Act(context.Context, engine.Call, *runner.Place) (engine.Outcome, error) {
	return a.out, a.err
}
func (a acts) Read(context.Context, engine.Call) (engine.Outcome, error) { return a.out, a.err }

func TestActions(t *testing.T) {
	m := measured()
	for _, c := range []struct {
		out engine.Outcome
		err error
	}{
		{out: engine.Outcome{Name: "created"}},
		{err: fmt.Errorf("no: %w", engine.ErrLimited)},
		{err: fmt.Errorf("no: %w", engine.ErrUnknown)},
		{err: errors.New("disk full of 254711000111")},
	} {
		measured := m.Actions(acts{out: c.out, err: c.err})
		out, err := measured.Act(t.Context(), engine.Call{Action: "pay"}, nil)
		if out.Name != c.out.Name || !errors.Is(err, c.err) {
			t.Errorf("got %v, %v, want what the action returned", out, err)
		}
		_, _ = measured.Read(t.Context(), engine.Call{Action: "balance"})
	}
	got := scrape(t, m)
	for _, action := range []string{"pay", "balance"} {
		for _, result := range []string{"created", "limited", "pending", "error"} {
			want(t, got, fmt.Sprintf(`ussd_action_seconds_count{action=%q,result=%q} 1`, action, result))
		}
	}
	if strings.Contains(got, "254711000111") {
		t.Error("the metrics have the text of an error")
	}
}

type sends struct{ err error }

func (s sends) Send(context.Context, sms.Message) (sms.Receipt, error) { return sms.Receipt{}, s.err }

type asks struct{ err error }

func (a asks) Ask(context.Context, backend.Request) (engine.Outcome, error) {
	if a.err != nil {
		return engine.Outcome{}, a.err
	}
	return engine.Outcome{Name: "paid"}, nil
}

func TestProviders(t *testing.T) {
	m := measured()
	for _, err := range []error{nil, sms.ErrPermanent, sms.ErrMaybeSent, &sms.PausedError{}, errors.New("cut")} {
		if _, got := m.Sender("at")(sends{err}).Send(t.Context(), sms.Message{}); !errors.Is(got, err) {
			t.Errorf("got %v, want %v", got, err)
		}
	}
	for _, err := range []error{nil, &backend.Fault{Kind: backend.Late}} {
		if _, got := m.Backend(asks{err}).Ask(t.Context(), backend.Request{Contract: &engine.Contract{Name: "pay"}, To: &url.URL{Scheme: "https", Host: "shop.example"}}); !errors.Is(got, err) {
			t.Errorf("got %v, want %v", got, err)
		}
	}
	got := scrape(t, m)
	for _, result := range []string{"ok", "refused", "unknown", "paused", "error"} {
		want(t, got, fmt.Sprintf(`provider_requests_total{op="sms",provider="at",result=%q} 1`, result))
	}
	for _, result := range []string{"ok", "late"} {
		want(t, got, fmt.Sprintf(`provider_requests_total{op="pay",provider="backend",result=%q} 1`, result))
	}
	for _, outcome := range []string{"paid", "late"} {
		want(t, got, fmt.Sprintf(`backend_request_seconds_count{action="pay",host="shop.example",outcome=%q} 1`, outcome))
	}
}

// A scrape asks the dependencies and counts the jobs, with a zero where there is none.
func TestScraped(t *testing.T) {
	want(t, scrape(t, measured()),
		`ussd_dependency_up{name="database"} 1`, `ussd_dependency_up{name="redis"} 0`,
		`queue_jobs{kind="sms",state="failed"} 2`, `queue_jobs{kind="sms",state="waiting"} 5`, `queue_jobs{kind="sms",state="running"} 0`,
		`ussd_journal_dropped_total 7`,
		`money_intents{kind="deposit",state="unclear"} 3`, `money_intents{kind="withdrawal",state="review"} 0`,
		`money_intent_age_seconds{kind="withdrawal",state="review"} 0`, `money_cases 3`,
		`ledger_audit_differences 1`, `ledger_audit_timestamp_seconds 1.7e+09`)
	// The clock moves a little before each age is asked for.
	for _, line := range []string{`money_intent_age_seconds{kind="deposit",state="unclear"} 60.`, `money_case_age_seconds 3600.`} {
		if got := scrape(t, measured()); !strings.Contains(got, "\n"+line) {
			t.Errorf("found no line %s", line)
		}
	}
}

// The verdict of a provider of mobile money is the result of a request.
func TestPayments(t *testing.T) {
	m := measured()
	p := m.Payments(provider{})
	p.Push(t.Context(), payments.Intent{})
	p.Pay(t.Context(), payments.Intent{})
	p.Ask(t.Context(), payments.Intent{})
	want(t, scrape(t, m),
		`provider_requests_total{op="push",provider="mpesa",result="ok"} 1`,
		`provider_requests_total{op="payout",provider="mpesa",result="unknown"} 1`,
		`provider_requests_total{op="ask",provider="mpesa",result="unsaid"} 1`)
}

type provider struct{ payments.Provider }

func (provider) Name() string { return "mpesa" }

func (provider) Push(context.Context, payments.Intent) payments.Answer {
	return payments.Answer{Verdict: payments.Accepted}
}

func (provider) Pay(context.Context, payments.Intent) payments.Answer {
	return payments.Answer{Verdict: payments.Unknown}
}

func (provider) Ask(context.Context, payments.Intent) payments.Report {
	return payments.Report{Outcome: payments.Unsaid}
}
