package command

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// remoteShop is another service: it answers a gateway's callbacks from their
// text alone, and stores them.
type remoteShop struct {
	mu   sync.Mutex
	sent []string
}

func (s *remoteShop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.sent = append(s.sent, string(body))
	s.mu.Unlock()
	if r.Header.Get("X-Key") != "open" {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	form, _ := http.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
	form.Header.Set("Content-Type", r.Header.Get("Content-Type"))
	switch form.FormValue("text") {
	case "":
		fmt.Fprint(w, "CON Soko\r\n1. Bei\r\n2. Toka\r\n")
	case "1":
		fmt.Fprint(w, "END Mkate KES 65")
	case "2":
		fmt.Fprint(w, "Kwaheri") // what no gateway shows
	default:
		fmt.Fprint(w, "CON ?")
	}
}

const soko = `=== Prices
(as Zuhura)
(real actions)
> *384*55#
| Soko
| 1. Bei
| 2. Toka
(gateway sends that twice)
(screen is main)
> 1
| Mkate {money}
(session ends)
(no SMS)

=== Deep, and dialled again
> *384*55*1#
| Mkate KES 65
(redials after 1s)
| Mkate KES 65

=== Wrong
> *384*55#
| Soko
| ...
> 2
| Kwaheri

=== Other words
> *384*55*1#
| Mkate KES 60

=== What can't be set
(pay answers done)
> *384*55#
| Soko
| ...

=== What can't be made to happen
> *384*55#
| Soko
| ...
(sessions are lost)
> 1
| Mkate KES 65
`

// TestRemoteService needs no menu. What can't be seen is not
// checked, and a screen that a gateway would not show fails.
func TestRemoteService(t *testing.T) {
	shop := &remoteShop{}
	server := httptest.NewServer(shop)
	defer server.Close()
	dir := t.TempDir()
	write(t, dir, "soko.dial", soko)
	write(t, dir, "people.yaml", "people:\n  Zuhura: {phone: 0712345678, pin: 1234, remembers: {city: Thika}}\n")
	file := filepath.Join(dir, "soko.dial")
	status, out := subcommand(t, "test", "--url", server.URL+"/ussd/secret-path", "--gateway", "africastalking", "--header", "X-Key: open", "-j", "1", file)
	for _, want := range []string{
		"6 calls: 2 passed, 2 failed, 2 not checked",
		"soko.dial:25:1: failed: Wrong\n   the service gave no screen: the gateway can't show this answer: it begins with \"Kwaheri\"; CON or END is expected",
		"soko.dial:30:1: failed: Other words",
		"soko.dial:32:1: not checked: What can't be set",
		"soko.dial:38:1: not checked: What can't be made to happen",
		"soko.dial:9:1: not checked: (screen is main): this target can't see the names of screens",
		"not checked: city=Thika of Zuhura, from people.yaml: this target can't set it, and assumes it",
		"not checked: (real actions) on an empty store: this target can't set it, and assumes it",
		"again: paytrace test " + file + ":28 --url '" + server.URL + "/ussd/…' --gateway africastalking",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("not said: %s", want)
		}
	}
	if status != exitDiagnostics || strings.Contains(out, "secret-path") {
		t.Errorf("status %d", status)
	}
	if t.Failed() {
		t.Log(out)
	}
	first := shop.sent[0]
	if !strings.HasPrefix(first, "phoneNumber=%2B254712345678&serviceCode=%2A384%2A55%23&text=&sessionId=") || first != shop.sent[1] || len(shop.sent) < 7 {
		t.Errorf("sent %q", shop.sent)
	}
	// The control: with another key no call passes.
	if _, out := subcommand(t, "test", "--url", server.URL, file+":1"); !strings.Contains(out, "the status is 403") || !strings.Contains(out, "1 failed") {
		t.Error(out)
	}
	if status, out := subcommand(t, "test", "--url", "ftp://x", file); status != exitMisuse || !strings.Contains(out, "--url: expected") {
		t.Error(status, out)
	}
	// A wait longer than --max-wait is not checked.
	if _, out := subcommand(t, "test", "--url", server.URL, "--header", "X-Key: open", "--max-wait", "10ms", file+":15"); !strings.Contains(out, "1 not checked") {
		t.Error(out)
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// subcommand runs a subcommand in this process and returns everything it
// prints.
func subcommand(t *testing.T, args ...string) (status int, out string) {
	t.Helper()
	var said lockedBuffer
	status = run(t.Context(), args, streams{in: strings.NewReader(""), out: &said, err: &said})
	return status, said.String()
}

// TestWatch plays again when a file is saved, also after a mistake in it, and
// ends with the context.
func TestWatch(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "shop.yaml", "ussd: 1\nservice: Shop\ndial: \"*384*1#\"\nstart: main\nscreens:\n  main:\n    end: Open\n")
	write(t, dir, "shop.dial", "=== Open\n> *384*1#\n| Open\n")
	ctx, stop := context.WithCancel(t.Context())
	ticks := make(chan time.Time)
	var said lockedBuffer
	done := make(chan error)
	v := testCmd{Files: []string{filepath.Join(dir, "shop.dial")}, MaxWait: time.Minute}
	go func() { done <- v.watching(ctx, streams{in: strings.NewReader(""), out: &said, err: &said}, ticks) }()
	says := func(n int, what string) {
		for strings.Count(said.String(), what) < n {
			select {
			case ticks <- time.Time{}:
			case err := <-done:
				t.Fatalf("it ended: %v\n%s", err, said.String())
			}
		}
	}
	says(1, "1 call: 1 passed")
	write(t, dir, "shop.yaml", "ussd: 1\nservice: Shop\ndial: \"*384*1#\"\nstart: main\nscreens:\n  main:\n    end: Closed\n")
	says(1, "1 call: 0 passed, 1 failed")
	write(t, dir, "shop.yaml", "ussd: 1\nservice: Shop\ndial: \"*384*1#\"\nstart: nowhere\nscreens:\n  main:\n    end: Open\n")
	says(1, "U101")
	write(t, dir, "shop.yaml", "ussd: 1\nservice: Shop\ndial: \"*384*1#\"\nstart: main\nscreens:\n  main:\n    end: Open\n")
	says(2, "1 call: 1 passed")
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
