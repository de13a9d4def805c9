package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/sqlite"
)

func newPath(t *testing.T) string { return filepath.Join(t.TempDir(), "paytrace.db") }

func openPath(t *testing.T, path string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(context.Background(), sqlite.Config{Path: path})
	closing(t, s, err)
	return s
}

// beside opens the file as another program does.
func beside(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func mustExec(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func schemaOf(t *testing.T, db *sql.DB) (all []string) {
	t.Helper()
	found, err := db.QueryContext(t.Context(), `SELECT name || ': ' || COALESCE(sql, '') FROM sqlite_master`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = found.Close() }()
	for found.Next() {
		var one string
		if err := found.Scan(&one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

func addWorker(s store.Store, phone string) error {
	return s.Within(context.Background(), func(ctx context.Context, tx store.Tx) error {
		return tx.AddWorker(ctx, store.Worker{WorkerID: "NW-" + phone, Phone: phone, PublicKey: phone, SealedSecret: "x"})
	})
}

func TestFileIsOpenedAgain(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	for round := range 3 {
		s, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		if err := addWorker(s, fmt.Sprint(round)); err != nil {
			t.Errorf("round %d: %v", round, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	s := openPath(t, path)
	for round := range 3 {
		if _, err := s.Worker(t.Context(), fmt.Sprint(round)); err != nil {
			t.Errorf("the worker of round %d: %v", round, err)
		}
	}
}

func TestFirstStartsTogether(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			s, err := sqlite.Open(ctx, sqlite.Config{Path: path})
			if err != nil {
				t.Errorf("open: %v", err)
				return
			}
			// The store stays open while the others start.
			t.Cleanup(func() { _ = s.Close() })
			if err := addWorker(s, fmt.Sprint(i)); err != nil {
				t.Errorf("add a worker: %v", err)
			}
		})
	}
	all.Wait()
	alone := newPath(t)
	openPath(t, alone)
	if diff := cmp.Diff(schemaOf(t, beside(t, alone)), schemaOf(t, beside(t, path))); diff != "" {
		t.Errorf("the schema differs from that of a single start:\n%s", diff)
	}
}

func TestOpenRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, statement string
		ours            bool
		want            string
	}{
		{"a legacy service's", `CREATE TABLE workers (id INTEGER PRIMARY KEY)`, false, `"paytrace migrate"`},
		{"another program's", `CREATE TABLE invoices (id INTEGER)`, false, `"invoices"`},
		{
			"a newer program's", `INSERT INTO paytrace_migrations (version_id, is_applied) VALUES (4711, 1)`,
			true, "version 4711",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := newPath(t)
			if c.ours {
				s, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
				if err != nil {
					t.Fatal(err)
				}
				_ = s.Close()
			}
			db := beside(t, path)
			mustExec(t, db, c.statement)
			before := schemaOf(t, db)
			for range 2 {
				_, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
				if !errors.Is(err, store.ErrSchema) || !strings.Contains(err.Error(), c.want) {
					t.Errorf("error is %v, want ErrSchema and %s", err, c.want)
				}
			}
			if diff := cmp.Diff(before, schemaOf(t, db)); diff != "" {
				t.Errorf("the refused file was changed:\n%s", diff)
			}
		})
	}
}

func TestOpenRefusesWhatIsNoDatabase(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"", t.TempDir(), filepath.Join(t.TempDir(), "no", "such", "folder.db")} {
		if s, err := sqlite.Open(t.Context(), sqlite.Config{Path: path}); err == nil {
			t.Errorf("%q was opened", path)
			_ = s.Close()
		}
	}
	path := newPath(t)
	if err := os.WriteFile(path, []byte(strings.Repeat("not a database. ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
	if err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("error is %v, want one that names the file", err)
	}
}

// A COMMIT survives a power cut only with the first two of these settings.
func TestFileSurvivesAPowerCut(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	s := openPath(t, path)
	if got := sqlite.WriterPragma(t, s, "journal_mode"); got != "wal" {
		t.Errorf("journal_mode is %s, want wal", got)
	}
	if got := sqlite.WriterPragma(t, s, "synchronous"); got != "2" {
		t.Errorf("synchronous is %s, want 2 (FULL)", got)
	}
	if got := sqlite.WriterPragma(t, s, "foreign_keys"); got != "1" {
		t.Errorf("foreign_keys is %s, want 1", got)
	}
}

// Another process may write too: a caller waits for it and gets no error.
func TestAnotherProcessWrites(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	s := openPath(t, path)
	other := beside(t, path)
	mustExec(t, other, `BEGIN IMMEDIATE`)
	result := make(chan error, 1)
	go func() { result <- addWorker(s, "254700000001") }()
	select {
	case err := <-result:
		t.Errorf("a writer did not wait for another process: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	mustExec(t, other, `COMMIT`)
	if err := <-result; err != nil {
		t.Errorf("a writer that had to wait: %v", err)
	}
	// Reads don't wait.
	mustExec(t, other, `BEGIN IMMEDIATE`)
	if _, err := s.Worker(t.Context(), "254700000001"); err != nil {
		t.Errorf("a read beside another writer: %v", err)
	}
	// A caller does not wait beyond its own deadline for a writer that never ends.
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	started := time.Now()
	err := s.Within(ctx, func(context.Context, store.Tx) error { return nil })
	if err == nil || errors.Is(err, store.ErrUnknown) || time.Since(started) > 5*time.Second {
		t.Errorf("after %s the error is %v, want one at the caller's deadline", time.Since(started), err)
	}
	mustExec(t, other, `ROLLBACK`)
	if err := addWorker(s, "254700000002"); err != nil {
		t.Errorf("the store does not work any more: %v", err)
	}
}

func TestMemoryStoresAreApart(t *testing.T) {
	t.Parallel()
	one, two := openMemory(t, store.JobRules{}), openMemory(t, store.JobRules{})
	if err := addWorker(one, "254700000001"); err != nil {
		t.Fatal(err)
	}
	if _, err := two.Worker(t.Context(), "254700000001"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("another store in memory has the worker: %v", err)
	}
}
