package fake_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/wallet/mpesa"
	"github.com/paytrace/paytrace/wallet/mpesa/fake"
)

// world is a client and a fake on one clock, without a network.
type world struct {
	t      *testing.T
	now    time.Time
	safari *fake.Safaricom
	client *mpesa.Client
	posted []posted
	answer string // of a validation
}

type posted struct{ url, body string }

func newWorld(t *testing.T, change func(*fake.Config), clientChange func(*mpesa.Config)) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2026, 3, 6, 12, 0, 0, 0, mpesa.Nairobi), answer: `{"ResultCode":"0","ResultDesc":"Accepted"}`}
	config := fake.Config{Now: func() time.Time { return w.now }, FeeCents: 500, Seed: 7}
	config.Deliver = func(_ context.Context, url string, body []byte) ([]byte, error) {
		w.posted = append(w.posted, posted{url, string(body)})
		return []byte(w.answer), nil
	}
	if change != nil {
		change(&config)
	}
	w.safari = fake.New(config)
	conf := mpesa.Config{
		BaseURL: "https://fake.example", ConsumerKey: fake.ConsumerKey, ConsumerSecret: secret.New(fake.ConsumerSecret),
		ShortCode: fake.ShortCode, Passkey: secret.New(fake.Passkey), Initiator: fake.Initiator, Credential: secret.New(fake.Credential),
		Transport: w.safari, Now: func() time.Time { return w.now },
	}
	if clientChange != nil {
		clientChange(&conf)
	}
	client, err := mpesa.New(conf)
	if err != nil {
		t.Fatal(err)
	}
	w.client = client
	return w
}

// pass lets time pass and returns what was posted meanwhile.
func (w *world) pass(d time.Duration) []posted {
	w.t.Helper()
	w.posted = nil
	end := w.now.Add(d)
	for {
		at, ok := w.safari.NextAt()
		if !ok || at.After(end) {
			break
		}
		if at.After(w.now) {
			w.now = at
		}
		w.safari.Work(w.t.Context())
	}
	w.now = end
	return w.posted
}

// judge fails the test if the fake's books are wrong.
func (w *world) judge() fake.Books {
	w.t.Helper()
	for _, wrong := range w.safari.Judge() {
		w.t.Error("the fake's books: " + wrong)
	}
	return w.safari.Books()
}

func (w *world) push(phone string, shillings int64) (mpesa.Pushed, error) {
	return w.client.Push(w.t.Context(), mpesa.Push{Phone: phone, Shillings: shillings, Reference: "NW-1A2B3C4D", Description: "Deposit", CallbackURL: "https://pay.example/pay/in/1/abcdefghijkl"})
}

func (w *world) pay(id, phone string, shillings int64) error {
	_, err := w.client.Pay(w.t.Context(), mpesa.Payout{ID: id, Phone: phone, Shillings: shillings, Remarks: "Withdrawal", ResultURL: "https://pay.example/pay/out/1/abcdefghijkl", TimeoutURL: "https://pay.example/pay/late/1/abcdefghijkl"})
	return err
}

// status asks what became of a payout.
func (w *world) status(id string) mpesa.StatusResult {
	w.t.Helper()
	_, err := w.client.AskStatus(w.t.Context(), mpesa.StatusQuestion{ID: id, Remarks: "Check", ResultURL: "https://pay.example/pay/ask/1/abcdefghijkl", TimeoutURL: "https://pay.example/pay/late/1/abcdefghijkl"})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, p := range w.pass(time.Minute) {
		if strings.Contains(p.url, "/pay/ask/") {
			r, err := mpesa.ReadStatusResult([]byte(p.body))
			if err != nil {
				w.t.Fatal(err)
			}
			return r
		}
	}
	w.t.Fatalf("no answer about %s was posted", id)
	return mpesa.StatusResult{}
}

const asha = "254711223344"

