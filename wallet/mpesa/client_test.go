package mpesa_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/wallet/mpesa"
)

func hashed(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

var noon = time.Date(2026, 3, 6, 12, 0, 0, 0, mpesa.Nairobi)

// wire answers requests as a test says.
type wire struct {
	mu       sync.Mutex
	tokens   int
	requests []string
	// answer returns the status and the body of the n-th request that is not for a
	// token.
	answer func(n int, path string) (int, string, error)
	oauth  func(n int) (int, string, error)
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var status int
	var body string
	var err error
	if strings.HasPrefix(r.URL.Path, "/oauth/") {
		w.tokens++
		status, body = 200, fmt.Sprintf(`{"access_token":"token-%d","expires_in":"3599"}`, w.tokens)
		if w.oauth != nil {
			status, body, err = w.oauth(w.tokens)
		}
	} else {
		sent, readErr := io.ReadAll(r.Body)
		if readErr != nil {
			return nil, readErr
		}
		w.requests = append(w.requests, r.Method+" "+r.URL.Path+"\n"+string(sent))
		status, body, err = w.answer(len(w.requests), r.URL.Path)
	}
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(body)), Header: http.Header{}, Request: r}, nil
}

const canary = "Canary-7391-Secret"

func config(transport http.RoundTripper) mpesa.Config {
	return mpesa.Config{
		BaseURL: "https://daraja.example", ConsumerKey: "key", ConsumerSecret: secret.New(canary + "-1"), ShortCode: "600321",
		Passkey: secret.New(canary + "-2"), PayoutCode: "600322", Initiator: "apiop", Credential: secret.New(canary + "-3"),
		Transport: transport, Now: func() time.Time { return noon },
	}
}

