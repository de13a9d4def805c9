package service

import (
	"bytes"
	"errors"
	"log/slog"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func anyAttr(t *rapid.T, name string) slog.Attr {
	key := rapid.OneOf(rapid.StringMatching(`[a-z_]{1,8}`), rapid.String()).Draw(t, name+" key")
	return slog.Any(key, rapid.OneOf(
		rapid.StringMatching(`[ -~]*`).AsAny(), rapid.String().AsAny(), rapid.Bool().AsAny(), rapid.Int64().AsAny(),
		rapid.Float64().AsAny(), rapid.SampledFrom([]float64{0, 1e21, 1e-6, 9e-7, math.NaN(), math.Inf(-1), math.Copysign(0, -1)}).AsAny(),
		rapid.SampledFrom([]any{nil, errors.New("a fault"), time.Second, time.Unix(1, 2), uint64(7), slog.GroupValue(slog.Int("a", 1)), []string{"a"}, slog.GroupValue()}),
	).Draw(t, name))
}

// Lines are the bytes that slog's own handler writes, whatever they hold.
func TestPlainLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(-1e11, 1e12).Draw(t, "at"), rapid.Int64Range(0, 1e9).Draw(t, "ns")).UTC()
		if rapid.IntRange(0, 9).Draw(t, "clockless") == 0 {
			at = time.Time{}
		}
		r := slog.NewRecord(at, slog.Level(rapid.IntRange(-9, 13).Draw(t, "level")), rapid.OneOf(rapid.Just("callback"), rapid.String()).Draw(t, "msg"), 0)
		for range rapid.IntRange(0, 10).Draw(t, "attributes") {
			r.AddAttrs(anyAttr(t, "attribute"))
		}
		var got, want bytes.Buffer
		own := slog.NewJSONHandler(&want, nil)
		var plain slog.Handler = plainLines{slog.NewJSONHandler(&got, nil), &got}
		var library slog.Handler = own
		switch rapid.IntRange(0, 4).Draw(t, "with") {
		case 0:
			attrs := []slog.Attr{anyAttr(t, "with")}
			plain, library = plain.WithAttrs(attrs), library.WithAttrs(attrs)
		case 1:
			plain, library = plain.WithGroup("g"), library.WithGroup("g")
		}
		if err := plain.Handle(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		if err := library.Handle(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		if got.String() != want.String() {
			t.Fatalf("got  %swant %s", &got, &want)
		}
	})
}
