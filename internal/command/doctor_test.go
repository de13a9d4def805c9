package command

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/store/storetest/servers"
	"github.com/paytrace/paytrace/wallet/stellar"
)

// examined runs the doctor and returns its checks by name.
func examined(t *testing.T, status int, args ...string) map[string]service.Check {
	t.Helper()
	var report doctorReport
	out := says(t, status, append([]string{"doctor", "--json"}, args...)...)
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if report.OK != (status == exitFine) {
		t.Errorf("ok is %v with status %d", report.OK, status)
	}
	found := map[string]service.Check{}
	for _, f := range report.Checks {
		found[f.Name] = f
		if (f.State == service.StateWrong || f.State == service.StateWarning) && f.Fix == "" {
			t.Errorf("%s: it names no fix: %+v", f.Name, f)
		}
	}
	return found
}

func expect(t *testing.T, found map[string]service.Check, name string, want service.State, words string) {
	t.Helper()
	if f := found[name]; f.State != want || !strings.Contains(f.Found+" "+f.Fix, words) {
		t.Errorf("%s: %+v, want %s with %q", name, f, want, words)
	}
}

// fakeHorizon serves the root page of a Horizon, whose last ledger is as old as closed
// and whose clock is slow by late, at the time of each request.
func fakeHorizon(t *testing.T, network string, closed, late time.Duration) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", time.Now().Add(-late).UTC().Format(http.TimeFormat))
		fmt.Fprintf(w, `{"network_passphrase":%q,"history_latest_ledger_closed_at":%q}`, stellar.Passphrase(network), time.Now().Add(-closed).UTC().Format(time.RFC3339))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestDoctorOnAHealthyHouse(t *testing.T) {
	t.Chdir(t.TempDir())
	provider := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(provider.Close)
	for name, value := range map[string]string{
		"DATABASE_URL": servers.Database(t), "REDIS_URL": servers.Redis(t), "ENCRYPTION_KEY": newKey,
		"USSD_PATH_SECRET": "njia-ya-majaribio-4711", "AT_API_KEY": "atsk_canary", "AT_BASE_URL": provider.URL,
		"STELLAR_HORIZON_URL": fakeHorizon(t, "TESTNET", 0, 0),
	} {
		t.Setenv(name, value)
	}
	expect(t, examined(t, exitFine), "database", service.StateOK, "empty")
	s := serve(t)
	found := examined(t, exitFine)
	s.stop()
	for name, words := range map[string]string{
		"settings": "", "database": "Postgres, version", "database clock": "as this", "redis": "evicts", "redis clock": "as this",
		"keys": "ENCRYPTION_KEY", "menus": "*384*8481#", "horizon": "TESTNET", "horizon clock": "as this", "SMS": "sandbox",
	} {
		expect(t, found, name, service.StateOK, words)
	}
	if got := says(t, exitFine, "doctor"); !strings.Contains(got, "0 wrong, 0 warnings") {
		t.Errorf("as text: %s", got)
	}
}

func TestDoctorWithNothingSet(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("DATABASE_URL", "")
	t.Setenv("ENCRYPTION_KEY", "")
	found := examined(t, exitFine)
	expect(t, found, "database", service.StateOK, "makes at its first start")
	expect(t, found, "keys", service.StateSkipped, "")
	expect(t, found, "door", service.StateWarning, "USSD_PATH_SECRET")
	expect(t, found, "SMS", service.StateOK, "not sent")
	if entries, err := os.ReadDir("."); err != nil || len(entries) > 0 {
		t.Errorf("the doctor left %v, %v", entries, err)
	}
	serve(t).stop()
	expect(t, examined(t, exitFine), "keys", service.StateOK, service.KeyFile)
	if err := os.Remove(service.KeyFile); err != nil {
		t.Fatal(err)
	}
	expect(t, examined(t, exitDiagnostics), "keys", service.StateWrong, "put the file back")
}

