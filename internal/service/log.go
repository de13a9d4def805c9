package service

import (
	"context"
	"io"
	"log/slog"
	"os"

	"golang.org/x/term"
)

// NewLogger returns a logger that writes JSON lines, or text where a person
// watches.
func NewLogger(s Settings, w io.Writer) *slog.Logger {
	if plain(s, w) {
		return slog.New(slog.NewTextHandler(w, nil))
	}
	return slog.New(slog.NewJSONHandler(w, nil))
}

func plain(s Settings, w io.Writer) bool {
	return s.LogFormat == "text" || s.LogFormat == "" && isTerminal(w)
}

func isTerminal(w io.Writer) bool {
	if sink, ok := w.(*LogSink); ok {
		w = sink.w
	}
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Coloured reports whether w shows colours. NO_COLOR is a convention of
// terminals and no setting of the service.
func Coloured(w io.Writer) bool { return isTerminal(w) && os.Getenv("NO_COLOR") == "" }

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
