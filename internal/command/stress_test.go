package command

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/internal/stress"
)

// stressed runs the subcommand and returns its exit status and what it printed.
func stressed(t *testing.T, args ...string) (status int, out, failed string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status = run(t.Context(), append([]string{"stress"}, args...), streams{in: strings.NewReader(""), out: &stdout, err: &stderr})
	return status, stdout.String(), stderr.String()
}

func TestStress(t *testing.T) {
	screen := "END done"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(screen)) }))
	defer server.Close()
	args := []string{server.URL, "1", "--code", "*384*8481#", "--rate", "50", "--for", "100ms", "--pause", "0s", "--json"}
	status, out, failed := stressed(t, args...)
	var report stress.Report
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("%v: %q, %q", err, out, failed)
	}
	if status != exitFine || report.Calls != 5 || report.Ended != 5 {
		t.Errorf("status %d, %+v, %q; want 5 calls that ended", status, report, failed)
	}
	screen = "no screen"
	if status, out, failed := stressed(t, args[:len(args)-1]...); status != exitDiagnostics || !strings.Contains(out, "  5: no screen\n") {
		t.Errorf("status %d, %q, %q; want 5 failures", status, out, failed)
	}
}

// A host that is not this machine has to be named twice.
func TestStressNeedsTheHost(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"http://192.0.2.1/ussd --code *1#", "192.0.2.1 is not this machine; if you may load it, add --yes-this-host 192.0.2.1"},
		{"https://ussd.example.com/ussd --code *1#", "ussd.example.com is not this machine"},
		{"https://ussd.example.com/ussd --code *1# --yes-this-host example.com", `the URL's host is "ussd.example.com"`},
		{"http://localhost/ussd --code *1# --rate 0", "the rate is 0"},
		{"http://localhost/ussd --code *1# --callers 100000000", "expected at most 99999999"},
		{"localhost:5000 --code *1#", "expected the service's address"},
	} {
		if status, _, failed := stressed(t, strings.Fields(c.args)...); status != exitMisuse || !strings.Contains(failed, c.want) {
			t.Errorf("%s: status %d, %q; want %q", c.args, status, failed, c.want)
		}
	}
}
