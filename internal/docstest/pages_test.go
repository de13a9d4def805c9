//go:build unix

package docstest

import (
	"net"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/paytrace/paytrace/store/storetest/servers"
)

// start begins a page in a folder of the tests. The folder has the same path in
// every run, so that the build cache knows it. A second run at the same time
// takes a folder of its own.
func start(t *testing.T, doc string, addresses map[string]string) *Walk {
	t.Helper()
	base := filepath.Join(os.TempDir(), "paytrace-docs")
	if err := os.MkdirAll(base, 0o755); err != nil {
		t.Fatal(err)
	}
	lock, err := os.Open(base)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lock.Close() })
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		base = t.TempDir()
	}
	dir := filepath.Join(base, "paytrace")
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return Start(t, dir, doc, addresses)
}

// README.md is followed as a newcomer would.
func TestReadmeRuns(t *testing.T) {
	w := start(t, "README.md", nil)
	w.Follow()
	help, err := w.Shell("paytrace --help")
	if err != nil {
		t.Fatalf("--help: %v\n%s", err, help)
	}
	_, commands, _ := strings.Cut(help, "\nCommands:\n")
	var subcommands []string
	for _, m := range regexp.MustCompile(`(?m)^  ([a-z-]+) `).FindAllStringSubmatch(commands, -1) {
		subcommands = append(subcommands, m[1])
	}
	table, _, _ := strings.Cut(Section(t, reference, "Subcommands"), "| exit status |")
	same(t, "subcommands", Column(table, 1), subcommands)
}

// docs/api.md is followed by somebody who writes a program against the API.
func TestAPIDocRuns(t *testing.T) { start(t, "docs/api.md", nil).Follow() }

// docs/actions.md is followed by a team whose backend is written in Python.
func TestActionsPageRuns(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("python3 is not installed, so the page's backend can't be started")
	}
	w := start(t, "docs/actions.md", nil)
	t.Cleanup(func() { _, _ = w.Shell("kill $(cat backend.pid) 2> /dev/null") })
	w.Follow()
}

// docs/deploy.md is followed by somebody who puts the service online.
func TestDeployPageRuns(t *testing.T) { start(t, "docs/deploy.md", nil).Follow() }

// docs/money.md is followed by somebody who tries payments without Safaricom.
func TestMoneyPageRuns(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	// The fake posts to the service, whose port is chosen when it starts.
	var w *Walk
	front := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: w.address("localhost:" + defaultPort)})
	}})
	t.Cleanup(front.Close)
	w = start(t, "docs/money.md", map[string]string{
		"127.0.0.1:8091": free.Addr().String(), "127.0.0.1:" + defaultPort: front.Listener.Addr().String(),
	})
	t.Cleanup(func() { _, _ = w.Shell("kill $(cat fake.pid) 2> /dev/null") })
	w.Follow()
}

// docs/operating.md is followed by an operator with an empty Postgres and an
// empty Redis. What else the page needs is one more address here.
func TestOperatingConsole(t *testing.T) {
	w := start(t, "docs/operating.md", map[string]string{
		"localhost:5432": host(t, servers.Own(t, servers.StartPostgres).URL),
		"localhost:6379": host(t, servers.Own(t, servers.StartRedis).URL),
	})
	w.env = append(w.env, "PATH="+w.dir+"/bin:"+os.Getenv("PATH"))
	w.Follow()
}

func host(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}

// The pattern of an output matches it, and nothing else.
func TestPattern(t *testing.T) {
	for _, c := range []struct {
		want, got string
		fits      bool
	}{
		{"one\ntwo", "one\ntwo", true},
		{"one\ntwo", "one\ntwo\nthree", false},
		{"one…e", "one and more", true},
		{"one…", "one\ntwo", false},
		{"one\n…", "one\ntwo\nthree", true},
		{"…\nthree", "one\ntwo\nfour", false},
		{"ID NW-XXXXXXXX.", "ID NW-0A1B2C3D.", true},
		{"ID NW-XXXXXXXX.", "ID NW-0a1b2c3d.", false},
		{"", "", true},
		{"", "something", false},
	} {
		p, _ := pattern(c.want)
		if got := p.MatchString(c.got); got != c.fits {
			t.Errorf("%q against %q: got %v, want %v", c.want, c.got, got, c.fits)
		}
	}
}
