package command

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/paytrace/paytrace/internal/service"
)

// running is a service in its own folder.
type running struct {
	t      *testing.T
	url    string
	banner string
	log    *lockedBuffer
	stop   func() int // ends it and returns its exit status
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// serve starts the service in the working folder.
func serve(t *testing.T, args ...string) *running {
	t.Helper()
	return serving(t, func(ctx context.Context, std streams) int {
		return run(ctx, append([]string{"serve", "--port", "0"}, args...), std)
	})
}

func serving(t *testing.T, start func(context.Context, streams) int) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	log := &lockedBuffer{}
	done := make(chan int, 1)
	go func() {
		done <- start(ctx, streams{in: strings.NewReader(""), out: w, err: log})
		w.Close()
	}()
	s := &running{t: t, log: log}
	in := bufio.NewScanner(r)
	for in.Scan() {
		s.banner += in.Text() + "\n"
		if m := regexp.MustCompile(`http://localhost:\d+`).FindString(in.Text()); m != "" && s.url == "" {
			s.url = m
		}
		if strings.Contains(in.Text(), "dial") && !strings.Contains(in.Text(), "curl") {
			break
		}
	}
	if s.url == "" {
		t.Fatalf("it did not start: status %d\n%s%s", <-done, s.banner, log)
	}
	go func() { _, _ = io.Copy(io.Discard, r) }()
	stopped := false
	s.stop = func() int {
		if stopped {
			return 0
		}
		stopped = true
		cancel()
		return <-done
	}
	t.Cleanup(func() { s.stop() })
	return s
}

