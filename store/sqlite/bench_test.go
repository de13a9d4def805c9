package sqlite_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/sqlite"
	"github.com/paytrace/paytrace/store/storetest"
)

func BenchmarkFile(b *testing.B) {
	storetest.Bench(b, func(b *testing.B) store.Store {
		s, err := sqlite.Open(context.Background(), sqlite.Config{Path: filepath.Join(b.TempDir(), "bench.db")})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = s.Close() })
		return s
	})
}

func BenchmarkMemory(b *testing.B) {
	storetest.Bench(b, func(b *testing.B) store.Store {
		s, err := sqlite.OpenMemory(context.Background(), sqlite.Config{})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = s.Close() })
		return s
	})
}

// Every recorded call has a store of its own.
func BenchmarkOpenMemory(b *testing.B) {
	for b.Loop() {
		s, err := sqlite.OpenMemory(context.Background(), sqlite.Config{})
		if err != nil {
			b.Fatal(err)
		}
		if err := addWorker(s, "254700000001"); err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
