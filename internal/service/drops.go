package service

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/gateway"
	"github.com/paytrace/paytrace/store"
)

const (
	// dropNoteBudget bounds how long a callback waits until it is noted where the call
	// stands. The screen goes out even if it can't be noted.
	dropNoteBudget = 500 * time.Millisecond
	// sendDropsEvery is the longest that an SMS to a caller who has dropped off is late.
	sendDropsEvery = 10 * time.Second
	// dropsAtOnce bounds one round. What is left waits for the next one.
	dropsAtOnce = 500
)

// noteDrops notes after each screen whether the caller gets an SMS if the call stops
// there. Menus without "dropped" cost nothing.
func (s *Service) noteDrops(next Handle) Handle {
	return func(ctx context.Context, req engine.Request) engine.Reply {
		reply := next(ctx, req)
		if reply.Leaving == nil {
			return reply
		}
		within, cancel := context.WithTimeout(context.WithoutCancel(ctx), dropNoteBudget)
		defer cancel()
		now := time.Now()
		err := s.db.NoteDrop(within, reply.Leaving.Menu, req.Caller, now, func(d engine.Drop) engine.Drop {
			return d.Shown(req.Session, reply.Leaving, now, s.runner.TTL)
		})
		if err != nil {
			s.log.Error("a call that may drop is not noted; its caller may get no SMS", "session", engine.ShownSession(req.Session, req.Caller), "error", err)
		}
		return reply
	}
}

// ended takes a gateway's report that a session is over.
func (s *Service) ended(e gateway.Event) {
	ctx, cancel := context.WithTimeout(context.Background(), dropNoteBudget)
	defer cancel()
	if err := s.db.EndDrop(ctx, e.Session, time.Now()); err != nil {
		s.log.Error("the end of a call is not noted; an SMS to its caller waits for the session's time", "session", engine.ShownSession(e.Session, e.Caller), "error", err)
	}
}

// sendDrops sends the SMS to callers who have dropped off, until ctx ends.
func (s *Service) sendDrops(ctx context.Context) {
	tick := time.NewTicker(sendDropsEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		s.sendDropsNow(ctx, time.Now())
	}
}

func (s *Service) sendDropsNow(ctx context.Context, now time.Time) {
	switch sent, err := s.db.SendDrops(ctx, now, dropsAtOnce, queueDropSMS(now)); {
	case ctx.Err() != nil:
	case err != nil:
		s.log.Warn("callers who dropped off get no SMS yet, will retry", "error", err)
	case sent > 0:
		s.log.Info("callers who dropped off get an SMS", "messages", sent)
	}
}

// queueDropSMS queues the SMS to a caller who has dropped off.
func queueDropSMS(now time.Time) func(context.Context, store.Tx, store.DroppedCaller) error {
	return func(ctx context.Context, tx store.Tx, d store.DroppedCaller) error {
		// A session's name may have the caller's number, so the message has a hash of it.
		sum := sha256.Sum256([]byte(d.Menu + "\n" + d.Session + "\n" + now.UTC().Format(time.RFC3339Nano)))
		return actions.QueueMessage(ctx, tx, store.Message{
			ID: "dropped-" + hex.EncodeToString(sum[:dropIDBytes]), To: d.Caller, Text: d.Text, CreatedAt: now,
		})
	}
}

// dropIDBytes is enough of a hash that no two messages share an ID.
const dropIDBytes = 16
