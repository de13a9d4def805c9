package proof_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/store"
)

var errDown = errors.New("connection refused")

// records is the store of the session's record, with a point before each call.
type records struct{ w *world }

// Load implements runner.Sessions.
func (r records) Load(ctx context.Context, id string) ([]byte, error) {
	d := deliveryOf(ctx)
	d.point("load")
	if !r.w.set.noRedis && d.fault(2) == 1 {
		r.w.upset++
		r.w.tellf("   d%d: the read is not answered", d.id)
		return nil, errDown
	}
	if id != runner.SessionKey(sessionName(r.w.session)) {
		return r.w.dropped, nil
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
	fault := 0
	if !w.set.noRedis {
		fault = d.fault(3)
	}
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
func (r records) Latest(context.Context, string) (string, error) { return r.w.latest, nil }

// SetLatest implements runner.Sessions.
func (r records) SetLatest(_ context.Context, _, id string, _ time.Duration) error {
	r.w.latest = id
	return nil
}

// A database is a map with transactions and locks of rows, and a point at each step of
// a transaction. With a real database inside, other deliveries run only before and after
// a transaction: that one waits for its locks itself.
type database struct {
	store.Store // the real database, or nil
	w           *world
	rows        map[string][]byte
	locks       map[string]*transaction
}

// A transaction holds its writes until it commits.
type transaction struct {
	store.Tx // of the real database, or nil
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
	fault := 0
	run := func(ctx context.Context, inner store.Tx) error {
		tx.Tx, tx.done = inner, nil
		if err := fn(ctx, tx); err != nil {
			return err
		}
		if inner == nil {
			d.point("commit")
		}
		if fault = d.fault(3); fault > 0 {
			w.hindered++
		}
		if fault == 2 {
			w.tellf("   d%d: COMMIT is not answered, and was not done", d.id)
			return store.ErrUnknown
		}
		return nil
	}
	var err error
	if db.Store != nil {
		err = db.Store.Within(ctx, run)
	} else {
		err = run(ctx, nil)
	}
	if err != nil {
		return err
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

// LockCall implements store.Tx.
func (tx *transaction) LockCall(ctx context.Context, id string) (s store.CallState, err error) {
	if tx.Tx != nil {
		s, err = tx.Tx.LockCall(ctx, id)
	} else {
		tx.lock("call " + id)
		if row := tx.read("call " + id); row != nil {
			err = json.Unmarshal(row, &s)
		}
	}
	if at := tx.d.at0; at != nil && tx.d.w.set.control == noFence {
		s.Epoch, s.Length = at.Epoch, 0
	}
	return s, err
}

// SaveCall implements store.Tx.
func (tx *transaction) SaveCall(ctx context.Context, id string, s store.CallState) error {
	w := tx.d.w
	if bytes.Contains(s.State, []byte(pinRight)) || bytes.Contains(s.State, []byte(pinWrong)) {
		w.wrongf("secret", "a row has a PIN: %s", s.State)
	}
	switch {
	case w.set.control == noRows, w.set.control == noStars && bytes.Contains(s.State, []byte("*refused")):
		return nil
	case w.set.control == noSnapshot:
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(s.State, &fields); err != nil {
			return err
		}
		delete(fields, "s")
		var err error
		if s.State, err = json.Marshal(fields); err != nil {
			return err
		}
	}
	if tx.d.at0 != nil && w.set.control == actsKeepEpoch {
		s.Epoch = max(1, s.Epoch-1)
	}
	tx.done = append(tx.done, func() {
		w.tellf("   d%d: row of length %d, epoch %d: %s", tx.d.id, s.Length, s.Epoch, s.State)
	})
	if tx.Tx != nil {
		return tx.Tx.SaveCall(ctx, id, s)
	}
	row, err := json.Marshal(s)
	tx.rows["call "+id] = row
	return err
}

// AddMessage implements store.Tx.
func (tx *transaction) AddMessage(ctx context.Context, m store.Message) error {
	w := tx.d.w
	tx.done = append(tx.done, func() {
		w.tellf("   d%d: sends the message of %s", tx.d.id, m.Text)
		if w.messages[m.Text] && !w.anew {
			w.wrongf("message twice", "the message of %s for %q", m.Text, tx.d.cb.text)
		}
		w.messages[m.Text] = true
	})
	if tx.Tx != nil {
		return tx.Tx.AddMessage(ctx, m)
	}
	return nil
}

// Enqueue implements store.Tx.
func (tx *transaction) Enqueue(ctx context.Context, job store.Job) error {
	if tx.Tx != nil {
		return tx.Tx.Enqueue(ctx, job)
	}
	return nil
}

// watched tells which callbacks were recovered from the row, and where an action runs.
type watched struct{ *actions.Table }

// Act implements runner.Actions.
func (w watched) Act(ctx context.Context, call engine.Call, at *runner.Place) (engine.Outcome, error) {
	d := deliveryOf(ctx)
	d.at0 = at
	defer func() { d.at0 = nil }()
	began := max(1, at.Epoch)
	out, err := w.Table.Act(ctx, call, at)
	if d.w.set.control == actsKeepEpoch {
		at.Epoch = began
	}
	return out, err
}

// Update implements runner.Rows.
func (w watched) Update(ctx context.Context, key runner.RowKey, caller string, change func(*runner.Row) error) error {
	cb := deliveryOf(ctx).cb
	err := w.Table.Update(ctx, key, caller, func(row *runner.Row) error {
		err := change(row)
		cb.recovered = cb.recovered || errors.Is(err, runner.ErrHalt) || row.From < 0
		return err
	})
	cb.recovered = cb.recovered || err != nil // it went on from the text alone
	return err
}
