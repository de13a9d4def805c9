package rows

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/paytrace/paytrace/store"
)

// purgeBatch is how many rows one statement removes. It holds its locks, and on
// SQLite the file, for some milliseconds only.
const purgeBatch = 1000

// Purge removes expired rows: after store.Retention, results of actions that moved
// no money, calls that moved none, messages that went out and reports on them; after
// store.StateRetention, the states of calls; counts of windows that have ended; one-time codes that can't be used any more;
// marks of forgotten numbers. Each batch is a statement of its own. Reports and codes
// have no index on their time: there is one an SMS and one a number, and the scan runs
// once an hour.
func (d DB) Purge(ctx context.Context, now time.Time) (p store.Purged, err error) {
	conn, old := d.write(ctx), now.Add(-store.Retention)
	if _, err := conn.Exec(ctx, `DELETE FROM forgotten WHERE at < $1`, orNull(now.Add(-markedFor))); err != nil {
		return p, fmt.Errorf("purge marks of forgotten numbers: %w", err)
	}
	for _, part := range []struct {
		what, statement string
		before          time.Time
		count           *int64
	}{
		{"actions", `DELETE FROM action_log WHERE id IN
			(SELECT id FROM action_log WHERE created_at < $1 AND kept = 0 ORDER BY created_at LIMIT $2)`, old, &p.Actions},
		{"states of calls", `DELETE FROM call_states WHERE began_at < $1 AND NOT kept AND id IN
			(SELECT id FROM call_states WHERE began_at < $1 AND NOT kept ORDER BY began_at LIMIT $2)`, old, &p.CallStates},
		{"answers of calls", `UPDATE call_states SET state = NULL, epoch = epoch + 1 WHERE state IS NOT NULL AND id IN
			(SELECT id FROM call_states WHERE began_at < $1 AND state IS NOT NULL ORDER BY began_at LIMIT $2)`, now.Add(-store.StateRetention), &p.Emptied},
		{"messages", `DELETE FROM messages WHERE id IN
			(SELECT id FROM messages WHERE created_at < $1 AND status <> 'queued' ORDER BY created_at LIMIT $2)`, old, &p.Messages},
		{"limits", `DELETE FROM limits WHERE (name, subject, starts_at, ends_at) IN
			(SELECT name, subject, starts_at, ends_at FROM limits WHERE ends_at < $1 ORDER BY ends_at LIMIT $2)`, now, &p.Limits},
		{"deliveries", `DELETE FROM deliveries WHERE provider_id IN
			(SELECT provider_id FROM deliveries WHERE reported_at < $1 LIMIT $2)`, old, &p.Deliveries},
		{"callbacks about payments", `DELETE FROM payment_callbacks WHERE id IN
			(SELECT id FROM payment_callbacks WHERE received_at < $1 AND handled_at IS NOT NULL ORDER BY received_at LIMIT $2)`, old, &p.Callbacks},
		{"notes of dropped calls", `DELETE FROM drops WHERE shown_at < $1 AND text IS NULL AND (menu, caller) IN
			(SELECT menu, caller FROM drops WHERE shown_at < $1 AND text IS NULL ORDER BY shown_at LIMIT $2)`, now.Add(-store.StateRetention), &p.Drops},
		{"codes", `DELETE FROM codes WHERE expires_at < $1 AND phone IN
			(SELECT phone FROM codes WHERE expires_at < $1 LIMIT $2)`, now, &p.Codes},
	} {
		for {
			n, err := conn.Exec(ctx, part.statement, orNull(part.before), purgeBatch)
			if err != nil {
				return p, fmt.Errorf("purge %s: %w", part.what, err)
			}
			*part.count += n
			if n < purgeBatch {
				break
			}
		}
	}
	return p, nil
}

