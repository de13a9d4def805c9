package deploy

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/paytrace/paytrace/internal/service"
	"github.com/paytrace/paytrace/store/storetest/servers"
)

func TestMain(m *testing.M) { servers.Main(m) }

const monitoring = "deploy/monitoring"

// promtool runs Prometheus' own checker in the folder of the rules.
func promtool(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.Command(servers.Program(t, "promtool", "prometheus"), args...)
	cmd.Dir = filepath.Join(root, monitoring)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func TestAlerts(t *testing.T) {
	promtool(t, "check", "config", "prometheus.yaml")
	promtool(t, "test", "rules", "alerts_test.yaml")
	tests := read(t, monitoring+"/alerts_test.yaml")
	for _, m := range regexp.MustCompile(`(?m)- alert: (\w+)$`).FindAllStringSubmatch(read(t, monitoring+"/alerts.yaml"), -1) {
		if !strings.Contains(tests, "alertname: "+m[1]+"\n        exp_alerts:\n          -") {
			t.Errorf("no test raises the alert %s", m[1])
		}
	}
}

// queries returns the queries of the dashboard, as a panel that shows a minute sends
// them, by the panel's title.
func queries(t *testing.T) map[string][]string {
	t.Helper()
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal([]byte(read(t, monitoring+"/dashboard.json")), &dashboard); err != nil {
		t.Fatal(err)
	}
	shown := strings.NewReplacer("$__rate_interval", "1m", "$service", ".*")
	all := map[string][]string{}
	for _, p := range dashboard.Panels {
		for _, target := range p.Targets {
			all[p.Title] = append(all[p.Title], shown.Replace(target.Expr))
		}
	}
	if len(all) == 0 {
		t.Fatal("the dashboard has no panels")
	}
	return all
}

// A real Prometheus scrapes a service that answers calls, and each query of the
// dashboard has a result.
func TestDashboard(t *testing.T) {
	program := servers.Program(t, "prometheus", "prometheus")
	calls, inner := serve(t)
	prometheus := scraping(t, program, inner)
	// Two calls: one that ends in the menu, with an action, and one whose code no menu has.
	call(t, calls, "a", "*384*8481#", "")
	call(t, calls, "a", "*384*8481#", "1")
	call(t, calls, "a", "*384*8481#", "1*0711000111")
	call(t, calls, "b", "*384*8481#", "")
	for title, exprs := range queries(t) {
		for _, expr := range exprs {
			// No provider is asked where no key is set, and without M-Pesa no case is opened.
			if empty := title == "Requests to providers, a second"; empty {
				if got := query(t, prometheus, expr); len(got) != 0 {
					t.Errorf("%s: %s: got %v, want nothing", title, expr, got)
				}
				continue
			}
			awaitResult(t, prometheus, title, expr)
		}
	}
	got := query(t, prometheus, `sum(ussd_turns_total{service="paytrace",outcome="continued"})`)
	if len(got) != 1 || got[0] != "3" {
		t.Errorf("Prometheus has %v continued callbacks, want 3", got)
	}
	names := query(t, prometheus, `count({__name__=~".+",job="paytrace",phone!=""})`)
	if len(names) != 0 {
		t.Errorf("a metric has a phone number as its label: %v", names)
	}
}

// serve starts a service on SQLite, and returns the addresses of its two listeners.
func serve(t *testing.T) (calls, inner string) {
	t.Helper()
	inner = "127.0.0.1:" + freePort(t)
	env := map[string]string{"DATABASE_URL": "sqlite:" + filepath.Join(t.TempDir(), "paytrace.db"), "INNER_ADDRESS": inner, "ENCRYPTION_KEY": "jaribio-badilisha-hii-kabla-ya-kuanza"}
	settings, err := service.ReadSettingsToServe(func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	folder, err := service.Program{}.OpenFolder("")
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	s, err := service.New(t.Context(), service.Options{Settings: settings, Menus: folder, Diagnostics: &log, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatalf("%v\n%s", err, &log)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, ln) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("the service: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("close the service: %v", err)
		}
		folder.Close()
	})
	return ln.Addr().String(), inner
}

func call(t *testing.T, at, session, code, text string) {
	t.Helper()
	res, err := http.PostForm("http://"+at+"/ussd", url.Values{
		"sessionId": {session}, "phoneNumber": {"+254711000111"}, "serviceCode": {code}, "networkCode": {"63902"}, "text": {text},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, err := io.ReadAll(res.Body); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%q: status %d, %q, %v", text, res.StatusCode, body, err)
	}
}

// scraping starts a Prometheus that scrapes an instance every second, with the alert
// rules, and returns its address.
func scraping(t *testing.T, program, target string) string {
	t.Helper()
	dir := t.TempDir()
	rules, err := filepath.Abs(filepath.Join(root, monitoring, "alerts.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	config := strings.NewReplacer("127.0.0.1:5001", target, "15s", "1s", "alerts.yaml", rules).Replace(read(t, monitoring+"/prometheus.yaml"))
	path := filepath.Join(dir, "prometheus.yaml")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	at := "127.0.0.1:" + freePort(t)
	cmd := exec.Command(program, "--config.file="+path, "--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address="+at)
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
		if t.Failed() {
			t.Logf("the log of Prometheus:\n%s", &log)
		}
	})
	return at
}

// query returns the values that a query gives now; nil while Prometheus does not answer.
func query(t *testing.T, at, expr string) (values []string) {
	t.Helper()
	res, err := http.Get("http://" + at + "/api/v1/query?query=" + url.QueryEscape(expr))
	if err != nil {
		return nil
	}
	defer res.Body.Close()
	var answer struct {
		Error string
		Data  struct{ Result []struct{ Value [2]any } }
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil || res.StatusCode == http.StatusServiceUnavailable {
		return nil
	}
	if answer.Error != "" {
		t.Fatalf("%s: %s", expr, answer.Error)
	}
	for _, r := range answer.Data.Result {
		values = append(values, fmt.Sprint(r.Value[1]))
	}
	return values
}

// resultTime bounds the wait for a result: two scrapes, on a machine with much to do.
const resultTime = time.Minute

// awaitResult waits until a query has a result.
func awaitResult(t *testing.T, at, title, expr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), resultTime)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for len(query(t, at, expr)) == 0 {
		select {
		case <-ctx.Done():
			t.Errorf("%s: %s has no result", title, expr)
			return
		case <-tick.C:
		}
	}
}