func TestPushIsPaid(t *testing.T) {
	w := newWorld(t, nil, nil)
	pushed, err := w.push(asha, 1250)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.client.QueryPush(t.Context(), pushed.CheckoutRequestID); mpesa.CertaintyOf(err) != mpesa.Pending {
		t.Errorf("the query of an open prompt: %v, expected pending", err)
	}
	if _, err := w.push(asha, 1); mpesa.CertaintyOf(err) != mpesa.NotSent || !strings.Contains(err.Error(), "lock subscriber") {
		t.Errorf("a second prompt: %v, expected a locked subscriber", err)
	}
	posts := w.pass(time.Minute)
	if len(posts) != 1 {
		t.Fatalf("%d posts, expected 1: %v", len(posts), posts)
	}
	r, err := mpesa.ReadPushResult([]byte(posts[0].body))
	if err != nil || r.CheckoutRequestID != pushed.CheckoutRequestID || r.Cents != 125000 || r.Phone != asha || r.Meaning.Class != mpesa.ClassSuccess {
		t.Fatalf("%+v, %v", r, err)
	}
	if state, err := w.client.QueryPush(t.Context(), pushed.CheckoutRequestID); err != nil || state.Code != "0" {
		t.Errorf("the query of a paid push: %+v, %v", state, err)
	}
	if err := w.client.RegisterPull(t.Context(), asha, "https://pay.example/p"); err != nil {
		t.Fatal(err)
	}
	page, err := w.client.Pull(t.Context(), w.now.Add(-time.Hour), w.now, 0)
	if err != nil || len(page.Rows) != 1 || page.Rows[0].Receipt != r.Receipt || page.Rows[0].Cents != r.Cents || !page.Rows[0].At.Equal(r.At) {
		t.Errorf("pulled %+v, %v, expected the receipt %s", page, err, r.Receipt)
	}
	if page, err := w.client.Pull(t.Context(), w.now.Add(-time.Hour), w.now, 1); err != nil || len(page.Rows) != 0 {
		t.Errorf("pulled beyond the end: %+v, %v", page, err)
	}
	books := w.judge()
	if books.InCents != 125000 || books.Working != 125000 || len(books.Transactions) != 1 {
		t.Errorf("%+v", books)
	}
}

// Every documented code of a prompt reaches the callback and the query alike, and only
// the success moves money.
func TestPushCodes(t *testing.T) {
	codes, err := mpesa.Codes()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, m := range codes {
		if m.API != mpesa.APIPush || m.Class == mpesa.ClassSuccess {
			continue
		}
		n++
		w := newWorld(t, nil, nil)
		w.safari.SetPhone(asha, func(p *fake.Phone) { p.Push = m.Code })
		pushed, err := w.push(asha, 100)
		if err != nil {
			t.Fatalf("%s: %v", m.Code, err)
		}
		posts := w.pass(5 * time.Minute)
		if len(posts) != 1 {
			t.Fatalf("%s: %d posts", m.Code, len(posts))
		}
		r, err := mpesa.ReadPushResult([]byte(posts[0].body))
		if err != nil || r.Code != m.Code || r.Meaning != m {
			t.Errorf("%s: read %+v, %v", m.Code, r, err)
		}
		state, err := w.client.QueryPush(t.Context(), pushed.CheckoutRequestID)
		if err != nil || state.Code != m.Code {
			t.Errorf("%s: queried %+v, %v", m.Code, state, err)
		}
		if b := w.judge(); len(b.Transactions) != 0 {
			t.Errorf("%s: money moved: %+v", m.Code, b.Transactions)
		}
	}
	if n == 0 {
		t.Error("the dictionary has no code of prompts")
	}
}

// Every documented code of a payout reaches the result, and the status query tells the
// same.
func TestPayoutCodes(t *testing.T) {
	codes, err := mpesa.Codes()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, m := range codes {
		if m.API != mpesa.APIPayout && m.API != mpesa.APIResult || m.Code == fake.CodeCached {
			continue
		}
		n++
		w := newWorld(t, nil, nil)
		w.safari.SetPhone(asha, func(p *fake.Phone) { p.Payout = m.Code })
		if err := w.pay("W1", asha, 400); err != nil {
			t.Fatalf("%s: %v", m.Code, err)
		}
		posts := w.pass(time.Minute)
		if len(posts) != 1 {
			t.Fatalf("%s: %d posts", m.Code, len(posts))
		}
		r, err := mpesa.ReadPayoutResult([]byte(posts[0].body))
		if err != nil || r.Code != m.Code || r.OriginatorConversationID != "W1" || r.TransactionID == "" {
			t.Errorf("%s: read %+v, %v", m.Code, r, err)
		}
		want := mpesa.FateNotDone
		if m.Class == mpesa.ClassSuccess {
			want = mpesa.FateDone
		}
		status := w.status("W1")
		if status.Fate != want || status.About != "W1" || status.Receipt != r.Receipt {
			t.Errorf("%s: status %+v, expected the fate %d and the receipt %q", m.Code, status, want, r.Receipt)
		}
		if b := w.judge(); (len(b.Transactions) == 1) != (m.Class == mpesa.ClassSuccess) {
			t.Errorf("%s: %+v", m.Code, b.Transactions)
		}
	}
	if n == 0 {
		t.Error("the dictionary has no code of payouts")
	}
}

