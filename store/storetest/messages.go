package storetest

import (
	"context"
	"fmt"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/store"
)

var messageCases = []testCase{
	{name: "a message is added once", run: messageOnce},
	{name: "the newest come first", run: messageOrder},
	{name: "what became of one is stored", run: messageSet},
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
		s.t.Errorf("a new message is %q, want queued: nobody has sent it", got.Status)
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
	for _, want := range []store.Message{failed, sent} {
		twice(func(int) { s.want(s.SetMessage(s.ctx, want), nil) })
		got, err := s.Message(s.ctx, want.ID)
		s.want(err, nil)
		if diff := cmp.Diff(want, got); diff != "" {
			s.t.Errorf("message (-set +read):\n%s", diff)
		}
	}
}
