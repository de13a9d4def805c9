// Package sqlite keeps everything in one file beside the program: nothing to
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
	// busyTimeout is how long the writer waits for another process (a second
	// "paytrace" on the same file). In this process nobody waits for the file:
	// the one connection is handed from writer to writer.
	busyTimeout = 2 * time.Second
	// defaultReaders is how many look-ups run at once. They take microseconds,
	// so a few connections serve any number of callers.
	defaultReaders = 4
)

//go:embed migrations/*.sql
var embedded embed.FS

// Config says where the database is and what it needs from outside.
type Config struct {
	// Path is the file; made if it is not there.
	Path string
	// Readers is how many look-ups run at once; 0 means 4.
	Readers int
	// Jobs are the rules of background work.
	Jobs store.JobRules
	// Logger takes what the job and migration libraries say. None: nothing is
	// logged.
	Logger *slog.Logger
	// Now is the clock of "created at"; none: time.Now.
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

// Open opens the file and brings its schema to this program's version. An
// error wraps store.ErrSchema if the file holds another schema.
func Open(ctx context.Context, config Config) (*Store, error) {
	if config.Path == "" {
		return nil, errors.New("open SQLite: the path is empty; name a file")
	}
	config = config.withDefaults()
	if err := migrate(ctx, config); err != nil {
		return nil, fmt.Errorf("open SQLite file %s: %w", config.Path, err)
	}
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

// over makes the store of open pools.
func over(writer, reader *sql.DB, config Config) (*Store, error) {
	queue, err := jobs.New(riversqlite.New(writer), config.Logger, config.Jobs)
	if err != nil {
		return nil, err
	}
	s := &Store{writer: writer, reader: reader, queue: queue, now: config.Now}
	s.writing = newPrepared(writer)
	s.reading = s.writing
	if reader != writer {
		s.reading = newPrepared(reader)
	}
	s.Fundings = rows.Fundings{
		Read:   func(context.Context) rows.Conn { return s.read() },
		Write:  func(context.Context) rows.Conn { return s.write() },
		Within: s.Within,
	}
	return s, nil
}

// pool opens connections that live as long as the store.
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

// writerDSN begins every transaction as a writer's, so that none has to
// become one half-way, which is where SQLITE_BUSY can't be waited for.
// synchronous=FULL makes COMMIT a promise that survives a power cut.
func writerDSN(path string) string {
	return dsn(path, url.Values{
		"_txlock": {"immediate"},
		"_pragma": {busyPragma(busyTimeout), "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)"},
	})
}

func readerDSN(path string) string {
	return dsn(path, url.Values{"_pragma": {busyPragma(busyTimeout), "query_only(1)"}})
}

func busyPragma(wait time.Duration) string {
	return fmt.Sprintf("busy_timeout(%d)", wait.Milliseconds())
}

// dsn writes the path as a URL, so that no character of it is taken for a
// parameter.
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

// migrations is the folder without its name.
func migrations() (fs.FS, error) {
	return fs.Sub(embedded, "migrations")
}
