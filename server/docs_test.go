package server

import (
	"regexp"
	"strings"
	"testing"
)

// TestPageLoadsOnlyFromUs checks that we serve every file the page names, and
// that the policy lets the browser load nothing else.
func TestPageLoadsOnlyFromUs(t *testing.T) {
	s := newTest(t, nil)
	page := ask(t, s, get("/docs"))
	parts := regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(page.body, -1)
	if len(parts) < 3 {
		t.Fatalf("the page loads only %v", parts)
	}
	for _, part := range parts {
		if !strings.HasPrefix(part[1], "/docs/") {
			t.Errorf("the page loads %s", part[1])
		}
		if got := ask(t, s, get(part[1])); got.status != 200 || got.body == "" {
			t.Errorf("%s: status %d, %d bytes", part[1], got.status, len(got.body))
		}
	}
	if !strings.Contains(page.body, "/openapi.json") {
		t.Error("the page does not name the document")
	}
	if strings.Contains(page.body, "<style") || regexp.MustCompile(`<script[^>]*>[^<]`).MatchString(page.body) {
		t.Error("a script or style stands in the page; the policy does not allow that")
	}
	resp, err := s.app.Test(get("/docs"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("Content-Security-Policy"); got != docsPolicy || strings.Contains(got, "unsafe") || strings.Contains(got, "http") {
		t.Errorf("policy %q", got)
	}
}

// TestNoDocs checks that the page and its document can be turned off.
func TestNoDocs(t *testing.T) {
	s := newTest(t, func(c *Config) { c.NoDocs = true })
	for _, path := range []string{"/docs", "/docs/", "/docs/docs.js", "/docs/swagger-ui.css", "/openapi.json"} {
		if got := ask(t, s, get(path)); got.status != 404 || got.contentType != "application/problem+json" {
			t.Errorf("%s: %+v, want a problem with 404", path, got)
		}
	}
}
