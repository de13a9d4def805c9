package command

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/paytrace/paytrace/store/storetest/servers"
)

// oldTable is the table of the legacy service. Its row has a token that
// Python's cryptography library made (wallet/testdata/fernet_vectors.json).
const oldTable = `
CREATE TABLE workers (id SERIAL PRIMARY KEY, worker_id VARCHAR(20) UNIQUE NOT NULL, phone VARCHAR(20) UNIQUE NOT NULL, name VARCHAR(255),
	stellar_public_key VARCHAR(56) UNIQUE NOT NULL, stellar_secret_encrypted TEXT NOT NULL, created_at TIMESTAMPTZ DEFAULT NOW());
INSERT INTO workers (worker_id, phone, stellar_public_key, stellar_secret_encrypted) VALUES ('NW-0BADCAFE', '254711000111',
	'GDRXE2BQUC3AZNPVFSCEZ76NJ3WWL25FYFK6RGZGIEKWE4SOOHSUJUJ6',
	'gAAAAABpjEOAAAECAwQFBgcICQoLDA0OD-8Y_F4iCWmc8uniHBBP3IOtITpo4ITo6gXK5-RF_a2M5U1B6xyIycnpj4gayomHM9upWy3GDkTx0vUV5t_V1r8YorlNKtqEYiCizlbzBYbym5zOsXp8o1t9_qTIek2CfA==')`

// serve refuses a legacy database until it is migrated; then its workers sign
// in.
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
	if status := run(t.Context(), []string{"serve", "--port", "0"}, streams{in: strings.NewReader(""), out: io.Discard, err: &out}); status == exitFine || !strings.Contains(out.String(), `run "paytrace migrate"`) {
		t.Fatalf("serve before: status %d\n%s", status, &out)
	}
	for range 2 {
		out.Reset()
		if status := run(t.Context(), []string{"migrate"}, streams{in: strings.NewReader(""), out: &out, err: &out}); status != exitFine {
			t.Fatalf("migrate: status %d\n%s", status, &out)
		}
	}
	s := serve(t)
	if got, want := s.calls("a", "+254711000111", "2*0711000111"), "END Signed in. Worker ID: NW-0BADCAFE"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := s.calls("b", "+254711000111", "1*0711000111"), "END Account already exists. Worker ID: NW-0BADCAFE"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := s.calls("c", "+254722000222", "1*0722000222"); !strings.HasPrefix(got, "END Account created.") {
		t.Errorf("got %q", got)
	}
	if !strings.Contains(s.banner, "Postgres") || strings.Contains(s.banner+s.log.String(), url) {
		t.Errorf("the banner or the log:\n%s%s", s.banner, s.log)
	}
	s.stop()
	t.Setenv("ENCRYPTION_KEY", "another key")
	out.Reset()
	if status := run(t.Context(), []string{"serve", "--port", "0"}, streams{in: strings.NewReader(""), out: io.Discard, err: &out}); status != exitMisuse || !strings.Contains(out.String(), "ENCRYPTION_KEY is another one") {
		t.Errorf("serve with another key: status %d\n%s", status, &out)
	}
}

// oldRows are accounts with tokens that Python's cryptography library made
// under three keys, and with numbers in different forms. Two pairs share a
// number.
const oldRows = `
INSERT INTO workers (worker_id, phone, name, stellar_public_key, stellar_secret_encrypted) VALUES
('NW-00000002', '0722 000-222', 'Wanjiku', 'GBAW5XGWORWVFE2XTJYDTLDHXTY2Q2MO73HYCGB3XMFMQ562Q2W2GJQX',
	'gAAAAABpjEOAAAECAwQFBgcICQoLDA0ODxgWhhmFG3AHwyCC2YnquC32Xiz3OnyfEUG0cPTIlerwqFSuMc4wAhoTaEJooorSqBcuHYyrOWDNP8uCDBagctQsJgJUCy2x39fm2uNFvI2XTNG3jcq8q5QiEd4jYK6qkw=='),
('NW-00000003', '+254733000333', NULL, 'GAY5PRAHJ2HIYBYCLZXTHID6SPVELOOYH2LBPH3LD4RUMXUW3DOYTLXW',
	'gAAAAABpjEOAAAECAwQFBgcICQoLDA0OD1sFaSSBOQXBchOSZidLtCT3bWfYB7QVBGNPXise0JOPy2HEXOjPLV7uzv3lJ7pEN8YVJH7-e2b-KgHhM3bO2xngmFTIxS8TUFx86_RsNmUFmhDYzGGKmJatuGiQb85JtQ=='),
('NW-LATER-LONGER-CODE', '0733000333', NULL, 'GLATER', 'none')`