func client(t testing.TB, transport http.RoundTripper) *mpesa.Client {
	t.Helper()
	c, err := mpesa.New(config(transport))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const accepted = `{"OriginatorConversationID":"8811-1","ConversationID":"AG_1","ResponseCode":"0","ResponseDescription":"Accept the service request successfully."}`

var (
	push   = mpesa.Push{Phone: "254711223344", Shillings: 1250, Reference: "NW-1A2B3C4D", Description: "Deposit", CallbackURL: "https://pay.example/pay/in/1/t"}
	payout = mpesa.Payout{ID: "W4K7Q2M9X1Z3", Phone: "254711223344", Shillings: 400, Remarks: "Withdrawal", ResultURL: "https://pay.example/r", TimeoutURL: "https://pay.example/t"}
)

// calls has every request of the client, as one that gives its error.
var calls = []struct {
	name string
	do   func(context.Context, *mpesa.Client) error
}{
	{"push", func(ctx context.Context, c *mpesa.Client) error { _, err := c.Push(ctx, push); return err }},
	{"query", func(ctx context.Context, c *mpesa.Client) error { _, err := c.QueryPush(ctx, "ws_CO_1"); return err }},
	{"pay", func(ctx context.Context, c *mpesa.Client) error { _, err := c.Pay(ctx, payout); return err }},
	{"status", func(ctx context.Context, c *mpesa.Client) error {
		_, err := c.AskStatus(ctx, mpesa.StatusQuestion{ID: "W4K7Q2M9X1Z3", Remarks: "Check", ResultURL: "https://pay.example/r", TimeoutURL: "https://pay.example/t"})
		return err
	}},
	{"status of a receipt", func(ctx context.Context, c *mpesa.Client) error {
		_, err := c.AskStatus(ctx, mpesa.StatusQuestion{Receipt: "UC61K2L3M4", Incoming: true, Remarks: "Check", ResultURL: "https://pay.example/r", TimeoutURL: "https://pay.example/t"})
		return err
	}},
	{"balance", func(ctx context.Context, c *mpesa.Client) error {
		_, err := c.AskBalance(ctx, mpesa.BalanceQuestion{Remarks: "Check", ResultURL: "https://pay.example/r", TimeoutURL: "https://pay.example/t"})
		return err
	}},
	{"reverse", func(ctx context.Context, c *mpesa.Client) error {
		_, err := c.Reverse(ctx, mpesa.Reversal{Receipt: "UC61K2L3M4", Shillings: 1250, Remarks: "Sent back", ResultURL: "https://pay.example/r", TimeoutURL: "https://pay.example/t"})
		return err
	}},
	{"register C2B", func(ctx context.Context, c *mpesa.Client) error {
		_, err := c.RegisterC2B(ctx, mpesa.C2BAddresses{Confirmation: "https://pay.example/c", Validation: "https://pay.example/v", Refuse: true})
		return err
	}},
	{"pull", func(ctx context.Context, c *mpesa.Client) error {
		_, err := c.Pull(ctx, noon.Add(-mpesa.PullWindow), noon, 0)
		return err
	}},
	{"register pull", func(ctx context.Context, c *mpesa.Client) error {
		return c.RegisterPull(ctx, "254722000000", "https://pay.example/p")
	}},
}

// The requests are what Safaricom documents, with its misspelt names.
func TestRequests(t *testing.T) {
	w := &wire{answer: func(_ int, path string) (int, string, error) {
		switch path {
		case "/mpesa/stkpush/v1/processrequest":
			return 200, `{"MerchantRequestID":"m","CheckoutRequestID":"ws_CO_1","ResponseCode":"0"}`, nil
		case "/mpesa/stkpushquery/v1/query":
			return 200, `{"ResponseCode":"0","CheckoutRequestID":"ws_CO_1","ResultCode":"0"}`, nil
		case "/pulltransactions/v1/query":
			return 200, `{"ResponseCode":"1001","Response":"[[]]"}`, nil
		case "/pulltransactions/v1/register":
			return 200, `{"ResponseStatus":"1000"}`, nil
		}
		return 200, accepted, nil
	}}
	c := client(t, w)
	var got bytes.Buffer
	for _, call := range calls {
		if err := call.do(t.Context(), c); err != nil {
			t.Fatalf("%s: %v", call.name, err)
		}
	}
	for _, r := range w.requests {
		head, body, _ := strings.Cut(r, "\n")
		fmt.Fprintln(&got, head)
		if err := json.Indent(&got, []byte(body), "", "  "); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&got)
	}
	golden(t, "testdata/requests.golden", got.Bytes())
	if w.tokens != 1 {
		t.Errorf("%d tokens were fetched, expected 1", w.tokens)
	}
}

