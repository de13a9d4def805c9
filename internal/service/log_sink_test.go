package service

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
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
		sink := NewLogSink(Settings{LogFormat: "json"}, &out)
		log := sink.Logger()
		count := func() int { synctest.Wait(); return strings.Count(out.String(), "\n") }
		log.Info("one")
		if count() != 0 {
			t.Errorf("a line was written at once: %q", out.String())
		}
		time.Sleep(logDelay) //nolint:forbidigo // the clock is the test's own
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
		sink.Close()
		if want := logRoom/20 + 4; count() != want || !strings.HasSuffix(out.String(), "\"last\"}\n") {
			t.Errorf("%d lines, want %d, the last %q", count(), want, out.String()[len(out.String())-40:])
		}
	})
}

// A person who watches sees every line at once.
func TestTextLinesAreWrittenAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out lockedBuffer
		NewLogSink(Settings{LogFormat: "text"}, &out).Logger().Info("one")
		synctest.Wait()
		if !strings.HasSuffix(out.String(), "msg=one\n") {
			t.Errorf("%q", out.String())
		}
	})
}

// Nobody waits for a reader who does not read. What does not fit is counted, and
// the count is told when the reader reads again.
func TestBlockedLogReader(t *testing.T) {
	for _, format := range []string{"json", "text"} {
		t.Run(format, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				out := blocked{lines: make(chan []byte)}
				sink := NewLogSink(Settings{LogFormat: format}, out)
				log := sink.Logger()
				const all = 10_000
				for i := range all {
					log.Warn("refused "+strings.Repeat("x", 200), "n", i)
				}
				lost := sink.Dropped()
				if lost == 0 || lost == all {
					t.Fatalf("%d of %d lines were dropped", lost, all)
				}
				began := time.Now()
				sink.Close()
				if waited := time.Since(began); waited != logPatience {
					t.Errorf("Close waited %s for a reader who does not read, want %s", waited, logPatience)
				}
				read := make(chan string)
				go func() {
					var b bytes.Buffer
					for lines := range out.lines {
						b.Write(lines)
					}
					read <- b.String()
				}()
				synctest.Wait()
				log.Warn("afterwards")
				sink.Close()
				close(out.lines)
				text := <-read
				if got := strings.Count(text, "refused x"); got != all-lost {
					t.Errorf("%d lines were written, want %d", got, all-lost)
				}
				key := map[string]string{"json": `"lines":%d,"since_start":%d`, "text": `lines=%d since_start=%d`}[format]
				if note := fmt.Sprintf(key, lost, lost); strings.Count(text, note) != 1 || strings.Count(text, "log lines were dropped") != 1 {
					t.Errorf("the loss of %d lines is not told once: …%s", lost, text[max(0, len(text)-600):])
				}
				if !strings.Contains(text, "afterwards") {
					t.Error("the log does not go on")
				}
			})
		})
	}
}

// blocked is a pipe that nobody reads until lines is received from.
type blocked struct{ lines chan []byte }

func (b blocked) Write(p []byte) (int, error) {
	b.lines <- bytes.Clone(p)
	return len(p), nil
}

// Lines that a full disk takes in part, or not at all, are counted; those after
// them stand on lines of their own.
func TestFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk := &fullDisk{room: 100}
		sink := NewLogSink(Settings{LogFormat: "json"}, disk)
		log := sink.Logger()
		for i := range 4 {
			log.Warn(fmt.Sprintf("line %d", i))
			synctest.Wait()
		}
		if got := sink.Dropped(); got != 3 {
			t.Errorf("%d lines are counted as dropped, want 3: %s", got, disk.String())
		}
		disk.setRoom(1 << 20)
		log.Warn("room again")
		sink.Close()
		lines := strings.Split(strings.TrimSuffix(disk.String(), "\n"), "\n")
		if len(lines) != 4 || !strings.Contains(lines[0], "line 0") || !strings.Contains(lines[2], "room again") || !strings.Contains(lines[3], `"lines":3,"since_start":3`) {
			t.Errorf("%q", lines)
		}
	})
}

// fullDisk takes as many bytes as there is room.
type fullDisk struct {
	lockedBuffer
	room int
}

func (d *fullDisk) setRoom(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.room = n
}

func (d *fullDisk) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := min(len(p), d.room)
	d.room -= n
	d.b.Write(p[:n])
	if n < len(p) {
		return n, errors.New("no space left on device")
	}
	return n, nil
}

// A line costs no allocation beyond its copy in the queue, which is reused.
func TestLogLineAllocations(t *testing.T) {
	sink := NewLogSink(Settings{LogFormat: "json"}, &bytes.Buffer{})
	sink.due = true // no batch is written meanwhile
	sink.waiting = make([]byte, 0, logRoom)
	handler := sink.Logger().Handler()
	line := slog.NewRecord(time.Now(), slog.LevelInfo, "callback", 0)
	line.AddAttrs(slog.String("session", "a"), slog.Bool("end", true), slog.Float64("took_ms", 1.25))
	if n := testing.AllocsPerRun(100, func() { _ = handler.Handle(t.Context(), line) }); n > 0 {
		t.Errorf("a line allocates %v times", n)
	}
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
