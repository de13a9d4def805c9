package server

import (
	"strings"
	"testing"
)

func TestAuth(t *testing.T) {
	const secret = "secret-secret-secret"
	keyed := func(c *Config) { c.APIKey, c.APIKeyOld = []string{"key,with, commas"}, []string{"old"} }
	pathed := func(c *Config) { c.PathSecret = secret }
	both := func(c *Config) { keyed(c); pathed(c) }
	changing := func(c *Config) { c.PathSecret, c.PathSecretOld = secret, []string{"before-before-before", ""} }
	unset := func(c *Config) { c.APIKey, c.APIKeyOld = []string{""}, []string{""} }
	for _, test := range []struct {
		name   string
		change func(*Config)
		path   string
		header string
		status int
	}{
		{"nothing set", nil, "/ussd", "", 200},
		{"empty keys are not set", unset, "/ussd", "", 200},
		{"nothing set, needless header", nil, "/ussd", "Bearer x", 200},
		{"nothing set, a secret", nil, "/ussd/anything", "", 403},
		{"key", keyed, "/ussd", "Bearer key,with, commas", 200},
		{"old key", keyed, "/ussd", "Bearer old", 200},
		{"scheme in small letters", keyed, "/ussd", "bearer old", 200},
		{"part of a key", keyed, "/ussd", "Bearer key", 403},
		{"more than a key", keyed, "/ussd", "Bearer oldest", 403},
		{"wrong key", keyed, "/ussd", "Bearer wrong", 403},
		{"empty key", keyed, "/ussd", "Bearer ", 403},
		{"no key", keyed, "/ussd", "", 403},
		{"no scheme", keyed, "/ussd", "old", 403},
		{"wrong scheme", keyed, "/ussd", "Basic old", 403},
		{"key at a wrong secret", keyed, "/ussd/anything", "Bearer old", 403},
		{"secret", pathed, "/ussd/" + secret, "", 200},
		{"wrong secret", pathed, "/ussd/wrong", "", 403},
		{"old secret", changing, "/ussd/before-before-before", "", 200},
		{"new secret", changing, "/ussd/" + secret, "", 200},
		{"neither secret", changing, "/ussd/before-before", "", 403},
		{"secret in capitals", pathed, "/ussd/SECRET-SECRET-SECRET", "", 403},
		{"secret and more", pathed, "/ussd/" + secret + "x", "", 403},
		{"secret missing", pathed, "/ussd", "", 403},
		{"both, by key", both, "/ussd", "Bearer old", 200},
		{"both, by secret", both, "/ussd/" + secret, "", 200},
		{"both, secret and a wrong key", both, "/ussd/" + secret, "Bearer wrong", 200},
		{"both, by neither", both, "/ussd", "", 403},
		{"slash at the end, nothing set", nil, "/ussd/", "", 200},
		{"slash at the end, secret missing", pathed, "/ussd/", "", 403},
		{"slash at the end, no key", keyed, "/ussd/", "", 403},
		{"events, no key", keyed, "/ussd/events", "", 403},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := post(test.path, text(""))
			if test.header != "" {
				r.Header.Set("Authorization", test.header)
			}
			got := ask(t, newTest(t, test.change), r)
			if got.status != test.status || got.status == 403 && got.body != "" {
				t.Errorf("%+v, want %d, and no body with a 403", got, test.status)
			}
		})
	}
}

// TestAuthBeforeBody checks that an unauthorized client learns nothing about the
// body.
func TestAuthBeforeBody(t *testing.T) {
	logger, out := logged()
	s := newTest(t, func(c *Config) { c.Logger, c.APIKey = logger, []string{"key"} })
	r := post("/ussd", "nonsense")
	r.Header.Set("Authorization", "Bearer 7391")
	if got := ask(t, s, r); got.status != 403 || got.body != "" {
		t.Errorf("%+v, want an empty 403", got)
	}
	if l := out.String(); !strings.Contains(l, `"status":403`) || strings.Contains(l, "7391") {
		t.Errorf("log: %s", l)
	}
}
