package postgres_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"github.com/paytrace/paytrace"
	"github.com/paytrace/paytrace/engine/msisdn"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/postgres"
	"github.com/paytrace/paytrace/store/postgres/legacy"
	"github.com/paytrace/paytrace/store/storetest/servers"
)

func TestDigitsOfStoredNumbers(t *testing.T) {
	t.Parallel()
	url := migrated(t)
	for stored, want := range map[string]string{
		"254712345678": "254712345678", "0712345678": "254712345678", "712345678": "254712345678",
		"+254712345678": "254712345678", "00254712345678": "254712345678", "254 712-345 678": "254712345678",
		"(0712) 345.678": "254712345678", " 0712;345678\t": "254712345678", "0112345678": "254112345678",
		"+447911123456": "447911123456", "447911123456": "447911123456", "00447911123456": "447911123456",
		"254202123456": "254202123456", "2540712345678": "2540712345678",
		"": "", "Amina": "", "0712": "", "+": "", "00": "", "071234567x": "", "0812345678": "", "1234567890123456": "",
		"+0712345678": "", "07123456789": "", "forgotten-1": "", "٠٧١٢٣٤٥٦٧٨": "",
	} {
		got := query(t, url, `SELECT COALESCE(paytrace_msisdn($1), '')`, stored)
		if got[0] != want {
			t.Errorf("%q is %q, want %q", stored, got[0], want)
		}
	}
}

// A number in any form that a caller may type is found if the legacy service stored it
// as typed.
func TestStoredNumbersAreReadAsTypedOnes(t *testing.T) {
	t.Parallel()
	url := migrated(t)
	form := rapid.Custom(func(t *rapid.T) string {
		digits := rapid.StringMatching(`(\+254|00254|254|0|)[17][0-9]{8}`).Draw(t, "digits")
		var b strings.Builder
		for _, d := range digits {
			b.WriteString(rapid.SampledFrom([]string{"", "", "", " ", "-", "(", ")", ".", ";", "\t"}).Draw(t, "separator"))
			b.WriteRune(d)
		}
		return b.String()
	})
	rapid.Check(t, func(rt *rapid.T) {
		typed := rapid.SliceOfN(form, 20, 20).Draw(rt, "typed")
		got := query(t, url, `SELECT COALESCE(paytrace_msisdn(p), '') FROM unnest($1::text[]) WITH ORDINALITY AS u(p, n) ORDER BY n`, typed)
		for i, stored := range typed {
			want, ok := msisdn.Parse(stored)
			if !ok || got[i] != want {
				rt.Fatalf("%q: the database reads %q, a screen %q (%v)", stored, got[i], want, ok)
			}
		}
	})
}

// Any number from a gateway is found under itself, except the nine digits that people
// type in Kenya and no country has.
func TestCallersAreFoundUnderTheirDigits(t *testing.T) {
	t.Parallel()
	url := migrated(t)
	rapid.Check(t, func(rt *rapid.T) {
		callers := rapid.SliceOfN(rapid.StringMatching(`[1-9][0-9]{9,14}`), 20, 20).Draw(rt, "callers")
		got := query(t, url, `SELECT COALESCE(paytrace_msisdn(p), '') FROM unnest($1::text[]) WITH ORDINALITY AS u(p, n) ORDER BY n`, callers)
		if diff := cmp.Diff(callers, got); diff != "" {
			rt.Fatalf("callers (-) are found under (+):\n%s", diff)
		}
	})
}

func TestTheFormulaIsOne(t *testing.T) {
	t.Parallel()
	migration, err := os.ReadFile("migrations/00002_numbers.sql")
	if err != nil {
		t.Fatal(err)
	}
	formula := strings.Join(strings.Fields(legacy.AsDigits), " ")
	for name, text := range map[string]string{"the migration": string(migration), "schema.sql": paytrace.Schema} {
		if !strings.Contains(strings.Join(strings.Fields(text), " "), formula) {
			t.Errorf("%s has another formula than AsDigits", name)
		}
	}
}

// old returns a legacy database with accounts, each a Worker ID and a number.
func old(t *testing.T, accounts ...string) (url string) {
	t.Helper()
	url = servers.Database(t)
	query(t, url, oldSchema)
	for i := 0; i < len(accounts); i += 2 {
		insertOld(t, url, accounts[i], accounts[i+1])
	}
	return url
}

func insertOld(t *testing.T, url, id, phone string) {
	t.Helper()
	query(t, url, `INSERT INTO workers (worker_id, phone, name, stellar_public_key, stellar_secret_encrypted)
		VALUES ($1::varchar, $2, NULL, 'G' || $1::varchar, 'token') RETURNING worker_id`, id, phone)
}

