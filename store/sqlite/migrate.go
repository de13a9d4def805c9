package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/pressly/goose/v3/database"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	sqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/paytrace/paytrace/store/internal/schema"
)

// turn is how long one attempt to lock the file waits. After it the schema is read
// again, since the process that had the file may have migrated it.
const turn = 200 * time.Millisecond

// tables lists the tables of the file. SQLite's own begin with sqlite_.
const tables = `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name`

// migrate brings the file to this program's version. Two processes may start on the
// same new file: one locks it, the other waits and finds the work done.
func migrate(ctx context.Context, config Config) error {
	for {
		done, err := isUpToDate(ctx, config)
		if err != nil || done {
			return err
		}
		err = migrateAlone(ctx, config)
		if !busy(err) {
			return err
		}
		if ctx.Err() != nil {
			return fmt.Errorf("another process has locked the file; stop it: %w", errors.Join(err, ctx.Err()))
		}
	}
}

// isUpToDate reports whether there is nothing to migrate. It locks nobody out.
func isUpToDate(ctx context.Context, config Config) (_ bool, err error) {
	db, err := pool(ctx, dsn(config.Path, url.Values{"_pragma": {busyPragma(busyTimeout)}}), 1)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	set, err := migrationSet(db, config)
	if err != nil {
		return false, err
	}
	state, err := set.State(ctx)
	if err != nil {
		return false, err
	}
	if err := state.Refuse(); err != nil {
		return false, err
	}
	if state.Version < state.Known {
		return false, nil
	}
	return queueUpToDate(ctx, db, config)
}

// migrateAlone migrates with the whole file locked for one connection. SQLite's
// EXCLUSIVE locking mode keeps the lock from the first write until the connection is
// closed, over all transactions of both migrators.
func migrateAlone(ctx context.Context, config Config) (err error) {
	db, err := pool(ctx, dsn(config.Path, url.Values{
		"_txlock": {"immediate"},
		"_pragma": {busyPragma(turn), "locking_mode(EXCLUSIVE)", "journal_mode(WAL)", "synchronous(FULL)"},
	}), 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := takeFile(ctx, db); err != nil {
		return err
	}
	set, err := migrationSet(db, config)
	if err != nil {
		return err
	}
	// Another process may have migrated it since the first check.
	state, err := set.State(ctx)
	if err != nil {
		return err
	}
	if err := state.Refuse(); err != nil {
		return err
	}
	if err := set.Up(ctx); err != nil {
		return err
	}
	return migrateQueue(ctx, db, config)
}

func takeFile(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	return tx.Commit()
}

func migrationSet(db *sql.DB, config Config) (*schema.Migrations, error) {
	files, err := migrations()
	if err != nil {
		return nil, err
	}
	return schema.New(database.DialectSQLite3, db, files, tables, config.Logger)
}

func queueMigrator(db *sql.DB, config Config) (*rivermigrate.Migrator[*sql.Tx], error) {
	return rivermigrate.New(riversqlite.New(db), &rivermigrate.Config{Logger: config.Logger})
}

func queueUpToDate(ctx context.Context, db *sql.DB, config Config) (bool, error) {
	migrator, err := queueMigrator(db, config)
	if err != nil {
		return false, err
	}
	existing, err := migrator.ExistingVersions(ctx)
	if err != nil {
		return false, fmt.Errorf("read the version of the job queue's tables: %w", err)
	}
	return len(existing) == len(migrator.AllVersions()), nil
}

func migrateQueue(ctx context.Context, db *sql.DB, config Config) error {
	migrator, err := queueMigrator(db, config)
	if err != nil {
		return err
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate the job queue's tables: %w", err)
	}
	return nil
}

// busy reports whether another connection has locked the file.
func busy(err error) bool {
	var fault *sqlite.Error
	return errors.As(err, &fault) && fault.Code()&primaryCode == sqlite3.SQLITE_BUSY
}
