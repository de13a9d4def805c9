package proof_test

import (
	"bytes"
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/memory"
)

var errDown = errors.New("connection refused")

// A records is the session store of a world, with points around each call.
type records struct {
	*memory.Sessions
	w *world
	// past has the replaced records by session, for a failover that brings one back.
	past map[string][][]byte
}

// Load implements runner.Sessions.
func (r *records) Load(ctx context.Context, id string) ([]byte, error) {
	a := actorOf(ctx)
	a.point("load")
	if a.w.faults.sessions && a.odds(sessionOdds) {
		a.call.disturbed("load failed")
		return nil, errDown
	}
	b, err := r.Sessions.Load(ctx, id)
	a.point("loaded")
	return b, err
}

const sessionOdds = 12

// Save implements runner.Sessions.
func (r *records) Save(ctx context.Context, id, expect string, next []byte, ttl time.Duration) ([]byte, bool, error) {
	a := actorOf(ctx)
	a.point("save")
	if bytes.Contains(next, []byte(rightPIN)) || bytes.Contains(next, []byte(wrongPIN)) {
		a.w.wrongf("a record of %s contains a PIN: %s", a.call.session, next)
	}
	fails := a.w.faults.sessions && a.odds(sessionOdds)
	if fails && a.odds(2) {
		a.call.disturbed("save failed")
		return nil, false, errDown
	}
	old, err := r.Sessions.Load(ctx, id)
	if err != nil {
		return nil, false, err
	}
	if a.w.control == noCompare {
		expect = engine.HeadOf(old)
	}
	stored, saved, err := r.Sessions.Save(ctx, id, expect, next, ttl)
	if saved && old != nil {
		r.past[id] = append(r.past[id], old)
	}
	a.point("saved")
	if fails {
		a.call.disturbed("save not answered")
		return nil, false, errDown // done, but the answer is lost
	}
	return stored, saved, err
}

// lose drops one record.
func (r *records) lose(id string) error {
	b, err := r.Sessions.Load(context.Background(), id)
	if err != nil || b == nil {
		return err
	}
	_, _, err = r.Sessions.Save(context.Background(), id, engine.HeadOf(b), b, time.Millisecond)
	return err
}

// rollback brings an older record back, like a replica that lags behind.
func (r *records) rollback(id string, pick func(n int) int) error {
	past := r.past[id]
	now, err := r.Sessions.Load(context.Background(), id)
	if err != nil || now == nil || len(past) == 0 {
		return err
	}
	_, _, err = r.Sessions.Save(context.Background(), id, engine.HeadOf(now), past[pick(len(past))], runner.DefaultTTL)
	return err
}

// A database is the database of a world, with points around each call.
type database struct {
	store.Store
	w *world
}

const databaseOdds = 8

// Within implements store.Store.
func (d *database) Within(ctx context.Context, fn func(ctx context.Context, tx store.Tx) error) error {
	a := actorOf(ctx)
	defer a.w.handOver() // the table pauses before it tries again
	a.point("action")
	switch {
	case a.w.out():
		a.call.hindered("database out")
		return errDown
	case a.w.faults.commits && a.odds(databaseOdds):
		a.call.hindered("commit rolled back, answer lost")
		return store.ErrUnknown
	}
	var tx *transaction
	err := d.Store.Within(ctx, func(ctx context.Context, inner store.Tx) error {
		tx = &transaction{Tx: inner, a: a}
		err := fn(ctx, tx)
		if err == nil && a.w.inside {
			a.point("commit")
		}
		return err
	})
	if err == nil {
		a.w.commit(a, tx.effects, tx.messages)
	}
	a.point("committed")
	if err == nil && a.w.faults.commits && a.odds(databaseOdds) {
		a.call.hindered("committed, answer lost")
		return store.ErrUnknown
	}
	return err
}

// Result implements store.Store.
func (d *database) Result(ctx context.Context, id string) ([]byte, error) {
	a := actorOf(ctx)
	a.point("look up")
	if a.w.out() {
		a.call.hindered("database out")
		return nil, errDown
	}
	return d.Store.Result(ctx, id)
}

// A transaction hands over once it has the action's row, to let a duplicate wait for it.
type transaction struct {
	store.Tx
	a                 *actor
	effects, messages []string
}

// AddMessage implements store.Tx.
func (t *transaction) AddMessage(ctx context.Context, m store.Message) error {
	t.messages = append(t.messages, m.Text)
	return t.Tx.AddMessage(ctx, m)
}

// Begin implements store.Tx.
func (t *transaction) Begin(ctx context.Context, id string, fingerprint []byte) ([]byte, bool, error) {
	result, done, err := t.Tx.Begin(ctx, id, fingerprint)
	if err == nil && t.a.w.inside {
		t.a.point("begun")
	}
	return result, done, err
}

// unlogged is a control: it runs the action of every delivery under a new ID, like a
// service without an action log.
type unlogged struct{ runner.Actions }

// Do implements runner.Actions.
func (u unlogged) Do(ctx context.Context, c engine.Call) (engine.Outcome, error) {
	if a := actorOf(ctx); !c.StoredOnly {
		a.w.runs++
		c.ID += "#" + strconv.Itoa(a.w.runs)
	}
	return u.Actions.Do(ctx, c)
}

// neverFenced is a control: it fences no action.
type neverFenced struct{ runner.Actions }

// Do implements runner.Actions.
func (n neverFenced) Do(ctx context.Context, c engine.Call) (engine.Outcome, error) {
	if c.Action == engine.CallFence {
		return engine.Outcome{}, engine.ErrNotStored
	}
	return n.Actions.Do(ctx, c)
}

// apartFrom is a control: it runs what follows an action in another transaction.
type apartFrom struct{ runner.Actions }

// Do implements runner.Actions.
func (a apartFrom) Do(ctx context.Context, c engine.Call) (engine.Outcome, error) {
	c.Then = nil
	return a.Actions.Do(ctx, c)
}

// forgetfulOfVersions is a control: it knows no earlier version.
type forgetfulOfVersions struct{ runner.Programs }

// Replaced implements runner.Programs.
func (forgetfulOfVersions) Replaced(string, time.Time) []*engine.Program { return nil }
