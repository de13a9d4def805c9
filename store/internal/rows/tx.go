package rows

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/store"
)

// Enqueue adds a job in the transaction of a Tx.
type Enqueue func(ctx context.Context, j store.Job) error

// Tx implements store.Tx over the statements of one transaction.
type Tx struct {
	conn    Conn
	enqueue Enqueue
	now     func() time.Time
	begun   map[string]struct{}
	calls   map[string]store.CallState // locked, as stored
	refused error                      // why a call was not saved
}

// NewTx wraps a transaction that the caller has begun and will end.
func NewTx(conn Conn, enqueue Enqueue, now func() time.Time) *Tx {
	return &Tx{conn: conn, enqueue: enqueue, now: now}
}

// Begin inserts the action's row. If a duplicate has inserted it and not committed
// yet, the insert waits for that transaction: the database decides which of the
// two goes first.
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
		return nil, false, errors.New("begin action: this transaction has begun it already; begin an action once")
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

// present returns an empty result for nil: a driver may read an empty one as nil.
// No row is ever committed without a result (see Complete).
func present(result []byte) []byte {
	if result == nil {
		return []byte{}
	}
	return result
}

// Finish stores the result, to be committed with the effects.
func (t *Tx) Finish(ctx context.Context, id string, result []byte) error {
	if _, ours := t.begun[id]; !ours {
		return errors.New("finish action: this transaction has not begun it, or has finished it; call Begin first")
	}
	if _, err := t.conn.Exec(ctx, `UPDATE action_log SET result = $2 WHERE id = $1`, id, present(result)); err != nil {
		return fmt.Errorf("finish action: %w", err)
	}
	delete(t.begun, id)
	return nil
}

// Complete must be called before COMMIT. It refuses an action without a result:
// a repeat could neither return it nor run it again. It also refuses what was done
// beside a call that could not be saved.
func (t *Tx) Complete() error {
	if t.refused != nil {
		return t.refused
	}
	if len(t.begun) == 0 {
		return nil
	}
	return fmt.Errorf("%d action(s) begun and not finished; call Finish before the transaction ends", len(t.begun))
}

// Retain marks an action begun in this transaction, so that no purge removes it.
func (t *Tx) Retain(ctx context.Context, id string) error {
	if _, err := t.conn.Exec(ctx, `UPDATE action_log SET kept = 1 WHERE id = $1`, id); err != nil {
		return fmt.Errorf("retain action: %w", err)
	}
	return nil
}

// Enqueue adds a job in this transaction.
func (t *Tx) Enqueue(ctx context.Context, j store.Job) error { return t.enqueue(ctx, j) }

// Result reads the stored result of an action, nil if it has none.
func (d DB) Result(ctx context.Context, id string) ([]byte, error) {
	return storedResult(ctx, d.read(ctx), id)
}

// Result reads the stored result of an action, nil if it has none.
func (t *Tx) Result(ctx context.Context, id string) ([]byte, error) {
	return storedResult(ctx, t.conn, id)
}

func storedResult(ctx context.Context, conn Conn, id string) ([]byte, error) {
	var result []byte
	err := conn.QueryRow(ctx, `SELECT result FROM action_log WHERE id = $1`, id).Scan(&result)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the result of an action: %w", err)
	}
	return present(result), nil
}
