package server

import (
	"fmt"
	"log/slog"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A flood of refusals writes a bounded number of lines, and one about the others.
func TestRefusalsAreLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		logger, out := logged()
		r := NewRefusals(logger)
		refuse := func(peer string) { r.Log("request refused", netip.MustParseAddr(peer), slog.Int("status", 403)) }
		lines := func(what string) int { return strings.Count(out.String(), what) }
		for range 4000 {
			refuse("192.0.2.7")
		}
		refuse("192.0.2.8")
		if seven, eight := lines(`"peer":"192.0.2.7"`), lines(`"peer":"192.0.2.8"`); seven != linesPerPeer || eight != 1 {
			t.Errorf("%d lines of the first peer and %d of the second, want %d and 1", seven, eight, linesPerPeer)
		}
		for i := range 500 {
			refuse(fmt.Sprintf("2001:db8:%x::1", i))
			refuse(fmt.Sprintf("2001:db8:0:0:%x::1", i)) // one customer's addresses are one peer
		}
		if got := lines(`"msg":"request refused"`); got != linesPerWindow {
			t.Errorf("%d lines, want %d", got, linesPerWindow)
		}
		time.Sleep(refusalWindow) //nolint:forbidigo // the clock is the test's own
		synctest.Wait()
		want := fmt.Sprintf(`"requests":%d,"most_from":"192.0.2.7/32","its_requests":4000`, 5001-linesPerWindow)
		if got := out.String(); strings.Count(got, want) != 1 {
			t.Errorf("want a line with %s, got …%s", want, got[max(0, len(got)-300):])
		}
		out.Reset()
		refuse("192.0.2.7")
		if lines("192.0.2.7") != 1 {
			t.Error("the next window has no line")
		}
		r.Flush()
		if lines("without a line") != 0 {
			t.Error("a line about no refusals")
		}
	})
}

// A line says who was refused: the peer, and which key it showed. A wrong key has
// a name that does not tell it.
func TestRefusalsNamePeerAndKey(t *testing.T) {
	logger, out := logged()
	s := newTest(t, func(c *Config) {
		c.Logger, c.APIKey, c.APIKeyOld, c.PathSecret = logger, []string{"the first key"}, []string{"the old key"}, "secret-secret-secret"
	})
	seen := map[string]string{}
	for _, test := range []struct{ path, key, want string }{
		{"/ussd", "", `^none$`},
		{"/ussd", "the first key", `^key 1$`},
		{"/ussd/events", "the old key", `^key 2$`},
		{"/ussd/secret-secret-secret", "", `^path secret 1$`},
		{"/sms/delivery", "73910648", `^unknown-[0-9a-f]{8}$`},
		{"/sms/delivery/73910648", "", `^unknown-[0-9a-f]{8}$`},
		{"/ussd", "73920648", `^unknown-[0-9a-f]{8}$`},
	} {
		out.Reset()
		s.config.Refusals.Flush()
		r := post(test.path, "nonsense")
		if test.key != "" {
			r.Header.Set("Authorization", "Bearer "+test.key)
		}
		ask(t, s, r)
		m := regexp.MustCompile(`"key":"([^"]*)".*"peer":"0\.0\.0\.0"`).FindStringSubmatch(out.String())
		if m == nil || !regexp.MustCompile(test.want).MatchString(m[1]) || regexp.MustCompile(`739[12]0648`).MatchString(out.String()) {
			t.Errorf("%s with %q: want a key %s, got %s", test.path, test.key, test.want, out)
			continue
		}
		if strings.HasPrefix(m[1], "unknown") {
			shown := test.key + strings.TrimPrefix(test.path, "/sms/delivery/")
			seen[m[1]] = shown
		}
	}
	if len(seen) != 2 {
		t.Errorf("want one name for each wrong key: %v", seen)
	}
	other := NewRefusals(logger)
	for name := range seen {
		if name == other.KeyName([]byte("73910648")) {
			t.Error("another process gives the key the same name, so a table of all PINs would tell it")
		}
	}
}
