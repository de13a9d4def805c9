package storetest

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/store"
)

var callbackCases = []testCase{
	{name: "a callback is stored once, and worked through", run: callbackStored},
	{name: "callbacks of a payment are listed, the oldest first", run: callbacksListed},
	{name: "forgetting empties what was worked through", run: callbacksForgotten},
	{name: "one of many renews a shared value", run: sharedRenewed},
	{name: "a lease ends, is released, and is of no use for an older value", run: sharedLeases},
}

func aCallback(id string, at time.Time) store.Callback {
	return store.Callback{
		ID: id, Provider: "mpesa", Route: "in", Intent: "I1", Token: "t1", Body: `{"phone":"254711000111"}`, Peer: "192.0.2.7", ReceivedAt: at,
	}
}

func (s *subject) addCallback(c store.Callback) (added bool) {
	s.t.Helper()
	s.in(func(ctx context.Context, tx store.Tx) (err error) {
		added, err = tx.AddCallback(ctx, c)
		return err
	})
	return added
}

func callbackStored(s *subject) {
	_, err := s.Callback(s.ctx, "c1")
	s.want(err, store.ErrNotFound)
	c := aCallback("c1", noon)
	s.undone(func(ctx context.Context, tx store.Tx) error {
		_, err := tx.AddCallback(ctx, c)
		return err
	})
	if !s.addCallback(c) || s.addCallback(c) {
		s.t.Error("a callback was not stored once")
	}
	got, err := s.Callback(s.ctx, "c1")
	s.want(err, nil)
	if diff := cmp.Diff(c, got); diff != "" {
		s.t.Errorf("callback (-added +read):\n%s", diff)
	}
	s.want(s.CallbackHandled(s.ctx, "c1", noon.Add(time.Minute), "paid"), nil)
	c.HandledAt, c.Note = noon.Add(time.Minute), "paid"
	if got, err = s.Callback(s.ctx, "c1"); err != nil || !cmp.Equal(c, got) {
		s.t.Errorf("after it was worked through: %v, %v", cmp.Diff(c, got), err)
	}
	if s.addCallback(aCallback("c1", noon.Add(time.Hour))) {
		s.t.Error("a repeat was stored")
	}
}

func callbacksListed(s *subject) {
	for i, id := range []string{"c3", "c1", "c2"} {
		s.addCallback(aCallback(id, noon.Add(-time.Duration(i)*time.Minute)))
	}
	other := aCallback("c4", noon)
	other.Intent, other.Token, other.Route = "", "", "balance"
	s.addCallback(other)
	list, err := s.CallbacksOf(s.ctx, "I1", 10)
	s.want(err, nil)
	var ids []string
	for _, c := range list {
		ids = append(ids, c.ID)
	}
	if got := strings.Join(ids, " "); got != "c2 c1 c3" {
		s.t.Errorf("listed %q, want c2 c1 c3", got)
	}
	last, err := s.LastCallback(s.ctx, "mpesa", "in")
	if s.want(err, nil); last.ID != "c3" {
		s.t.Errorf("the last one is %q, want c3", last.ID)
	}
	if last, err = s.LastCallback(s.ctx, "mpesa", "balance"); err != nil || !cmp.Equal(other, last) {
		s.t.Errorf("the last balance: %v, %v", cmp.Diff(other, last), err)
	}
	_, err = s.LastCallback(s.ctx, "mpesa", "out")
	s.want(err, store.ErrNotFound)
}

func callbacksForgotten(s *subject) {
	s.addCallback(aCallback("done", noon))
	s.addCallback(aCallback("waits", noon))
	s.want(s.CallbackHandled(s.ctx, "done", noon, ""), nil)
	f, err := s.Forget(s.ctx, "254711000111", "amina", noon, false)
	if s.want(err, nil); f.Removed["callbacks about payments"] != 1 {
		s.t.Errorf("removed %v", f.Removed)
	}
	for id, empty := range map[string]bool{"done": true, "waits": false} {
		c, err := s.Callback(s.ctx, id)
		if s.want(err, nil); (c.Body == "") != empty {
			s.t.Errorf("%s has the body %q", id, c.Body)
		}
	}
	p, err := s.Purge(s.ctx, noon.Add(store.Retention+time.Hour))
	if s.want(err, nil); p.Callbacks != 1 {
		s.t.Errorf("%d callbacks were purged, want the one that was worked through", p.Callbacks)
	}
	_, err = s.Callback(s.ctx, "waits")
	s.want(err, nil)
}

func sharedRenewed(s *subject) {
	v, err := s.SharedValue(s.ctx, "token")
	if s.want(err, nil); v != (store.SharedValue{}) {
		s.t.Errorf("before the first: %+v", v)
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	leased := 0
	for i := range 8 {
		wg.Go(func() {
			ok, err := s.LeaseShared(s.ctx, "token", "", string(rune('a'+i)), noon, noon.Add(time.Minute))
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				s.t.Error(err)
			}
			if ok {
				leased++
			}
		})
	}
	wg.Wait()
	if leased != 1 {
		s.t.Errorf("%d have the lease, want 1", leased)
	}
}

func sharedLeases(s *subject) {
	lease := func(seen, holder string, at time.Time) bool {
		s.t.Helper()
		ok, err := s.LeaseShared(s.ctx, "token", seen, holder, at, at.Add(time.Minute))
		s.want(err, nil)
		return ok
	}
	set := func(holder, id string) bool {
		s.t.Helper()
		ok, err := s.SetShared(s.ctx, "token", holder, store.SharedValue{ID: id, Value: "value " + id, ExpiresAt: noon.Add(time.Hour)})
		s.want(err, nil)
		return ok
	}
	if !lease("", "a", noon) || lease("", "b", noon.Add(time.Second)) || !lease("", "a", noon.Add(time.Second)) {
		s.t.Error("the lease is not its holder's")
	}
	if !lease("", "b", noon.Add(2*time.Minute)) || set("a", "1") || !set("b", "2") {
		s.t.Error("the lease was not taken over when it had ended")
	}
	v, err := s.SharedValue(s.ctx, "token")
	if s.want(err, nil); v != (store.SharedValue{ID: "2", Value: "value 2", ExpiresAt: noon.Add(time.Hour)}) {
		s.t.Errorf("read %+v", v)
	}
	if lease("", "c", noon.Add(time.Hour)) || lease("1", "c", noon.Add(time.Hour)) || !lease("2", "c", noon.Add(time.Hour)) {
		s.t.Error("a lease was given to one who has not seen the newest value")
	}
	s.want(s.ReleaseShared(s.ctx, "token", "another"), nil)
	if lease("2", "d", noon.Add(time.Hour)) {
		s.t.Error("another holder ended the lease")
	}
	s.want(s.ReleaseShared(s.ctx, "token", "c"), nil)
	if !lease("2", "d", noon.Add(time.Hour)) {
		s.t.Error("a released lease could not be taken")
	}
}