func (s *running) post(path string, form url.Values, header http.Header) (int, string) {
	s.t.Helper()
	req, err := http.NewRequest(http.MethodPost, s.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for name, values := range header {
		req.Header[name] = values
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func callback(session, caller, text string) url.Values {
	return url.Values{
		"sessionId": {session}, "phoneNumber": {caller}, "serviceCode": {"*384*8481#"}, "networkCode": {"63902"}, "text": {text},
	}
}

func (s *running) says(session, caller, text string) string {
	s.t.Helper()
	status, body := s.post("/ussd", callback(session, caller, text), nil)
	if status != http.StatusOK {
		s.t.Fatalf("text %q: status %d: %s", text, status, body)
	}
	return body
}

// calls sends the callbacks of a call in which a caller types each input of a text, and
// returns the last screen.
func (s *running) calls(session, caller, text string) (screen string) {
	s.t.Helper()
	for at := range text {
		if text[at] == '*' {
			s.says(session, caller, text[:at])
		}
	}
	return s.says(session, caller, text)
}

// Of three calls that begin at once two fall into one minute: a limit of one
// refuses at least one of them, and its repeats. Without the limit all begin.
func TestServeLimitsSessions(t *testing.T) {
	t.Chdir(t.TempDir())
	for limit, want := range map[string]bool{"": false, "1": true} {
		t.Setenv("LIMIT_SESSIONS", limit)
		s := serve(t)
		refused := ""
		for _, session := range []string{"a", "b", "c"} {
			if strings.HasPrefix(s.says(session+limit, "+254711000111", ""), "END You have reached the limit.") {
				refused = session + limit
			}
		}
		if got := refused != ""; got != want {
			t.Errorf("LIMIT_SESSIONS=%s: a session was refused: %t, want %t", limit, got, want)
		}
		if refused != "" && !strings.HasPrefix(s.says(refused, "+254711000111", ""), "END You have reached") {
			t.Error("the repeat of a refused callback was let in")
		}
		s.stop()
	}
}

// The dialogue of the legacy service, word for word, over HTTP, with a restart
// in the middle.
func TestServeDialogue(t *testing.T) {
	t.Chdir(t.TempDir())
	s := serve(t)
	const caller = "+254711000111"
	menu := "CON Welcome to PayTrace\n1. Create account\n2. Sign in\n3. Exit"
	bad := "CON Invalid phone number. Use format 254712345678.\n"
	ask := "Enter your phone number (e.g. 254712345678)"
	for _, step := range []struct{ session, text, want string }{
		{"a", "", menu},
		{"a", "1", "CON " + ask},
		{"b", "", menu},
		{"b", "9", "CON Invalid option. Try again.\n" + menu[4:]},
		{"b", "9*2", "CON Enter your phone number"},
		{"b", "9*2*0711000111", "END No account found for this number. Create an account first (option 1)."},
		{"c", "3", "END Goodbye."},
		{"d", "1", "CON " + ask},
		{"d", "1*12", bad + ask},
		{"d", "1*12*", bad + ask},
		{"d", "1*12**x", "END Invalid phone number. Use format 254712345678."},
	} {
		if got := s.says(step.session, caller, step.text); got != step.want {
			t.Errorf("session %s text %q\ngot  %q\nwant %q", step.session, step.text, got, step.want)
		}
	}
	created := s.calls("a", caller, "1*0711 000-111")
	id := regexp.MustCompile(`^END Account created\. Worker ID: (NW-[0-9A-F]{8})\. Check SMS for details\.$`).FindStringSubmatch(created)
	if id == nil {
		t.Fatalf("got %q", created)
	}
	after := map[string]string{
		"a again":  "END Account created. Worker ID: " + id[1] + ". Check SMS for details.",
		"exists":   "END Account already exists. Worker ID: " + id[1],
		"signs in": "END Signed in. Worker ID: " + id[1],
	}
	same := func(s *running, suffix string) {
		t.Helper()
		got := map[string]string{
			"a again":  s.says("a", caller, "1*0711 000-111"),
			"exists":   s.calls("e"+suffix, caller, "1*+254711000111"),
			"signs in": s.calls("f"+suffix, caller, "2*254711000111"),
		}
		for what, want := range after {
			if got[what] != want {
				t.Errorf("%s: got %q, want %q", what, got[what], want)
			}
		}
	}
	same(s, "1")
	if status := s.stop(); status != exitFine {
		t.Fatalf("stopped with status %d\n%s", status, s.log)
	}
	s2 := serve(t)
	same(s2, "2")
	checkMessages(t, id[1])
	if status := s2.stop(); status != exitFine { // and its log is whole
		t.Fatalf("stopped with status %d\n%s", status, s2.log)
	}
	for _, log := range []string{s.log.String(), s2.log.String()} {
		checkLog(t, log)
	}
}

// checkMessages requires one SMS, in the legacy service's words.
func checkMessages(t *testing.T, id string) {
	t.Helper()
	var out bytes.Buffer
	if status := run(t.Context(), []string{"jobs", "--messages", "--json"}, streams{in: strings.NewReader(""), out: &out, err: io.Discard}); status != exitFine {
		t.Fatalf("jobs --messages: status %d", status)
	}
	var list []messageJSON
	if err := json.Unmarshal(out.Bytes(), &list); err != nil {
		t.Fatalf("%v in %s", err, &out)
	}
	want := regexp.MustCompile(`^PayTrace: Your Worker ID is ` + id + `\. Stellar wallet: G[A-Z2-7]{11}\.\.\.$`)
	if len(list) != 1 || !want.MatchString(list[0].Text) {
		t.Errorf("got %+v, want one message like %s", list, want)
	}
}

// checkLog searches for what a log must never hold: numbers, inputs, keys.
func checkLog(t *testing.T, log string) {
	t.Helper()
	key, err := os.ReadFile(service.KeyFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, canary := range []string{"711000111", "000-111", strings.TrimSpace(string(key)), `"text"`, "PayTrace: Your"} {
		if strings.Contains(log, canary) {
			t.Errorf("the log holds %q:\n%s", canary, log)
		}
	}
	if !strings.Contains(log, `"screen":"registered"`) || !strings.Contains(log, `"action":"create_account"`) {
		t.Errorf("the log lacks screens or actions:\n%s", log)
	}
}

// A menu in ./menus is served, and a change shows after the next start.
func TestServeReadsTheFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	const shop = "ussd: 1\nservice: Shop\ndial: \"*384*8481#\"\nstart: main\nscreens:\n  main:\n    end: Open from 8.\n"
	if err := os.Mkdir("menus", 0o755); err != nil {
		t.Fatal(err)
	}
	for _, hour := range []string{"8", "9"} {
		if err := os.WriteFile(filepath.Join("menus", "shop.yaml"), []byte(strings.ReplaceAll(shop, "8.", hour+".")), 0o600); err != nil {
			t.Fatal(err)
		}
		s := serve(t)
		if got, want := s.says("s"+hour, "+254711000111", ""), "END Open from "+hour+"."; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if !strings.Contains(s.banner, "./menus: shop") {
			t.Errorf("the banner does not say which menus:\n%s", s.banner)
		}
		s.stop()
	}
}

// The greeting has at most a dozen lines.
func TestServeBanner(t *testing.T) {
	t.Chdir(t.TempDir())
	s := serve(t)
	if n := strings.Count(s.banner, "\n"); n > 12 {
		t.Errorf("%d lines, want at most 12", n)
	}
	for _, want := range []string{"listens on", "SQLite file paytrace.db", "embedded: paytrace", "in memory", "SMS", "curl -s"} {
		if !strings.Contains(s.banner, want) {
			t.Errorf("it does not say %q:\n%s", want, s.banner)
		}
	}
	info, err := os.Stat(service.KeyFile)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%s: mode %v, %v", service.KeyFile, info.Mode(), err)
	}
}

func TestServeAuth(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("USSD_API_KEY", "key, with a comma")
	t.Setenv("USSD_API_KEY_OLD", "the old one, longer\nand another one too")
	t.Setenv("USSD_PATH_SECRET", "0123456789abcdef")
	s := serve(t)
	form := callback("a", "+254711000111", "")
	bearer := func(key string) http.Header { return http.Header{"Authorization": {"Bearer " + key}} }
	for _, c := range []struct {
		name, path string
		header     http.Header
		want       int
	}{
		{"the key", "/ussd", bearer("key, with a comma"), 200},
		{"an old key", "/ussd", bearer("and another one too"), 200},
		{"half a key", "/ussd", bearer("key"), 403},
		{"no key", "/ussd", nil, 403},
		{"the path", "/ussd/0123456789abcdef", nil, 200},
		{"another path", "/ussd/0123456789abcdeF", nil, 403},
	} {
		status, body := s.post(c.path, form, c.header)
		if status != c.want || status == 403 && body != "" {
			t.Errorf("%s: got %d %q, want %d", c.name, status, body, c.want)
		}
	}
	if strings.Contains(s.banner+s.log.String(), "comma") || strings.Contains(s.log.String(), "0123456789abcdef") {
		t.Error("a key stands in the banner or the log")
	}
}

// Bodies that no gateway sends are refused in a sentence and change nothing.
func TestServeRefuses(t *testing.T) {
	t.Chdir(t.TempDir())
	s := serve(t)
	const caller = "+254711000111"
	s.says("a", caller, "")
	with := func(name, value string) url.Values {
		form := callback("a", caller, "1")
		form.Set(name, value)
		return form
	}
	twice := callback("a", caller, "1")
	twice.Add("text", "2")
	missing := callback("a", caller, "1")
	missing.Del("phoneNumber")
	for name, c := range map[string]struct {
		form url.Values
		want int
	}{
		"a missing field":      {missing, 400},
		"a field twice":        {twice, 400},
		"1 MB":                 {with("text", strings.Repeat("1", 1<<20)), 413},
		"a caller in bytes":    {with("phoneNumber", "\xff"), 400},
		"a caller who is none": {with("phoneNumber", "hello"), 400},
	} {
		status, body := s.post("/ussd", c.form, nil)
		if status != c.want || body == "" || strings.Count(body, "\n") > 1 {
			t.Errorf("%s: got %d %q, want %d and one sentence", name, status, body, c.want)
		}
	}
	// What a caller can type gets a screen.
	if got, want := s.says("a", caller, strings.Repeat("1*", 64)+"1"), "END Your answers are too long. Please dial again."; got != want {
		t.Errorf("65 inputs: got %q, want %q", got, want)
	}
	s.says("b", caller, "")
	if got := s.says("b", caller, "\xff"); !strings.HasPrefix(got, "CON Invalid option.") {
		t.Errorf("a byte that is no UTF-8: got %q, want the screen again", got)
	}
	if got, want := s.says("a", caller, "1"), "CON Enter your phone number (e.g. 254712345678)"; got != want {
		t.Errorf("after the bad bodies: got %q, want %q", got, want)
	}
}
