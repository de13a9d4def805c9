package rpc_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode"

	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
	"github.com/paytrace/paytrace/wallet/stellar/rpc"
)

// A server may quote anything, in any member. Its words go to the log and to the
// database: without numbers, without secrets, and without control characters.
func TestErrorsHoldNoQuotes(t *testing.T) {
	t.Parallel()
	const seed = "SBGWSG6BTNCKCOB3DIFBGCVMUPQFYPA2G4O34RMTB343OYPXU5DJDVMN"
	quote := `70931846 1*958473 ` + seed + ` \u0000 +254711223344`
	for _, c := range []struct {
		name   string
		status int
		body   string
	}{
		{"an error", 200, `{"error":{"code":1,"message":"QUOTE"}}`},
		{"no JSON", 200, "QUOTE"},
		{"a number", 200, `{"result":{"latestLedgerCloseTime":"QUOTE","status":70931846}}`},
		{"a status", 200, `{"result":{"status":"QUOTE","passphrase":"QUOTE"}}`},
		{"a result", 200, `{"result":{"status":"ERROR","errorResultXdr":"QUOTE"}}`},
		{"HTTP", 500, "QUOTE"},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			_, _ = w.Write([]byte(strings.ReplaceAll(c.body, "QUOTE", quote)))
		}))
		n, err := rpc.New(rpc.Config{URL: server.URL, Passphrase: stellar.Passphrase("TESTNET")})
		if err != nil {
			t.Fatal(err)
		}
		const address = "GAW6YYH5K5P64ZMAVDIT627MFPOIZ4B4OCBLHE4XQSBXYDSJPHLHUP43"
		said := ""
		_, err = n.Terms(t.Context())
		said += fmt.Sprintln(err)
		_, err = n.Accounts(t.Context(), wallet.Asset{}, address)
		said += fmt.Sprintln(err)
		transaction := wallet.Transaction{Hash: strings.Repeat("ab", 32), Envelope: "AAAA"}
		for _, ask := range []func() (wallet.Answer, error){
			func() (wallet.Answer, error) { return n.Submit(t.Context(), transaction) },
			func() (wallet.Answer, error) { return n.Look(t.Context(), transaction) },
		} {
			a, err := ask()
			said += fmt.Sprintln(err, a.Code, a.Ops)
		}
		server.Close()
		for _, hidden := range []string{"70931846", "958473", seed, "711223344"} {
			if strings.Contains(said, hidden) {
				t.Errorf("%s: the errors hold %q:\n%s", c.name, hidden, said)
			}
		}
		if strings.ContainsFunc(said, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }) {
			t.Errorf("%s: the errors hold a control character: %q", c.name, said)
		}
	}
}
