package command

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
)

// from calls the shop from a number.
func (s *running) from(caller, session, text string) string {
	s.t.Helper()
	_, body := s.post("/ussd", url.Values{
		"sessionId": {session}, "phoneNumber": {"+" + caller}, "serviceCode": {"*384*7#"}, "networkCode": {"63902"}, "text": {text},
	}, nil)
	return body
}

// shopGreeting is what calls to a version of the shop begin with.
func shopGreeting(version int) string { return fmt.Sprintf("v%d Shop", version) }

// awaits waits until calls of a number begin with a version.
func (s *running) awaits(t *testing.T, caller, greeting string) {
	t.Helper()
	s.gets(t, caller, "CON "+greeting)
}

// gets waits until calls of a number get an answer.
func (s *running) gets(t *testing.T, caller, want string) {
	t.Helper()
	deadline := time.Now().Add(reloadPatience)
	for {
		got := s.from(caller, fmt.Sprint("await-", time.Now().UnixNano()), "")
		if strings.HasPrefix(got, want) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("calls of %s get %q, not %q\n%s", caller, got, want, s.log)
		}
		<-time.After(lookEvery)
	}
}

// A menu goes through its stages on a running service, and calls in progress stay on the
// version on which they began.
func TestStages(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("DATABASE_URL", "")
	put(t, "menus/shop.yaml", shop(1))
	if got := says(t, exitFine, "stage"); !strings.Contains(got, "No menu was published") {
		t.Errorf("before the first version: %s", got)
	}
	s := serve(t, "--reload")
	if got := says(t, exitFine, "publish", "shop", "--note", "First"); got != "shop: version 1 for everybody (revision 1)\n" {
		t.Errorf("publish says %q", got)
	}
	s.logged(t, `"number":1`)
	put(t, "menus/shop.yaml", shop(2)) // a draft: nobody gets it
	put(t, "menus/kiosk.yaml", strings.ReplaceAll(shop(1), "*384*7#", "*384*8#"))
	s.logged(t, `"menu":"kiosk"`)
	if got := s.shopSays("draft", ""); !strings.HasPrefix(got, "CON "+shopGreeting(1)) {
		t.Errorf("with a draft in the folder, calls begin with %q", got)
	}
	first := s.shopSays("first", "")

	const tester, other = "254711000222", "254711000111"
	says(t, exitFine, "publish", "shop", "--note", "Second", "--staging", "--tester", "0711000222")
	s.awaits(t, tester, shopGreeting(2))
	if got := s.from(other, "other", ""); !strings.HasPrefix(got, "CON "+shopGreeting(1)) {
		t.Errorf("who is no tester gets %q", got)
	}

	says(t, exitFine, "pause", "shop", "--text", "Closed until 14:00.")
	s.gets(t, other, "END Closed until 14:00.")
	if got := s.shopSays("first", "1"); !strings.HasPrefix(got, "CON ") || got == first {
		t.Errorf("a call in progress gets %q", got)
	}
	if got := s.from(tester, "tester", ""); !strings.HasPrefix(got, "CON "+shopGreeting(2)) {
		t.Errorf("in a pause, a tester gets %q", got)
	}
	says(t, exitFine, "pause", "shop", "--end")
	s.awaits(t, other, shopGreeting(1))

	says(t, exitFine, "stage", "shop", "--live", "2")
	s.awaits(t, other, shopGreeting(2))
	says(t, exitFine, "rollback", "shop")
	s.awaits(t, other, shopGreeting(1))

	if got := says(t, exitFine, "stage", "shop"); !strings.Contains(got, "revision 6") || !strings.Contains(got, "Second") || !strings.Contains(got, "First  <- live") || strings.Contains(got, tester) {
		t.Errorf("stage shows\n%s", got)
	}
	for _, wrong := range [][]string{
		{"rollback", "shop", "--revision", "5"},
		{"stage", "shop", "--live", "9"},
		{"publish", "shop", "--note", "x", "--share", "100"},
		{"publish", "none", "--note", "x"},
		{"pause", "none"},
		{"rollback", "none"},
		{"pause", "shop", "--text", strings.Repeat("x", 161)},
		{"pause", "shop", "--text", "Ng\u02bcombe"},
		{"publish", "shop", "--note", "x", "--tester", "0711000222"},
		{"stage", "--live", "1"},
	} {
		says(t, exitMisuse, wrong...)
	}
	if got := says(t, exitFine, "audit"); strings.Count(got, "shop") != 6 || !strings.Contains(got, "rollback") || strings.Contains(got, tester) {
		t.Errorf("the audit has\n%s", got)
	}
}

// A share of the callers gets the next version, always the same ones, until a rollback.
func TestShare(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("DATABASE_URL", "")
	put(t, "menus/shop.yaml", shop(1))
	says(t, exitFine, "publish", "shop", "--note", "First")
	put(t, "menus/shop.yaml", shop(2))
	says(t, exitFine, "publish", "shop", "--note", "Second", "--share", "30")
	s := serve(t)
	share := func(round string) (next string) {
		for n := range 200 {
			caller := "2547110" + string(rune('0'+n/100)) + string(rune('0'+n/10%10)) + string(rune('0'+n%10)) + "00"
			if strings.HasPrefix(s.from(caller, round+caller, ""), "CON "+shopGreeting(2)) {
				next += caller + " "
			}
		}
		return next
	}
	one, two := share("one"), share("two")
	if n := strings.Count(one, " "); n < 30 || n > 90 || one != two {
		t.Errorf("%d of 200 callers get the next version, and then %d", n, strings.Count(two, " "))
	}
	says(t, exitFine, "rollback", "shop")
	s.awaits(t, strings.Fields(one)[0], shopGreeting(1))
}
