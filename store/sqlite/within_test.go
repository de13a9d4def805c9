package sqlite

import (
	"context"
	"errors"
	"runtime"
	"testing"

	"github.com/paytrace/paytrace/store"
)

// TestEndedContextIsTold ends a transaction's context and waits until database/sql has
// rolled the transaction back by itself. Its Commit then says only that the transaction
// is over; the caller must hear that its context ended.
func TestEndedContextIsTold(t *testing.T) {
	s, err := OpenMemory(context.Background(), Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	for name, last := range map[string]func(ctx context.Context, tx store.Tx) error{
		"commit": func(context.Context, store.Tx) error { return nil },
		"statement": func(_ context.Context, tx store.Tx) error {
			_, err := tx.Worker(context.Background(), "254700000001")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			err := s.Within(ctx, func(inner context.Context, tx store.Tx) error {
				cancel()
				for s.writer.Stats().InUse > 0 {
					runtime.Gosched()
				}
				return last(inner, tx)
			})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("Within returned %v, want context.Canceled", err)
			}
		})
	}
}