const rowsAsTheyStand = `SELECT concat_ws('|', id, worker_id, phone, name, stellar_public_key, stellar_secret_encrypted, created_at)
	FROM workers ORDER BY id`

func TestNumbersInOtherForms(t *testing.T) {
	t.Parallel()
	url := old(t, "NW-1", "0711000001", "NW-2", "+254711000002", "NW-3", "254 711-000 003", "NW-4", "254711000004", "NW-5", "unknown")
	before := query(t, url, rowsAsTheyStand)
	if err := postgres.Migrate(t.Context(), postgres.Config{URL: url}); err != nil {
		t.Fatal(err)
	}
	s := openAt(t, postgres.Config{URL: url})
	insertOld(t, url, "NW-6", "0711 000 006") // the legacy service continues
	for id, number := range map[string]string{
		"NW-1": "254711000001", "NW-2": "254711000002", "NW-3": "254711000003", "NW-4": "254711000004", "NW-6": "254711000006",
	} {
		w, err := s.Worker(t.Context(), number)
		if err != nil || w.WorkerID != id || w.Phone != number {
			t.Errorf("%s: %+v, %v; want %s", number, w, err, id)
		}
		added := store.Worker{WorkerID: "NW-NEW", Phone: number, PublicKey: "GNEW", SealedSecret: "x"}
		err = s.Within(t.Context(), func(ctx context.Context, tx store.Tx) error {
			if _, err := tx.Verify(ctx, number, time.Unix(1, 0)); err != nil {
				return err
			}
			return tx.AddWorker(ctx, added)
		})
		if !errors.Is(err, store.ErrPhoneTaken) {
			t.Errorf("a second account for %s: %v, want ErrPhoneTaken", number, err)
		}
	}
	if _, err := s.Worker(t.Context(), "254711000009"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a number that nobody has: %v", err)
	}
	if diff := cmp.Diff(before, query(t, url, rowsAsTheyStand)[:len(before)]); diff != "" {
		t.Errorf("the legacy service finds other rows:\n%s", diff)
	}
	report, err := postgres.Inspect(t.Context(), postgres.Config{URL: url})
	if err != nil || report.Workers != 6 || report.OtherForms != 4 || len(report.Duplicates) != 0 ||
		len(report.Unreadable) != 1 || report.Unreadable[0].WorkerID != "NW-5" || !report.UpToDate() {
		t.Errorf("the report is %+v, %v", report, err)
	}
}

