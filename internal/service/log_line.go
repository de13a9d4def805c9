package service

import (
	"context"
	"io"
	"log/slog"
	"math"
	"strconv"
	"sync"
	"time"
)

// plainLines is a slog.JSONHandler that writes lines of plain values itself, with
// the same bytes. Every callback writes such a line, and the library takes three
// times as long. It leaves all other lines to the library.
type plainLines struct {
	*slog.JSONHandler
	w io.Writer
}

const (
	// lineRoom is enough for most lines, in bytes.
	lineRoom = 512
	// lineReused bounds the memory that is reused for another line, in bytes.
	lineReused = 16 << 10
)

var lineMemory = sync.Pool{New: func() any {
	b := make([]byte, 0, lineRoom)
	return &b
}}

func (p plainLines) Handle(ctx context.Context, r slog.Record) error {
	memory := lineMemory.Get().(*[]byte)
	defer func() {
		if cap(*memory) <= lineReused {
			lineMemory.Put(memory)
		}
	}()
	line := lineWriter{b: (*memory)[:0], plain: !r.Time.IsZero() && r.Time.Year() >= 0 && r.Time.Year() < 10_000}
	line.b = append(line.b, `{"time":"`...)
	// As slog does: drop the monotonic clock reading.
	line.b = r.Time.Round(0).AppendFormat(line.b, time.RFC3339Nano)
	line.b = append(line.b, `","level":"`...)
	line.b = append(line.b, r.Level.String()...)
	line.b = append(line.b, `","msg":`...)
	line.text(r.Message)
	r.Attrs(line.attr)
	if *memory = line.b; !line.plain {
		return p.JSONHandler.Handle(ctx, r)
	}
	_, err := p.w.Write(append(line.b, "}\n"...))
	return err
}

// lineWriter writes a line as long as its values are plain.
type lineWriter struct {
	b     []byte
	plain bool
}

func (l *lineWriter) attr(a slog.Attr) bool {
	l.b = append(l.b, ',')
	l.text(a.Key)
	l.b = append(l.b, ':')
	switch v := a.Value; v.Kind() {
	case slog.KindString:
		l.text(v.String())
	case slog.KindBool:
		l.b = strconv.AppendBool(l.b, v.Bool())
	case slog.KindInt64:
		l.b = strconv.AppendInt(l.b, v.Int64(), 10)
	case slog.KindFloat64:
		l.number(v.Float64())
	default:
		l.plain = false
	}
	l.plain = l.plain && a.Key != ""
	return l.plain
}

// number writes a number that encoding/json writes without an exponent.
func (l *lineWriter) number(f float64) {
	if size := math.Abs(f); f != 0 && (size < 1e-6 || !(size < 1e21)) {
		l.plain = false
	}
	l.b = strconv.AppendFloat(l.b, f, 'f', -1, 64)
}

// text writes a string that needs no escape.
func (l *lineWriter) text(s string) {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			l.plain = false
			return
		}
	}
	l.b = append(append(append(l.b, '"'), s...), '"')
}

func (p plainLines) WithAttrs(attrs []slog.Attr) slog.Handler { return p.JSONHandler.WithAttrs(attrs) }

func (p plainLines) WithGroup(name string) slog.Handler { return p.JSONHandler.WithGroup(name) }