// What is known after an answer depends on its code. Nothing that may have been taken
// counts as refused.
func TestCertainty(t *testing.T) {
	problem := func(code, message string) string {
		return fmt.Sprintf(`{"requestId":"1-2-3","errorCode":%q,"errorMessage":%q}`, code, message)
	}
	for _, c := range []struct {
		name   string
		status int
		body   string
		err    error
		want   mpesa.Certainty
	}{
		{"bad field", 400, problem("400.002.02", "Bad Request - Invalid Amount"), nil, mpesa.Refused},
		{"bad field with another status", 500, problem("400.002.02", "Bad Request - Invalid Amount"), nil, mpesa.Refused},
		{"wrong path", 404, problem("404.001.01", "Resource not found"), nil, mpesa.Refused},
		{"spike arrest", 500, problem("500.003.02", "Spike arrest violation"), nil, mpesa.NotSent},
		{"spike arrest as libraries report it", 429, problem("500.003.02", "Spike arrest violation"), nil, mpesa.NotSent},
		{"busy", 500, problem("500.003.02", "System is busy"), nil, mpesa.Unknown},
		{"locked", 500, problem("500.001.1001", "Unable to lock subscriber, a transaction is already in process"), nil, mpesa.NotSent},
		{"in process", 500, problem("500.001.1001", "The transaction is being processed"), nil, mpesa.Pending},
		{"duplicate", 500, problem("500.002.1001", "Duplicate OriginatorConversationID."), nil, mpesa.Duplicate},
		{"duplicate with status 200", 200, `{"ResponseCode":"1","ResponseDescription":"Duplicate OriginatorConversationID."}`, nil, mpesa.Duplicate},
		{"internal error", 500, problem("500.002.1001", "System internal error"), nil, mpesa.Unknown},
		{"unknown code", 400, problem("400.999.99", "Something new"), nil, mpesa.Unknown},
		{"unknown response", 200, `{"ResponseCode":"77","ResponseDescription":"Something new"}`, nil, mpesa.Unknown},
		{"empty object", 200, `{}`, nil, mpesa.Unknown},
		{"empty body", 200, ``, nil, mpesa.Unknown},
		{"a page", 403, `<html>Request blocked</html>`, nil, mpesa.Unknown},
		{"a proxy's time-out", 504, `<html>Gateway Timeout</html>`, nil, mpesa.Unknown},
		{"error without a code", 503, `{"fault":{}}`, nil, mpesa.Unknown},
		{"success with an error's status", 500, accepted, nil, mpesa.Unknown},
		{"redirect", 307, ``, nil, mpesa.Unknown},
		{"too long", 200, strings.Repeat(" ", 2<<20), nil, mpesa.Unknown},
		{"cut", 0, "", io.ErrUnexpectedEOF, mpesa.Unknown},
		{"time-out", 0, "", context.DeadlineExceeded, mpesa.Unknown},
		{"reset", 0, "", &net.OpError{Op: "read", Err: errors.New("connection reset by peer")}, mpesa.Unknown},
		{"refused connection", 0, "", &net.OpError{Op: "dial", Err: errors.New("connection refused")}, mpesa.NotSent},
		{"no such host", 0, "", &net.DNSError{Err: "no such host", Name: "daraja.example"}, mpesa.NotSent},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := &wire{answer: func(int, string) (int, string, error) { return c.status, c.body, c.err }}
			_, err := client(t, w).Pay(t.Context(), payout)
			if err == nil {
				t.Fatal("the payout was accepted")
			}
			if got := mpesa.CertaintyOf(err); got != c.want {
				t.Errorf("%v: %s, expected %s", err, got, c.want)
			}
			if len(w.requests) != 1 {
				t.Errorf("%d requests were sent, expected 1", len(w.requests))
			}
		})
	}
}

// A refused token is replaced once, and the request is sent once more; never a third
// time.
func TestStaleToken(t *testing.T) {
	for _, refusal := range []struct {
		status int
		body   string
	}{
		{404, `{"requestId":"1","errorCode":"404.001.03","errorMessage":"Invalid Access Token"}`},
		{400, `{"requestId":"1","errorCode":"400.003.01","errorMessage":"Invalid Access Token"}`},
		{500, `{"requestId":"1","errorCode":"401.002.01","errorMessage":"Error Occurred - Invalid Access Token - xyz"}`},
		{401, ``},
	} {
		for _, refusals := range []int{1, 2, 99} {
			w := &wire{answer: func(n int, _ string) (int, string, error) {
				if n <= refusals {
					return refusal.status, refusal.body, nil
				}
				return 200, accepted, nil
			}}
			_, err := client(t, w).Pay(t.Context(), payout)
			if refusals == 1 && (err != nil || len(w.requests) != 2 || w.tokens != 2) {
				t.Errorf("%+v: %v after %d requests and %d tokens", refusal, err, len(w.requests), w.tokens)
			}
			if refusals > 1 && (mpesa.CertaintyOf(err) != mpesa.NotSent || len(w.requests) != 2) {
				t.Errorf("%+v: %v after %d requests", refusal, err, len(w.requests))
			}
		}
	}
}

