package rows

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/paytrace/paytrace/store"
)

// personal are the tables that hold something of a person under a number, and
// how it goes. A message that waits for its job keeps its row, or the job would
// ask for it again and again; it is failed, and empty.
var personal = []struct{ what, count, remove string }{
	{"remembered values", `SELECT count(*) FROM remembered WHERE phone = $1`, `DELETE FROM remembered WHERE phone = $1`},
	{
		"messages", `SELECT count(*) FROM messages WHERE recipient = $1 AND status <> 'queued'`,
		`DELETE FROM messages WHERE recipient = $1 AND status <> 'queued'`,
	},
	{
		"messages not sent yet", `SELECT count(*) FROM messages WHERE recipient = $1 AND status = 'queued'`,
		`UPDATE messages SET recipient = '', text = '', status = 'failed', error = 'forgotten before it was sent' WHERE recipient = $1`,
	},
	{"counts of limits", `SELECT count(*) FROM limits WHERE subject = $1`, `DELETE FROM limits WHERE subject = $1`},
	{"one-time codes", `SELECT count(*) FROM codes WHERE phone = $1`, `DELETE FROM codes WHERE phone = $1`},
	{"counts of guesses", `SELECT count(*) FROM guesses WHERE subject = $1`, `DELETE FROM guesses WHERE subject = $1`},
	{"notes of calls", `SELECT count(*) FROM calls WHERE caller = $1`, `DELETE FROM calls WHERE caller = $1`},
}

// Forget removes what is kept under a number, within the transaction of conn.
func Forget(ctx context.Context, conn Conn, phone, actor string, at time.Time, dry bool) (store.Forgotten, error) {
	f := store.Forgotten{Removed: map[string]int{}}
	err := forgetInto(ctx, conn, &f, phone, actor, at, dry)
	if err != nil {
		return store.Forgotten{}, fmt.Errorf("forget: %w", err)
	}
	return f, nil
}

func forgetInto(ctx context.Context, conn Conn, f *store.Forgotten, phone, actor string, at time.Time, dry bool) error {
	number := `phone = $1`
	if conn.OtherForms() {
		number = `paytrace_msisdn(phone) = $1`
	}
	if err := texts(ctx, conn, &f.Workers, `SELECT worker_id FROM workers WHERE `+number+` ORDER BY id`, phone); err != nil {
		return err
	}
	if err := texts(ctx, conn, &f.Sessions, `SELECT DISTINCT session FROM calls WHERE caller = $1`, phone); err != nil {
		return err
	}
	for _, t := range personal {
		var n int
		if err := conn.QueryRow(ctx, t.count, phone).Scan(&n); err != nil {
			return fmt.Errorf("count %s: %w", t.what, err)
		}
		f.Removed[t.what] = n
		if dry || n == 0 {
			continue
		}
		if _, err := conn.Exec(ctx, t.remove, phone); err != nil {
			return fmt.Errorf("remove %s: %w", t.what, err)
		}
	}
	if dry || !f.Anything() {
		return nil
	}
	// The row stays, since its Worker ID stands elsewhere and its wallet may
	// hold money. The column must not be empty, and must be unique.
	_, err := conn.Exec(ctx, `UPDATE workers SET phone = 'forgotten-' || id, name = NULL, verified_at = NULL WHERE `+number, phone)
	if err != nil {
		return fmt.Errorf("clear the account: %w", err)
	}
	_, err = conn.Exec(ctx, `INSERT INTO audit (at, what, actor, subject, detail) VALUES ($1, 'forget', $2, $3, $4)`,
		orNull(at), actor, strings.Join(f.Workers, " "), f.Counted())
	if err != nil {
		return fmt.Errorf("write down who did it: %w", err)
	}
	return nil
}

// texts appends a column.
func texts(ctx context.Context, conn Conn, to *[]string, statement string, args ...any) error {
	return conn.Query(ctx, func(row Row) error {
		var text string
		err := row.Scan(&text)
		*to = append(*to, text)
		return err
	}, statement, args...)
}
