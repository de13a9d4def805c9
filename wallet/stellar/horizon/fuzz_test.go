package horizon_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/internal/fuzz"
	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
	"github.com/paytrace/paytrace/wallet/stellar/horizon"
	"github.com/paytrace/paytrace/wallet/wallettest"
)

// same is a Horizon or a proxy that gives the same answer to every request.
type same struct {
	status int
	latest string
	body   []byte
}

func (s same) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: s.status, Header: http.Header{"Latest-Ledger": {s.latest}}, Body: io.NopCloser(bytes.NewReader(s.body)), Request: r,
	}, nil
}

// An answer never means more than it says. A transaction has succeeded only if a 2xx
// names it, and is refused or not found only with the status for that.
func FuzzAnswers(tf *testing.F) {
	f := fuzz.New(tf)
	hash := strings.Repeat("ab", 32)
	for _, s := range []same{
		{200, "7", []byte(`{"hash":"` + hash + `","successful":true}`)},
		{200, "7", []byte(`{"hash":"` + hash + `","successful":false,"result_xdr":"AAAAAAAAAGT/////AAAAAQAAAAAAAAAA/////gAAAAA="}`)},
		{200, "", []byte(`{"hash":"` + strings.Repeat("cd", 32) + `"}`)},
		{200, "x", []byte(`{"sequence":"41","subentry_count":1,"balances":[{"balance":"10.0000000","asset_type":"native"},{"balance":"1","asset_type":"credit_alphanum4","asset_code":"KSH","asset_issuer":"G"}]}`)},
		{200, "7", []byte(`{"network_passphrase":"Test SDF Network ; September 2015","history_latest_ledger":7,"history_latest_ledger_closed_at":"2026-03-01T09:00:00Z"}`)},
		{200, "7", []byte(`{"_embedded":{"records":[{"sequence":7,"closed_at":"2026-03-01T09:00:00Z"}]},"fee_charged":{"p90":"200"},"last_ledger_base_fee":"100"}`)},
		{400, "7", []byte(`{"type":"https://stellar.org/horizon-errors/transaction_failed","title":"Transaction Failed","status":400,"extras":{"result_codes":{"transaction":"tx_failed","operations":["op_success","op_already_exists"]}}}`)},
		{400, "", []byte(`{"type":"https://stellar.org/horizon-errors/transaction_malformed","status":400}`)},
		{400, "", []byte(`{"status":404,"extras":{"result_codes":{"transaction":"tx_success"}}}`)},
		{404, "8", []byte(`{"status":200,"title":"Resource Missing"}`)},
		{504, "", []byte(`<html>Gateway Timeout</html>`)},
		{200, "", []byte(`{}`)},
		{200, "", nil},
	} {
		f.Add(s.status, s.latest, s.body)
	}
	f.Fuzz(func(t *testing.T, status int, latest string, body []byte) {
		status = wallettest.Status(status)
		client, err := horizon.New(horizon.Config{
			URL: "https://horizon.example", Passphrase: stellar.Passphrase("TESTNET"), Transport: same{status, latest, body},
		})
		if err != nil {
			t.Fatal(err)
		}
		good := status >= 200 && status <= 299
		named := good && bytes.Contains(body, []byte(hash)) || bytes.Contains(body, []byte(`\u`))
		handed, err := client.Submit(t.Context(), wallet.Transaction{Hash: hash, Envelope: "AAAA"})
		wallettest.Told(t, "Submit", handed, err, map[wallet.Fate]bool{
			wallet.FateSucceeded: good && named, wallet.FateFailed: good && named || status == 400, wallet.FateRefused: status == 400,
		})
		looked, err := client.Look(t.Context(), wallet.Transaction{Hash: hash})
		wallettest.Told(t, "Look", looked, err, map[wallet.Fate]bool{
			wallet.FateSucceeded: good && named, wallet.FateFailed: good && named, wallet.FateNotFound: status == 404,
		})
		accounts, err := client.Accounts(t.Context(), wallet.Asset{Code: "KSH", Issuer: "G"}, "GA", "GB")
		exists := good && bytes.Contains(bytes.ToLower(body), []byte(`sequence`)) || bytes.ContainsAny(body, `\ſ`)
		if err == nil && (len(accounts) > 0 && !exists || len(accounts) == 0 && status != 404) {
			t.Errorf("status %d gives %d accounts", status, len(accounts))
		}
		if terms, err := client.Terms(t.Context()); err != nil && terms != (wallet.Terms{}) {
			t.Errorf("terms %+v with %v", terms, err)
		}
	})
}
