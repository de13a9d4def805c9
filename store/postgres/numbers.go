package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/paytrace/paytrace/store"
)

// asDigits is the body of paytrace_msisdn, for databases that don't have the
// function yet; a test holds the two equal.
const asDigits = `CASE
    WHEN translate(phone, ' -().;' || chr(9), '') ~ '^((\+|00)?254|0)?[17][0-9]{8}$'
        THEN '254' || right(translate(phone, ' -().;' || chr(9), ''), 9)
    WHEN translate(phone, ' -().;' || chr(9), '') ~ '^(\+|00)?[1-9][0-9]{6,14}$'
        THEN substring(translate(phone, ' -().;' || chr(9), '') FROM '[1-9][0-9]*$')
END`

// kenyan is the form in which nearly all numbers are stored. Each of these is
// there once, since the column is unique: who shares a number is never two of
// them.
const kenyan = `'^254[17][0-9]{8}$'`

// numbersQuery lists the accounts whose number is stored in another form, and
// those that are stored under the same number's digits. The JSON lets it run on
// a table that has no such column yet.
const numbersQuery = `
WITH others AS (
	SELECT worker_id, phone, created_at, to_jsonb(w)->>'set_aside_at' IS NOT NULL AS aside, ` + asDigits + ` AS msisdn
	FROM workers w WHERE phone !~ ` + kenyan + `
), all_of_them AS (
	SELECT * FROM others
	UNION
	SELECT w.worker_id, w.phone, w.created_at, to_jsonb(w)->>'set_aside_at' IS NOT NULL, w.phone
	FROM workers w JOIN others o ON w.phone = o.msisdn WHERE w.phone ~ ` + kenyan + `
)
SELECT COALESCE(msisdn, ''), worker_id, phone, COALESCE(created_at, 'epoch'), aside
FROM all_of_them ORDER BY 1, aside, created_at, worker_id`

// Report is how a database stands towards this program.
type Report struct {
	// OldService: the database is as the service before this one left it.
	OldService bool
	// Version is the last migration applied, Known the last there is. Queue
	// says that the job library's own tables are at theirs.
	Version, Known int64
	Queue          bool
	// Clock is the server's, as it answered.
	Clock   time.Time
	Workers int
	// OtherForms counts the accounts whose number is not stored as its digits
	// with country code; they are found all the same.
	OtherForms int
	// Duplicates are numbers that several accounts hold. Forgotten accounts
	// and those that hold no number count as neither.
	Duplicates []Duplicate
	// Unreadable are accounts that no caller can be found under.
	Unreadable []Account
}

// UpToDate says whether Migrate has nothing to do.
func (r Report) UpToDate() bool { return r.Version == r.Known && r.Queue }

// Undecided are the duplicates that wait for a person.
func (r Report) Undecided() []Duplicate {
	var list []Duplicate
	for _, d := range r.Duplicates {
		if d.open() > 1 {
			list = append(list, d)
		}
	}
	return list
}

// Duplicate is a number that several accounts hold, each in another form.
type Duplicate struct {
	Number   string // digits with country code
	Accounts []Account
}

func (d Duplicate) open() (n int) {
	for _, a := range d.Accounts {
		if !a.SetAside {
			n++
		}
	}
	return n
}

// Answers is the account that answers for the number now, "" if none does: the
// only one that is not set aside, or the one that is stored under the digits,
// as the service before this one finds it.
func (d Duplicate) Answers() string {
	alone := d.open() == 1
	for _, a := range d.Accounts {
		if !a.SetAside && (alone || a.Phone == d.Number) {
			return a.WorkerID
		}
	}
	return ""
}

// Account is one of a duplicate's.
type Account struct {
	WorkerID  string
	Phone     string // as it is stored
	CreatedAt time.Time
	SetAside  bool
}

// forgotten is how the number of a forgotten account begins.
const forgotten = "forgotten-"

// Look reports how the database stands and changes nothing. An error wraps
// store.ErrSchema if it is neither this program's nor the old service's.
func Look(ctx context.Context, config Config) (Report, error) {
	config = config.withDefaults()
	pool, err := connect(ctx, config, migrationConnections, limits{name: "paytrace-look"})
	if err != nil {
		return Report{}, fmt.Errorf("look at Postgres: %w", err)
	}
	defer pool.Close()
	m, err := newMigration(pool, config, adoptOld)
	if err != nil {
		return Report{}, fmt.Errorf("look at Postgres: %w", err)
	}
	defer m.close()
	report, err := m.look(ctx)
	if err != nil {
		return Report{}, fmt.Errorf("look at Postgres: %w", err)
	}
	return report, nil
}

