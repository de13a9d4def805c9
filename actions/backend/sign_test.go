package backend

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func mustKey(t testing.TB, text string) Key {
	t.Helper()
	k, err := ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

const (
	presentKey = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	formerKey  = "whsec_bm9ib2R5IGtub3dzIHRoaXMga2V5IGFueSBtb3Jl"
)

// The example is the one of the specification of Standard Webhooks.
func TestSignAsSpecified(t *testing.T) {
	h := http.Header{}
	Sign(h, "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`), []Key{mustKey(t, presentKey)})
	if got, want := h.Get("webhook-signature"), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestVerify(t *testing.T) {
	now, body := time.Unix(1614265330, 0), []byte(`{"action":"pay"}`)
	present, former := mustKey(t, presentKey), mustKey(t, formerKey)
	signed := func(keys ...Key) http.Header {
		h := http.Header{}
		Sign(h, "id", now, body, keys)
		return h
	}
	for name, c := range map[string]struct {
		h    http.Header
		now  time.Time
		body []byte
		keys []Key
		says string
	}{
		"right":          {signed(present), now, body, []Key{present}, ""},
		"old at sender":  {signed(present, former), now, body, []Key{former}, ""},
		"old at backend": {signed(former), now.Add(Tolerance), body, []Key{present, former}, ""},
		"other key":      {signed(former), now, body, []Key{present}, "no signature"},
		"other body":     {signed(present), now, []byte(`{"action":"pay2"}`), []Key{present}, "no signature"},
		"late":           {signed(present), now.Add(Tolerance + time.Second), body, []Key{present}, "set both clocks"},
		"early":          {signed(present), now.Add(-Tolerance - time.Second), body, []Key{present}, "set both clocks"},
		"not signed":     {signed(), now, body, []Key{present}, "no signature"},
		"no headers":     {http.Header{}, now, body, []Key{present}, "no webhook-id"},
	} {
		err := Verify(c.h, c.now, c.body, c.keys...)
		if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}

func TestParseKey(t *testing.T) {
	for _, bad := range []string{"", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_short", "whsec_c2hvcnQ=", "whsec_" + strings.Repeat("QUFB", 30)} {
		_, err := ParseKey(bad)
		if err == nil || !strings.Contains(err.Error(), "openssl rand") || bad != "" && strings.Contains(err.Error(), bad) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if shown := fmt.Sprintf("%v %+v %#v", mustKey(t, presentKey), mustKey(t, presentKey), []Key{mustKey(t, presentKey)}); bytes.Contains([]byte(shown), []byte("\x31\xf2\x90")) {
		t.Errorf("a key is printed: %s", shown)
	}
}
