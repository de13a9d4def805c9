//go:build unix

package paytrace_test

import (
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/store/storetest/servers"
)

// README.md is followed as a newcomer would, in a copy of the repository.
func TestReadmeRuns(t *testing.T) {
	w := newWalk(t, "README.md")
	w.follow()
	help, err := w.shell("paytrace --help")
	if err != nil {
		t.Fatalf("--help: %v\n%s", err, help)
	}
	_, commands, _ := strings.Cut(help, "\nCommands:\n")
	var subcommands []string
	for _, m := range regexp.MustCompile(`(?m)^  ([a-z]+) `).FindAllStringSubmatch(commands, -1) {
		subcommands = append(subcommands, m[1])
	}
	table, _, _ := strings.Cut(section(t, reference, "Subcommands"), "| exit status |")
	same(t, "subcommands", column(table, 1), subcommands)
}

// docs/operating.md is followed by an operator with an empty Postgres and Redis,
// section by section. What else a section needs, such as a provider to send to,
// is one more place here: the name in the document, and where it is in truth.
func TestOperatingConsole(t *testing.T) {
	places := map[string]string{
		"localhost:5432": host(t, servers.Own(t, servers.StartPostgres).URL),
		"localhost:6379": host(t, servers.Own(t, servers.StartRedis).URL),
	}
	w := newWalk(t, "docs/operating.md") // after them, so that services end before
	w.places = places
	w.env = append(w.env, "PATH="+w.dir+"/bin:"+os.Getenv("PATH"))
	w.follow()
}

func host(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}

// A comparison that could not fail would be none.
func TestConsolePatterns(t *testing.T) {
	w := &walk{t: t, ids: map[string]string{}}
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
		p, _ := w.pattern(c.want)
		if got := p.MatchString(c.got); got != c.fits {
			t.Errorf("%q against %q: got %v, want %v", c.want, c.got, got, c.fits)
		}
	}
}
