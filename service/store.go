package service

import (
	"context"
	"log/slog"
	"strings"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/postgres"
	"github.com/paytrace/paytrace/store/sqlite"
)

// SQLiteFile returns the SQLite file that the settings name, and false for
// Postgres.
func (s Settings) SQLiteFile() (path string, embedded bool) {
	url := s.DatabaseURL.Reveal()
	if url == "" {
		return DefaultDatabase, true
	}
	return strings.CutPrefix(url, "sqlite:")
}

// OpenStore opens the database that the settings name and brings it up to date.
func OpenStore(ctx context.Context, s Settings, log *slog.Logger) (store.Store, error) {
	if path, embedded := s.SQLiteFile(); embedded {
		return sqlite.Open(ctx, sqlite.Config{Path: path, Logger: WarningsOnly(log)})
	}
	return postgres.Open(ctx, postgres.Config{
		URL: s.DatabaseURL.Reveal(), Connections: s.Connections, StatementTimeout: s.StatementTimeout, LockTimeout: s.LockTimeout,
		Logger: WarningsOnly(log),
	})
}
