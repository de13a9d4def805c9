package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func get(path string) *http.Request { return httptest.NewRequest(http.MethodGet, path, nil) }

func TestHealth(t *testing.T) {
	s := newTest(t, func(c *Config) {
		c.APIKey, c.PathSecret = []string{"key"}, "secret-secret-secret"
		c.Ready = []Check{{Name: "postgres", Ask: func(context.Context) error { return errors.New("down") }}}
	})
	if got, want := ask(t, s, get("/health")), (answer{200, "application/json", `{"status":"ok"}`}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestReady(t *testing.T) {
	dial := &net.OpError{Op: "dial", Net: "tcp", Err: &net.AddrError{Err: "refused", Addr: "db.internal:5432"}}
	never := make(chan struct{})
	defer close(never)
	for _, test := range []struct {
		name string
		ask  func(context.Context) error
		says string
	}{
		{"works", func(context.Context) error { return nil }, ""},
		{"plain", func(context.Context) error { return errors.New("NOAUTH user=kassa password=7391") }, "refused"},
		{"network", func(context.Context) error { return fmt.Errorf("user=root: %w", dial) }, "cannot connect"},
		{"refused", func(context.Context) error { return &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED} }, "cannot connect"},
		{"late", func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }, "no answer in time"},
		{"ignores its context", func(context.Context) error { <-never; return nil }, "no answer in time"},
		{"url", func(context.Context) error { return errors.New("postgres://u:p7391@h/db: bad") }, "refused"},
		{"password", func(context.Context) error { return errors.New("host=h password=7391 bad") }, "refused"},
		{"long", func(context.Context) error { return errors.New(strings.Repeat("é", 200)) }, "refused"},
		{"panics", func(context.Context) error { panic("7391") }, "refused"},
	} {
		t.Run(test.name, func(t *testing.T) {
			short := defaultLimits
			short.check = 20 * time.Millisecond
			s := newLimited(t, func(c *Config) { c.Ready = []Check{{Name: "one", Ask: test.ask}} }, short)
			got := ask(t, s, get("/ready"))
			var said report
			if err := json.Unmarshal([]byte(got.body), &said); err != nil {
				t.Fatal(err)
			}
			status, word := 503, "not ready"
			if test.says == "" {
				status, word = 200, "ready"
			}
			if got.status != status || said.Status != word || got.contentType != "application/json" {
				t.Errorf("%+v, want %d and %q", got, status, word)
			}
			c := said.Checks[0]
			if c.Name != "one" || c.OK != (test.says == "") || c.Error != test.says {
				t.Errorf("%+v, want the error %q", c, test.says)
			}
			inside := inner(t, s, "/ready")
			if inside.status != status || (test.says != "") != strings.Contains(inside.body, `"error":`) || strings.Contains(inside.body, "7391") {
				t.Errorf("inside: %+v, want the status %d and the cause without secrets", inside, status)
			}
			if test.name == "network" && !strings.Contains(inside.body, "user=root: dial tcp: address db.internal:5432: refused") {
				t.Errorf("inside: %s, want the error itself", inside.body)
			}
			if strings.Contains(got.body, "7391") || strings.Contains(got.body, "db.internal") {
				t.Errorf("the answer shows a secret or a host: %s", got.body)
			}
		})
	}
}

// TestReadyAsksSeldom checks that dependencies are checked at most once a second.
func TestReadyAsksSeldom(t *testing.T) {
	now := time.Unix(0, 0)
	asked := map[string]int{}
	fail := errors.New("down")
	s := newTest(t, func(c *Config) {
		c.Now = func() time.Time { return now }
		c.Ready = []Check{{Name: "redis", Ask: func(context.Context) error { asked["redis"]++; return fail }}}
	})
	for range 3 {
		if got := ask(t, s, get("/ready")); got.status != 503 {
			t.Errorf("%+v, want 503", got)
		}
	}
	fail, now = nil, now.Add(checkEvery)
	got := ask(t, s, get("/ready"))
	if want := `{"status":"ready","checks":[{"name":"redis","ok":true}]}`; got.body != want {
		t.Errorf("%s, want %s", got.body, want)
	}
	if diff := cmp.Diff(map[string]int{"redis": 2}, asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}

// A spare dependency that fails is shown and takes no instance out of service.
func TestReadyWithoutASpare(t *testing.T) {
	s := newTest(t, func(c *Config) {
		c.Ready = []Check{
			{Name: "database", Ask: func(context.Context) error { return nil }},
			{Name: "redis", Ask: func(context.Context) error { return errors.New("down") }, Spare: true},
		}
	})
	got := ask(t, s, get("/ready"))
	if want := `{"status":"ready","checks":[{"name":"database","ok":true},{"name":"redis","ok":false,"spare":true,"error":"refused"}]}`; got.status != 200 || got.body != want {
		t.Errorf("%d %s, want 200 %s", got.status, got.body, want)
	}
}

// inner asks the listener for operators.
func inner(t *testing.T, s *Server, path string) answer {
	t.Helper()
	resp, err := s.inner.Test(get(path), int(patience.Milliseconds()))
	if err != nil {
		t.Fatal(err)
	}
	return read(t, resp)
}

// TestInnerListener checks that the listener for operators answers nothing else, and
// that it ends with the server.
func TestInnerListener(t *testing.T) {
	s := newTest(t, nil)
	for path, want := range map[string]int{"/ready": 200, "/health": 200, "/docs": 404, "/openapi.json": 404, "/ussd": 404} {
		if got := inner(t, s, path); got.status != want {
			t.Errorf("%s: %+v, want %d", path, got, want)
		}
	}
	start(t, s)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.ServeInner(ln) }()
	if got := exchange(t, ln.Addr().String(), "GET /ready HTTP/1.1\r\nHost: x\r\n\r\n", 1); len(got) != 1 || got[0].status != 200 {
		t.Errorf("%+v, want 200", got)
	}
	if got := exchange(t, ln.Addr().String(), "GET /ready HTTP/1.1\r\n\r\n", 1); len(got) != 1 || got[0].status != 400 {
		t.Errorf("%+v, want 400: the wire is checked here, too", got)
	}
	if err := s.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}
