package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	sqlite "modernc.org/sqlite"
)

// OpenMemory returns an empty store in memory, until Close. It takes about a fifth of
// a millisecond, so every recorded call can have its own. It has one connection: a
// read waits for a running transaction.
func OpenMemory(ctx context.Context, config Config) (*Store, error) {
	config = config.withDefaults()
	empty, err := emptyImage()
	if err != nil {
		return nil, fmt.Errorf("open SQLite in memory: %w", err)
	}
	base, err := sqlite.NewConnector("file::memory:?_txlock=immediate&_pragma=foreign_keys(1)")
	if err != nil {
		return nil, fmt.Errorf("open SQLite in memory: %w", err)
	}
	db := sql.OpenDB(&imageConnector{Connector: base, image: empty})
	db.SetMaxOpenConns(1)
	db.SetMaxIdleConns(1)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open SQLite in memory: %w", err), db.Close())
	}
	s, err := over(db, db, config)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open SQLite in memory: %w", err), db.Close())
	}
	return s, nil
}

// imageConnector opens the one connection of a database in memory.
type imageConnector struct {
	driver.Connector
	image []byte
	used  atomic.Bool
}

// Connect opens the connection and loads the image. It refuses a second connection,
// which would be another, empty database.
func (c *imageConnector) Connect(ctx context.Context) (driver.Conn, error) {
	if c.used.Swap(true) {
		return nil, errors.New("the database in memory has ended with its connection; open a new one")
	}
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	loader, ok := conn.(interface{ Deserialize(image []byte) error })
	if !ok {
		return nil, errors.Join(errors.New("the SQLite driver can't load an image"), conn.Close())
	}
	if err := loader.Deserialize(c.image); err != nil {
		return nil, errors.Join(fmt.Errorf("load the empty database: %w", err), conn.Close())
	}
	return conn, nil
}

// emptyImage returns a database after all migrations. It is made once in a process:
// the two migrators take a hundred times as long as a copy.
var emptyImage = sync.OnceValues(func() (_ []byte, err error) {
	dir, err := os.MkdirTemp("", "paytrace-empty-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "empty.db")
	if err := migrate(context.Background(), Config{Path: path}.withDefaults()); err != nil {
		return nil, err
	}
	image, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return leaveWAL(image)
})

// These two bytes of SQLite's file header name the journal mode: 2 for WAL, which a
// database in memory can't have, 1 for a rollback journal. Source: https://www.sqlite.org/fileformat2.html, "file format version numbers".
const writeVersion, readVersion = 18, 19

func leaveWAL(image []byte) ([]byte, error) {
	if len(image) < 100 {
		return nil, fmt.Errorf("the empty database has %d bytes, want at least the header's 100", len(image))
	}
	image[writeVersion], image[readVersion] = 1, 1
	return image, nil
}
