package storetest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/store"
)

var purgeCases = []testCase{
	{name: "expired rows go and money stays", run: purgeOver},
	{name: "a purge removes more than a batch", run: purgeMany},
}

// purged purges as of a time after now, since actions begin now.
func (s *subject) purged(ahead time.Duration) store.Purged {
	s.t.Helper()
	p, err := s.Purge(s.ctx, time.Now().Add(ahead))
	s.want(err, nil)
	return p
}

func (s *subject) done(id string, money bool) {
	s.t.Helper()
	s.in(func(ctx context.Context, tx store.Tx) error {
		if _, _, err := tx.Begin(ctx, id, fingerprint); err != nil {
			return err
		}
		if money {
			if err := tx.Retain(ctx, id); err != nil {
				return err
			}
		}
		return tx.Finish(ctx, id, []byte("result "+id))
	})
}

func purgeOver(s *subject) {
	s.done("paid", true)
	s.done("looked", false)
	now := time.Now()
	s.in(func(ctx context.Context, tx store.Tx) error {
		for _, id := range []string{"sent", "waits"} {
			if err := tx.AddMessage(ctx, store.Message{ID: id, To: "254700000001", Text: "x", CreatedAt: now}); err != nil {
				return err
			}
		}
		code := store.Code{Phone: "254700000001", Hash: []byte{1}, CreatedAt: now, ExpiresAt: now.Add(time.Hour)}
		lasting := store.Code{Phone: "254700000002", Hash: []byte{2}, CreatedAt: now, ExpiresAt: now.Add(2 * store.Retention)}
		_, err := tx.Count(ctx, "lookup", "254700000001", day, now)
		return errors.Join(err, tx.SetCode(ctx, code), tx.SetCode(ctx, lasting))
	})
	s.want(s.SetMessage(s.ctx, store.Message{ID: "sent", Status: "sent", ProviderID: "ATXid_1", SentAt: now}), nil)
	s.want(s.Delivered(s.ctx, store.Delivery{ProviderID: "ATXid_1", State: "delivered", Rank: 9, At: now}), nil)
	s.want(s.Delivered(s.ctx, store.Delivery{ProviderID: "ATXid_2", State: "failed", Rank: 8, At: now.Add(day)}), nil)
	if p := s.purged(0); p.Any() {
		s.t.Errorf("today's rows are gone: %+v", p)
	}
	if p := s.purged(2 * day); p != (store.Purged{Limits: 1, Codes: 1}) {
		s.t.Errorf("two days later %+v is gone, want the one limit and the expired code", p)
	}
	if p := s.purged(store.Retention - time.Hour); p.Any() {
		s.t.Errorf("within the retention %+v is gone", p)
	}
	twice(func(round int) {
		want := store.Purged{Actions: 1, Messages: 1, Deliveries: 1}
		if round > 0 {
			want = store.Purged{}
		}
		if p := s.purged(store.Retention + time.Hour); p != want {
			s.t.Errorf("round %d: %+v is gone, want %+v", round, p, want)
		}
	})
	s.wantResult("paid", "result paid")
	s.wantResult("looked", "")
	_, err := s.Message(s.ctx, "sent")
	s.want(err, store.ErrNotFound)
	_, err = s.Message(s.ctx, "waits")
	s.want(err, nil)
	_, err = s.code("254700000002")
	s.want(err, nil)
	_, err = s.code("254700000001")
	s.want(err, store.ErrNotFound)
}

func purgeMany(s *subject) {
	const many = 1203 // more than a batch
	s.in(func(ctx context.Context, tx store.Tx) error {
		for i := range many {
			if _, err := tx.Count(ctx, "lookup", fmt.Sprint(i), day, noon); err != nil {
				return err
			}
		}
		return nil
	})
	if p := s.purged(0); p.Limits != many {
		s.t.Errorf("%d limits are gone, want %d", p.Limits, many)
	}
}
