package rpc_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/paytrace/paytrace/internal/fuzz"
	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
	"github.com/paytrace/paytrace/wallet/stellar/rpc"
	"github.com/paytrace/paytrace/wallet/wallettest"
)

// same is a service or a proxy that gives the same answer to every request.
type same struct {
	status int
	body   []byte
}

func (s same) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: s.status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(s.body)), Request: r}, nil
}

// An answer never means more than it says. Only a 200 with the right word shows the
// fate of a transaction.
func FuzzAnswers(tf *testing.F) {
	f := fuzz.New(tf)
	for _, s := range []same{
		{200, []byte(`{"jsonrpc":"2.0","id":1,"result":{"status":"SUCCESS","latestLedgerCloseTime":"1770800300"}}`)},
		{200, []byte(`{"jsonrpc":"2.0","id":1,"result":{"status":"FAILED","resultXdr":"AAAAAAAAAGT/////AAAAAQAAAAAAAAAA/////gAAAAA="}}`)},
		{200, []byte(`{"jsonrpc":"2.0","id":1,"result":{"status":"NOT_FOUND","latestLedgerCloseTime":1770800300}}`)},
		{200, []byte(`{"jsonrpc":"2.0","id":1,"result":{"status":"PENDING"}}`)},
		{200, []byte(`{"jsonrpc":"2.0","id":1,"result":{"status":"ERROR","errorResultXdr":"AAAAAAAAAGT////7AAAAAA=="}}`)},
		{200, []byte(`{"jsonrpc":"2.0","id":1,"result":{"status":"TRY_AGAIN_LATER"}}`)},
		{200, []byte(`{"jsonrpc":"2.0","id":1,"result":{"entries":[{"xdr":"AAAAAA=="}],"inclusionFee":{"p90":"200"},"closeTime":"9","passphrase":"Test SDF Network ; September 2015"}}`)},
		{200, []byte(`{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid parameters"}}`)},
		{502, []byte(`<html>Bad Gateway</html>`)},
		{200, nil},
	} {
		f.Add(s.status, s.body)
	}
	hash := strings.Repeat("ab", 32)
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		status = wallettest.Status(status)
		client, err := rpc.New(rpc.Config{
			URL: "https://rpc.example", Passphrase: stellar.Passphrase("TESTNET"), Transport: same{status, body}, Pause: time.Nanosecond,
		})
		if err != nil {
			t.Fatal(err)
		}
		says := func(word string) bool {
			return status == 200 && (bytes.Contains(body, []byte(word)) || bytes.Contains(body, []byte(`\u`)))
		}
		looked, err := client.Look(t.Context(), wallet.Transaction{Hash: hash})
		wallettest.Told(t, "Look", looked, err, map[wallet.Fate]bool{
			wallet.FateSucceeded: says("SUCCESS"), wallet.FateFailed: says("FAILED"), wallet.FateNotFound: says("NOT_FOUND"),
		})
		// The answer to a submission alone never means success.
		handed, err := client.Submit(t.Context(), wallet.Transaction{Hash: hash, Envelope: "AAAA"})
		wallettest.Told(t, "Submit", handed, err, map[wallet.Fate]bool{wallet.FateRefused: says("ERROR"), wallet.FateFailed: says("ERROR")})
		native, address := wallet.Asset{}, "GDRXE2BQUC3AZNPVFSCEZ76NJ3WWL25FYFK6RGZGIEKWE4SOOHSUJUJ6"
		if accounts, err := client.Accounts(t.Context(), native, address); err == nil && status != 200 {
			t.Errorf("status %d gives %d accounts", status, len(accounts))
		}
		if terms, err := client.Terms(t.Context()); err != nil && terms != (wallet.Terms{}) {
			t.Errorf("terms %+v with %v", terms, err)
		}
	})
}
