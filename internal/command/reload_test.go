package command

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// shop returns a menu with its version in every text.
func shop(version int) string {
	return fmt.Sprintf(`ussd: 1
service: Shop
dial: "*384*7#"
start: main
screens:
  main:
    say: v%[1]d Shop
    menu:
      1: v%[1]d Prices -> prices
      2: v%[1]d Exit -> bye
  prices:
    say: v%[1]d Bread 65
    menu:
      1: v%[1]d Back -> main
  bye:
    end: v%[1]d Goodbye.
`, version)
}

// put writes a new file and renames it, as careful programs do.
func put(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file+".tmp", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(file+".tmp", file); err != nil {
		t.Fatal(err)
	}
}

func (s *running) shopSays(session, text string) string {
	s.t.Helper()
	_, body := s.post("/ussd", url.Values{
		"sessionId": {session}, "phoneNumber": {"+254711000111"}, "serviceCode": {"*384*7#"}, "networkCode": {"63902"}, "text": {text},
	}, nil)
	return body
}

// reloadPatience is far more than a reload takes, also on a busy machine.
const (
	reloadPatience = 30 * time.Second
	lookEvery      = 10 * time.Millisecond
)

// comes waits until new calls begin with a text.
func (s *running) comes(t *testing.T, want string) {
	t.Helper()
	deadline := time.Now().Add(reloadPatience)
	for n := 0; ; n++ {
		got := s.shopSays(fmt.Sprintf("wait-%s-%d", want[:2], n), "")
		if strings.HasPrefix(got, "CON "+want) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("new calls begin with %q, not with %q\n%s", got, want, s.log)
		}
		<-time.After(lookEvery)
	}
}

// logged waits until the log has a text.
func (s *running) logged(t *testing.T, want string) {
	t.Helper()
	deadline := time.Now().Add(reloadPatience)
	for !strings.Contains(s.log.String(), want) {
		if time.Now().After(deadline) {
			t.Fatalf("the log never says %q\n%s", want, s.log)
		}
		<-time.After(lookEvery)
	}
}

// A changed menu goes live. One with errors stays out and its diagnostics are
// shown. Calls finish on the menu they began with.
func TestServeReload(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "menus/shop.yaml", shop(1))
	s := serve(t, "--reload")
	first := s.shopSays("first", "")
	put(t, "menus/shop.yaml", shop(2))
	s.comes(t, "v2 Shop")
	second := s.shopSays("second", "")

	put(t, "menus/shop.yaml", strings.Replace(shop(3), "-> bye", "-> bey", 1))
	s.logged(t, `U101 "main" option 2 goes to "bey"`)
	s.logged(t, "menus/shop.yaml stays out")
	s.comes(t, "v2 Shop")

	put(t, "menus/shop.yaml", "") // as an editor that empties before it writes
	s.logged(t, "menus/shop.yaml is not a menu any more")
	s.comes(t, "v2 Shop")
	put(t, "menus/shop.yaml", shop(4))
	s.comes(t, "v4 Shop")

	put(t, "menus/other.yaml", shop(5)) // answers the same code
	s.logged(t, "both answer *384*7#")
	s.comes(t, "v4 Shop")
	put(t, "menus/other.yaml", strings.Replace(shop(5), "*384*7#", "*384*8#", 1))
	s.logged(t, `"menu":"other"`)
	if err := os.Remove("menus/other.yaml"); err != nil {
		t.Fatal(err)
	}
	s.logged(t, "menu out of service")
	if err := os.Remove("menus/shop.yaml"); err != nil {
		t.Fatal(err)
	}
	s.logged(t, "has no menu any more")
	s.comes(t, "v4 Shop")

	for session, was := range map[string]string{"first": first, "second": second} {
		mark := was[len("CON "):len("CON v1 ")]
		if got := s.shopSays(session, ""); got != was {
			t.Errorf("%s: a repeat says %q, and the first said %q", session, got, was)
		}
		if got := s.shopSays(session, "1"); got != "CON "+mark+"Bread 65\n1. "+mark+"Back" {
			t.Errorf("%s goes on with %q", session, got)
		}
		s.shopSays(session, "1*1")
		if got := s.shopSays(session, "1*1*2"); got != "END "+mark+"Goodbye." {
			t.Errorf("%s ends with %q", session, got)
		}
	}
}