// Each mistake is found and reported without a secret.
func TestDoctorFindsWhatIsWrong(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts connections and sends nothing
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	const password = "canary-password"
	examples, err := filepath.Abs("../../menus/examples")
	if err != nil {
		t.Fatal(err)
	}
	oldURL, _ := oldDatabase(t, oldTable, oldRows)
	withPassword := func(address string) string {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		u.User = url.UserPassword("nobody", password)
		return u.String()
	}
	for _, c := range []struct {
		name, check string
		env         map[string]string
		want        service.State
		words       string
	}{
		{"a setting", "settings", map[string]string{"PORT": "none"}, service.StateWrong, "65535"},
		{"no database", "database", map[string]string{"DATABASE_URL": "postgres://nobody:" + password + "@127.0.0.1:1/x"}, service.StateWrong, "DATABASE_URL"},
		{"a silent database", "database", map[string]string{"DATABASE_URL": "postgres://nobody:" + password + "@" + silent.Addr().String() + "/x?connect_timeout=1"}, service.StateWrong, "DATABASE_URL"},
		{"another user's database", "database", map[string]string{"DATABASE_URL": withPassword(servers.Database(t))}, service.StateWrong, "nobody"},
		{"the old service's", "database", map[string]string{"DATABASE_URL": oldURL}, service.StateWrong, "paytrace migrate"},
		{"no Redis", "redis", map[string]string{"REDIS_URL": "redis://:" + password + "@127.0.0.1:1/0"}, service.StateWrong, "without it"},
		{"a silent Redis", "redis", map[string]string{"REDIS_URL": "redis://:" + password + "@" + silent.Addr().String() + "/0"}, service.StateWrong, "without it"},
		{"another network's Horizon", "horizon", map[string]string{"STELLAR_HORIZON_URL": fakeHorizon(t, "PUBLIC", 0, 0)}, service.StateWrong, "agree"},
		{"a Horizon behind", "horizon", map[string]string{"STELLAR_HORIZON_URL": fakeHorizon(t, "TESTNET", time.Hour, 0)}, service.StateWarning, "1h0m"},
		{"a clock that is wrong", "horizon clock", map[string]string{"STELLAR_HORIZON_URL": fakeHorizon(t, "TESTNET", 0, time.Hour)}, service.StateWrong, "time service"},
		{"a silent Horizon", "horizon", map[string]string{"STELLAR_HORIZON_URL": "http://" + silent.Addr().String()}, service.StateWarning, "STELLAR_HORIZON_URL"},
		{"no Horizon at all", "horizon", map[string]string{"STELLAR_HORIZON_URL": httpServer(t, "<html>")}, service.StateWrong, "as a Horizon does"},
		{"no SMS", "SMS", map[string]string{"AT_API_KEY": "atsk_" + password, "AT_BASE_URL": "http://127.0.0.1:1"}, service.StateWrong, "AT_BASE_URL"},
		{"no menus", "menus", map[string]string{}, service.StateWrong, "broken.yaml"},
		{"menus that wait", "menus", map[string]string{}, service.StateWrong, "only declared"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			t.Setenv("DATABASE_URL", "")
			t.Setenv("ENCRYPTION_KEY", password+" of a wallet, long enough")
			for name, value := range c.env {
				t.Setenv(name, value)
			}
			args := []string{"--timeout", "1s"}
			switch c.name {
			case "menus that wait":
				args = append(args, "--menus", examples)
			case "no menus":
				if err := os.WriteFile("broken.yaml", []byte("ussd: 1\nservice: X\n"), 0o600); err != nil {
					t.Fatal(err)
				}
				args = append(args, "--menus", ".")
			}
			status := exitDiagnostics
			if c.want != service.StateWrong {
				status = exitFine
			}
			expect(t, examined(t, status, args...), c.check, c.want, c.words)
			if text := says(t, status, append([]string{"doctor"}, args...)...); strings.Contains(text, password) {
				t.Errorf("a secret is shown:\n%s", text)
			}
		})
	}
}

