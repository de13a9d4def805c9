package server

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/gateway"
)

func TestProblems(t *testing.T) {
	s := newTest(t, func(c *Config) {
		c.Mounts = []Mount{{Path: "/broken", Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("7391") })}}
	})
	for _, test := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/", 404},
		{"GET", "/nothing/<script>", 404},
		{"GET", "/HEALTH", 404},
		{"POST", "/health", 405},
		{"DELETE", "/ready", 405},
		{"GET", "/broken", 500},
	} {
		got := ask(t, s, httptest.NewRequest(test.method, test.path, nil))
		var said problem
		if err := json.Unmarshal([]byte(got.body), &said); err != nil {
			t.Errorf("%s %s: %v: %s", test.method, test.path, err, got.body)
		}
		want := problem{"about:blank", http.StatusText(test.status), test.status, details[test.status]}
		if got.status != test.status || got.contentType != "application/problem+json" || said != want {
			t.Errorf("%s %s: %+v, want %+v", test.method, test.path, got, want)
		}
	}
}

// TestWrongMethodForCallbacks checks that a person who opens the callback URL in
// a browser gets a sentence.
func TestWrongMethodForCallbacks(t *testing.T) {
	got := ask(t, newTest(t, nil), get("/ussd"))
	if want := (answer{405, plain, details[405]}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestPanicOfARouteIsLoggedWithoutValues(t *testing.T) {
	logger, out := logged()
	s := newTest(t, func(c *Config) {
		c.Logger = logger
		c.Mounts = []Mount{{Path: "/broken", Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("7391") })}}
	})
	ask(t, s, get("/broken"))
	if l := out.String(); !strings.Contains(l, "a value of type string at ") || strings.Contains(l, "7391") {
		t.Errorf("log: %s", l)
	}
}

// TestMounts checks that a mount gets the requests at and below its path, with
// bodies up to its own limit, and that other paths keep theirs.
func TestMounts(t *testing.T) {
	size := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", plain)
		io.WriteString(w, r.Method+" "+r.URL.Path+" "+itoa(int(n)))
	})
	s := newTest(t, func(c *Config) {
		c.Mounts = []Mount{{Path: "/large", Handler: size, MaxBody: 2 * gateway.MaxBody}, {Path: "/small", Handler: size}}
	})
	addr := start(t, s)
	big := length(strings.Repeat("a", gateway.MaxBody+1))
	for _, test := range []struct {
		path string
		want answer
	}{
		{"/large", answer{200, plain, "POST /large " + itoa(gateway.MaxBody+1)}},
		{"/large/and/below?x=1", answer{200, plain, "POST /large/and/below " + itoa(gateway.MaxBody+1)}},
		{"/larger", answer{413, "application/problem+json", ""}},
		{"/small", answer{413, "application/problem+json", ""}},
		{"/ussd", answer{413, plain, ""}},
	} {
		got := exchange(t, addr, "POST "+test.path+" HTTP/1.1\r\nHost: x\r\n"+big, 1)[0]
		if test.want.body == "" {
			got.body = ""
		}
		if got != test.want {
			t.Errorf("%s: %+v, want %+v", test.path, got, test.want)
		}
	}
}

// TestRoutes checks that a route gets requests of its method and path, with the
// named segments.
func TestRoutes(t *testing.T) {
	phone := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", plain)
		io.WriteString(w, r.Method+" "+r.PathValue("phone")+" "+r.URL.Query().Get("x"))
	})
	s := newTest(t, func(c *Config) {
		c.Routes = []Route{{"GET", "/api/v1/workers/by-phone/{phone}", phone, nil}, {"POST", "/api/v1/workers/register", phone, nil}}
	})
	for _, test := range []struct {
		r    *http.Request
		want answer
	}{
		{get("/api/v1/workers/by-phone/254711223344?x=1"), answer{200, plain, "GET 254711223344 1"}},
		{post("/api/v1/workers/register", ""), answer{200, plain, "POST  "}},
		{get("/api/v1/workers/register"), answer{405, "application/problem+json", ""}},
		{get("/api/v1/workers/by-phone"), answer{404, "application/problem+json", ""}},
	} {
		got := ask(t, s, test.r)
		if test.want.body == "" {
			got.body = ""
		}
		if got != test.want {
			t.Errorf("%s %s: %+v, want %+v", test.r.Method, test.r.URL, got, test.want)
		}
	}
}
