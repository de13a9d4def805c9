package horizon_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode"

	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
	"github.com/paytrace/paytrace/wallet/stellar/horizon"
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
		{"a title", 400, `{"title":"QUOTE"}`},
		{"no JSON", 200, "QUOTE"},
		{"a number", 200, `{"_embedded":{"records":[{"sequence":"QUOTE"}]},"hash":70931846}`},
		{"another transaction", 200, `{"hash":"QUOTE","account_id":"QUOTE","sequence":"1","network_passphrase":"QUOTE"}`},
		{"codes", 400, `{"extras":{"result_codes":{"transaction":"QUOTE","operations":["QUOTE"]}}}`},
		{"a balance", 200, `{"sequence":"1","balances":[{"asset_type":"native","balance":"QUOTE"}]}`},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			_, _ = w.Write([]byte(strings.ReplaceAll(c.body, "QUOTE", quote)))
		}))
		n, err := horizon.New(horizon.Config{URL: server.URL, Passphrase: stellar.Passphrase("TESTNET")})
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
