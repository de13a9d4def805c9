package rest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/server/rest"
)

func TestQuotas(t *testing.T) {
	w := newWorld(t, func(c *rest.Config) { c.PerMinute, c.PerDay = 2, 3 })
	auth, other := w.key(rest.ScopeLookup), w.key(rest.ScopeLookup)
	type shown struct {
		status                int
		limit, policy, remain string
	}
	ask := func(auth string) shown {
		a := w.lookup(auth, amina)
		return shown{a.status, a.header.Get("RateLimit"), a.header.Get("RateLimit-Policy"), a.header.Get("Retry-After")}
	}
	const policy = `"minute";q=2;w=60, "day";q=3;w=86400`
	// At 09:00:30 the minute ends in 30 s, and the day in 15 h less 30 s.
	for i, want := range []shown{
		{404, `"minute";r=1;t=30, "day";r=2;t=53970`, policy, ""},
		{404, `"minute";r=0;t=30, "day";r=1;t=53970`, policy, ""},
		{429, `"minute";r=0;t=30, "day";r=0;t=53970`, policy, "30"},
	} {
		if diff := cmp.Diff(want, ask(auth), cmp.AllowUnexported(shown{})); diff != "" {
			t.Errorf("request %d (-want +got):\n%s", i+1, diff)
		}
	}
	if got := ask(other); got.status != http.StatusNotFound {
		t.Errorf("another key: %+v", got)
	}
	w.clock.Pass(30 * time.Second)
	refused := w.lookup(auth, amina)
	w.problem(refused, http.StatusTooManyRequests)
	if diff := cmp.Diff([]any{"day"}, refused.field(t, "violated-policies")); diff != "" || refused.header.Get("Retry-After") != "53940" {
		t.Errorf("after the minute: %s, Retry-After %s", refused.body, refused.header.Get("Retry-After"))
	}
	w.clock.Pass(15 * time.Hour)
	if got := ask(auth); got.status != http.StatusNotFound {
		t.Errorf("on the next day: %+v", got)
	}
}