// Whatever goes wrong on the way, the client never takes for refused what was paid, and
// the status query tells the truth.
func TestMishaps(t *testing.T) {
	for _, c := range []struct {
		mishap    fake.Mishap
		certainty mpesa.Certainty
		fails     bool
		posts     int
		paid      bool
	}{
		{fake.NoMishap, 0, false, 1, true},
		{fake.LosesPost, 0, false, 0, true},
		{fake.RepeatsPost, 0, false, 2, true},
		{fake.PostsEarly, 0, false, 1, true},
		{fake.PostsLate, 0, false, 1, true},
		{fake.CutsAnswer, mpesa.Unknown, true, 1, true},
		{fake.BreaksAnswer, mpesa.Unknown, true, 1, true},
		{fake.LosesRequest, mpesa.Unknown, true, 0, false},
	} {
		t.Run(string("mishap "+c.mishap), func(t *testing.T) {
			w := newWorld(t, nil, nil)
			w.safari.SetPhone(asha, func(p *fake.Phone) { p.Mishap = c.mishap })
			err := w.pay("W1", asha, 400)
			early := len(w.posted)
			if (err != nil) != c.fails || c.fails && mpesa.CertaintyOf(err) != c.certainty {
				t.Errorf("%v", err)
			}
			if posts := early + len(w.pass(time.Hour)); posts != c.posts {
				t.Errorf("%d posts, expected %d", posts, c.posts)
			}
			if (early == 1) != (c.mishap == fake.PostsEarly) {
				t.Errorf("%d posts came before the answer", early)
			}
			status := w.status("W1")
			if (status.Fate == mpesa.FateDone) != c.paid || !c.paid && status.Fate != mpesa.FateUnknown {
				t.Errorf("status %+v, expected paid: %t", status, c.paid)
			}
			if c.paid && (!status.FeeKnown || status.FeeCents != 500) {
				t.Errorf("the fee is %d, known %t, expected 500", status.FeeCents, status.FeeKnown)
			}
			if b := w.judge(); b.OutCents != map[bool]int64{true: 40000}[c.paid] {
				t.Errorf("%d cents left", b.OutCents)
			}
			// A second request with the ID pays nothing.
			err = w.pay("W1", asha, 400)
			if c.paid && mpesa.CertaintyOf(err) != mpesa.Duplicate {
				t.Errorf("a second request: %v, expected a duplicate", err)
			}
			w.pass(time.Hour)
			if b := w.judge(); c.paid && (b.OutCents != 40000 || b.DoubledIDs["W1"] != 1) {
				t.Errorf("after a second request: %d cents left, doubled: %v", b.OutCents, b.DoubledIDs)
			}
		})
	}
}

// A payout that M-Pesa has cached reports a code, and pays later.
func TestCachedPayout(t *testing.T) {
	w := newWorld(t, nil, nil)
	w.safari.SetPhone(asha, func(p *fake.Phone) { p.Payout = fake.CodeCached })
	if err := w.pay("W1", asha, 400); err != nil {
		t.Fatal(err)
	}
	posts := w.pass(time.Minute)
	if r, err := mpesa.ReadPayoutResult([]byte(posts[0].body)); err != nil || r.Meaning.Class != mpesa.ClassUnknown {
		t.Fatalf("%+v, %v", r, err)
	}
	if s := w.status("W1"); s.Fate != mpesa.FateOpen {
		t.Errorf("while it waits: %+v", s)
	}
	if posts := w.pass(2 * time.Hour); len(posts) != 1 {
		t.Errorf("%d posts, expected the result", len(posts))
	}
	if s := w.status("W1"); s.Fate != mpesa.FateDone {
		t.Errorf("after it waited: %+v", s)
	}
	w.judge()
}

