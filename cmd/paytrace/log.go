package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"

	"golang.org/x/term"
)

// Lines about callbacks are written some at a time: a write costs as much as a
// tenth of a callback. What a crash may lose is the last moment of them; a
// warning or an error is written at once, with all that came before it.
const (
	logRoom  = 32 << 10
	logDelay = 100 * time.Millisecond
)

// logger writes JSON lines, or plain ones where a person watches.
func logger(c Config, w io.Writer) *slog.Logger {
	if plain(c, w) {
		return slog.New(slog.NewTextHandler(w, nil))
	}
	return slog.New(slog.NewJSONHandler(w, nil))
}

// callbackLogger is a logger for a line a callback. What is left to write is
// written by flush, once nothing is logged any more.
func callbackLogger(c Config, w io.Writer) (log *slog.Logger, flush func()) {
	if plain(c, w) {
		return logger(c, w), func() {}
	}
	lines := &logLines{w: w}
	return slog.New(promptly{plainLines{slog.NewJSONHandler(lines, nil), lines}, lines}), lines.flush
}

func plain(c Config, w io.Writer) bool {
	if f, ok := w.(*os.File); ok && c.LogFormat == "" {
		return term.IsTerminal(int(f.Fd()))
	}
	return c.LogFormat == "text"
}

// logLines gathers what is written.
type logLines struct {
	w io.Writer

	mu      sync.Mutex
	waiting []byte
	due     bool // a flush is on its way
}

// Write never fails: a log that can't be written must not end a callback.
func (l *logLines) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting = append(l.waiting, line...)
	switch {
	case len(l.waiting) >= logRoom:
		l.flushLocked()
	case !l.due:
		l.due = true
		time.AfterFunc(logDelay, l.flush)
	}
	return len(line), nil
}

func (l *logLines) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.due = false
	l.flushLocked()
}

func (l *logLines) flushLocked() {
	_, _ = l.w.Write(l.waiting)
	l.waiting = l.waiting[:0]
}

// promptly is a handler whose warnings are written at once.
type promptly struct {
	slog.Handler
	lines *logLines
}

func (p promptly) Handle(ctx context.Context, r slog.Record) error {
	err := p.Handler.Handle(ctx, r)
	if r.Level >= slog.LevelWarn {
		p.lines.flush()
	}
	return err
}

func (p promptly) WithAttrs(attrs []slog.Attr) slog.Handler {
	return promptly{p.Handler.WithAttrs(attrs), p.lines}
}

func (p promptly) WithGroup(name string) slog.Handler {
	return promptly{p.Handler.WithGroup(name), p.lines}
}