// personal lists the tables that hold something of a person under a number, and
// how to remove it; Access.CallerNotes does it for notes on calls. A message that waits
// for its job keeps its row, or the job would fail again and again; the row becomes
// failed and empty. A call's row stays without its state, or a repeated callback would
// act again; the higher epoch keeps out an instance that still has the state in memory.
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
	{
		"states of calls", `SELECT count(*) FROM call_states WHERE caller = $1`,
		`UPDATE call_states SET caller = '', state = NULL, epoch = epoch + 1 WHERE caller = $1`,
	},
	{"counts of limits", `SELECT count(*) FROM limits WHERE subject = $1`, `DELETE FROM limits WHERE subject = $1`},
	{"notes of dropped calls", `SELECT count(*) FROM drops WHERE caller = $1`, `DELETE FROM drops WHERE caller = $1`},
	{"one-time codes", `SELECT count(*) FROM codes WHERE phone = $1`, `DELETE FROM codes WHERE phone = $1`},
	{
		"numbers of payments", `SELECT count(*) FROM payments WHERE phone = $1 AND state IN ('succeeded', 'ended')`,
		`UPDATE payments SET phone = '' WHERE phone = $1 AND state IN ('succeeded', 'ended')`,
	},
	{
		"callbacks about payments", `SELECT count(*) FROM payment_callbacks WHERE handled_at IS NOT NULL AND body LIKE '%' || $1 || '%'`,
		`UPDATE payment_callbacks SET body = '' WHERE handled_at IS NOT NULL AND body LIKE '%' || $1 || '%'`,
	},
	{"questions to backends", `SELECT count(*) FROM river_job WHERE ` + asksFor, `DELETE FROM river_job WHERE ` + asksFor},
	{"counts of guesses", `SELECT count(*) FROM guesses WHERE subject = $1`, `DELETE FROM guesses WHERE subject = $1`},
}

// asksFor matches the jobs that ask a backend for the outcome of an action: those of the
// caller, and those that are over and have the number among their values.
const asksFor = `kind = 'ask' AND (args -> 'args' ->> 'caller' = $1
	OR finalized_at IS NOT NULL AND args ->> 'args' LIKE '%"' || $1 || '"%')`

// Forget removes what is stored under a number, in one transaction.
func (d DB) Forget(ctx context.Context, phone, actor string, at time.Time, dry bool) (f store.Forgotten, err error) {
	err = d.inTx(ctx, func(ctx context.Context, conn Conn) error {
		f = store.Forgotten{Removed: map[string]int{}}
		return d.forget(ctx, conn, &f, phone, actor, at, dry)
	})
	if err != nil {
		return store.Forgotten{}, fmt.Errorf("forget: %w", err)
	}
	return f, nil
}

