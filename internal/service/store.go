package service

import (
	"context"
	"errors"
	"fmt"
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

// OpenStore opens the database that the settings name and brings it up to date. An
// error names the setting, unless it says what to do with the database.
func OpenStore(ctx context.Context, s Settings, log *slog.Logger) (store.Store, error) {
	db, err := openStore(ctx, s, log)
	if err != nil && s.DatabaseURL.IsSet() && !errors.Is(err, store.ErrSchema) && ctx.Err() == nil {
		err = fmt.Errorf("DATABASE_URL: %w", err)
	}
	return db, err
}

func openStore(ctx context.Context, s Settings, log *slog.Logger) (store.Store, error) {
	if path, embedded := s.SQLiteFile(); embedded {
		return sqlite.Open(ctx, sqlite.Config{Path: path, Logger: WarningsOnly(log)})
	}
	return postgres.Open(ctx, postgres.Config{
		URL: s.DatabaseURL.Reveal(), Connections: s.Connections, StatementTimeout: s.StatementTimeout, LockTimeout: s.LockTimeout,
		Logger: WarningsOnly(log),
	})
}
