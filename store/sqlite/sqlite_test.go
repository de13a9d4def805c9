package sqlite_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/sqlite"
	"github.com/paytrace/paytrace/store/storetest"
)

func open(t *testing.T, rules store.JobRules) store.Store {
	t.Helper()
	s, err := sqlite.Open(context.Background(), sqlite.Config{
		Path: filepath.Join(t.TempDir(), "a b?c%#.db"), Jobs: rules,
	})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

func TestConformance(t *testing.T) {
	storetest.Run(t, open)
}
