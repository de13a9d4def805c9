package sqlite

import (
	"os"
	"testing"
)

// WriteEmpty writes a migrated database to a file: a copy takes a hundredth of the
// time of the migrations, which other tests run.
func WriteEmpty(t testing.TB, path string) {
	t.Helper()
	image, err := emptyImage()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, image, 0o600); err != nil {
		t.Fatal(err)
	}
}

// WriterPragma returns a setting of the connection that writes.
func WriterPragma(t *testing.T, s *Store, name string) (value string) {
	t.Helper()
	if err := s.writer.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&value); err != nil {
		t.Fatalf("PRAGMA %s: %v", name, err)
	}
	return value
}

// RefuseWrites makes the disk refuse writes, until free is called.
func RefuseWrites(t *testing.T, s *Store) (free func()) {
	t.Helper()
	set := func(value string) {
		if _, err := s.writer.ExecContext(t.Context(), "PRAGMA query_only = "+value); err != nil {
			t.Fatal(err)
		}
	}
	set("ON")
	return func() { set("OFF") }
}
