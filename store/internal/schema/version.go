// Package schema brings a database to the version this program knows, and
// refuses one that it does not know.
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

// VersionTable holds one row a migration that was applied. It is named for
// this program, since an old database may hold other programs' tables.
const VersionTable = "paytrace_migrations"

// oldServiceTable is the one table that the service before this one had.
const oldServiceTable = "workers"

// State is what was found in a database.
type State struct {
	Tables  []string // every table of the schema, without the database's own
	Version int64    // the last migration applied; 0 if VersionTable has none
	Known   int64    // the last migration this program has
}

// Empty: there is nothing at all.
func (s State) Empty() bool { return len(s.Tables) == 0 }

// Ours: this program, of some version, made it.
func (s State) Ours() bool { return slices.Contains(s.Tables, VersionTable) }

// OldService: the tables of the service before this one, untouched by ours.
func (s State) OldService() bool {
	return !s.Ours() && slices.Contains(s.Tables, oldServiceTable)
}

// Refuse says why the database can't be opened, nil if it can.
func (s State) Refuse() error {
	switch {
	case s.Empty():
		return nil
	case s.OldService():
		return fmt.Errorf("%w: the database holds a %q table and no %q table, as the service before this one left it; "+
			"run \"paytrace migrate\" to take it forward (it only adds, and loses no row)",
			store.ErrSchema, oldServiceTable, VersionTable)
	case !s.Ours():
		return fmt.Errorf("%w: the database holds %d table(s) of another program (the first is %q) and no %q table; "+
			"give this program an empty database of its own", store.ErrSchema, len(s.Tables), s.Tables[0], VersionTable)
	case s.Version > s.Known:
		return fmt.Errorf("%w: the database has version %d and this program knows versions up to %d; "+
			"run the newer program that made it, or restore a copy from before", store.ErrSchema, s.Version, s.Known)
	}
	return nil
}

// Migrations is one dialect's folder of migrations.
type Migrations struct {
	provider *goose.Provider
	latest   int64
	db       *sql.DB
	tables   string
}

// New reads the migrations of a dialect. tables is a query for the names of
// the tables in the database, one column. It takes db over for migrating only
// and does not close it.
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

// Latest is the version of the last of the migrations in files.
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

// State looks at the database and changes nothing.
func (m *Migrations) State(ctx context.Context) (State, error) {
	names, err := m.tableNames(ctx)
	if err != nil {
		return State{}, fmt.Errorf("look at the schema: %w", err)
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

// Up applies what is missing. The caller holds a lock against twins.
func (m *Migrations) Up(ctx context.Context) error {
	if _, err := m.provider.Up(ctx); err != nil {
		return fmt.Errorf("bring the schema to this program's version: %w", err)
	}
	return nil
}
