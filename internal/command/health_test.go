package command

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// health runs the subcommand and returns its exit status and what it printed.
func health(t *testing.T, args ...string) (status int, out, failed string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status = run(t.Context(), append([]string{"health"}, args...), streams{in: strings.NewReader(""), out: &stdout, err: &stderr})
	return status, stdout.String(), stderr.String()
}

// The exit status of health is that of the answer, whatever is not 200.
func TestHealth(t *testing.T) {
	answers := map[string]int{"/health": http.StatusOK, "/ready": http.StatusServiceUnavailable}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(answers[r.URL.Path])
		_, _ = w.Write([]byte(r.URL.Path))
	}))
	defer server.Close()
	at := strings.TrimPrefix(server.URL, "http://")
	_, port, _ := strings.Cut(at, ":")
	if status, out, failed := health(t, "--at", at); status != exitFine || out != "/health\n" {
		t.Errorf("health: status %d, %q, %q", status, out, failed)
	}
	if status, out, failed := health(t, "--ready", "--at", at); status != exitDiagnostics || !strings.Contains(failed, `status 503: "/ready"`) {
		t.Errorf("health --ready: status %d, %q, %q", status, out, failed)
	}
	// Without --at, it asks where the settings say that the service listens.
	t.Setenv("PORT", port)
	for _, address := range []string{"", "127.0.0.1", "0.0.0.0"} {
		t.Setenv("ADDRESS", address)
		if status, _, failed := health(t); status != exitFine {
			t.Errorf("ADDRESS=%s: status %d, %q", address, status, failed)
		}
	}
	server.Close()
	if status, _, failed := health(t); status != exitDiagnostics || !strings.Contains(failed, "127.0.0.1:"+port+" is not well") {
		t.Errorf("no service: status %d, %q", status, failed)
	}
}

func TestHealthMisuse(t *testing.T) {
	if status, _, failed := health(t, "--at", "localhost"); status != exitMisuse || !strings.Contains(failed, `found "localhost", expected an IP address and a port`) {
		t.Errorf("status %d, %q", status, failed)
	}
	t.Setenv("PORT", "0")
	if status, _, failed := health(t); status != exitMisuse || !strings.Contains(failed, "PORT is 0") {
		t.Errorf("status %d, %q", status, failed)
	}
}
