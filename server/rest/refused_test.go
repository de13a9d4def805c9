package rest_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paytrace/paytrace/server/rest"
)

// Requests whose key may do nothing are told apart from the others, with the peer
// and the reason. They get no line of their own here.
func TestRefusedKeys(t *testing.T) {
	var mu sync.Mutex
	var all []rest.Refusal
	var out bytes.Buffer
	w := newWorld(t, func(c *rest.Config) {
		c.PerMinute = 1
		c.Logger = slog.New(slog.NewJSONHandler(&out, nil))
		c.Refused = func(r rest.Refusal) {
			mu.Lock()
			defer mu.Unlock()
			all = append(all, r)
		}
	})
	revoked := w.key(rest.ScopeLookup)
	id := strings.Split(revoked, "_")[1]
	if err := w.db.RevokeAPIKey(context.Background(), id, w.clock.Now()); err != nil {
		t.Fatal(err)
	}
	busy := w.key(rest.ScopeLookup)
	w.lookup(busy, amina)
	const operation = "GET /api/v1/workers/by-phone/{phone}"
	for _, test := range []struct {
		auth string
		want rest.Refusal
	}{
		{"", rest.Refusal{Status: 401, Why: "The key is missing."}},
		{"Bearer 7391", rest.Refusal{Status: 401, Token: "7391", Why: "The key is not known."}},
		{revoked, rest.Refusal{Status: 401, KeyID: id, Token: revoked[7:], Why: "The key was revoked."}},
		{revoked[:len(revoked)-1] + "7", rest.Refusal{Status: 401, Token: revoked[7:len(revoked)-1] + "7", Why: "The key is not known."}},
		{busy, rest.Refusal{Status: 429, KeyID: strings.Split(busy, "_")[1], Token: busy[7:], Why: "The key is over a quota."}},
	} {
		mu.Lock()
		all = nil
		mu.Unlock()
		w.lookup(test.auth, amina)
		mu.Lock()
		test.want.Operation = operation
		if len(all) == 1 {
			if !strings.HasPrefix(all[0].Peer, "127.0.0.1:") {
				t.Errorf("peer %q", all[0].Peer)
			}
			all[0].Peer = ""
		}
		if len(all) != 1 || all[0] != test.want {
			t.Errorf("%q: got %+v, want %+v", test.auth, all, test.want)
		}
		mu.Unlock()
	}
	w.clock.Pass(time.Minute)
	w.lookup(revoked, amina)
	if k, err := w.db.APIKey(context.Background(), id); err != nil || !k.UsedAfterEnd() {
		t.Errorf("the use of a revoked key is not stored: %+v, %v", k, err)
	}
	if got := w.lookup(busy, amina).status; got != 404 {
		t.Errorf("status %d after the minute", got)
	}
	if got := strings.Count(out.String(), `"msg":"request"`); got != 2 {
		t.Errorf("%d lines of requests, want those of the two that were answered:\n%s", got, &out)
	}
}
