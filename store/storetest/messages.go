package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/store"
)

var messageCases = []testCase{
	{name: "a message is added once", run: messageOnce},
	{name: "the newest messages come first", run: messageOrder},
	{name: "what became of a message is stored", run: messageSet},
	{name: "one of many senders claims a message", run: messageClaimed},
	{name: "a report only raises a message's rank", run: deliveryRank},
}

func message(n int) store.Message {
	return store.Message{
		ID:        fmt.Sprintf("action-%d/0", n),
		To:        fmt.Sprintf("2547%08d", n),
		Text:      fmt.Sprintf("PayTrace: Your Worker ID is NW-%08X.\nKaribu ñ", n),
		Status:    "queued",
		CreatedAt: noon.Add(time.Duration(n) * time.Second),
	}
}

func messageOnce(s *subject) {
	_, err := s.Message(s.ctx, message(1).ID)
	s.want(err, store.ErrNotFound)
	twice(func(round int) {
		m := message(1)
		if round > 0 {
			m.Text, m.To = "another text", "254700000009"
		}
		s.in(func(ctx context.Context, tx store.Tx) error { return tx.AddMessage(ctx, m) })
		got, err := s.Message(s.ctx, m.ID)
		s.want(err, nil)
		if diff := cmp.Diff(message(1), got); diff != "" {
			s.t.Errorf("message (-first +read):\n%s", diff)
		}
	})
	sent := message(2)
	sent.Status = "sent"
	s.in(func(ctx context.Context, tx store.Tx) error { return tx.AddMessage(ctx, sent) })
	got, err := s.Message(s.ctx, sent.ID)
	s.want(err, nil)
	if got.Status != "queued" {
		s.t.Errorf("a new message is %q, want queued: it was not sent", got.Status)
	}
}

func messageOrder(s *subject) {
	for _, n := range []int{2, 1, 3} {
		s.in(func(ctx context.Context, tx store.Tx) error { return tx.AddMessage(ctx, message(n)) })
	}
	for _, limit := range []int{2, 100, 0, -1, 1 << 40} {
		got, err := s.Messages(s.ctx, limit)
		s.want(err, nil)
		want := []store.Message{message(3), message(2), message(1)}[:max(1, min(limit, 3))]
		if diff := cmp.Diff(want, got); diff != "" {
			s.t.Errorf("messages, at most %d (-want +got):\n%s", limit, diff)
		}
	}
}

func messageSet(s *subject) {
	s.want(s.SetMessage(s.ctx, message(1)), store.ErrNotFound)
	s.in(func(ctx context.Context, tx store.Tx) error { return tx.AddMessage(ctx, message(1)) })
	failed, sent := message(1), message(1)
	failed.Status, failed.Error = "failed", "the provider said 500"
	sent.Status, sent.ProviderID, sent.SentAt = "sent", "ATXid_1", noon.Add(time.Minute)
	redacted := sent
	redacted.Status, redacted.Text = "unknown", "Your code is ******."
	for _, want := range []store.Message{failed, sent, redacted} {
		twice(func(int) { s.want(s.SetMessage(s.ctx, want), nil) })
		got, err := s.Message(s.ctx, want.ID)
		s.want(err, nil)
		if diff := cmp.Diff(want, got); diff != "" {
			s.t.Errorf("message (-set +read):\n%s", diff)
		}
	}
}

func messageClaimed(s *subject) {
	_, err := s.ClaimMessage(s.ctx, message(1).ID)
	s.want(err, store.ErrNotFound)
	want := message(1)
	want.Once, want.ExpiresAt = true, noon.Add(time.Minute)
	s.in(func(ctx context.Context, tx store.Tx) error { return tx.AddMessage(ctx, want) })
	const senders = 6
	var claims atomic.Int32
	var all sync.WaitGroup
	for range senders {
		all.Go(func() {
			claimed, err := s.ClaimMessage(s.ctx, want.ID)
			if err != nil {
				s.t.Errorf("ClaimMessage: %v", err)
			}
			if claimed {
				claims.Add(1)
			}
		})
	}
	all.Wait()
	if claims.Load() != 1 {
		s.t.Errorf("%d senders may send it, want 1", claims.Load())
	}
	got, err := s.Message(s.ctx, want.ID)
	s.want(err, nil)
	want.Status = "unknown"
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Errorf("message (-want +got):\n%s", diff)
	}
	want.Status = "queued"
	s.want(s.SetMessage(s.ctx, want), nil)
	if claimed, err := s.ClaimMessage(s.ctx, want.ID); err != nil || !claimed {
		s.t.Errorf("a message queued again can't be claimed: %v, %v", claimed, err)
	}
}

// A report may arrive before the message has its provider ID.
func deliveryRank(s *subject) {
	report := func(state string, rank int) store.Delivery {
		return store.Delivery{
			ProviderID: "ATXid_1", State: state, Rank: rank, Reason: "UserIsInactive", Network: "63902", Retries: rank,
			At: noon.Add(time.Duration(rank) * time.Hour),
		}
	}
	s.want(s.Delivered(s.ctx, report("submitted", 2)), nil)
	sent, other := message(1), message(2)
	sent.Status, sent.ProviderID, sent.SentAt = "sent", "ATXid_1", noon
	s.in(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.AddMessage(ctx, sent), tx.AddMessage(ctx, other))
	})
	s.want(s.SetMessage(s.ctx, sent), nil)
	bare := store.Delivery{ProviderID: "ATXid_1", State: "delivered", Rank: 9, At: noon}
	for _, step := range []struct{ report, want store.Delivery }{
		{report("submitted", 2), report("submitted", 2)},
		{report("sent", 1), report("submitted", 2)},
		{report("buffered", 3), report("buffered", 3)},
		{report("late duplicate", 3), report("buffered", 3)},
		{bare, bare},
		{report("failed", 8), bare},
	} {
		s.want(s.Delivered(s.ctx, step.report), nil)
		sent.Delivery = step.want
		got, err := s.Message(s.ctx, sent.ID)
		s.want(err, nil)
		list, err := s.Messages(s.ctx, 10)
		s.want(err, nil)
		if diff := cmp.Diff([]store.Message{sent, other, sent}, append([]store.Message{got}, list...)); diff != "" {
			s.t.Errorf("after %s (-want +got):\n%s", step.report.State, diff)
		}
	}
}
