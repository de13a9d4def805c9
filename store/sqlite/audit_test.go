package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/sqlite"
)

// TestAuditStays checks that the file refuses to change or remove what people did,
// whoever asks, and that erasing a person's data keeps it.
func TestAuditStays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.db")
	s, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
	db := closing(t, s, err)
	entry := store.AuditEntry{What: "forget", Actor: "amina", Outcome: store.AuditDone}
	if err := db.AddAudit(t.Context(), entry); err == nil {
		t.Error("an entry without a time is stored")
	}
	entry.At = time.Unix(1, 0)
	if err := db.AddAudit(t.Context(), entry); err != nil {
		t.Fatal(err)
	}
	raw, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	for _, statement := range []string{
		`UPDATE audit SET actor = 'nobody'`, `DELETE FROM audit`,
		`INSERT INTO audit SELECT id, at, what, 'nobody', subject, detail, outcome FROM audit WHERE true ON CONFLICT (id) DO UPDATE SET actor = 'nobody'`,
	} {
		if _, err := raw.ExecContext(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "only added") {
			t.Errorf("%s: %v, want a refusal", statement, err)
		}
	}
	if _, err := db.Forget(t.Context(), "254711000111", "amina", time.Unix(2, 0), false); err != nil {
		t.Fatal(err)
	}
	got, err := db.Audit(t.Context(), 10)
	if err != nil || len(got) != 1 || got[0].Actor != "amina" {
		t.Errorf("the table has %+v, %v", got, err)
	}
}