// A person decides which of two accounts answers. Until then the legacy service's
// answer holds, and no third account is made.
func TestDuplicatesAreReportedAndDecided(t *testing.T) {
	t.Parallel()
	url := old(
		t, "NW-A1", "0711000001", "NW-A2", "254711000001", // the legacy service finds A2
		"NW-B1", "0722000002", "NW-B2", "+254722000002", "NW-B3", "722000002", // and none of these
		"NW-C1", "254733000003",
	)
	dry, err := postgres.Inspect(t.Context(), postgres.Config{URL: url})
	if err != nil || !dry.Legacy || dry.UpToDate() {
		t.Fatalf("before: %+v, %v", dry, err)
	}
	if err := postgres.Migrate(t.Context(), postgres.Config{URL: url}); err != nil {
		t.Fatal(err)
	}
	s := openAt(t, postgres.Config{URL: url})
	answers := func(number string) string {
		t.Helper()
		w, err := s.Worker(t.Context(), number)
		switch {
		case errors.Is(err, store.ErrAmbiguous):
			return "?"
		case errors.Is(err, store.ErrNotFound):
			return "none"
		case err != nil:
			t.Fatal(err)
		}
		return w.WorkerID
	}
	state := func() string {
		t.Helper()
		report, err := postgres.Inspect(t.Context(), postgres.Config{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(len(dry.Duplicates), len(report.Duplicates)); diff != "" {
			t.Errorf("other duplicates than before:\n%s", diff)
		}
		told := ""
		for _, d := range report.Duplicates {
			told += d.Number + " " + d.Answers() + " "
			if d.Answers() != "" && d.Answers() != answers(d.Number) {
				t.Errorf("%s: the report says %s answers and %s does", d.Number, d.Answers(), answers(d.Number))
			}
		}
		for _, d := range report.Undecided() {
			told += d.Number + "? "
		}
		return told
	}
	for _, step := range []struct {
		keep, want string
		aside      int
	}{
		{"", "254711000001 NW-A2 254722000002  254711000001? 254722000002? ", 0},
		{"NW-B3", "254711000001 NW-A2 254722000002 NW-B3 254711000001? ", 2},
		{"NW-A1", "254711000001 NW-A1 254722000002 NW-B3 ", 1},
		{"NW-A2", "254711000001 NW-A2 254722000002 NW-B3 ", 1},
		{"NW-A2", "254711000001 NW-A2 254722000002 NW-B3 ", 1},
	} {
		if step.keep != "" {
			aside, err := postgres.Keep(t.Context(), postgres.Config{URL: url}, step.keep, "amina")
			if err != nil || aside != step.aside {
				t.Errorf("keep %s: %d, %v; want %d", step.keep, aside, err, step.aside)
			}
		} else if answers("254722000002") != "?" {
			t.Errorf("%s answers before anyone has decided", answers("254722000002"))
		}
		if got := state(); got != step.want {
			t.Errorf("after --keep %q: %q, want %q", step.keep, got, step.want)
		}
	}
	if got := query(t, url, `SELECT concat_ws(' ', what, actor, subject, detail, outcome) FROM audit ORDER BY id`); len(got) != 4 || got[0] != "migrate --keep amina NW-B3 2 others set aside done" {
		t.Errorf("the audit says %q", got)
	}
	if got := query(t, url, `SELECT worker_id FROM workers WHERE phone = '0722000002'`); got[0] != "NW-B1" {
		t.Errorf("the legacy service finds %s", got)
	}
	if _, err := postgres.Keep(t.Context(), postgres.Config{URL: url}, "NW-NONE", "amina"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("keep of nobody: %v", err)
	}
}

// The legacy service's callers don't wait long behind a migration that waits for a
// transaction of the legacy service.
func TestMigrateBesideTheLegacyService(t *testing.T) {
	t.Parallel()
	url := old(t, "NW-1", "0711000001")
	report, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = report.Close(context.Background()) }()
	// This report takes long.
	if _, err := report.Exec(t.Context(), `BEGIN; SELECT count(*) FROM workers`); err != nil {
		t.Fatal(err)
	}
	migrating := make(chan error, 1)
	go func() { migrating <- postgres.Migrate(t.Context(), postgres.Config{URL: url}) }()
	waiting(t, url)
	register(t, url, "NW-2", "0711000002", "10s", nil)
	select {
	case err := <-migrating:
		t.Fatalf("migrate ended beside the report: %v", err)
	default:
	}
	if _, err := report.Exec(t.Context(), `COMMIT`); err != nil {
		t.Fatal(err)
	}
	if err := <-migrating; err != nil {
		t.Fatal(err)
	}
	s := openAt(t, postgres.Config{URL: url})
	if w, err := s.Worker(t.Context(), "254711000002"); err != nil || w.WorkerID != "NW-2" {
		t.Errorf("registered meanwhile: %+v, %v", w, err)
	}
}

// The control: a change of the table that waits without a limit blocks everyone.
func TestImpatientMigrationWouldStopTheLegacyService(t *testing.T) {
	t.Parallel()
	url := old(t, "NW-1", "0711000001")
	report, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := report.Exec(t.Context(), `BEGIN; SELECT count(*) FROM workers`); err != nil {
		t.Fatal(err)
	}
	change, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	changed := make(chan error, 1)
	go func() {
		_, err := change.Exec(context.Background(), `ALTER TABLE workers ADD COLUMN more TEXT`)
		changed <- err
	}()
	waiting(t, url)
	register(t, url, "NW-2", "0711000002", "2s", errors.New("canceling statement due to statement timeout"))
	if err := report.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if err := errors.Join(<-changed, change.Close(context.Background())); err != nil {
		t.Error(err)
	}
}

// waiting returns when a transaction waits for the table.
func waiting(t *testing.T, url string) {
	t.Helper()
	for t.Context().Err() == nil {
		if n := query(t, url, `SELECT count(*)::text FROM pg_locks WHERE NOT granted AND relation = 'workers'::regclass`); n[0] != "0" {
			return
		}
	}
}

// register does what the legacy service does on a call, with a caller's patience.
func register(t *testing.T, url, id, phone, patience string, want error) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(t.Context(), `SET statement_timeout = '`+patience+`'`); err != nil {
		t.Fatal(err)
	}
	_, err = conn.Exec(t.Context(), `INSERT INTO workers (worker_id, phone, stellar_public_key, stellar_secret_encrypted)
		VALUES ($1::varchar, $2, 'G' || $1::varchar, 'token')`, id, phone)
	if want == nil && err != nil || want != nil && (err == nil || !strings.Contains(err.Error(), want.Error())) {
		t.Errorf("the legacy service registers %s: %v, want %v", id, err, want)
	}
}
