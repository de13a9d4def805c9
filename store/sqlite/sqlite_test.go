package sqlite_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/sqlite"
	"github.com/paytrace/paytrace/store/storetest"
)

func closing(t *testing.T, s *sqlite.Store, err error) store.Store {
	t.Helper()
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

func openFile(t *testing.T, rules store.JobRules) store.Store {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a b?c%#.db")
	sqlite.WriteEmpty(t, path)
	s, err := sqlite.Open(context.Background(), sqlite.Config{Path: path, Jobs: rules})
	return closing(t, s, err)
}

func openMemory(t *testing.T, rules store.JobRules) store.Store {
	t.Helper()
	s, err := sqlite.OpenMemory(context.Background(), sqlite.Config{Jobs: rules})
	return closing(t, s, err)
}

func TestFileConformance(t *testing.T)   { storetest.Run(t, openFile) }
func TestMemoryConformance(t *testing.T) { storetest.Run(t, openMemory) }
func TestFileReadBeside(t *testing.T)    { storetest.ReadBeside(t, openFile) }

func TestQuiet(t *testing.T) {
	storetest.Quiet(t, func(t *testing.T, rules store.JobRules, logger *slog.Logger) store.Store {
		s, err := sqlite.Open(context.Background(), sqlite.Config{
			Path: filepath.Join(t.TempDir(), "quiet.db"), Jobs: rules, Logger: logger,
		})
		return closing(t, s, err)
	})
}