// The doctor asks whether the account that funds wallets exists, has enough, and may
// be signed for.
func TestDoctorAsksForTheFundingAccount(t *testing.T) {
	const seed, address = "SBGWSG6BTNCKCOB3DIFBGCVMUPQFYPA2G4O34RMTB343OYPXU5DJDVMN", "GDRXE2BQUC3AZNPVFSCEZ76NJ3WWL25FYFK6RGZGIEKWE4SOOHSUJUJ6"
	const issuer = "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ"
	account := func(lumens, signers string) string {
		return `{"account_id":"` + address + `","sequence":"1","balances":[` + lumens + `],"thresholds":{"med_threshold":2},"signers":[` + signers + `]}`
	}
	lumens := func(n string) string { return `{"balance":"` + n + `","asset_type":"native"}` }
	credit := func(n string) string {
		return `,{"balance":"` + n + `","asset_type":"credit_alphanum4","asset_code":"KSH","asset_issuer":"` + issuer + `"}`
	}
	signer := func(key string, weight int) string { return fmt.Sprintf(`{"key":%q,"weight":%d}`, key, weight) }
	for name, c := range map[string]struct {
		account, asset string
		want           service.State
		words          string
	}{
		"no account":       {"", "", service.StateWrong, "does not exist on the network"},
		"enough":           {account(lumens("1000.0000000"), signer(address, 2)), "", service.StateOK, "can pay for 999 wallets"},
		"signers unknown":  {account(lumens("1000.0000000"), ""), "", service.StateOK, "999 wallets"},
		"little":           {account(lumens("5.0000000"), signer(address, 2)), "", service.StateWarning, "can pay for 4 wallets"},
		"nothing":          {account(lumens("1.5000000"), signer(address, 2)), "", service.StateWrong, "can pay for 0 wallets"},
		"a weak key":       {account(lumens("1000.0000000"), signer(address, 1)+","+signer(issuer, 2)), "", service.StateWrong, "threshold is 2"},
		"another key":      {account(lumens("1000.0000000"), signer(issuer, 2)), "", service.StateWrong, "may not sign"},
		"no trustline":     {account(lumens("1000.0000000"), signer(address, 2)), "KSH:" + issuer, service.StateWrong, "no trustline"},
		"none of an asset": {account(lumens("1000.0000000")+credit("0.5000000"), signer(address, 2)), "KSH:" + issuer, service.StateWrong, "less than 1 KSH"},
		"an asset":         {account(lumens("1000.0000000")+credit("10.0000000"), signer(address, 2)), "KSH:" + issuer, service.StateOK, "wallets"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.URL.Path == "/":
					fmt.Fprintf(w, `{"network_passphrase":%q}`, stellar.Passphrase("TESTNET"))
				case r.URL.Path == "/accounts/"+address && c.account != "":
					fmt.Fprint(w, c.account)
				default:
					http.NotFound(w, r)
				}
			}))
			t.Cleanup(s.Close)
			for key, value := range map[string]string{
				"DATABASE_URL": "", "STELLAR_HORIZON_URL": s.URL, "STELLAR_FUNDING_SECRET": seed, "STELLAR_ASSET": c.asset,
			} {
				t.Setenv(key, value)
			}
			status := exitFine
			if c.want == service.StateWrong {
				status = exitDiagnostics
			}
			expect(t, examined(t, status), "funding", c.want, c.words)
		})
	}
}

func httpServer(t *testing.T, body string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) }))
	t.Cleanup(s.Close)
	return s.URL
}

// A wallet that the keys do not open is found.
func TestDoctorTriesTheKeys(t *testing.T) {
	t.Chdir(t.TempDir())
	url, _ := oldDatabase(t, oldTable)
	t.Setenv("DATABASE_URL", url)
	t.Setenv("ENCRYPTION_KEY", "not the key of these wallets")
	says(t, exitFine, "migrate")
	expect(t, examined(t, exitDiagnostics), "keys", service.StateWrong, "NW-0BADCAFE")
	t.Setenv("ENCRYPTION_KEY_OLD", "changeme")
	found := examined(t, exitFine)
	expect(t, found, "keys", service.StateOK, "opened: 1")
	expect(t, found, "rotation", service.StateWarning, "rewrap")
	t.Setenv("ENCRYPTION_KEY_OLD", "")
	t.Setenv("ENCRYPTION_KEY", "changeme")
	t.Setenv("USSD_PATH_SECRET", "njia-ya-majaribio-4711")
	t.Setenv("USSD_PATH_SECRET_OLD", "njia-ya-zamani-0815-4711")
	expect(t, examined(t, exitFine), "rotation", service.StateWarning, "USSD_PATH_SECRET_OLD")
}
