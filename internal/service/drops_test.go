package service

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/gateway"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/sqlite"
)

// A caller whose session the gateway reports as over gets the SMS, once; one whose call
// has gone on gets none.
func TestDropsAreSent(t *testing.T) {
	t.Parallel()
	db, err := sqlite.OpenMemory(t.Context(), sqlite.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s := &Service{db: db, log: slog.New(slog.DiscardHandler), runner: &runner.Runner{TTL: time.Hour}}
	leaving := map[string]*engine.Leaving{
		"sure": {Menu: "shop", Text: "Your order waits."}, "done": {Menu: "shop", Done: true}, "other": nil,
	}
	handle := s.noteDrops(func(_ context.Context, req engine.Request) engine.Reply {
		return engine.Reply{Screen: req.Text, Leaving: leaving[req.Text]}
	})
	shows := func(caller, session, screen string) {
		if reply := handle(t.Context(), engine.Request{Caller: caller, Session: session, Text: screen}); reply.Screen != screen {
			t.Errorf("the screen is %q, want %q", reply.Screen, screen)
		}
	}
	shows("254700000001", "a", "sure")
	shows("254700000002", "b", "sure")
	shows("254700000002", "b", "done")
	shows("254700000003", "c", "other")
	sent := func() (list []store.Message) {
		s.sendDropsNow(t.Context(), time.Now())
		list, err := db.Messages(t.Context(), 10)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	if list := sent(); len(list) != 0 {
		t.Errorf("before its end a call has sent %+v", list)
	}
	for _, session := range []string{"a", "b", "c", "a"} {
		s.ended(gateway.Event{Session: session})
		sent()
	}
	list := sent()
	if len(list) != 1 || list[0].To != "254700000001" || list[0].Text != "Your order waits." {
		t.Fatalf("sent %+v, want one message to the caller who has dropped off", list)
	}
	if strings.Contains(list[0].ID, "254") {
		t.Errorf("the message's name %q has the caller's number", list[0].ID)
	}
}

// notedNever is a database that does not take notes of calls.
type notedNever struct{ store.Store }

func (notedNever) NoteDrop(context.Context, string, string, time.Time, func(engine.Drop) engine.Drop) error {
	return errors.New("connection refused")
}

// The caller sees the screen also while the database is away, and the log has no number.
func TestDropsWithoutDatabase(t *testing.T) {
	t.Parallel()
	var said bytes.Buffer
	s := &Service{db: notedNever{}, log: slog.New(slog.NewTextHandler(&said, nil)), runner: &runner.Runner{TTL: time.Hour}}
	handle := s.noteDrops(func(context.Context, engine.Request) engine.Reply {
		return engine.Reply{Screen: "sure", Leaving: &engine.Leaving{Menu: "shop", Text: "Your order waits."}}
	})
	if reply := handle(t.Context(), engine.Request{Caller: "254700000001", Session: "a"}); reply.Screen != "sure" {
		t.Errorf("the screen is %q", reply.Screen)
	}
	if out := said.String(); !strings.Contains(out, "connection refused") || strings.Contains(out, "254700000001") {
		t.Errorf("the log says %s", out)
	}
}
