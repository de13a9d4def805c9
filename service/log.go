package service

import (
	"context"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"

	"golang.org/x/term"
)

// Lines about callbacks are written in batches: a write costs a tenth of a
// callback. A crash may lose the lines of the last moment. A warning or an error is
// written at once, with everything before it.
const (
	logRoom  = 32 << 10
	logDelay = 100 * time.Millisecond
)

// NewLogger returns a logger that writes JSON lines, or text where a person
// watches.
func NewLogger(s Settings, w io.Writer) *slog.Logger {
	if plain(s, w) {
		return slog.New(slog.NewTextHandler(w, nil))
	}
	return slog.New(slog.NewJSONHandler(w, nil))
}

// NewCallbackLogger returns a logger for many lines: it writes those below a
// warning in batches. flush writes the rest; call it after the last line.
func NewCallbackLogger(s Settings, w io.Writer) (log *slog.Logger, flush func()) {
	if plain(s, w) {
		return NewLogger(s, w), func() {}
	}
	lines := &logLines{w: w}
	return slog.New(promptly{plainLines{slog.NewJSONHandler(lines, nil), lines}, lines}), lines.flush
}

func plain(s Settings, w io.Writer) bool {
	return s.LogFormat == "text" || s.LogFormat == "" && isTerminal(w)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Coloured reports whether w shows colours. NO_COLOR is a convention of
// terminals and no setting of the service.
func Coloured(w io.Writer) bool { return isTerminal(w) && os.Getenv("NO_COLOR") == "" }

// logLines collects lines and writes them in batches.
type logLines struct {
	w io.Writer

	mu      sync.Mutex
	waiting []byte
	due     bool // a flush is scheduled
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

// promptly is a handler that writes warnings at once.
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

// WarningsOnly returns a logger for libraries that drops their everyday lines.
func WarningsOnly(log *slog.Logger) *slog.Logger { return slog.New(warnings{log.Handler()}) }

type warnings struct{ slog.Handler }

func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}

func (w warnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnings{w.Handler.WithAttrs(attrs)}
}

func (w warnings) WithGroup(name string) slog.Handler { return warnings{w.Handler.WithGroup(name)} }