// A mounted configuration is swapped as a whole through a link, and a folder
// may be renamed.
func TestServeReloadSwappedFolders(t *testing.T) {
	t.Chdir(t.TempDir())
	link := func(to, name string) {
		t.Helper()
		if err := errors.Join(os.Symlink(to, name+".tmp"), os.Rename(name+".tmp", name)); err != nil {
			t.Fatal(err)
		}
	}
	put(t, "menus/..1/shop.yaml", shop(1))
	link("..1", "menus/..data")
	link("..data/shop.yaml", "menus/shop.yaml")
	s := serve(t, "--reload")
	s.comes(t, "v1 Shop")
	put(t, "menus/..2/shop.yaml", shop(2))
	link("..2", "menus/..data")
	s.comes(t, "v2 Shop")
	put(t, "next/shop.yaml", shop(3))
	if err := errors.Join(os.Rename("menus", "old"), os.Rename("next", "menus")); err != nil {
		t.Fatal(err)
	}
	s.comes(t, "v3 Shop")
	put(t, "menus/shop.yaml", shop(4))
	s.comes(t, "v4 Shop")
}

var shopVersion = regexp.MustCompile(`v(\d+) `)

// Menus change all the time under load, a thousand a minute: no call sees two
// versions. PAYTRACE_RELOADS makes it longer.
func TestServeReloadsUnderLoad(t *testing.T) {
	t.Chdir(t.TempDir())
	reloads := 30
	if n, err := strconv.Atoi(os.Getenv("PAYTRACE_RELOADS")); err == nil {
		reloads = n
	}
	put(t, "menus/shop.yaml", shop(0))
	s := serve(t, "--reload")
	var phones sync.WaitGroup
	stop := make(chan struct{})
	var mu sync.Mutex
	seen := map[string]bool{}
	for phone := range 3 {
		phones.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				session, marks := fmt.Sprintf("load-%d-%d", phone, n), map[string]bool{}
				for _, text := range []string{"", "1", "1", "1*1", "1*1*1", "1*1*1*1", "1*1*1*1*2"} {
					got := s.shopSays(session, text)
					for _, m := range shopVersion.FindAllStringSubmatch(got, -1) {
						marks[m[1]] = true
					}
				}
				mu.Lock()
				if len(marks) != 1 {
					t.Errorf("session %s saw the versions %v", session, marks)
				}
				for v := range marks {
					seen[v] = true
				}
				mu.Unlock()
			}
		})
	}
	every := time.NewTicker(time.Minute / 1000)
	defer every.Stop()
	for v := 1; v <= reloads; v++ {
		<-every.C
		put(t, "menus/shop.yaml", shop(v))
	}
	s.comes(t, fmt.Sprintf("v%d Shop", reloads))
	close(stop)
	phones.Wait()
	t.Logf("%d changes, %d versions seen by calls", reloads, len(seen))
	if len(seen) < 2 {
		t.Error("all calls saw the same version, so that nothing was shown")
	}
}

// A call goes on as it began on another instance that never had its menu, and
// when that instance is gone.
func TestServeReloadInstances(t *testing.T) {
	sharing(t)
	put(t, "a/shop.yaml", shop(1))
	put(t, "b/shop.yaml", shop(2))
	a := serve(t, "--menus", "a", "--reload")
	b := serve(t, "--menus", "b")
	if got := a.shopSays("s", ""); !strings.HasPrefix(got, "CON v1 Shop") {
		t.Fatalf("got %q", got)
	}
	if got := b.shopSays("s", "1"); got != "CON v1 Bread 65\n1. v1 Back" {
		t.Errorf("on another instance: %q", got)
	}
	put(t, "a/shop.yaml", shop(3))
	a.comes(t, "v3 Shop")
	if got := a.shopSays("s", "1*1"); !strings.HasPrefix(got, "CON v1 Shop") {
		t.Errorf("after a reload: %q", got)
	}
	a.stop()
	b.stop()
	c := serve(t, "--menus", "a")
	if got := c.shopSays("s", "1*1*1"); got != "CON v1 Bread 65\n1. v1 Back" {
		t.Errorf("after a restart: %q", got)
	}
	if got := c.shopSays("new", ""); !strings.HasPrefix(got, "CON v3 Shop") {
		t.Errorf("a new call: %q", got)
	}
}