// gateway is Safaricom as far as tokens go: each new one kills the one before.
type gateway struct {
	mu      sync.Mutex
	issued  int
	refused int
	fail    int // how many requests for a token fail first
}

func (g *gateway) RoundTrip(r *http.Request) (*http.Response, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	status, body := 200, accepted
	switch {
	case strings.HasPrefix(r.URL.Path, "/oauth/") && g.fail > 0:
		g.fail--
		status, body = 503, `oops`
	case strings.HasPrefix(r.URL.Path, "/oauth/"):
		g.issued++
		body = fmt.Sprintf(`{"access_token":"token-%d","expires_in":3599}`, g.issued)
	case r.Header.Get("Authorization") != fmt.Sprintf("Bearer token-%d", g.issued):
		g.refused++
		status, body = 401, `{"errorCode":"404.001.03","errorMessage":"Invalid Access Token"}`
	}
	return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(body)), Header: http.Header{}, Request: r}, nil
}

// Instances share one token and fetch one: with a token for each of them, each would
// kill the others'.
func TestOneTokenForAllInstances(t *testing.T) {
	for _, shared := range []bool{true, false} {
		g := &gateway{}
		tokens := mpesa.NewMemoryTokens()
		var wg sync.WaitGroup
		failures := make(chan error, 100)
		for range 10 {
			conf := config(g)
			if shared {
				conf.Tokens = tokens
			}
			conf.Wait = func(context.Context, time.Duration) error { return nil }
			c, err := mpesa.New(conf)
			if err != nil {
				t.Fatal(err)
			}
			for range 10 {
				wg.Go(func() {
					// Each waits until the one that fetches has stored its token.
					for {
						_, err := c.Pay(t.Context(), payout)
						if err == nil || !strings.Contains(err.Error(), "another instance") {
							failures <- err
							return
						}
					}
				})
			}
		}
		wg.Wait()
		close(failures)
		failed := 0
		for err := range failures {
			if err != nil {
				failed++
			}
		}
		if shared && (g.issued != 1 || g.refused != 0 || failed != 0) {
			t.Errorf("%d tokens were issued, %d requests refused, %d failed; expected 1, 0, 0", g.issued, g.refused, failed)
		}
		if !shared && g.issued < 10 {
			t.Errorf("without sharing %d tokens were issued: this test would see no fault", g.issued)
		}
	}
}

// A token is fetched again before it ends, and an instance that could not fetch one
// lets others try.
func TestTokenEndsAndFails(t *testing.T) {
	g := &gateway{fail: 1}
	now := noon
	conf := config(g)
	conf.Now = func() time.Time { return now }
	c, err := mpesa.New(conf)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Pay(t.Context(), payout); mpesa.CertaintyOf(err) != mpesa.NotSent {
		t.Fatalf("without a token: %v", err)
	}
	for _, step := range []struct {
		after  time.Duration
		issued int
	}{{0, 1}, {58 * time.Minute, 1}, {59 * time.Minute, 2}, {3 * time.Hour, 3}} {
		now = noon.Add(step.after)
		if _, err := c.Pay(t.Context(), payout); err != nil {
			t.Fatal(err)
		}
		if g.issued != step.issued || g.refused != 0 {
			t.Errorf("after %s: %d tokens issued, %d refused, expected %d and 0", step.after, g.issued, g.refused, step.issued)
		}
	}
}

