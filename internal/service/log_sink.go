package service

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"sync"
	"time"
)

// Lines about callbacks are written in batches: a write costs a tenth of a
// callback. A crash may lose the lines of the last moment.
const (
	logRoom  = 32 << 10
	logDelay = 100 * time.Millisecond
	// logQueue bounds the bytes that wait for a reader who does not read: about a
	// second of some thousand callbacks.
	logQueue = 1 << 20
	// logPatience is how long Close waits for such a reader.
	logPatience = 2 * time.Second
)

// A LogSink writes the lines of a log from a goroutine of its own, so that no
// callback waits for a full pipe or a hanging disk. It drops the lines that do not
// fit into its queue or can't be written. Later it writes how many there were.
type LogSink struct {
	w    io.Writer
	text bool // lines are text, not JSON

	mu      sync.Mutex
	waiting []byte
	spare   []byte // the memory of the batch before, for reuse
	due     bool   // a batch is scheduled
	// writing is closed when the running writer ends; nil if none runs.
	writing chan struct{}
	// dropped counts lines since the start; told is how many of them the log names.
	dropped, told int
	torn          bool // the last written byte is in the middle of a line
}

// NewLogSink returns a sink that writes to w in the format of the settings.
func NewLogSink(s Settings, w io.Writer) *LogSink { return &LogSink{w: w, text: plain(s, w)} }

// Logger returns a logger for many lines. It writes those below a warning in
// batches, unless a person watches.
func (s *LogSink) Logger() *slog.Logger {
	if s.text {
		return slog.New(promptly{slog.NewTextHandler(s, nil), slog.LevelDebug, s})
	}
	return slog.New(promptly{plainLines{slog.NewJSONHandler(s, nil), s}, slog.LevelWarn, s})
}

// Write queues lines. It never waits and never fails: a log that can't be written
// must not end a callback.
func (s *LogSink) Write(lines []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.waiting)+len(lines) > logQueue {
		s.dropped += countLines(lines)
		return len(lines), nil
	}
	s.waiting = append(s.waiting, lines...)
	if len(s.waiting) >= logRoom {
		s.wakeLocked()
	} else {
		s.scheduleLocked()
	}
	return len(lines), nil
}

func (s *LogSink) scheduleLocked() {
	if !s.due {
		s.due = true
		time.AfterFunc(logDelay, s.wake)
	}
}

// Dropped returns how many lines were lost since the start.
func (s *LogSink) Dropped() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dropped
}

// Close writes what waits. It gives up after a moment if nobody reads.
func (s *LogSink) Close() {
	s.wake()
	s.mu.Lock()
	writing := s.writing
	s.mu.Unlock()
	if writing == nil {
		return
	}
	timer := time.NewTimer(logPatience)
	defer timer.Stop()
	select {
	case <-writing:
	case <-timer.C:
	}
}

// wake starts the writer unless it runs or has nothing to write.
func (s *LogSink) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.due = false
	s.wakeLocked()
}

func (s *LogSink) wakeLocked() {
	if s.writing == nil && len(s.waiting) > 0 {
		s.writing = make(chan struct{})
		go s.drain()
	}
}

// drain writes until nothing waits or a write fails.
func (s *LogSink) drain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	failed := false
	for !failed && (len(s.waiting) > 0 || s.told < s.dropped) {
		failed = !s.writeLocked()
	}
	if len(s.waiting) > 0 {
		s.scheduleLocked()
	}
	close(s.writing)
	s.writing = nil
}

// writeLocked writes all that waits, without the lock, and reports success.
func (s *LogSink) writeLocked() bool {
	lines, batch, dropped := s.waiting, s.waiting, s.dropped
	s.waiting = s.spare[:0]
	if dropped > s.told {
		batch = append(batch, s.droppedLine(dropped-s.told, dropped)...)
	}
	torn := s.torn
	s.mu.Unlock()
	if torn {
		_, err := s.w.Write([]byte("\n"))
		torn = err != nil
	}
	n, err := 0, error(nil)
	if !torn {
		n, err = s.w.Write(batch)
	}
	s.mu.Lock()
	s.spare = batch[:0]
	s.torn = torn || n > 0 && batch[n-1] != '\n'
	if torn || err != nil {
		s.dropped += countLines(lines[min(n, len(lines)):])
		return false
	}
	s.told = dropped
	return true
}

// droppedLine is the line about lines that are missing before it.
func (s *LogSink) droppedLine(lines, all int) []byte {
	var b bytes.Buffer
	var handler slog.Handler = slog.NewJSONHandler(&b, nil)
	if s.text {
		handler = slog.NewTextHandler(&b, nil)
	}
	slog.New(handler).Warn("log lines were dropped because they could not be written in time", "lines", lines, "since_start", all)
	return b.Bytes()
}

func countLines(text []byte) int { return bytes.Count(text, []byte("\n")) }

// promptly is a handler that makes its sink write lines of a level at once.
type promptly struct {
	slog.Handler
	level slog.Level
	sink  *LogSink
}

func (p promptly) Handle(ctx context.Context, r slog.Record) error {
	err := p.Handler.Handle(ctx, r)
	if r.Level >= p.level {
		p.sink.wake()
	}
	return err
}

func (p promptly) WithAttrs(attrs []slog.Attr) slog.Handler {
	return promptly{p.Handler.WithAttrs(attrs), p.level, p.sink}
}

func (p promptly) WithGroup(name string) slog.Handler {
	return promptly{p.Handler.WithGroup(name), p.level, p.sink}
}
