package rest

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/paytrace/paytrace/store"
)

// Default quotas of one key. The minute's quota keeps one client from crowding
// out the others. The day's quota keeps a stolen key from reading all numbers.
const (
	DefaultPerMinute = 300
	DefaultPerDay    = 20_000
)

// policy is a quota of most requests in a window.
type policy struct {
	name   string
	most   int
	window time.Duration
}

func (a *API) policies() []policy {
	return []policy{
		{"minute", a.PerMinute, time.Minute},
		{"day", a.PerDay, 24 * time.Hour},
	}
}

// quota is the state of a key in the current window of a policy.
type quota struct {
	policy
	left  int
	reset time.Duration // until the window ends
	over  bool
}

// count counts a request of a key against each policy. The database counts, for
// all instances together.
func (a *API) count(ctx context.Context, key string, now time.Time) ([]quota, error) {
	var quotas []quota
	err := a.Store.Within(ctx, func(ctx context.Context, tx store.Tx) error {
		quotas = quotas[:0]
		for _, p := range a.policies() {
			n, err := tx.Count(ctx, "api_"+p.name, key, p.window, now)
			if err != nil {
				return err
			}
			past := time.Duration(now.UnixNano() % int64(p.window))
			quotas = append(quotas, quota{policy: p, left: max(0, p.most-n), reset: p.window - past, over: n > p.most})
		}
		return nil
	})
	return quotas, err
}

// seconds rounds up, so a client that waits as long is not too early.
func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// writeQuotas writes the headers of draft-ietf-httpapi-ratelimit-headers.
func writeQuotas(h http.Header, quotas []quota) {
	limits, policies := make([]string, len(quotas)), make([]string, len(quotas))
	for i, q := range quotas {
		limits[i] = fmt.Sprintf("%q;r=%d;t=%d", q.name, q.left, seconds(q.reset))
		policies[i] = fmt.Sprintf("%q;q=%d;w=%d", q.name, q.most, seconds(q.window))
	}
	h.Set("RateLimit", strings.Join(limits, ", "))
	h.Set("RateLimit-Policy", strings.Join(policies, ", "))
}

// exceeded returns the problem of a key that is over a quota, or nil.
func exceeded(h http.Header, quotas []quota) *Problem {
	var p *Problem
	for _, q := range quotas {
		if !q.over {
			continue
		}
		if p == nil {
			p = problem(http.StatusTooManyRequests, typeQuota, "This key has made too many requests. Wait as long as Retry-After says.")
		}
		p.Violated = append(p.Violated, q.name)
		h.Set("Retry-After", strconv.Itoa(seconds(q.reset)))
	}
	return p
}
