package main

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/paytrace/paytrace/store/storetest/servers"
)

// oldTable is the table of the service before this one, with a row whose token
// Python's cryptography library made (wallet/testdata/fernet_vectors.json).
const oldTable = `
CREATE TABLE workers (id SERIAL PRIMARY KEY, worker_id VARCHAR(20) UNIQUE NOT NULL, phone VARCHAR(20) UNIQUE NOT NULL, name VARCHAR(255),
	stellar_public_key VARCHAR(56) UNIQUE NOT NULL, stellar_secret_encrypted TEXT NOT NULL, created_at TIMESTAMPTZ DEFAULT NOW());
INSERT INTO workers (worker_id, phone, stellar_public_key, stellar_secret_encrypted) VALUES ('NW-0BADCAFE', '254711000111',
	'GDRXE2BQUC3AZNPVFSCEZ76NJ3WWL25FYFK6RGZGIEKWE4SOOHSUJUJ6',
	'gAAAAABpjEOAAAECAwQFBgcICQoLDA0OD-8Y_F4iCWmc8uniHBBP3IOtITpo4ITo6gXK5-RF_a2M5U1B6xyIycnpj4gayomHM9upWy3GDkTx0vUV5t_V1r8YorlNKtqEYiCizlbzBYbym5zOsXp8o1t9_qTIek2CfA==')`

// The old service's database is refused until it was migrated, and then its
// workers sign in.
func TestMigrate(t *testing.T) {
	t.Chdir(t.TempDir())
	url := servers.Database(t)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), oldTable); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DATABASE_URL", url)
	t.Setenv("ENCRYPTION_KEY", "changeme")
	var out bytes.Buffer
	if status := run(t.Context(), []string{"serve", "--port", "0"}, streams{strings.NewReader(""), io.Discard, &out}); status == exitFine || !strings.Contains(out.String(), `run "paytrace migrate"`) {
		t.Fatalf("serve before: status %d\n%s", status, &out)
	}
	for range 2 {
		out.Reset()
		if status := run(t.Context(), []string{"migrate"}, streams{strings.NewReader(""), &out, &out}); status != exitFine {
			t.Fatalf("migrate: status %d\n%s", status, &out)
		}
	}
	s := serve(t)
	if got, want := s.says("a", "+254711000111", "2*0711000111"), "END Signed in. Worker ID: NW-0BADCAFE"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := s.says("b", "+254711000111", "1*0711000111"), "END Account already exists. Worker ID: NW-0BADCAFE"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := s.says("c", "+254722000222", "1*0722000222"); !strings.HasPrefix(got, "END Account created.") {
		t.Errorf("got %q", got)
	}
	if !strings.Contains(s.banner, "Postgres") || strings.Contains(s.banner+s.log.String(), url) {
		t.Errorf("the banner or the log:\n%s%s", s.banner, s.log)
	}
	s.stop()
	t.Setenv("ENCRYPTION_KEY", "another key")
	out.Reset()
	if status := run(t.Context(), []string{"serve", "--port", "0"}, streams{strings.NewReader(""), io.Discard, &out}); status != exitMisuse || !strings.Contains(out.String(), "ID_KEY") {
		t.Errorf("serve with another key: status %d\n%s", status, &out)
	}
}

func TestMigrateNeedsPostgres(t *testing.T) {
	t.Chdir(t.TempDir())
	var out bytes.Buffer
	if status := run(t.Context(), []string{"migrate"}, streams{strings.NewReader(""), &out, &out}); status != exitMisuse || !strings.Contains(out.String(), "SQLite file paytrace.db") {
		t.Errorf("status %d\n%s", status, &out)
	}
}
