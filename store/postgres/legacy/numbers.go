package legacy

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/paytrace/paytrace/store"
)

// AsDigits is the body of paytrace_msisdn, for databases that don't have the
// function yet; a test compares the two.
const AsDigits = `CASE
    WHEN translate(phone, ' -().;' || chr(9), '') ~ '^((\+|00)?254|0)?[17][0-9]{8}$'
        THEN '254' || right(translate(phone, ' -().;' || chr(9), ''), 9)
    WHEN translate(phone, ' -().;' || chr(9), '') ~ '^(\+|00)?[1-9][0-9]{6,14}$'
        THEN substring(translate(phone, ' -().;' || chr(9), '') FROM '[1-9][0-9]*$')
END`

// kenyan is the form in which nearly all numbers are stored. The column is unique,
// so two accounts that share a number can't both have it in this form.
const kenyan = `'^254[17][0-9]{8}$'`

// numbersQuery lists the accounts whose number is stored in another form, and
// those stored under the same number's digits. It reads set_aside_at through JSON,
// so that it also runs on a table without that column.
const numbersQuery = `
WITH others AS (
	SELECT worker_id, phone, created_at, to_jsonb(w)->>'set_aside_at' IS NOT NULL AS aside, ` + AsDigits + ` AS msisdn
	FROM workers w WHERE phone !~ ` + kenyan + `
), all_of_them AS (
	SELECT * FROM others
	UNION
	SELECT w.worker_id, w.phone, w.created_at, to_jsonb(w)->>'set_aside_at' IS NOT NULL, w.phone
	FROM workers w JOIN others o ON w.phone = o.msisdn WHERE w.phone ~ ` + kenyan + `
)
SELECT COALESCE(msisdn, ''), worker_id, phone, COALESCE(created_at, 'epoch'), aside
FROM all_of_them ORDER BY 1, aside, created_at, worker_id`

// Numbers reports how the accounts' phone numbers are stored.
type Numbers struct {
	Workers int
	// OtherForms counts the accounts whose number is not stored as its digits with
	// country code. Callers find these accounts all the same.
	OtherForms int
	// Duplicates lists numbers that several accounts have. It leaves out forgotten
	// accounts and those without a number.
	Duplicates []Duplicate
	// Unreadable lists accounts that no caller can be found under.
	Unreadable []Account
}

// Undecided lists the duplicates that wait for a person's decision.
func (n Numbers) Undecided() []Duplicate {
	var list []Duplicate
	for _, d := range n.Duplicates {
		if d.open() > 1 {
			list = append(list, d)
		}
	}
	return list
}

// Duplicate is a number that several accounts have, each in another form.
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

// Answers returns the Worker ID of the account that answers for the number now, ""
// if none does: the only one that is not set aside, or the one that is stored under
// the digits, which the legacy service finds too.
func (d Duplicate) Answers() string {
	alone := d.open() == 1
	for _, a := range d.Accounts {
		if !a.SetAside && (alone || a.Phone == d.Number) {
			return a.WorkerID
		}
	}
	return ""
}

// Account is one of a duplicate's accounts.
type Account struct {
	WorkerID  string
	Phone     string // as it is stored
	CreatedAt time.Time
	SetAside  bool
}

// forgotten begins what a forgotten account has as its number.
const forgotten = "forgotten-"

// ReadNumbers reads the accounts' numbers, as of one moment.
func ReadNumbers(ctx context.Context, pool *pgxpool.Pool) (n Numbers, err error) {
	moment := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err = pgx.BeginTxFunc(ctx, pool, moment, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM workers`).Scan(&n.Workers); err != nil {
			return err
		}
		found, err := tx.Query(ctx, numbersQuery)
		if err != nil {
			return err
		}
		var number string
		var a Account
		_, err = pgx.ForEachRow(found, []any{&number, &a.WorkerID, &a.Phone, &a.CreatedAt, &a.SetAside}, func() error {
			n.add(number, a)
			return nil
		})
		return err
	})
	if err != nil {
		return n, fmt.Errorf("read the accounts' numbers: %w", err)
	}
	n.dropSingles()
	return n, nil
}

// add takes the next account in the order of numbers.
func (n *Numbers) add(number string, a Account) {
	a.CreatedAt = a.CreatedAt.UTC()
	if number == "" {
		if !strings.HasPrefix(a.Phone, forgotten) {
			n.Unreadable = append(n.Unreadable, a)
		}
		return
	}
	if a.Phone != number {
		n.OtherForms++
	}
	if last := len(n.Duplicates) - 1; last >= 0 && n.Duplicates[last].Number == number {
		n.Duplicates[last].Accounts = append(n.Duplicates[last].Accounts, a)
		return
	}
	n.Duplicates = append(n.Duplicates, Duplicate{number, []Account{a}})
}

// dropSingles removes the numbers that only one account has.
func (n *Numbers) dropSingles() {
	all := n.Duplicates
	n.Duplicates = nil
	for _, d := range all {
		if len(d.Accounts) > 1 {
			n.Duplicates = append(n.Duplicates, d)
		}
	}
}

// Keep decides that an account answers for its number. It sets every other account
// of that number aside, returns how many, and takes this one back if it was set
// aside. Nothing else of any account changes, and another decision can follow. It
// records who decided. store.ErrNotFound if there is no such account.
func Keep(ctx context.Context, pool *pgxpool.Pool, workerID, actor string, now time.Time) (aside int, err error) {
	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		var number string
		err := tx.QueryRow(ctx, `SELECT COALESCE(paytrace_msisdn(phone), '') FROM workers WHERE worker_id = $1`, workerID).Scan(&number)
		if errors.Is(err, pgx.ErrNoRows) {
			return store.ErrNotFound
		}
		if err != nil {
			return err
		}
		if number == "" {
			return errors.New("its phone number can't be read as one, so no other account can share it")
		}
		// Without this order, two concurrent decisions on one number could each wait
		// for the other's rows.
		if _, err := tx.Exec(ctx, `SELECT 1 FROM workers WHERE paytrace_msisdn(phone) = $1 ORDER BY id FOR UPDATE`, number); err != nil {
			return err
		}
		done, err := tx.Exec(ctx, `UPDATE workers SET set_aside_at = CASE WHEN worker_id = $1 THEN NULL ELSE COALESCE(set_aside_at, $3) END
			WHERE paytrace_msisdn(phone) = $2`, workerID, number, now.UTC())
		if err != nil {
			return err
		}
		aside = int(done.RowsAffected()) - 1
		_, err = tx.Exec(ctx, `INSERT INTO audit (at, what, actor, subject, detail, outcome) VALUES ($1, 'migrate --keep', $2, $3, $4, $5)`,
			now.UTC(), actor, workerID, fmt.Sprintf("%d others set aside", aside), store.AuditDone)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("keep %s: %w", workerID, err)
	}
	return aside, nil
}
