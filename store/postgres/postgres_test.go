package postgres_test

import (
	"context"
	"log/slog"
	"testing"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/postgres"
	"github.com/paytrace/paytrace/store/storetest"
	"github.com/paytrace/paytrace/store/storetest/servers"
)

func TestMain(m *testing.M) { servers.Main(m) }

// migrated returns the URL of a new database with the schema in it.
func migrated(t testing.TB) string {
	t.Helper()
	return servers.Clone(t, "migrated", func(ctx context.Context, url string) error {
		s, err := postgres.Open(ctx, postgres.Config{URL: url})
		if err != nil {
			return err
		}
		return s.Close()
	})
}

func openAt(t testing.TB, config postgres.Config) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(context.Background(), config)
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

func open(t *testing.T, rules store.JobRules) store.Store {
	t.Helper()
	return openAt(t, postgres.Config{URL: migrated(t), Connections: 8, Jobs: rules})
}

func TestConformance(t *testing.T) { storetest.Run(t, open) }
func TestReadBeside(t *testing.T)  { storetest.ReadBeside(t, open) }
func TestCallsBeside(t *testing.T) { storetest.CallsBeside(t, open) }

func TestQuiet(t *testing.T) {
	storetest.Quiet(t, func(t *testing.T, rules store.JobRules, logger *slog.Logger) store.Store {
		return openAt(t, postgres.Config{URL: migrated(t), Jobs: rules, Logger: logger})
	})
}