func (m *migration) look(ctx context.Context) (Report, error) {
	state, err := m.ours.State(ctx)
	if err != nil {
		return Report{}, err
	}
	if err := m.judge(ctx, m.pool, state); err != nil {
		return Report{}, err
	}
	report := Report{OldService: state.OldService(), Version: state.Version, Known: state.Known}
	if err := m.pool.QueryRow(ctx, `SELECT clock_timestamp()`).Scan(&report.Clock); err != nil {
		return report, err
	}
	if report.Queue, err = m.queueUpToDate(ctx); err != nil || state.Empty() {
		return report, err
	}
	return report, report.numbers(ctx, m.pool)
}

// numbers fills in what is known of the accounts' numbers, as of one moment.
func (r *Report) numbers(ctx context.Context, pool *pgxpool.Pool) error {
	moment := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err := pgx.BeginTxFunc(ctx, pool, moment, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM workers`).Scan(&r.Workers); err != nil {
			return err
		}
		found, err := tx.Query(ctx, numbersQuery)
		if err != nil {
			return err
		}
		var number string
		var a Account
		_, err = pgx.ForEachRow(found, []any{&number, &a.WorkerID, &a.Phone, &a.CreatedAt, &a.SetAside}, func() error {
			r.add(number, a)
			return nil
		})
		return err
	})
	if err != nil {
		return fmt.Errorf("read the accounts' numbers: %w", err)
	}
	r.tidy()
	return nil
}

// add takes the next account in the order of numbers.
func (r *Report) add(number string, a Account) {
	a.CreatedAt = a.CreatedAt.UTC()
	if number == "" {
		if len(a.Phone) < len(forgotten) || a.Phone[:len(forgotten)] != forgotten {
			r.Unreadable = append(r.Unreadable, a)
		}
		return
	}
	if a.Phone != number {
		r.OtherForms++
	}
	if last := len(r.Duplicates) - 1; last >= 0 && r.Duplicates[last].Number == number {
		r.Duplicates[last].Accounts = append(r.Duplicates[last].Accounts, a)
		return
	}
	r.Duplicates = append(r.Duplicates, Duplicate{number, []Account{a}})
}

// tidy leaves out the numbers that one account holds.
func (r *Report) tidy() {
	all := r.Duplicates
	r.Duplicates = nil
	for _, d := range all {
		if len(d.Accounts) > 1 {
			r.Duplicates = append(r.Duplicates, d)
		}
	}
}

// Keep decides that an account answers for its number: every other account of
// that number is set aside, and this one no longer is. Nothing else of any of
// them changes, and another decision can follow. It returns how many were set
// aside; store.ErrNotFound if there is no such account.
func Keep(ctx context.Context, config Config, workerID string) (aside int, err error) {
	config = config.withDefaults()
	pool, err := connect(ctx, config, 1, limits{name: "paytrace-migrate", statement: jobStatementTimeout, lock: DefaultLockTimeout})
	if err != nil {
		return 0, fmt.Errorf("keep %s: %w", workerID, err)
	}
	defer pool.Close()
	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		var number string
		err := tx.QueryRow(ctx, `SELECT COALESCE(paytrace_msisdn(phone), '') FROM workers WHERE worker_id = $1`, workerID).Scan(&number)
		if errors.Is(err, pgx.ErrNoRows) {
			return store.ErrNotFound
		}
		if err != nil || number == "" {
			return errors.Join(err, numberless(number))
		}
		// Two decisions on one number at once would wait for each other's rows
		// in different orders.
		if _, err := tx.Exec(ctx, `SELECT 1 FROM workers WHERE paytrace_msisdn(phone) = $1 ORDER BY id FOR UPDATE`, number); err != nil {
			return err
		}
		done, err := tx.Exec(ctx, `UPDATE workers SET set_aside_at = CASE WHEN worker_id = $1 THEN NULL ELSE COALESCE(set_aside_at, $3) END
			WHERE paytrace_msisdn(phone) = $2`, workerID, number, config.Now().UTC())
		aside = int(done.RowsAffected()) - 1
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("keep %s: %w", workerID, err)
	}
	return aside, nil
}

func numberless(number string) error {
	if number != "" {
		return nil
	}
	return errors.New("what is stored as its number can't be read as one, so no other account can share it")
}

// queueUpToDate says whether the job library's tables are at its version.
func (m *migration) queueUpToDate(ctx context.Context) (bool, error) {
	existing, err := m.queue.ExistingVersions(ctx)
	if err != nil {
		return false, fmt.Errorf("look at the job queue's tables: %w", err)
	}
	return len(existing) == len(m.queue.AllVersions()), nil
}
