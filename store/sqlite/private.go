package sqlite

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
)

// othersRights are the rights of everybody but a file's owner.
const othersRights = 0o077

// Files lists the files of a database: SQLite keeps two beside its own, and a third
// before the journal is a WAL.
func Files(path string) []string {
	return []string{path, path + "-wal", path + "-shm", path + "-journal"}
}

// makePrivate creates the file for its owner alone, and takes the rights of others
// from files that exist: they hold numbers and one-time codes. SQLite gives the
// files beside a database its mode.
func makePrivate(path string, log *slog.Logger) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		// SQLite tells why a file can't be created: it opens the file next.
		_ = create(path)
	}
	takeRights(path, log)
}

// create makes an empty file under another name first. To close the database itself
// would end all locks that SQLite has on it in this process.
func create(path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*") // its mode is 0600
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Link(f.Name(), path), os.Remove(f.Name()))
}

func takeRights(path string, log *slog.Logger) {
	for _, name := range Files(path) {
		info, err := os.Stat(name)
		if err != nil || !info.Mode().IsRegular() || info.Mode().Perm()&othersRights == 0 {
			continue
		}
		if err := os.Chmod(name, info.Mode().Perm()&^othersRights); err != nil {
			log.Warn("other users can read a file of the database, and its mode can't be changed", "file", name, "error", err)
		}
	}
}
