package rows

import (
	"context"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/store"
)

const caseColumns = `id, kind, payment, transfer, provider, receipt, account, amount, detail, opened_at, closed_at`

func scanCase(row Row) (c store.Case, err error) {
	var payment, transfer, provider, receipt, account nullable
	var opened, closed instant
	err = row.Scan(&c.ID, &c.Kind, &payment, &transfer, &provider, &receipt, &account, &c.Amount, &c.Detail, &opened, &closed)
	c.Payment, c.Transfer, c.Provider, c.Receipt, c.Account = payment.text, transfer.text, provider.text, receipt.text, account.text
	c.OpenedAt, c.ClosedAt = opened.Time, closed.Time
	return c, err
}

// OpenCase stores a case, unless it is stored already.
func (t *Tx) OpenCase(ctx context.Context, c store.Case) error {
	_, err := t.conn.Exec(ctx, `INSERT INTO payment_cases (`+caseColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, NULL) ON CONFLICT DO NOTHING`,
		c.ID, c.Kind, textOrNull(c.Payment), textOrNull(c.Transfer), textOrNull(c.Provider), textOrNull(c.Receipt), textOrNull(c.Account),
		c.Amount, c.Detail, orNull(c.OpenedAt))
	if err != nil {
		return fmt.Errorf("open case: %w", err)
	}
	return nil
}

// LockCase reads a case while no other transaction can have locked it.
func (t *Tx) LockCase(ctx context.Context, id string) (store.Case, error) {
	c, err := scanCase(t.conn.QueryRowLocked(ctx, "case "+id, `SELECT `+caseColumns+` FROM payment_cases WHERE id = $1`, id))
	if err != nil {
		return store.Case{}, fmt.Errorf("lock case: %w", err)
	}
	return c, nil
}

// Decide stores a decision and returns all about the case.
func (t *Tx) Decide(ctx context.Context, d store.Decision) ([]store.Decision, error) {
	_, err := t.conn.Exec(ctx, `INSERT INTO payment_decisions (case_id, actor, decision, decided_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT DO NOTHING`, d.Case, d.Actor, d.Decision, orNull(d.At))
	if err != nil {
		return nil, fmt.Errorf("decide: %w", err)
	}
	list, err := decisions(ctx, t.conn, d.Case)
	if err != nil {
		return nil, err
	}
	for _, known := range list {
		if known.Actor == d.Actor && known.Decision != d.Decision {
			return nil, fmt.Errorf("%w: %q", store.ErrDecided, known.Decision)
		}
	}
	return list, nil
}

func decisions(ctx context.Context, conn Conn, id string) ([]store.Decision, error) {
	list, err := all(ctx, conn, func(row Row) (d store.Decision, err error) {
		var at instant
		err = row.Scan(&d.Case, &d.Actor, &d.Decision, &at)
		d.At = at.Time
		return d, err
	}, `SELECT case_id, actor, decision, decided_at FROM payment_decisions WHERE case_id = $1 ORDER BY decided_at, actor`, id)
	if err != nil {
		return nil, fmt.Errorf("list decisions: %w", err)
	}
	return list, nil
}

// CloseCase ends a case.
func (t *Tx) CloseCase(ctx context.Context, id string, at time.Time) error {
	affected, err := t.conn.Exec(ctx, `UPDATE payment_cases SET closed_at = COALESCE(closed_at, $2) WHERE id = $1`, id, orNull(at))
	if err == nil && affected == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("close case: %w", err)
	}
	return nil
}

// CountCases counts the open cases.
func (d DB) CountCases(ctx context.Context) ([]store.CaseCount, error) {
	counts, err := all(ctx, d.read(ctx), func(row Row) (c store.CaseCount, err error) {
		var oldest instant
		err = row.Scan(&c.Kind, &c.Cases, &oldest)
		c.Oldest = oldest.Time
		return c, err
	}, `SELECT kind, COUNT(*), MIN(opened_at) FROM payment_cases WHERE closed_at IS NULL GROUP BY kind ORDER BY kind`)
	if err != nil {
		return nil, fmt.Errorf("count cases: %w", err)
	}
	return counts, nil
}

// OpenCases lists the oldest open cases.
func (d DB) OpenCases(ctx context.Context, limit int) ([]store.Case, error) {
	list, err := all(ctx, d.read(ctx), scanCase, `SELECT `+caseColumns+` FROM payment_cases WHERE closed_at IS NULL
		ORDER BY opened_at, id LIMIT $1`, Limit(limit))
	if err != nil {
		return nil, fmt.Errorf("list cases: %w", err)
	}
	return list, nil
}

// CaseDecisions reads a case and what was decided about it.
func (d DB) CaseDecisions(ctx context.Context, id string) (store.Case, []store.Decision, error) {
	conn := d.read(ctx)
	c, err := scanCase(conn.QueryRow(ctx, `SELECT `+caseColumns+` FROM payment_cases WHERE id = $1`, id))
	if err != nil {
		return store.Case{}, nil, fmt.Errorf("read case: %w", err)
	}
	list, err := decisions(ctx, conn, id)
	return c, list, err
}

// PIN reads a worker's PIN. Whoever guesses has locked the guesses.
func (t *Tx) PIN(ctx context.Context, worker string) (store.PIN, error) {
	p := store.PIN{Worker: worker}
	var session nullable
	var set, until instant
	err := t.conn.QueryRow(ctx, `SELECT hash, set_at, session, session_until FROM pins WHERE worker_id = $1`, worker).
		Scan(&p.Hash, &set, &session, &until)
	if err != nil {
		return store.PIN{}, fmt.Errorf("read PIN: %w", err)
	}
	p.SetAt, p.Session, p.SessionUntil = set.Time, session.text, until.Time
	return p, nil
}

// SetPIN stores a worker's PIN.
func (t *Tx) SetPIN(ctx context.Context, p store.PIN) error {
	_, err := t.conn.Exec(ctx, `INSERT INTO pins (worker_id, hash, set_at, session, session_until) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (worker_id) DO UPDATE SET hash = excluded.hash, set_at = excluded.set_at,
			session = excluded.session, session_until = excluded.session_until`,
		p.Worker, p.Hash, orNull(p.SetAt), textOrNull(p.Session), orNull(p.SessionUntil))
	if err != nil {
		return fmt.Errorf("set PIN: %w", err)
	}
	return nil
}

// DropPIN removes a worker's PIN.
func (t *Tx) DropPIN(ctx context.Context, worker string) error {
	affected, err := t.conn.Exec(ctx, `DELETE FROM pins WHERE worker_id = $1`, worker)
	if err == nil && affected == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("drop PIN: %w", err)
	}
	return nil
}

// AddAudit adds an entry in this transaction.
func (t *Tx) AddAudit(ctx context.Context, e store.AuditEntry) error { return addAudit(ctx, t.conn, e) }