func oldDatabase(t *testing.T, statements ...string) (url string, query func(statement string) string) {
	t.Helper()
	url = servers.Database(t)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	for _, statement := range statements {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	return url, func(statement string) string {
		t.Helper()
		var found string
		if err := conn.QueryRow(t.Context(), statement).Scan(&found); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
		return found
	}
}

// says runs a subcommand.
func says(t *testing.T, wantStatus int, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if status := run(t.Context(), args, streams{in: strings.NewReader(""), out: &out, err: &out}); status != wantStatus {
		t.Fatalf("%v: status %d, want %d\n%s", args, status, wantStatus, &out)
	}
	return out.String()
}

const everyRow = `SELECT string_agg(concat_ws('|', id, worker_id, phone, name, stellar_public_key, stellar_secret_encrypted, created_at), ' ' ORDER BY id) FROM workers`

func TestMigrateOldNumbersAndTokens(t *testing.T) {
	t.Chdir(t.TempDir())
	url, query := oldDatabase(t, oldTable, oldRows)
	t.Setenv("DATABASE_URL", url)
	t.Setenv("ENCRYPTION_KEY", "changeme")
	t.Setenv("ENCRYPTION_KEY_OLD", "test-encryption-key\nufunguo wa siri – ñ€")
	before := query(everyRow)

	dry := says(t, exitDiagnostics, "migrate", "--dry-run")
	if got := query(`SELECT count(*)::text FROM pg_tables WHERE schemaname = 'public'`); got != "1" {
		t.Fatalf("after --dry-run the database has %s tables", got)
	}
	for _, words := range []string{"as the legacy service left it", "nothing was changed", "1 number is held by several", "NW-LATER-LONGER-CODE", `"+25********33"`} {
		if !strings.Contains(dry, words) {
			t.Errorf("--dry-run lacks %q:\n%s", words, dry)
		}
	}
	if strings.Contains(dry, "33000333") {
		t.Errorf("a whole number is shown:\n%s", dry)
	}
	var report migrateReport
	if err := json.Unmarshal([]byte(says(t, exitDiagnostics, "migrate", "--json")), &report); err != nil {
		t.Fatal(err)
	}
	if !report.OldService || !report.UpToDate || report.Workers != 4 || report.OtherForms != 3 || len(report.Duplicates) != 1 ||
		report.Duplicates[0].Decided || report.Duplicates[0].Accounts[0].Answers {
		t.Errorf("the report is %+v", report)
	}
	s := serve(t)
	for typed, want := range map[string]string{
		"0711000111": "END Signed in. Worker ID: NW-0BADCAFE", "0722000222": "END Signed in. Worker ID: NW-00000002",
		"+254 722-000222": "END Signed in. Worker ID: NW-00000002",
	} {
		if got := s.calls("signin."+strings.ReplaceAll(typed, " ", ""), "+254799999999", "2*"+typed); got != want {
			t.Errorf("%s: %q, want %q", typed, got, want)
		}
	}
	if got, want := s.calls("again", "+254722000222", "1*0722000222"), "END Account already exists. Worker ID: NW-00000002"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := s.calls("twins", "+254799999999", "2*0733000333"); strings.Contains(got, "NW-") || !strings.HasPrefix(got, "END ") {
		t.Errorf("before a decision the answer is a guess: %q", got)
	}
	if got := says(t, exitMisuse, "migrate", "--keep", "NW-NOBODY"); !strings.Contains(got, "no account with this Worker ID") {
		t.Errorf("keep of nobody: %s", got)
	}
	says(t, exitFine, "migrate", "--keep", "NW-LATER-LONGER-CODE")
	if got, want := s.calls("decided", "+254799999999", "2*0733000333"), "END Signed in. Worker ID: NW-LATER-LONGER-CODE"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	says(t, exitFine, "migrate", "--keep", "NW-00000003")
	if got, want := s.calls("otherwise", "+254733000333", "2*0733000333"), "END Signed in. Worker ID: NW-00000003"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if s.stop() != exitFine {
		t.Error("serve failed")
	}
	if after := query(everyRow); after != before {
		t.Errorf("the old service's columns were\n%s\nand are\n%s", before, after)
	}
	if again := says(t, exitFine, "migrate", "--dry-run"); !strings.Contains(again, "nothing to do") {
		t.Errorf("a migrated database: %s", again)
	}
}

func TestMigrateNeedsPostgres(t *testing.T) {
	t.Chdir(t.TempDir())
	var out bytes.Buffer
	if status := run(t.Context(), []string{"migrate"}, streams{in: strings.NewReader(""), out: &out, err: &out}); status != exitMisuse || !strings.Contains(out.String(), "SQLite file paytrace.db") {
		t.Errorf("status %d\n%s", status, &out)
	}
}
