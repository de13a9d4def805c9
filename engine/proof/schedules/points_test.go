package schedules_test

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/store"
)

var errDown = errors.New("connection refused")

// records is the store of the session's record, with a point before each call.
type records struct{ w *world }

// Load implements runner.Sessions.
func (r records) Load(ctx context.Context, _ string) ([]byte, error) {
	d := deliveryOf(ctx)
	d.point("load")
	if d.fault(2) == 1 {
		r.w.upset++
		r.w.tellf("   d%d: the read is not answered", d.id)
		return nil, errDown
	}
	return r.w.rec, nil
}

// Save implements runner.Sessions.
func (r records) Save(ctx context.Context, _, expect string, next []byte, _ time.Duration) ([]byte, bool, error) {
	w, d := r.w, deliveryOf(ctx)
	d.point("save")
	if bytes.Contains(next, []byte(pinRight)) || bytes.Contains(next, []byte(pinWrong)) {
		w.wrongf("secret", "a record has a PIN: %s", next)
	}
	fault := d.fault(3)
	if fault == 1 {
		w.upset++
		w.tellf("   d%d: the save is not answered, and was not done", d.id)
		return nil, false, errDown
	}
	if engine.HeadOf(w.rec) != expect {
		w.tellf("   d%d: another record stands: %s", d.id, w.rec)
		return w.rec, false, nil
	}
	w.rec = bytes.Clone(next)
	w.history = append(w.history, w.rec)
	w.tellf("   d%d: saves %s", d.id, next)
	if fault == 2 {
		w.upset++
		w.tellf("   d%d: the save is not answered, and was done", d.id)
		return nil, false, errDown
	}
	return nil, true, nil
}

// Latest implements runner.Sessions.
func (records) Latest(context.Context, string) (string, error) { return "", nil }

// SetLatest implements runner.Sessions.
func (records) SetLatest(context.Context, string, string, time.Duration) error { return nil }

// A database is a map with transactions and locks of rows, and a point at each step of
// a transaction.
type database struct {
	store.Store // what the menus do not use
	w           *world
	rows        map[string][]byte
	locks       map[string]*transaction
}

// A transaction holds its writes until it commits.
type transaction struct {
	store.Tx // what the menus do not use
	d        *delivery
	rows     map[string][]byte
	locked   []string
	done     []func()
}

// Within implements store.Store.
func (db *database) Within(ctx context.Context, fn func(ctx context.Context, tx store.Tx) error) error {
	w, d := db.w, deliveryOf(ctx)
	d.point("begin")
	if d.outage || d.fault(2) == 1 {
		if !d.outage {
			w.hindered++
			w.tellf("   d%d: the database is away", d.id)
		}
		d.outage = true
		return errDown
	}
	tx := &transaction{d: d, rows: map[string][]byte{}}
	d.tx = tx
	defer func() {
		tx.release() // also when the instance is killed
		d.tx = nil
	}()
	if err := fn(ctx, tx); err != nil {
		return err
	}
	d.point("commit")
	fault := d.fault(3)
	if fault > 0 {
		w.hindered++
	}
	if fault == 2 {
		w.tellf("   d%d: COMMIT is not answered, and was not done", d.id)
		return store.ErrUnknown
	}
	for key, row := range tx.rows {
		db.rows[key] = row
	}
	for _, done := range tx.done {
		done()
	}
	tx.release()
	d.point("committed")
	if fault == 1 {
		w.tellf("   d%d: COMMIT is not answered, and was done", d.id)
		return store.ErrUnknown
	}
	return nil
}

// Result implements store.Store.
func (db *database) Result(ctx context.Context, id string) ([]byte, error) {
	d := deliveryOf(ctx)
	d.point("look up")
	if d.outage || d.fault(2) == 1 {
		if !d.outage {
			db.w.hindered++
			db.w.tellf("   d%d: the database is away", d.id)
		}
		d.outage = true
		return nil, errDown
	}
	return db.rows["result "+id], nil
}

// lock waits until no other transaction holds the row.
func (tx *transaction) lock(key string) {
	locks := tx.d.w.db.locks
	for locks[key] != nil && locks[key] != tx {
		tx.d.waits = key
		tx.d.point("lock")
	}
	tx.d.waits = ""
	if locks[key] == nil {
		locks[key] = tx
		tx.locked = append(tx.locked, key)
	}
}

func (tx *transaction) release() {
	for _, key := range tx.locked {
		delete(tx.d.w.db.locks, key)
	}
	tx.locked = nil
}

func (tx *transaction) read(key string) []byte {
	if row, ok := tx.rows[key]; ok {
		return row
	}
	return tx.d.w.db.rows[key]
}

// Begin implements store.Tx.
func (tx *transaction) Begin(_ context.Context, id string, fingerprint []byte) ([]byte, bool, error) {
	if tx.d.w.set.control == noLog {
		return nil, false, nil
	}
	tx.lock("action " + id)
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
func (tx *transaction) Finish(_ context.Context, id string, result []byte) error {
	tx.rows["result "+id] = result
	return nil
}
