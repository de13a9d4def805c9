package endpoint

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, good := range []string{
		"https://api.sacco.example", "https://api.sacco.example:8443/v1/members", "https://10.1.2.3/x",
		"http://127.0.0.1:8000", "http://localhost:8000/a", "http://LOCALHOST", "http://[::1]:8000", "http://127.9.9.9",
	} {
		if _, err := Parse(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for address, says := range map[string]string{
		"http://api.sacco.example": "write https://", "http://127.0.0.1.nip.io": "write https://", "http://10.1.2.3": "write https://",
		"ftp://host": `begins with "ftp:"`, "/members": "not an address", "host": "not an address", "https://": "not an address",
		"https:host": "not an address", "https://a:b@host": "password", "https://host?x=1": `after "?"`, "https://host#x": `after "?"`,
		"https://host/\x7f": "not an address", "https://host/" + strings.Repeat("a", MaxLength): "more than 2000",
	} {
		if _, err := Parse(address); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%.60s: %v, want %q", address, err, says)
		}
	}
}

func TestTemplate(t *testing.T) {
	env := map[string]string{"SACCO_URL": "https://api.sacco.example/v1/", "BAD_URL": "http://elsewhere.example"}
	getenv := func(name string) string { return env[name] }
	for text, want := range map[string]string{
		"${SACCO_URL}": "https://api.sacco.example/v1", "${SACCO_URL}/members": "https://api.sacco.example/v1/members",
		"https://host/a": "https://host/a",
	} {
		template, err := ParseTemplate(text)
		if err != nil || template.String() != text {
			t.Errorf("%s: %v, %v", text, template, err)
			continue
		}
		if u, err := template.Resolve(getenv); err != nil || u.String() != want {
			t.Errorf("%s: %v, %v; want %s", text, u, err, want)
		}
	}
	base, _ := ParseTemplate("${SACCO_URL}/")
	if joined := base.Join("/find"); joined.String() != "${SACCO_URL}/find" {
		t.Errorf("joined: %v", joined)
	}
	for text, says := range map[string]string{
		"${ENCRYPTION_KEY}": "ends in _URL", "${sacco_url}": "in capitals", "https://${SACCO_URL}": "at its beginning",
		"${SACCO_URL}members": "a path follows", "${SACCO_URL}/a?b=1": `after "?"`, "$SACCO_URL": "as ${SACCO_URL}",
	} {
		if _, err := ParseTemplate(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", text, err, says)
		}
	}
	for text, says := range map[string]string{"${NONE_URL}": "NONE_URL is not set", "${BAD_URL}": "BAD_URL: http:// is for this machine alone"} {
		template, err := ParseTemplate(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := template.Resolve(getenv); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", text, err, says)
		}
	}
}