func TestPaybill(t *testing.T) {
	w := newWorld(t, nil, nil)
	addresses := mpesa.C2BAddresses{Confirmation: "https://pay.example/pay/c2b/token/confirm", Validation: "https://pay.example/pay/c2b/token/check"}
	bad := addresses
	bad.Validation = "https://pay.example/M-Pesa/check"
	if _, err := w.client.RegisterC2B(t.Context(), bad); mpesa.CertaintyOf(err) != mpesa.Refused || err == nil {
		t.Errorf("an address with a forbidden word: %v", err)
	}
	if a, err := w.client.RegisterC2B(t.Context(), addresses); err != nil || a.OriginatorConversationID == "" {
		t.Fatalf("%+v, %v", a, err)
	}
	if _, err := w.client.RegisterC2B(t.Context(), addresses); mpesa.CertaintyOf(err) != mpesa.Refused || !strings.Contains(err.Error(), "already registered") {
		t.Errorf("a second registration: %v", err)
	}
	receipt, err := w.safari.PayBill(t.Context(), asha, "NW-1A2B3C4D", 30000)
	if err != nil {
		t.Fatal(err)
	}
	posts := append(slices.Clone(w.posted), w.pass(time.Minute)...)
	if len(posts) != 2 || posts[0].url != addresses.Validation || posts[1].url != addresses.Confirmation {
		t.Fatalf("%v", posts)
	}
	for _, p := range posts {
		in, err := mpesa.ReadIncoming([]byte(p.body))
		if err != nil || in.Receipt != receipt || in.Cents != 30000 || in.Account != "NW-1A2B3C4D" || !mpesa.PhoneMatches(in.Phone, asha) || in.Phone == asha {
			t.Errorf("%s: %+v, %v", p.url, in, err)
		}
	}
	w.answer = string(mpesa.ValidationAnswer(mpesa.RefuseAccount))
	if _, err := w.safari.PayBill(t.Context(), asha, "NW-00000000", 30000); !errors.Is(err, fake.ErrRefused) {
		t.Errorf("a refused payment: %v", err)
	}
	if b := w.judge(); b.InCents != 30000 {
		t.Errorf("%d cents came in", b.InCents)
	}
}

func TestReversalAndBalance(t *testing.T) {
	w := newWorld(t, nil, nil)
	if _, err := w.push(asha, 200); err != nil {
		t.Fatal(err)
	}
	r, err := mpesa.ReadPushResult([]byte(w.pass(time.Minute)[0].body))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"0", "R000001", "R000002"} {
		receipt := r.Receipt
		if i == 2 {
			receipt = "AAAAAAAAAA"
		}
		if _, err := w.client.Reverse(t.Context(), mpesa.Reversal{Receipt: receipt, Shillings: 200, Remarks: "Sent back", ResultURL: "https://pay.example/r", TimeoutURL: "https://pay.example/t"}); err != nil {
			t.Fatal(err)
		}
		result, err := mpesa.ReadReversalResult([]byte(w.pass(time.Minute)[0].body))
		if err != nil || result.Code != want || (result.Meaning.Class == mpesa.ClassSuccess) != (i < 2) {
			t.Errorf("reversal %d: %+v, %v, expected code %s", i+1, result, err, want)
		}
	}
	if _, err := w.client.AskBalance(t.Context(), mpesa.BalanceQuestion{Remarks: "Check", ResultURL: "https://pay.example/r", TimeoutURL: "https://pay.example/t"}); err != nil {
		t.Fatal(err)
	}
	balances, err := mpesa.ReadBalanceResult([]byte(w.pass(time.Minute)[0].body))
	books := w.judge()
	if utility, _ := balances.Available(mpesa.AccountUtility); err != nil || utility != books.Utility {
		t.Errorf("%+v, %v, expected %d in the Utility account", balances, err, books.Utility)
	}
	if working, ok := balances.Available(mpesa.AccountWorking); !ok || working != books.Working || working != 0 {
		t.Errorf("%d in the Working account, expected 0", working)
	}
}

