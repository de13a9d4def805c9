package fake_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/paytrace/paytrace/wallet/mpesa"
	"github.com/paytrace/paytrace/wallet/mpesa/fake"
	"github.com/paytrace/paytrace/wallet/payments"
)

func provider(t *testing.T, w *world) *mpesa.Provider {
	t.Helper()
	a, err := mpesa.NewAddresses("https://pay.example", []byte("0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	return mpesa.NewProvider(w.client, a)
}

// A push whose callback was lost is found among the pulled payments, with its receipt.
func TestLostPushIsFound(t *testing.T) {
	w := newWorld(t, nil, nil)
	p := provider(t, w)
	if err := w.client.RegisterPull(t.Context(), asha, "https://pay.example/p"); err != nil {
		t.Fatal(err)
	}
	w.safari.SetPhone(asha, func(p *fake.Phone) { p.Mishap = fake.LosesPost })
	in := payments.Intent{ID: "I1", Token: "t1", Kind: payments.Deposit, Phone: asha, Amount: 50000, Reference: "K2M9X1Z3W4Q7", SentAt: w.now}
	// Others pay meanwhile, more than one page has.
	for i := range 150 {
		if _, err := w.safari.PayBill(t.Context(), fmt.Sprintf("2547112233%02d", 40+i%50), "NW-1A2B3C4D", 100); err != nil {
			t.Fatal(err)
		}
	}
	answer := p.Push(t.Context(), in)
	if answer.Verdict != payments.Accepted {
		t.Fatalf("%+v", answer)
	}
	in.Request = answer.Request
	if r := p.Ask(t.Context(), in); r.Outcome != payments.Unsaid {
		t.Errorf("while the prompt is open: %+v", r)
	}
	w.pass(time.Minute)
	r := p.Ask(t.Context(), in)
	if r.Outcome != payments.Paid || r.Amount != 50000 || !mpesa.IsReceipt(r.Receipt) || r.Account != in.Reference || r.Source != payments.FromQuery {
		t.Errorf("after it was paid: %+v", r)
	}
}

// The query tells a failure whose callback was lost.
func TestQueryTellsAFailure(t *testing.T) {
	w := newWorld(t, nil, nil)
	p := provider(t, w)
	w.safari.SetPhone(asha, func(p *fake.Phone) { p.Push, p.Mishap = "1032", fake.LosesPost })
	in := payments.Intent{ID: "I1", Token: "t1", Kind: payments.Deposit, Phone: asha, Amount: 50000, Reference: "K2M9X1Z3W4Q7", SentAt: w.now}
	in.Request = p.Push(t.Context(), in).Request
	if r := p.Ask(t.Context(), in); r.Outcome != payments.Unsaid {
		t.Errorf("while the prompt is open: %+v, expected unsaid", r)
	}
	w.pass(time.Minute)
	if r := p.Ask(t.Context(), in); r.Outcome != payments.Failed || r.Code != "1032" {
		t.Errorf("after a minute: %+v, expected failed", r)
	}
}

// A payout whose answer and callback are both lost is found by the status query.
func TestLostPayoutIsFound(t *testing.T) {
	w := newWorld(t, nil, nil)
	p := provider(t, w)
	in := payments.Intent{ID: "I1", Token: "t1", Kind: payments.Withdrawal, Phone: asha, Amount: 50000, Reference: "K2M9X1Z3W4Q7", SentAt: w.now}
	w.safari.SetPhone(asha, func(p *fake.Phone) { p.Mishap = fake.CutsAnswer })
	if a := p.Pay(t.Context(), in); a.Verdict != payments.Unknown {
		t.Fatalf("%+v", a)
	}
	w.pass(time.Minute)
	if r := p.Ask(t.Context(), in); r.Outcome != payments.Unsaid {
		t.Fatalf("%+v", r)
	}
	posts := w.pass(time.Minute)
	if len(posts) != 1 {
		t.Fatalf("%d posts", len(posts))
	}
	r, err := mpesa.ReadReport(mpesa.RouteStatus, in.ID, in.Token, fake.ShortCode, []byte(posts[0].body))
	if err != nil || r.Outcome != payments.Paid || r.Amount != in.Amount || r.Account != in.Reference || r.Fee != 500 {
		t.Errorf("%+v, %v", r, err)
	}
}
