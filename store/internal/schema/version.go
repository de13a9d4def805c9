// Package schema migrates a database to the version this program knows, and refuses
// a schema that it does not know.
package schema

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"

	"github.com/paytrace/paytrace/store"
)

// VersionTable has one row for each applied migration. It has this program's name,
// since a legacy database may have other programs' tables.
const VersionTable = "paytrace_migrations"

// legacyTable is the one table of the legacy service.
const legacyTable = "workers"

// State describes the schema of a database.
type State struct {
	Tables  []string // every table of the schema, without the database's own
	Version int64    // the last migration applied; 0 if VersionTable has none
	Known   int64    // the last migration this program has
}

// Empty reports whether the database has no table.
func (s State) Empty() bool { return len(s.Tables) == 0 }

// Ours reports whether a version of this program made the schema.
func (s State) Ours() bool { return slices.Contains(s.Tables, VersionTable) }

// Legacy reports whether the database is the legacy service's, not yet migrated.
func (s State) Legacy() bool {
	return !s.Ours() && slices.Contains(s.Tables, legacyTable)
}

// Refuse returns why the database can't be opened, nil if it can.
func (s State) Refuse() error {
	switch {
	case s.Empty():
		return nil
	case s.Legacy():
		return fmt.Errorf("%w: the database has a %q table and no %q table: it is the legacy service's; "+
			"run \"paytrace migrate\" (it only adds, and removes no row)",
			store.ErrSchema, legacyTable, VersionTable)
	case !s.Ours():
		return fmt.Errorf("%w: the database has %d table(s) of another program (the first is %q) and no %q table; "+
			"give this program an empty database of its own", store.ErrSchema, len(s.Tables), s.Tables[0], VersionTable)
	case s.Version > s.Known:
		return fmt.Errorf("%w: the database has version %d and this program knows versions up to %d; "+
			"run the newer program that made it, or restore an older backup", store.ErrSchema, s.Version, s.Known)
	}
	return nil
}

// Migrations applies the migrations of one dialect.
type Migrations struct {
	provider *goose.Provider
	latest   int64
	db       *sql.DB
	tables   string
}

// New reads the migrations of a dialect. tables is a query for the names of the
// database's tables, in one column. New does not take over db: the caller closes it.
func New(dialect database.Dialect, db *sql.DB, files fs.FS, tables string, logger *slog.Logger) (*Migrations, error) {
	provider, err := goose.NewProvider(dialect, db, files,
		goose.WithTableName(VersionTable),
		goose.WithDisableGlobalRegistry(true),
		goose.WithSlog(logger))
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	latest, err := Latest(files)
	if err != nil {
		return nil, err
	}
	return &Migrations{provider: provider, latest: latest, db: db, tables: tables}, nil
}

// Latest returns the version of the last migration in files.
func Latest(files fs.FS) (int64, error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return 0, err
	}
	latest := int64(0)
	for _, name := range names {
		version, err := goose.NumericComponent(name)
		if err != nil {
			return 0, fmt.Errorf("read the migrations: %w", err)
		}
		latest = max(latest, version)
	}
	return latest, nil
}

// State reads the schema's state and changes nothing.
func (m *Migrations) State(ctx context.Context) (State, error) {
	names, err := m.tableNames(ctx)
	if err != nil {
		return State{}, fmt.Errorf("read the schema: %w", err)
	}
	state := State{Tables: names, Known: m.latest}
	if state.Ours() {
		state.Version, err = m.version(ctx)
	}
	return state, err
}

func (m *Migrations) tableNames(ctx context.Context) (_ []string, err error) {
	found, err := m.db.QueryContext(ctx, m.tables)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, found.Close()) }()
	var names []string
	for found.Next() {
		var name string
		if err := found.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, found.Err()
}

func (m *Migrations) version(ctx context.Context) (int64, error) {
	var version int64
	query := `SELECT COALESCE(MAX(version_id), 0) FROM ` + VersionTable
	if err := m.db.QueryRowContext(ctx, query).Scan(&version); err != nil {
		return 0, fmt.Errorf("read the schema's version: %w", err)
	}
	return version, nil
}

// Up applies the missing migrations. The caller keeps other instances out by a lock.
func (m *Migrations) Up(ctx context.Context) error {
	if _, err := m.provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate the schema: %w", err)
	}
	return nil
}
