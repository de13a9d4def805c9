package service_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/paytrace/paytrace/actions/backend"
	"github.com/paytrace/paytrace/actions/backend/backendtest"
	"github.com/paytrace/paytrace/internal/service"
)

const saccoMenu = `ussd: 1
service: Sacco
dial: "*384*55#"
start: main
on_failed: sorry
on_pending: wait
vars:
  what: text 10
  pin: pin 4
screens:
  main:
    say: Sacco
    menu:
      1: My balance -> balance_of(caller)
      2: Buy -> goods
    when:
      found: shown
      not_found: nobody
  shown: {end: "{name}: {balance}"}
  nobody: {end: You are no member.}
  goods: {say: "What?", ask: what -> secret}
  secret:
    say: "PIN?"
    ask: pin -> buy(what, pin)
    when: {done: done, wrong_pin: retry Wrong PIN.}
  done: {end: "Bought. Ref {ref}."}
  sorry: {end: It does not work now.}
  wait: {end: It takes a while.}
`

const saccoContracts = `serve_at: ${SACCO_URL}
actions:
  balance_of:
    takes: {phone: phone}
    ends: {found: {name: text 20, balance: money 0..1000}, not_found: }
    within: 1s
    is: read only
    post: /members/balance
  buy:
    takes: {what: text 10, pin: pin 4}
    ends: {done: {ref: text 8}, wrong_pin: }
    within: 1s
    post: /buy
`

// sacco is a service whose actions a backend answers.
type sacco struct {
	t       *testing.T
	at      string
	code    string
	log     lockedBuffer
	session int
}

// lockedBuffer is a log that many may write.
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

const saccoKey = "whsec_bm9ib2R5IGtub3dzIHRoaXMga2V5IGFueSBtb3Jl"

// newSacco serves the menu until the test ends.
func newSacco(t *testing.T, h http.Handler) *sacco {
	t.Helper()
	web := httptest.NewServer(h)
	t.Cleanup(web.Close)
	return newSaccoAt(t, web.URL, fstest.MapFS{"sacco.yaml": {Data: []byte(saccoMenu)}, "actions.yaml": {Data: []byte(saccoContracts)}})
}

// newSaccoAt serves a menu whose backend has an address.
func newSaccoAt(t *testing.T, address string, files fstest.MapFS) *sacco {
	t.Helper()
	dir := t.TempDir()
	settings, err := service.ReadSettings(func(name string) string {
		return map[string]string{
			"DATABASE_URL": "sqlite:" + filepath.Join(dir, "sacco.db"), "ENCRYPTION_KEY": "a key for this test",
			"SACCO_URL": address, "ACTIONS_KEY": saccoKey,
		}[name]
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &sacco{t: t}
	made, err := service.New(t.Context(), service.Options{
		Settings: settings, Log: slog.New(slog.NewJSONHandler(&s.log, nil)), Diagnostics: &s.log,
		Menus: &service.Folder{FS: files, Shown: "sacco"},
	})
	if err != nil {
		t.Fatal(err, s.log.String())
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.code = made.DefaultCode()
	s.at = "http://" + ln.Addr().String() + "/ussd"
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- errors.Join(made.Serve(ctx, ln), made.Close()) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return s
}

// dial types the inputs of a call, and returns the last screen.
func (s *sacco) dial(inputs ...string) string {
	s.t.Helper()
	s.session++
	last := ""
	for i := range len(inputs) + 1 {
		reply, err := http.PostForm(s.at, url.Values{
			"sessionId": {"s" + string(rune('a'+s.session))}, "phoneNumber": {"+254711000111"}, "serviceCode": {s.code},
			"text": {strings.Join(inputs[:i], "*")},
		})
		if err != nil {
			s.t.Fatal(err)
		}
		body, err := io.ReadAll(reply.Body)
		if err := errors.Join(err, reply.Body.Close()); err != nil {
			s.t.Fatal(err)
		}
		last = string(body)
	}
	return last
}

func saccoBackend(t *testing.T) *backendtest.Backend {
	t.Helper()
	key, err := backend.ParseKey(saccoKey)
	if err != nil {
		t.Fatal(err)
	}
	return &backendtest.Backend{Keys: []backend.Key{key}, Act: func(r backendtest.Request) backendtest.Answer {
		if r.Action == "balance_of" {
			return backendtest.Answer{Outcome: "found", Values: map[string]any{"name": "Amina", "balance": 12550}}
		}
		if r.Values["pin"] != "4821" {
			return backendtest.Answer{Outcome: "wrong_pin"}
		}
		return backendtest.Answer{Outcome: "done", Values: map[string]any{"ref": "R-7"}}
	}}
}

func (s *sacco) says(want string, inputs ...string) {
	s.t.Helper()
	if got := s.dial(inputs...); got != want {
		s.t.Errorf("%v: got %q, want %q", inputs, got, want)
	}
}

// A backend answers the actions of a menu, each request once and signed.
func TestBackendAnswersCalls(t *testing.T) {
	b := saccoBackend(t)
	s := newSacco(t, b)
	s.says("END Amina: KES 125.50", "1")
	s.says("END Bought. Ref R-7.", "2", "maize", "4821")
	s.says("END Bought. Ref R-7.", "2", "maize", "1111", "4821")
	for _, r := range b.Requests() {
		if r.Service != "*384*55#" || r.Caller != "+254711000111" || r.Language != "en" || r.Key == "" {
			t.Errorf("%+v", r)
		}
	}
	if list := b.Judge(); len(list) > 0 || len(b.Requests()) != 4 {
		t.Error(list, len(b.Requests()))
	}
}

// Whatever a backend does, the caller is told a truth, and neither the PIN nor the words
// of the backend are in the log.
func TestBackendFaultsAreTold(t *testing.T) {
	const down, wait = "END It does not work now.", "END It takes a while."
	for fault, want := range map[backendtest.Fault]string{
		backendtest.Status500: wait, backendtest.DoesNot: wait, backendtest.Dies: wait, backendtest.CutBody: wait, backendtest.Oversize: wait,
		backendtest.WrongTypes: wait, backendtest.Stranger: wait, backendtest.Conflicts: wait, backendtest.Never: wait,
		backendtest.Refuses: down, backendtest.Redirects: down,
	} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			b := saccoBackend(t)
			b.Fault = func(backendtest.Request, int) backendtest.Fault { return fault }
			s := newSacco(t, b)
			s.says(want, "2", "maize", "4821")
			s.says(down, "1") // a look-up is never pending
			log := s.log.String()
			if !strings.Contains(log, "backend 127.0.0.1") {
				t.Error("the log does not say that the backend failed")
			}
			for _, secret := range []string{"4821", "0712345678", "Amina", "254711000111", "maize", "nobody knows"} {
				// A time or a port of more digits is none of them.
				if regexp.MustCompile(`\b` + secret + `\b`).MatchString(log) {
					t.Errorf("the log has %q:\n%s", secret, log)
				}
			}
		})
	}
}
