package main

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

	"github.com/paytrace/paytrace/store/redis"
	"github.com/paytrace/paytrace/store/storetest/servers"
	"github.com/paytrace/paytrace/wallet/stellar"
)

// examined runs the doctor and gives what it found by name.
func examined(t *testing.T, status int, args ...string) map[string]finding {
	t.Helper()
	var report doctorReport
	out := says(t, status, append([]string{"doctor", "--json"}, args...)...)
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if report.OK != (status == exitFine) {
		t.Errorf("ok is %v with status %d", report.OK, status)
	}
	found := map[string]finding{}
	for _, f := range report.Checks {
		found[f.Name] = f
		if (f.State == stateWrong || f.State == stateWarning) && f.Mend == "" {
			t.Errorf("%s: what to do is not told: %+v", f.Name, f)
		}
	}
	return found
}

func expect(t *testing.T, found map[string]finding, name string, want state, words string) {
	t.Helper()
	if f := found[name]; f.State != want || !strings.Contains(f.Found+" "+f.Mend, words) {
		t.Errorf("%s: %+v, want %s with %q", name, f, want, words)
	}
}

// fakeHorizon answers as the root of one does.
func fakeHorizon(t *testing.T, network string, closed, date time.Time) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", date.UTC().Format(http.TimeFormat))
		fmt.Fprintf(w, `{"network_passphrase":%q,"history_latest_ledger_closed_at":%q}`, stellar.Passphrase(network), closed.UTC().Format(time.RFC3339))
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
		"STELLAR_HORIZON_URL": fakeHorizon(t, "TESTNET", time.Now(), time.Now()),
	} {
		t.Setenv(name, value)
	}
	expect(t, examined(t, exitFine), "database", stateOK, "empty")
	s := serve(t)
	found := examined(t, exitFine)
	s.stop()
	for name, words := range map[string]string{
		"settings": "", "database": "Postgres, version", "database clock": "as this", "redis": "evicts", "redis clock": "as this",
		"keys": "ENCRYPTION_KEY", "menus": "*384*8481#", "horizon": "TESTNET", "horizon clock": "as this", "SMS": "sandbox",
	} {
		expect(t, found, name, stateOK, words)
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
	expect(t, found, "database", stateOK, "makes at its first start")
	expect(t, found, "keys", stateSkipped, "")
	expect(t, found, "door", stateWarning, "USSD_PATH_SECRET")
	expect(t, found, "SMS", stateOK, "not sent")
	if entries, err := os.ReadDir("."); err != nil || len(entries) > 0 {
		t.Errorf("the doctor left %v, %v", entries, err)
	}
	serve(t).stop()
	expect(t, examined(t, exitFine), "keys", stateOK, keyFile)
	if err := os.Remove(keyFile); err != nil {
		t.Fatal(err)
	}
	expect(t, examined(t, exitFindings), "keys", stateWrong, "put the file back")
}