// A lease that its holder left is taken over when it ends.
func TestLeaseEnds(t *testing.T) {
	ctx, m := t.Context(), mpesa.NewMemoryTokens()
	lease := func(holder string, at time.Time) bool {
		ok, err := m.Lease(ctx, "", holder, at, at.Add(time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	if !lease("a", noon) || lease("b", noon.Add(time.Second)) || !lease("b", noon.Add(time.Minute)) {
		t.Fatal("the lease is not held for a minute")
	}
	if ok, _ := m.Save(ctx, "a", mpesa.Token{ID: "1", Value: secret.New("x")}); ok {
		t.Error("a holder without the lease stored a token")
	}
	if ok, _ := m.Save(ctx, "b", mpesa.Token{ID: "2", Value: secret.New("y")}); !ok {
		t.Error("the holder of the lease could not store its token")
	}
	if lease("c", noon.Add(time.Hour)) {
		t.Error("a lease was given to one who has not seen the newest token")
	}
}

func TestExpiresIn(t *testing.T) {
	for body, ok := range map[string]bool{
		`{"access_token":"t","expires_in":3599}`: true, `{"access_token":"t","expires_in":"3599"}`: true,
		`{"access_token":"t"}`: false, `{"access_token":"t","expires_in":"soon"}`: false, `{"access_token":"","expires_in":1}`: false,
		`{"access_token":"t","expires_in":-5}`: false, `<html>`: false,
	} {
		w := &wire{
			answer: func(int, string) (int, string, error) { return 200, accepted, nil },
			oauth:  func(int) (int, string, error) { return 200, body, nil },
		}
		_, err := client(t, w).Pay(t.Context(), payout)
		if (err == nil) != ok || err != nil && (mpesa.CertaintyOf(err) != mpesa.NotSent || len(w.requests) != 0) {
			t.Errorf("%s: %v, with %d requests", body, err, len(w.requests))
		}
	}
}

// Errors have no secret, whatever Safaricom or the connection quotes.
func TestErrorsHaveNoSecrets(t *testing.T) {
	for _, quoting := range []func(body string) (int, string, error){
		func(sent string) (int, string, error) {
			quoted, _ := json.Marshal(sent)
			return 400, `{"errorCode":"400.002.02","errorMessage":` + string(quoted) + `}`, nil
		},
		func(sent string) (int, string, error) { return 0, "", errors.New("malformed answer " + sent) },
		func(sent string) (int, string, error) { return 200, sent, nil },
	} {
		w := &wire{}
		w.answer = func(n int, _ string) (int, string, error) { return quoting(w.requests[n-1]) }
		c := client(t, w)
		for _, call := range calls {
			err := call.do(t.Context(), c)
			if err == nil {
				t.Errorf("%s: no error", call.name)
				continue
			}
			for _, hidden := range []string{canary, "token-1", "254711223344", "711223344"} {
				if strings.Contains(fmt.Sprintf("%v %+v", err, err), hidden) {
					t.Errorf("%s: the error has %q: %v", call.name, hidden, err)
				}
			}
		}
	}
}

func TestRefusedBeforeSending(t *testing.T) {
	w := &wire{answer: func(int, string) (int, string, error) { return 200, accepted, nil }}
	c := client(t, w)
	for _, change := range []func(*mpesa.Payout){
		func(p *mpesa.Payout) { p.ID = "" },
		func(p *mpesa.Payout) { p.ID = strings.Repeat("x", 21) },
		func(p *mpesa.Payout) { p.Phone = "0711223344" },
		func(p *mpesa.Payout) { p.Shillings = 9 },
		func(p *mpesa.Payout) { p.Shillings = 250_001 },
		func(p *mpesa.Payout) { p.Remarks = "x" },
		func(p *mpesa.Payout) { p.Remarks = "Safaricom & Söhne" },
		func(p *mpesa.Payout) { p.ResultURL = "" },
	} {
		p := payout
		change(&p)
		if _, err := c.Pay(t.Context(), p); mpesa.CertaintyOf(err) != mpesa.NotSent || err == nil {
			t.Errorf("%+v: %v", p, err)
		}
	}
	for _, change := range []func(*mpesa.Push){
		func(p *mpesa.Push) { p.Shillings = 0 },
		func(p *mpesa.Push) { p.Reference = "thirteen-long" },
		func(p *mpesa.Push) { p.Description = "fourteen chars" },
		func(p *mpesa.Push) { p.Phone = "255711223344" },
		func(p *mpesa.Push) { p.CallbackURL = "" },
	} {
		p := push
		change(&p)
		if _, err := c.Push(t.Context(), p); mpesa.CertaintyOf(err) != mpesa.NotSent || err == nil {
			t.Errorf("%+v: %v", p, err)
		}
	}
	if len(w.requests) != 0 {
		t.Errorf("%d requests were sent", len(w.requests))
	}
}

func TestPull(t *testing.T) {
	const row = `{"transactionId":"UC6BB77XK1","trxDate":"2026-03-06T11:00:00Z","msisdn":254711223344,"transactiontype":"c2b-pay-bill-debit","billreference":"NW-1A2B3C4D","amount":"300.00","organizationname":"Example"}`
	for _, c := range []struct {
		body     string
		rows     int
		problems int
		fails    bool
	}{
		{`{"ResponseRefID":"1","ResponseCode":"1000","ResponseMessage":"Success","Response":[[` + row + `]]}`, 1, 0, false},
		{`{"ResponseCode":1000,"response":[` + row + `,` + row + `]}`, 2, 0, false},
		{`{"ResponseCode":"1000","Response":"[[` + strings.ReplaceAll(row, `"`, `\"`) + `]]"}`, 1, 0, false},
		{`{"ResponseCode":"1001","ResponseMessage":"No transactions","Response":"[[]]"}`, 0, 0, false},
		{`{"ResponseCode":"1000","Response":[[]]}`, 0, 0, false},
		{`{"ResponseCode":"1000","Response":[[` + row + `,{"transactionId":"x"}]]}`, 1, 1, false},
		{`{"ResponseCode":"1000"}`, 0, 0, true},
		{`{"ResponseCode":"1000","Response":[[[[[[[` + row + `]]]]]]]}`, 0, 0, true},
		{`{"ResponseCode":"1000","Response":"nothing"}`, 0, 0, true},
		{`{"ResponseCode":"1002"}`, 0, 0, true},
		{`<html>`, 0, 0, true},
	} {
		w := &wire{answer: func(int, string) (int, string, error) { return 200, c.body, nil }}
		page, err := client(t, w).Pull(t.Context(), noon.Add(-time.Hour), noon, 0)
		if (err != nil) != c.fails || len(page.Rows) != c.rows || len(page.Problems) != c.problems {
			t.Errorf("%s: %d rows, %v, %v", c.body, len(page.Rows), page.Problems, err)
		}
		if len(page.Rows) > 0 && (page.Rows[0].Cents != 30000 || page.Rows[0].Account != "NW-1A2B3C4D") {
			t.Errorf("%s: %+v", c.body, page.Rows[0])
		}
	}
}

func TestEncryptCredential(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	// The certificate has expired, as Safaricom's have.
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "daraja.example"}, NotAfter: noon.AddDate(-3, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	for name, certificate := range map[string][]byte{"DER": der, "PEM": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})} {
		sealed, err := mpesa.EncryptCredential(secret.New("Passw0rd#1"), certificate)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		raw, err := base64.StdEncoding.DecodeString(sealed.Reveal())
		if err != nil || len(sealed.Reveal()) != 344 {
			t.Fatalf("%s: %d characters, %v", name, len(sealed.Reveal()), err)
		}
		plain, err := rsa.DecryptPKCS1v15(nil, key, raw) //nolint:staticcheck // as Safaricom does
		if err != nil || string(plain) != "Passw0rd#1" {
			t.Errorf("%s: decrypted with %v", name, err)
		}
	}
	for password, certificate := range map[string][]byte{"": der, "with space": der, "Passw0rd!": der, "Passw0rd": []byte("no certificate")} {
		if _, err := mpesa.EncryptCredential(secret.New(password), certificate); err == nil {
			t.Errorf("%q was encrypted", password)
		} else if password != "" && strings.Contains(err.Error(), password) {
			t.Errorf("the error has the password: %v", err)
		}
	}
}
