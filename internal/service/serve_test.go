package service

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/paytrace/paytrace/store"
)

// purged is a database that notes when it was purged.
type purged struct {
	store.Store
	asked chan time.Time
	fails bool
}

func (p *purged) Purge(_ context.Context, now time.Time) (store.Purged, error) {
	p.asked <- now
	if p.fails {
		p.fails = false
		return store.Purged{}, errors.New("connection refused")
	}
	return store.Purged{Limits: 3}, nil
}

// Expired rows are removed at the start and with every tick, also after a
// failure, until the service stops.
func TestPurge(t *testing.T) {
	db := &purged{asked: make(chan time.Time), fails: true}
	var said bytes.Buffer
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	tick, ended := make(chan time.Time), make(chan struct{})
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		defer close(ended)
		purge(ctx, db, func() time.Time { return noon }, tick, slog.New(slog.NewTextHandler(&said, nil)))
	}()
	for i := range 3 {
		if i > 0 {
			tick <- noon
		}
		if at := <-db.asked; !at.Equal(noon) {
			t.Errorf("purged as of %s, want %s", at, noon)
		}
	}
	cancel()
	<-ended
	if out := said.String(); !strings.Contains(out, "connection refused") || !strings.Contains(out, "limits=3") {
		t.Errorf("the log says %s", out)
	}
}
