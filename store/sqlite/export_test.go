package sqlite

import "testing"

// WriterPragma is a setting of the connection that writes.
func WriterPragma(t *testing.T, s *Store, name string) (value string) {
	t.Helper()
	if err := s.writer.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&value); err != nil {
		t.Fatalf("PRAGMA %s: %v", name, err)
	}
	return value
}
