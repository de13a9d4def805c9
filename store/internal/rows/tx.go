package rows

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/paytrace/paytrace/store"
)

// Enqueue adds a job in the transaction that a Tx stands for.
type Enqueue func(ctx context.Context, j store.Job) error

// Tx is store.Tx over the statements of one transaction.
type Tx struct {
	conn    Conn
	enqueue Enqueue
	now     func() time.Time
	begun   map[string]struct{}
}

// NewTx wraps a transaction that the caller has begun and will end.
func NewTx(conn Conn, enqueue Enqueue, now func() time.Time) *Tx {
	return &Tx{conn: conn, enqueue: enqueue, now: now}
}

// Begin inserts the action's row. Where a twin's row is there but not yet
// committed the insert waits for that transaction to end: the database, not
// this code, decides which of the two goes first.
func (t *Tx) Begin(ctx context.Context, id string, fingerprint []byte) ([]byte, bool, error) {
	affected, err := t.conn.Exec(ctx,
		`INSERT INTO action_log (id, fingerprint, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
		id, fingerprint, orNull(t.now()))
	if err != nil {
		return nil, false, fmt.Errorf("begin action: %w", err)
	}
	if affected == 1 {
		t.mark(id)
		return nil, false, nil
	}
	return t.ended(ctx, id, fingerprint)
}

func (t *Tx) mark(id string) {
	if t.begun == nil {
		t.begun = make(map[string]struct{}, 1)
	}
	t.begun[id] = struct{}{}
}

// ended reads what an earlier transaction stored for the action.
func (t *Tx) ended(ctx context.Context, id string, fingerprint []byte) ([]byte, bool, error) {
	if _, ours := t.begun[id]; ours {
		return nil, false, errors.New("begin action: it was begun before in this same transaction; begin an action once")
	}
	var known, result []byte
	err := t.conn.QueryRow(ctx, `SELECT fingerprint, result FROM action_log WHERE id = $1`, id).Scan(&known, &result)
	if err != nil {
		return nil, false, fmt.Errorf("read the result of an action: %w", err)
	}
	if !bytes.Equal(known, fingerprint) {
		return nil, false, store.ErrMismatch
	}
	return present(result), true, nil
}

// present is a result that was stored, though a driver may give an empty one
// as nil. No row is ever committed without a result (see Complete).
func present(result []byte) []byte {
	if result == nil {
		return []byte{}
	}
	return result
}

// Finish stores the result beside the effects, to be committed with them.
func (t *Tx) Finish(ctx context.Context, id string, result []byte) error {
	if _, ours := t.begun[id]; !ours {
		return errors.New("finish action: it was not begun in this transaction, or is finished; call Begin first")
	}
	if _, err := t.conn.Exec(ctx, `UPDATE action_log SET result = $2 WHERE id = $1`, id, present(result)); err != nil {
		return fmt.Errorf("finish action: %w", err)
	}
	delete(t.begun, id)
	return nil
}

// Complete is asked before COMMIT: an action without a result must not be
// committed, since a repeat could neither return it nor run it again.
func (t *Tx) Complete() error {
	if len(t.begun) == 0 {
		return nil
	}
	return fmt.Errorf("%d action(s) begun and not finished; call Finish before the transaction ends", len(t.begun))
}

// Remember writes in the order of the names, so that two transactions on the
// same caller can't wait for each other.
func (t *Tx) Remember(ctx context.Context, service, phone string, values map[string]json.RawMessage) error {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		_, err := t.conn.Exec(ctx,
			`INSERT INTO remembered (service, phone, name, value, updated_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (service, phone, name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`,
			service, phone, name, string(values[name]), orNull(t.now()))
		if err != nil {
			return fmt.Errorf("remember %q: %w", name, err)
		}
	}
	return nil
}

// Count adds one in the window that now falls in. The row lock makes two
// counts at once two different numbers.
func (t *Tx) Count(ctx context.Context, name, subject string, window time.Duration, now time.Time) (int, error) {
	starts, err := windowStart(window, now)
	if err != nil {
		return 0, err
	}
	var count int
	err = t.conn.QueryRow(ctx,
		`INSERT INTO limits (name, subject, starts_at, ends_at, count) VALUES ($1, $2, $3, $4, 1)
		ON CONFLICT (name, subject, starts_at, ends_at) DO UPDATE SET count = limits.count + 1
		RETURNING count`,
		name, subject, orNull(starts), orNull(starts.Add(window))).Scan(&count)
	if err != nil {
		return 0, fmt.Errorf("count %q: %w", name, err)
	}
	return count, nil
}

// minWindow is the shortest window: below it no limit on people makes sense,
// and the database's microseconds would round it.
const minWindow = time.Millisecond

func windowStart(window time.Duration, now time.Time) (time.Time, error) {
	if window < minWindow {
		return time.Time{}, fmt.Errorf("count: the window is %s, want at least %s", window, minWindow)
	}
	past := now.UnixNano() % int64(window)
	if past < 0 {
		past += int64(window)
	}
	return time.Unix(0, now.UnixNano()-past).UTC(), nil
}

// Enqueue adds a job in this transaction.
func (t *Tx) Enqueue(ctx context.Context, j store.Job) error {
	return t.enqueue(ctx, j)
}
