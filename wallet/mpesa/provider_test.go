package mpesa_test

import (
	"os"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/internal/fuzz"
	"github.com/paytrace/paytrace/wallet/mpesa"
	"github.com/paytrace/paytrace/wallet/payments"
)

func addresses(t testing.TB) mpesa.Addresses {
	t.Helper()
	a, err := mpesa.NewAddresses("https://pay.example/", []byte("0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// lastParts returns the intent and the last part of an address.
func lastParts(address string) (intent, sealed string) {
	parts := strings.Split(address, "/")
	return parts[len(parts)-2], parts[len(parts)-1]
}

// An address opens for its own route and payment only, and has no forbidden word.
func TestAddresses(t *testing.T) {
	a := addresses(t)
	all := map[mpesa.Route]string{
		mpesa.RouteIn: a.In("D1", "tok.en"), mpesa.RouteOut: a.Out("D1", "tok.en"),
		mpesa.RouteStatus: a.Status("D1", "tok.en"), mpesa.RouteTimeout: a.Timeout("D1", "tok.en"),
	}
	for route, address := range all {
		intent, sealed := lastParts(address)
		if token, ok := a.Open(route, intent, sealed); !ok || token != "tok.en" {
			t.Errorf("%s: token %q, %t", address, token, ok)
		}
		for other := range all {
			if _, ok := a.Open(other, intent, sealed); ok != (other == route) {
				t.Errorf("%s opens for %s: %t", address, other, ok)
			}
		}
		for _, wrong := range []string{"", ".", sealed + "x", sealed[1:], strings.Repeat("x", 500) + sealed, strings.Replace(sealed, ".", "..", 1)} {
			if _, ok := a.Open(route, intent, wrong); ok {
				t.Errorf("%s: %q opens it", address, wrong)
			}
		}
		if _, ok := a.Open(route, "D2", sealed); ok {
			t.Errorf("%s opens for another payment", address)
		}
		for _, word := range []string{"mpesa", "safaricom", "exe", "cmd", "sql", "query"} {
			if strings.Contains(strings.ToLower(strings.TrimSuffix(address, sealed)), word) {
				t.Errorf("%s has the word %q", address, word)
			}
		}
	}
	parts := strings.Split(a.Confirm(), "/")
	if _, ok := a.Open(mpesa.RouteConfirm, "", parts[len(parts)-2]); !ok {
		t.Errorf("%s does not open", a.Confirm())
	}
	if _, ok := a.Open(mpesa.RouteCheck, "", parts[len(parts)-2]); ok {
		t.Errorf("%s opens for checks", a.Confirm())
	}
	other, err := mpesa.NewAddresses("https://pay.example", []byte("fedcba9876543210"))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := other.Open(mpesa.RouteConfirm, "", parts[len(parts)-2]); ok {
		t.Error("an address opens with another key")
	}
	both, err := mpesa.NewAddresses("https://pay.example", []byte("fedcba9876543210"), []byte("0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	for _, of := range []mpesa.Addresses{a, other, both} {
		if intent, sealed := lastParts(of.Out("W1", "t")); both.In("W1", "t") != other.In("W1", "t") {
			t.Error("a new address is not made with the first key")
		} else if token, ok := both.Open(mpesa.RouteOut, intent, sealed); !ok || token != "t" {
			t.Errorf("with two keys, %s does not open: %q", sealed, token)
		}
	}
	for _, short := range [][]byte{nil, []byte("short")} {
		if _, err := mpesa.NewAddresses("https://pay.example", []byte("0123456789abcdef"), short); err == nil {
			t.Errorf("the other key %q is taken", short)
		}
	}
	for _, base := range []string{"", "pay.example", "ftp://pay.example", "https://pay.example?x=1"} {
		if _, err := mpesa.NewAddresses(base, []byte("0123456789abcdef")); err == nil {
			t.Errorf("addresses below %q were made", base)
		}
	}
}

// Only documented codes end a payment; a report of anything else says nothing.
func TestReadReport(t *testing.T) {
	for file, want := range map[string]payments.Report{
		"push_paid":            {Kind: payments.Deposit, Outcome: payments.Paid, Amount: 125000, Receipt: "UC61K2L3M4", Code: "0"},
		"push_cancelled":       {Kind: payments.Deposit, Outcome: payments.Failed, Code: "1032"},
		"push_strange":         {Kind: payments.Deposit, Outcome: payments.Unsaid, Code: "7777"},
		"payout_paid":          {Kind: payments.Withdrawal, Outcome: payments.Paid, Amount: 40000, Receipt: "UC69P8Q7R6", Code: "0"},
		"payout_bad_initiator": {Kind: payments.Withdrawal, Outcome: payments.Failed, Code: "2001"},
		"payout_cached":        {Kind: payments.Withdrawal, Outcome: payments.Unsaid, Code: "100000000"},
		"status_completed":     {Kind: payments.Withdrawal, Outcome: payments.Paid, Amount: 40000, Receipt: "UC69P8Q7R6", Code: "0", Fee: 500, Account: "W4K7Q2M9X1Z3"},
		"status_authorized":    {Kind: payments.Withdrawal, Outcome: payments.Unsaid, Code: "0", Account: "W4K7Q2M9X1Z7"},
		"status_declined":      {Kind: payments.Withdrawal, Outcome: payments.Failed, Account: "W4K7Q2M9X1Z8"},
		// Here the question failed, and says nothing of the payment.
		"status_refused": {Kind: payments.Withdrawal, Outcome: payments.Unsaid, Code: "2001"},
		"confirmation":   {Kind: payments.Deposit, Outcome: payments.Paid, Amount: 30000, Receipt: "UC6BB77XK1", Account: "NW-1A2B3C4D"},
	} {
		body, err := os.ReadFile("testdata/bodies/" + file + ".json")
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := strings.Cut(file, "_")
		route := map[string]mpesa.Route{"push": mpesa.RouteIn, "payout": mpesa.RouteOut, "status": mpesa.RouteStatus, "confirmation": mpesa.RouteConfirm}[kind]
		got, err := mpesa.ReadReport(route, "I1", "t1", "600321", body)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if got.Kind != want.Kind || got.Outcome != want.Outcome || got.Amount != want.Amount || got.Receipt != want.Receipt || got.Code != want.Code || got.Fee != want.Fee || got.Account != want.Account {
			t.Errorf("%s: %+v, expected %+v", file, got, want)
		}
		if named := got.Intent == "I1" && got.Token == "t1"; named != (route != mpesa.RouteConfirm) {
			t.Errorf("%s: the report names the intent %q", file, got.Intent)
		}
	}
	body, err := os.ReadFile("testdata/bodies/confirmation.json")
	if err != nil {
		t.Fatal(err)
	}
	if r, err := mpesa.ReadReport(mpesa.RouteConfirm, "", "", "600999", body); err == nil {
		t.Errorf("a payment to another short code is read as %+v", r)
	}
}

// Every error is a verdict, and only what is certain is a refusal.
func TestProviderAnswers(t *testing.T) {
	in := payments.Intent{ID: "I1", Token: "t1", Phone: "254711223344", Amount: 40000, Reference: "W4K7Q2M9X1Z3", Kind: payments.Withdrawal}
	problem := func(code, message string) string {
		return `{"requestId":"1","errorCode":"` + code + `","errorMessage":"` + message + `"}`
	}
	for _, c := range []struct {
		name   string
		status int
		body   string
		amount int64
		want   payments.Verdict
		again  bool
	}{
		{"accepted", 200, accepted, 40000, payments.Accepted, false},
		{"cents", 200, accepted, 40050, payments.Refused, false},
		{"too little", 200, accepted, 500, payments.Refused, false},
		{"bad field", 400, problem("400.002.02", "Bad Request - Invalid PartyB"), 40000, payments.Refused, false},
		{"spike arrest", 500, problem("500.003.02", "Spike arrest violation"), 40000, payments.Refused, true},
		{"duplicate", 500, problem("500.002.1001", "Duplicate OriginatorConversationID."), 40000, payments.Unknown, false},
		{"internal", 500, problem("500.002.1001", "System internal error"), 40000, payments.Unknown, false},
		{"page", 502, "<html>", 40000, payments.Unknown, false},
	} {
		w := &wire{answer: func(int, string) (int, string, error) { return c.status, c.body, nil }}
		in.Amount = c.amount
		got := mpesa.NewProvider(client(t, w), addresses(t)).Pay(t.Context(), in)
		if got.Verdict != c.want || (got.Again > 0) != c.again {
			t.Errorf("%s: %+v, expected %s, again: %t", c.name, got, c.want, c.again)
		}
		if strings.Contains(got.Reason, in.Phone) {
			t.Errorf("%s: the reason has the phone: %s", c.name, got.Reason)
		}
	}
}

func TestProviderExplains(t *testing.T) {
	p := mpesa.NewProvider(client(t, &wire{}), addresses(t))
	for _, c := range []struct {
		kind           payments.Kind
		code, lang, in string
	}{
		{payments.Deposit, "1032", "en", "cancelled"},
		{payments.Deposit, "1032", "sw", "Umeghairi"},
		{payments.Withdrawal, "2040", "en", "no M-Pesa"},
		{payments.Withdrawal, "500.003.03", "en", "later"},
		{payments.Withdrawal, "31337", "en", "We will send you an SMS"},
	} {
		if got := p.Explain(c.kind, c.code, c.lang); !strings.Contains(got, c.in) {
			t.Errorf("%s %s: %q, expected %q in it", c.kind, c.code, got, c.in)
		}
	}
	if got := p.Explain(payments.Deposit, "", "en"); got != "" {
		t.Errorf("no code is explained as %q", got)
	}
}

// FuzzAddresses checks that no part of an address opens that was not made.
func FuzzAddresses(tf *testing.F) {
	f := fuzz.New(tf)
	a := addresses(f)
	made := map[string]bool{}
	for _, address := range []string{a.In("D1", "tok.en"), a.Out("D1", "t"), a.Status("D2", ""), a.Timeout("", "x")} {
		intent, sealed := lastParts(address)
		made[intent+"/"+sealed] = true
		for _, route := range []mpesa.Route{mpesa.RouteIn, mpesa.RouteConfirm, ""} {
			f.Add(string(route), intent, sealed)
		}
	}
	f.Fuzz(func(t *testing.T, route, intent, sealed string) {
		if token, ok := a.Open(mpesa.Route(route), intent, sealed); ok && !made[intent+"/"+sealed] || !ok && token != "" {
			t.Errorf("%q %q %q opens: %t, %q", route, intent, sealed, ok, token)
		}
	})
}