// The credential must decrypt to the operator's password, and a wrong one is a result.
func TestCredential(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	for password, want := range map[string]string{"Right#1": "0", "Wrong#1": "2001"} {
		sealed, err := mpesa.EncryptCredential(secret.New(password), certificate)
		if err != nil {
			t.Fatal(err)
		}
		w := newWorld(t, func(c *fake.Config) { c.Key, c.Password = key, "Right#1" }, func(c *mpesa.Config) { c.Credential = sealed })
		if err := w.pay("W1", asha, 400); err != nil {
			t.Fatal(err)
		}
		r, err := mpesa.ReadPayoutResult([]byte(w.pass(time.Minute)[0].body))
		if err != nil || r.Code != want || r.Meaning.Stop != (want == "2001") {
			t.Errorf("%s: %+v, %v, expected code %s", password, r, err, want)
		}
	}
}

// A token dies with the next one; the client goes on.
func TestTokensDie(t *testing.T) {
	w := newWorld(t, func(c *fake.Config) { c.Faults.Stale = 40 }, nil)
	failed := 0
	for i := range 200 {
		err := w.pay(fmt.Sprintf("W%d", i), fmt.Sprintf("2547112233%02d", 40+i%50), int64(10+i))
		if err != nil {
			failed++
			if mpesa.CertaintyOf(err) != mpesa.NotSent {
				t.Errorf("%v", err)
			}
		}
	}
	if failed == 0 || failed == 200 {
		t.Errorf("%d of 200 requests met two dead tokens, expected some", failed)
	}
	w.pass(time.Hour)
	if b := w.judge(); len(b.Transactions) != 200-failed || len(b.DoubledIDs) != 0 {
		t.Errorf("%d payouts, %v doubled, expected %d and none", len(b.Transactions), b.DoubledIDs, 200-failed)
	}
}

// One seed gives one history; another gives another.
func TestSeed(t *testing.T) {
	history := func(seed uint64) string {
		w := newWorld(t, func(c *fake.Config) {
			c.Seed = seed
			c.Faults = fake.Faults{Lost: 10, Twice: 10, Early: 10, Late: 10, Cut: 10, Broken: 10, Unseen: 5, Strange: 10, Cancelled: 10}
		}, nil)
		var all []posted
		for i := range 60 {
			phone := fmt.Sprintf("2547112233%02d", 40+i%50)
			_, _ = w.push(phone, int64(100+i))
			_ = w.pay(fmt.Sprintf("W%d", i), phone, int64(10+i))
			all = append(all, w.pass(10*time.Second)...)
		}
		all = append(all, w.pass(3*time.Hour)...)
		w.judge()
		return fmt.Sprint(all)
	}
	first := history(1)
	if history(1) != first {
		t.Error("two runs with one seed differ")
	}
	if history(2) == first {
		t.Error("two seeds give the same")
	}
}

// The fake is as strict as Safaricom: a name that is spelt right is refused.
func TestStrict(t *testing.T) {
	w := newWorld(t, nil, nil)
	if err := w.pay("W0", asha, 10); err != nil { // fetches a token
		t.Fatal(err)
	}
	w.safari.Refuse("/mpesa/b2c/v3/paymentrequest", 1, 500, "500.003.02", "Spike arrest violation")
	if err := w.pay("W1", asha, 10); mpesa.CertaintyOf(err) != mpesa.NotSent || err == nil {
		t.Errorf("a spike arrest: %v", err)
	}
	if err := w.pay("W1", asha, 10); err != nil {
		t.Errorf("after the spike arrest: %v", err)
	}
	for path, status := range map[string]int{"/mpesa/b2c/v1/paymentrequest": 404, "/mpesa/reversal/v1/request": 401} {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(`{"ReceiverIdentifierType":"11"}`))
		answer := httptest.NewRecorder()
		w.safari.ServeHTTP(answer, r)
		if answer.Code != status {
			t.Errorf("%s: status %d, expected %d", path, answer.Code, status)
		}
	}
}

