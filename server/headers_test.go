package server

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestProtection checks the headers of every kind of answer: of the routes, of
// handlers of other packages, and to requests that no route sees.
func TestProtection(t *testing.T) {
	page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "max-age=1")
		io.WriteString(w, "{}")
	})
	broken := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("7391") })
	addr := start(t, newTest(t, func(c *Config) {
		c.Routes = []Route{{Method: "GET", Path: "/api/one", Handler: page}}
		c.Mounts = []Mount{{Path: "/mounted", Handler: page}, {Path: "/broken", Handler: broken}}
		c.PathSecret = "secret-secret-secret"
	}))
	const none = "Content-Length: 0\r\n\r\n"
	for _, test := range []struct {
		request     string
		status      int
		cache, kind string
	}{
		{"GET /health HTTP/1.1\r\nHost: x\r\n\r\n", 200, "no-store", "application/json"},
		{"GET /ready HTTP/1.1\r\nHost: x\r\n\r\n", 200, "no-store", "application/json"},
		{"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n", 200, "no-store", "application/json"},
		{"GET /docs HTTP/1.1\r\nHost: x\r\n\r\n", 200, assetsAge, "text/html; charset=utf-8"},
		{"GET /docs/docs.js HTTP/1.1\r\nHost: x\r\n\r\n", 200, assetsAge, "text/javascript; charset=utf-8"},
		{"GET /docs/none.js HTTP/1.1\r\nHost: x\r\n\r\n", 404, "no-store", "application/problem+json"},
		{"GET /api/one HTTP/1.1\r\nHost: x\r\n\r\n", 200, "max-age=1", "application/json"},
		{"GET /mounted HTTP/1.1\r\nHost: x\r\n\r\n", 200, "max-age=1", "application/json"},
		{"GET /broken HTTP/1.1\r\nHost: x\r\n\r\n", 500, "no-store", "application/problem+json"},
		{"GET /none HTTP/1.1\r\nHost: x\r\n\r\n", 404, "no-store", "application/problem+json"},
		{"POST /health HTTP/1.1\r\nHost: x\r\n" + none, 405, "no-store", "application/problem+json"},
		{"GET /ussd HTTP/1.1\r\nHost: x\r\n\r\n", 405, "no-store", plain},
		{"POST /ussd/secret-secret-secret HTTP/1.1\r\nHost: x\r\n" + typed + length(text("1")), 200, "no-store", plain},
		{"POST /ussd/secret-secret-secret HTTP/1.1\r\nHost: x\r\n" + typed + none, 400, "no-store", plain},
		{"POST /ussd HTTP/1.1\r\nHost: x\r\n" + typed + none, 403, "no-store", plain},
		{"POST /ussd HTTP/1.1\r\n" + none, 400, "no-store", plain},
		{"GET /api/one HTTP/1.1\r\n\r\n", 400, "no-store", "application/problem+json"},
		{"POST /ussd HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ", 400, "no-store", plain},
	} {
		c := dial(t, addr)
		if _, err := io.WriteString(c, test.request); err != nil {
			t.Fatal(err)
		}
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatalf("%q: %v", test.request, err)
		}
		got := read(t, resp)
		if got.status != test.status || got.contentType != test.kind {
			t.Errorf("%q: %+v, want %d and %s", test.request, got, test.status, test.kind)
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": test.cache,
		} {
			if list := resp.Header.Values(name); len(list) != 1 || list[0] != want {
				t.Errorf("%q: %s is %q, want %q", test.request, name, list, want)
			}
		}
		policy := resp.Header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "base-uri 'none'", "object-src 'none'", "form-action 'none'", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, part) || strings.Contains(policy, "unsafe") {
				t.Errorf("%q: the policy %q lacks %s", test.request, policy, part)
			}
		}
	}
}
