package postgres_test

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// TestAuditStays checks that the database refuses to change or remove what people did,
// whoever asks.
func TestAuditStays(t *testing.T) {
	t.Parallel()
	url := migrated(t)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(t.Context(), `INSERT INTO audit (at, what, actor, subject, detail) VALUES (now(), 'forget', 'amina', '', '')`); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`UPDATE audit SET actor = 'nobody'`, `DELETE FROM audit`, `DELETE FROM audit WHERE actor = 'wanjiku'`, `TRUNCATE audit`,
		`INSERT INTO audit (id, at, what, actor, subject, detail) OVERRIDING SYSTEM VALUE SELECT id, at, what, 'nobody', subject, detail FROM audit
			ON CONFLICT (id) DO UPDATE SET actor = 'nobody'`,
	} {
		if _, err := conn.Exec(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "only added") {
			t.Errorf("%s: %v, want a refusal", statement, err)
		}
	}
	if got := query(t, url, `SELECT actor || outcome FROM audit`); len(got) != 1 || got[0] != "aminadone" {
		t.Errorf("the table has %q", got)
	}
}
