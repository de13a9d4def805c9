package service

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Lines wait for a moment, or for a warning, or until they are many; none is
// lost, and they keep their order.
func TestLogLinesWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out lockedBuffer
		log, flush := NewCallbackLogger(Settings{LogFormat: "json"}, &out)
		count := func() int { return strings.Count(out.String(), "\n") }
		log.Info("one")
		if count() != 0 {
			t.Errorf("a line was written at once: %q", out.String())
		}
		time.Sleep(logDelay) //nolint:forbidigo // the clock is the test's own
		synctest.Wait()
		if count() != 1 {
			t.Errorf("after %s: %q", logDelay, out.String())
		}
		log.Info("two")
		log.With("a", 1).WithGroup("g").Warn("three")
		if count() != 3 || !strings.Contains(out.String(), `"a":1`) {
			t.Errorf("after a warning: %q", out.String())
		}
		for range logRoom / 20 {
			log.Info("many")
		}
		if count() < 100 {
			t.Errorf("%d lines, although there were more than the buffer holds", count())
		}
		log.Info("last")
		flush()
		if want := logRoom/20 + 4; count() != want || !strings.HasSuffix(out.String(), "\"last\"}\n") {
			t.Errorf("%d lines, want %d, the last %q", count(), want, out.String()[len(out.String())-40:])
		}
		synctest.Wait()
	})
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
