package rows

import (
	"context"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/store"
)

// CallColumns names the columns of a note, in the order of its fields.
var CallColumns = []string{
	"at", "caller", "session", "provider", "service", "program", "screen", "heard", "shown", "ended", "took_us", "fault",
}

// AddCalls inserts note by note, in one transaction.
func (d DB) AddCalls(ctx context.Context, notes []store.CallNote) error {
	return d.inTx(ctx, func(ctx context.Context, conn Conn) error {
		for _, n := range notes {
			_, err := conn.Exec(ctx, `INSERT INTO calls
				(at, caller, session, provider, service, program, screen, heard, shown, ended, took_us, fault)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
				orNull(n.At), n.Caller, n.Session, n.Provider, n.Service, n.Program, n.Screen, n.Input, n.Shown,
				n.Ended, n.Took.Microseconds(), textOrNull(n.Fault))
			if err != nil {
				return fmt.Errorf("store a note on a call: %w", err)
			}
		}
		return nil
	})
}

// CallsOf lists a caller's notes, the newest first.
func (d DB) CallsOf(ctx context.Context, caller string, limit int) ([]store.CallNote, error) {
	list, err := all(ctx, d.read(ctx), func(row Row) (store.CallNote, error) {
		n := store.CallNote{Caller: caller}
		var at instant
		var fault nullable
		var took int64
		err := row.Scan(&at, &n.Session, &n.Provider, &n.Service, &n.Program, &n.Screen, &n.Input, &n.Shown, &n.Ended, &took, &fault)
		n.At, n.Took, n.Fault = at.Time, time.Duration(took)*time.Microsecond, fault.text
		return n, err
	}, `SELECT at, session, provider, service, program, screen, heard, shown, ended, took_us, fault
		FROM calls WHERE caller = $1 ORDER BY at DESC, id DESC LIMIT $2`, caller, Limit(limit))
	if err != nil {
		return nil, fmt.Errorf("list calls: %w", err)
	}
	return list, nil
}

// DropCalls removes the oldest notes.
func (d DB) DropCalls(ctx context.Context, before time.Time, limit int) (int, error) {
	n, err := d.write(ctx).Exec(ctx,
		`DELETE FROM calls WHERE id IN (SELECT id FROM calls WHERE at < $1 ORDER BY at LIMIT $2)`, orNull(before), limit)
	if err != nil {
		return 0, fmt.Errorf("drop old notes on calls: %w", err)
	}
	return int(n), nil
}