func (d DB) forget(ctx context.Context, conn Conn, f *store.Forgotten, phone, actor string, at time.Time, dry bool) (err error) {
	number := `phone = $1`
	if conn.LegacyNumbers() {
		number = `paytrace_msisdn(phone) = $1`
	}
	if f.Workers, err = column[string](ctx, conn, `SELECT worker_id FROM workers WHERE `+number+` ORDER BY id`, phone); err != nil {
		return err
	}
	if err := d.forgetNotes(ctx, conn, f, phone, at, dry); err != nil {
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
	if dry || !f.Any() {
		return nil
	}
	for _, id := range f.Workers {
		if _, err := conn.Exec(ctx, `DELETE FROM pins WHERE worker_id = $1`, id); err != nil {
			return fmt.Errorf("remove PINs: %w", err)
		}
	}
	// The row stays: other tables have its Worker ID, and its wallet may have
	// money. The column must be unique and not empty.
	_, err = conn.Exec(ctx, `UPDATE workers SET phone = 'forgotten-' || id, name = NULL, verified_at = NULL WHERE `+number, phone)
	if err != nil {
		return fmt.Errorf("clear the account: %w", err)
	}
	return addAudit(ctx, conn, store.AuditEntry{
		At: at, What: "forget", Actor: actor, Subject: strings.Join(f.Workers, " "), Detail: f.Summary(), Outcome: store.AuditDone,
	})
}

// forgetNotes removes the notes on a person's calls. Instances may still have some in
// memory, so it leaves a mark that keeps those from being stored.
func (d DB) forgetNotes(ctx context.Context, conn Conn, f *store.Forgotten, phone string, at time.Time, dry bool) error {
	count, sessions, err := d.access.CallerNotes(ctx, conn, phone, !dry)
	if err != nil {
		return fmt.Errorf("notes of calls: %w", err)
	}
	f.Removed["notes of calls"], f.Sessions = count, sessions
	if dry {
		return nil
	}
	at = at.UTC().Truncate(time.Microsecond)
	if _, err := conn.Exec(ctx, `INSERT INTO forgotten (hash, at) VALUES ($1, $2)`, forgottenHash(phone, at), at); err != nil {
		return fmt.Errorf("mark the number as forgotten: %w", err)
	}
	return nil
}

// markedFor is how long the mark of a forgotten number is needed: no instance has a
// note in memory for longer than some minutes.
const markedFor = time.Hour

// forgottenHash names a forgotten number. The time makes it another name each time.
// Who has the table can still find the number by trying all, so marks are removed soon.
func forgottenHash(phone string, at time.Time) []byte {
	hash := sha256.Sum256([]byte(at.UTC().Format(TimeFormat) + " " + phone))
	return hash[:]
}

type forgottenMark struct {
	hash []byte
	at   time.Time
}

// of reports whether a note is about the forgotten person, before that.
func (m forgottenMark) of(n *store.CallNote) bool {
	return !n.At.After(m.at) && bytes.Equal(m.hash, forgottenHash(n.Caller, m.at))
}

// WithoutForgotten returns the notes that may be stored: all but those on people who
// were forgotten after the call.
func WithoutForgotten(ctx context.Context, conn Conn, notes []store.CallNote) ([]store.CallNote, error) {
	if len(notes) == 0 {
		return nil, nil
	}
	oldest := slices.MinFunc(notes, func(a, b store.CallNote) int { return a.At.Compare(b.At) }).At
	marks, err := all(ctx, conn, func(row Row) (m forgottenMark, err error) {
		var at instant
		err = row.Scan(&m.hash, &at)
		m.at = at.Time
		return m, err
	}, `SELECT hash, at FROM forgotten WHERE at >= $1`, oldest.UTC().Truncate(time.Microsecond))
	if err != nil {
		return nil, fmt.Errorf("read who was forgotten: %w", err)
	}
	if len(marks) == 0 {
		return notes, nil
	}
	return slices.DeleteFunc(slices.Clone(notes), func(n store.CallNote) bool {
		return slices.ContainsFunc(marks, func(m forgottenMark) bool { return m.of(&n) })
	}), nil
}

// RetainProgram stores a program at least until a time.
func (d DB) RetainProgram(ctx context.Context, p store.Program, until time.Time) error {
	source, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("retain program %s: %w", p.Hash, err)
	}
	_, err = d.write(ctx).Exec(ctx, `INSERT INTO programs (hash, source, keep_until) VALUES ($1, $2, $3)
		ON CONFLICT (hash) DO UPDATE SET keep_until = excluded.keep_until WHERE programs.keep_until < excluded.keep_until`,
		p.Hash, source, orNull(until))
	if err != nil {
		return fmt.Errorf("retain program %s: %w", p.Hash, err)
	}
	return nil
}

// Program reads one by its hash.
func (d DB) Program(ctx context.Context, hash string) (store.Program, error) {
	p := store.Program{}
	var source []byte
	err := d.read(ctx).QueryRow(ctx, `SELECT source FROM programs WHERE hash = $1`, hash).Scan(&source)
	if err == nil {
		err = json.Unmarshal(source, &p)
	}
	if err != nil {
		return store.Program{}, fmt.Errorf("read program %s: %w", hash, err)
	}
	p.Hash = hash
	return p, nil
}

// DropPrograms removes programs whose time has passed.
func (d DB) DropPrograms(ctx context.Context, now time.Time) (int, error) {
	n, err := d.write(ctx).Exec(ctx, `DELETE FROM programs WHERE keep_until < $1`, orNull(now))
	if err != nil {
		return 0, fmt.Errorf("drop programs: %w", err)
	}
	return int(n), nil
}
