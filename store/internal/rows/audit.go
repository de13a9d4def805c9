package rows

import (
	"context"
	"fmt"

	"github.com/paytrace/paytrace/store"
)

// AddAudit adds an entry.
func (d DB) AddAudit(ctx context.Context, e store.AuditEntry) error {
	return addAudit(ctx, d.write(ctx), e)
}

func addAudit(ctx context.Context, conn Conn, e store.AuditEntry) error {
	_, err := conn.Exec(ctx, `INSERT INTO audit (at, what, actor, subject, detail, outcome) VALUES ($1, $2, $3, $4, $5, $6)`,
		orNull(e.At), e.What, e.Actor, e.Subject, e.Detail, e.Outcome)
	if err != nil {
		return fmt.Errorf("record who did it: %w", err)
	}
	return nil
}

// Audit lists the newest entries first.
func (d DB) Audit(ctx context.Context, limit int) ([]store.AuditEntry, error) {
	list, err := all(ctx, d.read(ctx), func(row Row) (e store.AuditEntry, err error) {
		var at instant
		err = row.Scan(&at, &e.What, &e.Actor, &e.Subject, &e.Detail, &e.Outcome)
		e.At = at.Time
		return e, err
	}, `SELECT at, what, actor, subject, detail, outcome FROM audit ORDER BY id DESC LIMIT $1`, limit)
	if err != nil {
		return nil, fmt.Errorf("list who did what: %w", err)
	}
	return list, nil
}