// Each thing that is wrong is found, and told without a secret.
func TestDoctorFindsWhatIsWrong(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
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
		want        state
		words       string
	}{
		{"a setting", "settings", map[string]string{"PORT": "none"}, stateWrong, "65535"},
		{"no database", "database", map[string]string{"DATABASE_URL": "postgres://nobody:" + password + "@127.0.0.1:1/x"}, stateWrong, "DATABASE_URL"},
		{"a silent database", "database", map[string]string{"DATABASE_URL": "postgres://nobody:" + password + "@" + silent.Addr().String() + "/x?connect_timeout=1"}, stateWrong, "DATABASE_URL"},
		{"another user's database", "database", map[string]string{"DATABASE_URL": withPassword(servers.Database(t))}, stateWrong, "nobody"},
		{"the old service's", "database", map[string]string{"DATABASE_URL": oldURL}, stateWrong, "paytrace migrate"},
		{"no Redis", "redis", map[string]string{"REDIS_URL": "redis://:" + password + "@127.0.0.1:1/0"}, stateWrong, "without it"},
		{"a silent Redis", "redis", map[string]string{"REDIS_URL": "redis://:" + password + "@" + silent.Addr().String() + "/0"}, stateWrong, "without it"},
		{"another network's Horizon", "horizon", map[string]string{"STELLAR_HORIZON_URL": fakeHorizon(t, "PUBLIC", time.Now(), time.Now())}, stateWrong, "agree"},
		{"a Horizon behind", "horizon", map[string]string{"STELLAR_HORIZON_URL": fakeHorizon(t, "TESTNET", time.Now().Add(-time.Hour), time.Now())}, stateWarning, "1h0m"},
		{"a clock that is wrong", "horizon clock", map[string]string{"STELLAR_HORIZON_URL": fakeHorizon(t, "TESTNET", time.Now(), time.Now().Add(-time.Hour))}, stateWrong, "time service"},
		{"a silent Horizon", "horizon", map[string]string{"STELLAR_HORIZON_URL": "http://" + silent.Addr().String()}, stateWarning, "STELLAR_HORIZON_URL"},
		{"no Horizon at all", "horizon", map[string]string{"STELLAR_HORIZON_URL": httpServer(t, "<html>")}, stateWrong, "as a Horizon does"},
		{"no SMS", "SMS", map[string]string{"AT_API_KEY": "atsk_" + password, "AT_BASE_URL": "http://127.0.0.1:1"}, stateWrong, "AT_BASE_URL"},
		{"no menus", "menus", map[string]string{}, stateWrong, "broken.yaml"},
		{"menus that wait", "menus", map[string]string{}, stateWrong, "only declared"},
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
			status := exitFindings
			if c.want != stateWrong {
				status = exitFine
			}
			expect(t, examined(t, status, args...), c.check, c.want, c.words)
			if text := says(t, status, append([]string{"doctor"}, args...)...); strings.Contains(text, password) {
				t.Errorf("a secret is shown:\n%s", text)
			}
		})
	}
}

func httpServer(t *testing.T, body string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) }))
	t.Cleanup(s.Close)
	return s.URL
}

func TestWhatRedisEvicts(t *testing.T) {
	for _, c := range []struct {
		report redis.Report
		want   state
	}{
		{redis.Report{Policy: "noeviction"}, stateOK},
		{redis.Report{Policy: "noeviction", MaxMemory: 1}, stateWarning},
		{redis.Report{Policy: "allkeys-lru", MaxMemory: 1}, stateWarning},
		{redis.Report{Policy: "volatile-ttl", MaxMemory: 1}, stateOK},
	} {
		if got := evicting(c.report); got.State != c.want {
			t.Errorf("%+v: %+v, want %s", c.report, got, c.want)
		}
	}
}

func TestClocks(t *testing.T) {
	now := time.Now()
	for skew, want := range map[time.Duration]state{
		0: stateOK, time.Second: stateOK, 3 * time.Second: stateWarning, -3 * time.Second: stateWarning, time.Minute: stateWrong, -time.Minute: stateWrong,
	} {
		if got := clock("x", now.Add(skew), now, now.Add(time.Millisecond)); got.State != want {
			t.Errorf("%s: %+v, want %s", skew, got, want)
		}
	}
}

// A wallet that the keys don't open is found.
func TestDoctorTriesTheKeys(t *testing.T) {
	t.Chdir(t.TempDir())
	url, _ := oldDatabase(t, oldTable)
	t.Setenv("DATABASE_URL", url)
	t.Setenv("ENCRYPTION_KEY", "not the key of these wallets")
	says(t, exitFine, "migrate")
	expect(t, examined(t, exitFindings), "keys", stateWrong, "NW-0BADCAFE")
	t.Setenv("ENCRYPTION_KEY_OLD", "changeme")
	found := examined(t, exitFine)
	expect(t, found, "keys", stateOK, "1 wallet")
	expect(t, found, "rotation", stateWarning, "rewrap")
	t.Setenv("ENCRYPTION_KEY_OLD", "")
	t.Setenv("ENCRYPTION_KEY", "changeme")
	t.Setenv("USSD_PATH_SECRET", "njia-ya-majaribio-4711")
	t.Setenv("USSD_PATH_SECRET_OLD", "njia-ya-zamani-0815-4711")
	expect(t, examined(t, exitFine), "rotation", stateWarning, "USSD_PATH_SECRET_OLD")
}