// Forged posts reach the addresses with a wrong token, and are in no books.
func TestForge(t *testing.T) {
	w := newWorld(t, nil, nil)
	if _, err := w.push(asha, 200); err != nil {
		t.Fatal(err)
	}
	real := w.pass(time.Minute)[0].url
	before := w.judge()
	w.posted = nil
	if n := w.safari.Forge(t.Context(), 300, "https://pay.example/mpesa/b2c/result"); n != 300 || len(w.posted) != 300 {
		t.Fatalf("%d forged, %d posted", n, len(w.posted))
	}
	seen := map[string]bool{}
	for _, p := range w.posted {
		seen[p.url] = true
		if p.url == real {
			t.Errorf("a forged post knows the address %s", real)
		}
	}
	if len(seen) < 2 {
		t.Errorf("forged posts went to %v", seen)
	}
	if after := w.judge(); after.InCents != before.InCents || len(after.Transactions) != len(before.Transactions) {
		t.Error("a forged post is in the books")
	}
}

func TestControl(t *testing.T) {
	w := newWorld(t, nil, nil)
	ask := func(method, target string, form url.Values) (int, string) {
		r := httptest.NewRequest(method, target, bytes.NewBufferString(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer := httptest.NewRecorder()
		w.safari.ServeHTTP(answer, r)
		return answer.Code, answer.Body.String()
	}
	for _, c := range []struct {
		method, target string
		form           url.Values
		status         int
		has            string
	}{
		{"GET", "/", nil, 200, "MPESA_BASE_URL=http://example.com"},
		{"GET", "/fake/books", nil, 200, `"wrong": []`},
		{"POST", "/fake/phones/" + asha, url.Values{"push": {fake.CodeAsks}, "shillings": {"700"}}, 200, `"cents": 70000`},
		{"POST", "/fake/phones/" + asha, url.Values{"mishap": {"earthquake"}}, 400, "mishap"},
		{"POST", "/fake/phones/" + asha, url.Values{"shillings": {"-1"}}, 400, "whole number"},
		{"POST", "/fake/phones/123", nil, 400, "phone"},
		{"POST", "/fake/phones/" + asha + "/answer", url.Values{"pays": {"yes"}}, 409, "no prompt"},
		{"POST", "/fake/pay", url.Values{"phone": {asha}, "account": {"NW-1"}, "shillings": {"300"}}, 200, ""},
		{"POST", "/fake/pay", url.Values{"phone": {asha}, "shillings": {"3000"}}, 409, "too little"},
		{"POST", "/fake/pay", url.Values{"phone": {asha}, "shillings": {"1.5"}}, 400, "whole number"},
		{"GET", "/fake/nothing", nil, 404, "no such request"},
	} {
		if status, body := ask(c.method, c.target, c.form); status != c.status || !strings.Contains(body, c.has) {
			t.Errorf("%s %s: status %d, %s, expected %d with %q", c.method, c.target, status, body, c.status, c.has)
		}
	}
	if _, err := w.push(asha, 50); err != nil {
		t.Fatal(err)
	}
	if posts := w.pass(time.Hour); len(posts) != 0 {
		t.Errorf("a prompt that waits for a person was answered: %v", posts)
	}
	if status, body := ask("POST", "/fake/phones/"+asha+"/answer", url.Values{"pays": {"yes"}}); status != 200 {
		t.Errorf("status %d, %s", status, body)
	}
	if posts := w.pass(time.Second); len(posts) != 1 {
		t.Errorf("%d posts after the answer, expected 1", len(posts))
	}
	if b := w.judge(); b.InCents != 35000 || b.OpenPrompts != 0 {
		t.Errorf("%+v", b)
	}
}

// Every habit of the guide is one that the fake has.
func TestHabits(t *testing.T) {
	guide := fake.Guide("http://localhost:1")
	for _, h := range fake.Habits() {
		if !strings.Contains(guide, h.Ending+"  "+h.About) {
			t.Errorf("the guide lacks %s", h.Ending)
		}
		w := newWorld(t, nil, nil)
		phone := "2547112233" + h.Ending
		p := w.safari.SetPhone(phone, func(*fake.Phone) {})
		if p.Push != h.Push || p.Payout != h.Payout || p.Mishap != h.Mishap {
			t.Errorf("%s: %+v, expected %+v", phone, p, h)
		}
	}
}
