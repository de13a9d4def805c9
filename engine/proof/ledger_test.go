package proof_test

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"github.com/paytrace/paytrace/store"
)

// A ledger is a database in a map, thirty times as fast as a real one. The writes of a
// transaction take effect together, and a transaction waits for a row that another one
// has written. A test compares it with SQLite, and the real databases have the store's
// own suite.
type ledger struct {
	store.Store // what the simulated menu does not use
	rows        map[string][]byte
	locks       map[string]*ledgerTx
}

func newLedger() *ledger { return &ledger{rows: map[string][]byte{}, locks: map[string]*ledgerTx{}} }

// Within implements store.Store.
func (l *ledger) Within(ctx context.Context, fn func(ctx context.Context, tx store.Tx) error) error {
	tx := &ledgerTx{ledger: l, rows: map[string][]byte{}}
	defer tx.release() // also when the instance is killed
	if err := fn(ctx, tx); err != nil {
		return err
	}
	for key, row := range tx.rows {
		l.rows[key] = row
	}
	return nil
}

// Result implements store.Store.
func (l *ledger) Result(_ context.Context, id string) ([]byte, error) {
	return l.rows["result "+id], nil
}

// Worker implements store.Store.
func (l *ledger) Worker(_ context.Context, phone string) (w store.Worker, err error) {
	row := l.rows["worker "+phone]
	if row == nil {
		return w, store.ErrNotFound
	}
	return w, json.Unmarshal(row, &w)
}

// Close implements store.Store.
func (l *ledger) Close() error { return nil }

type ledgerTx struct {
	store.Tx // what the simulated menu does not use
	ledger   *ledger
	rows     map[string][]byte
	locked   []string
}

// lock waits until no other transaction has written the row.
func (tx *ledgerTx) lock(ctx context.Context, key string) error {
	for tx.ledger.locks[key] != nil && tx.ledger.locks[key] != tx {
		if err := ctx.Err(); err != nil {
			return err
		}
		actorOf(ctx).point("wait for a duplicate")
	}
	if tx.ledger.locks[key] == nil {
		tx.ledger.locks[key] = tx
		tx.locked = append(tx.locked, key)
	}
	return nil
}

func (tx *ledgerTx) release() {
	for _, key := range tx.locked {
		delete(tx.ledger.locks, key)
	}
}

func (tx *ledgerTx) read(key string) []byte {
	if row, ok := tx.rows[key]; ok {
		return row
	}
	return tx.ledger.rows[key]
}

// Begin implements store.Tx.
func (tx *ledgerTx) Begin(ctx context.Context, id string, fingerprint []byte) ([]byte, bool, error) {
	if err := tx.lock(ctx, "action "+id); err != nil {
		return nil, false, err
	}
	if row := tx.read("action " + id); row != nil {
		if !bytes.Equal(row, fingerprint) {
			return nil, false, store.ErrMismatch
		}
		return tx.read("result " + id), true, nil
	}
	tx.rows["action "+id] = fingerprint
	return nil, false, nil
}

// Finish implements store.Tx.
func (tx *ledgerTx) Finish(_ context.Context, id string, result []byte) error {
	tx.rows["result "+id] = result
	return nil
}

// Retain implements store.Tx. Nothing is purged here.
func (tx *ledgerTx) Retain(context.Context, string) error { return nil }

// AddWorker implements store.Tx.
func (tx *ledgerTx) AddWorker(ctx context.Context, w store.Worker) error {
	key := "worker " + w.Phone
	if err := tx.lock(ctx, key); err != nil {
		return err
	}
	if tx.read(key) != nil {
		return store.ErrPhoneTaken
	}
	b, err := json.Marshal(w)
	tx.rows[key] = b
	return err
}

// Count implements store.Tx. All counts fall into one window.
func (tx *ledgerTx) Count(ctx context.Context, name, subject string, _ time.Duration, _ time.Time) (int, error) {
	key := "count " + name + " " + subject
	if err := tx.lock(ctx, key); err != nil {
		return 0, err
	}
	row := append(bytes.Clone(tx.read(key)), 1)
	tx.rows[key] = row
	return len(row), nil
}

// AddMessage implements store.Tx.
func (tx *ledgerTx) AddMessage(_ context.Context, m store.Message) error {
	tx.rows["message "+m.ID] = []byte(m.Text)
	return nil
}

// Enqueue implements store.Tx.
func (tx *ledgerTx) Enqueue(_ context.Context, j store.Job) error {
	tx.rows["job "+j.Kind+" "+j.Key] = j.Args
	return nil
}
