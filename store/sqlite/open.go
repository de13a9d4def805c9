// Package sqlite stores everything in one file beside the program: nothing to
// install, nothing to start. One connection writes, several read.
package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/riverqueue/river/riverdriver/riversqlite"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/internal/jobs"
	"github.com/paytrace/paytrace/store/internal/rows"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

const (
	// busyTimeout is how long the writer waits for another process, such as a second
	// "paytrace" on the same file. Within this process writers wait for the one
	// connection, not for the file.
	busyTimeout = 2 * time.Second
	// defaultReaders is how many reads run at once. They take microseconds, so a few
	// connections serve any number of callers.
	defaultReaders = 4
)

//go:embed migrations/*.sql
var embedded embed.FS

// Config says where the database is and how to use it. A zero field means its
// default.
type Config struct {
	// Path is the file; Open creates it if it does not exist.
	Path string
	// Readers is how many reads run at once; default 4.
	Readers int
	// Jobs says how background work is run.
	Jobs store.JobRules
	// Logger takes the lines of the job and migration libraries. Default: none are
	// logged.
	Logger *slog.Logger
	// Now gives the time of "created at"; default time.Now.
	Now func() time.Time
}

func (c Config) withDefaults() Config {
	c.Logger = cmp.Or(c.Logger, slog.New(slog.DiscardHandler))
	c.Readers = cmp.Or(c.Readers, defaultReaders)
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// Open opens the file and migrates its schema to this program's version. An error
// wraps store.ErrSchema if the file has another schema.
func Open(ctx context.Context, config Config) (*Store, error) {
	if config.Path == "" {
		return nil, errors.New("open SQLite: the path is empty; name a file")
	}
	config = config.withDefaults()
	makePrivate(config.Path, config.Logger)
	if err := migrate(ctx, config); err != nil {
		return nil, fmt.Errorf("open SQLite file %s: %w", config.Path, err)
	}
	takeRights(config.Path, config.Logger) // where create could not
	s, err := connect(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open SQLite file %s: %w", config.Path, err)
	}
	return s, nil
}

func connect(ctx context.Context, config Config) (*Store, error) {
	writer, err := pool(ctx, writerDSN(config.Path), 1)
	if err != nil {
		return nil, err
	}
	reader, err := pool(ctx, readerDSN(config.Path), config.Readers)
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	s, err := over(writer, reader, config)
	if err != nil {
		return nil, errors.Join(err, reader.Close(), writer.Close())
	}
	return s, nil
}

// over returns a store over open pools.
func over(writer, reader *sql.DB, config Config) (*Store, error) {
	queue, err := jobs.New(riversqlite.New(writer), config.Logger, config.Jobs)
	if err != nil {
		return nil, err
	}
	s := &Store{writer: writer, reader: reader, queue: queue, now: config.Now, path: config.Path}
	s.writing = newPrepared(writer)
	s.reading = s.writing
	if reader != writer {
		s.reading = newPrepared(reader)
	}
	s.DB = rows.New(rows.Access{
		Read:        func(context.Context) rows.Conn { return conn{store: s, prepared: s.reading} },
		Write:       func(context.Context) rows.Conn { return conn{store: s, prepared: s.writing} },
		Within:      s.Within,
		Snapshot:    s.snapshot,
		CallerNotes: callerNotes,
	})
	return s, nil
}

// pool opens connections that stay open as long as the store.
func pool(ctx context.Context, dsn string, size int) (*sql.DB, error) {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// writerDSN begins every transaction as a writer's. A transaction that becomes a
// writer's later may get SQLITE_BUSY, which can't be waited for. synchronous=FULL makes
// a COMMIT survive a power cut. secure_delete overwrites removed rows: numbers must
// not stay in free pages.
func writerDSN(path string) string {
	return dsn(path, url.Values{
		"_txlock": {"immediate"},
		"_pragma": {busyPragma(busyTimeout), "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "secure_delete(1)"},
	})
}

func readerDSN(path string) string {
	return dsn(path, url.Values{"_pragma": {busyPragma(busyTimeout), "query_only(1)"}})
}

func busyPragma(wait time.Duration) string {
	return fmt.Sprintf("busy_timeout(%d)", wait.Milliseconds())
}

// dsn writes the path as a URL, so no character of it is read as a parameter.
func dsn(path string, parameters url.Values) string {
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive letter
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: parameters.Encode()}).String()
}

// migrations returns the embedded files without the name of their folder.
func migrations() (fs.FS, error) {
	return fs.Sub(embedded, "migrations")
}
