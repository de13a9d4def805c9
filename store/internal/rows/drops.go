package rows

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/store"
)

const dropColumns = `session, text, due_at, done, quiet_until`

func scanDrop(row Row) (d engine.Drop, err error) {
	var text nullable
	var due, quiet instant
	err = row.Scan(&d.Session, &text, &due, &d.Done, &quiet)
	d.Text, d.Due, d.Quiet = text.text, due.Time, quiet.Time
	return d, err
}

// dropKey is what transactions on a caller's drop wait for.
func dropKey(menu, caller string) string { return "drop " + menu + " " + caller }

// NoteDrop changes what is known of a caller's last call to a menu. Most screens change
// nothing, so it looks first without a lock.
func (d DB) NoteDrop(ctx context.Context, menu, caller string, at time.Time, change func(engine.Drop) engine.Drop) error {
	was, err := scanDrop(d.read(ctx).QueryRow(ctx, `SELECT `+dropColumns+` FROM drops WHERE menu = $1 AND caller = $2`, menu, caller))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("read what is known of a dropped call: %w", err)
	}
	if known := err == nil; change(was) == was || !known && change(was).Text == "" && !change(was).Done {
		return nil
	}
	err = d.inTx(ctx, func(ctx context.Context, conn Conn) error {
		was, err := lockDrop(ctx, conn, menu, caller)
		if err != nil {
			return err
		}
		return saveDrop(ctx, conn, menu, caller, at, change(was))
	})
	if err != nil {
		return fmt.Errorf("note a call that may drop: %w", err)
	}
	return nil
}

func lockDrop(ctx context.Context, conn Conn, menu, caller string) (engine.Drop, error) {
	drop, err := scanDrop(conn.QueryRowLocked(ctx, dropKey(menu, caller), `SELECT `+dropColumns+` FROM drops WHERE menu = $1 AND caller = $2`, menu, caller))
	if errors.Is(err, store.ErrNotFound) {
		return engine.Drop{}, nil
	}
	return drop, err
}

func saveDrop(ctx context.Context, conn Conn, menu, caller string, at time.Time, drop engine.Drop) error {
	_, err := conn.Exec(ctx, `INSERT INTO drops (menu, caller, session, text, due_at, done, quiet_until, shown_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (menu, caller) DO UPDATE SET session = excluded.session, text = excluded.text, due_at = excluded.due_at,
			done = excluded.done, quiet_until = excluded.quiet_until, shown_at = excluded.shown_at`,
		menu, caller, drop.Session, textOrNull(drop.Text), orNull(drop.Due), drop.Done, orNull(drop.Quiet), orNull(at))
	return err
}

// waiting reads who a drop is about.
func waiting(row Row) (store.DroppedCaller, error) {
	var d store.DroppedCaller
	err := row.Scan(&d.Menu, &d.Caller)
	return d, err
}

// EndDrop notes that a session is over. No caller has the session of another one.
func (d DB) EndDrop(ctx context.Context, session string, at time.Time) error {
	list, err := all(ctx, d.read(ctx), waiting, `SELECT menu, caller FROM drops WHERE session = $1 AND text IS NOT NULL`, session)
	if err != nil {
		return fmt.Errorf("find the call that has ended: %w", err)
	}
	for _, one := range list {
		if err := d.NoteDrop(ctx, one.Menu, one.Caller, at, func(drop engine.Drop) engine.Drop { return drop.Over(session, at) }); err != nil {
			return err
		}
	}
	return nil
}

// SendDrops takes the texts that are due, each in a transaction of its own.
func (d DB) SendDrops(ctx context.Context, at time.Time, limit int, send func(ctx context.Context, tx store.Tx, d store.DroppedCaller) error) (sent int, err error) {
	list, err := all(ctx, d.read(ctx), waiting, `SELECT menu, caller FROM drops WHERE due_at <= $1 ORDER BY due_at LIMIT $2`, orNull(at), Limit(limit))
	if err != nil {
		return 0, fmt.Errorf("list dropped calls: %w", err)
	}
	for _, one := range list {
		taken, err := d.sendDrop(ctx, at, one, send)
		if err != nil {
			return sent, fmt.Errorf("send the SMS after a dropped call: %w", err)
		}
		if taken {
			sent++
		}
	}
	return sent, nil
}

func (d DB) sendDrop(ctx context.Context, at time.Time, one store.DroppedCaller, send func(ctx context.Context, tx store.Tx, d store.DroppedCaller) error) (taken bool, err error) {
	err = d.access.Within(ctx, func(ctx context.Context, tx store.Tx) error {
		taken = false
		t, ok := tx.(*Tx)
		if !ok {
			return fmt.Errorf("the transaction is a %T, want %T", tx, t)
		}
		drop, err := lockDrop(ctx, t.conn, one.Menu, one.Caller)
		if err != nil {
			return err
		}
		next, text := drop.Take(at)
		if text == "" {
			return nil // the call went on, or another instance has sent it
		}
		taken, one.Session, one.Text = true, drop.Session, text
		return errors.Join(saveDrop(ctx, t.conn, one.Menu, one.Caller, at, next), send(ctx, tx, one))
	})
	return taken, err
}
