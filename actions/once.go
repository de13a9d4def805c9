package actions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/store"
)

const (
	// Budget bounds an action's time, retries included: the callback's four
	// seconds, less what saving and answering need.
	Budget = 3500 * time.Millisecond
	// certainTries bounds how often a transaction that surely did nothing is
	// tried. Five tries survive several dropped connections in a row; without
	// them, the repeat of a call that succeeded could report a failure. A
	// database that is down is reported within a third of a second.
	certainTries = 5
	// The pause between two tries doubles from firstPause to lastPause.
	firstPause = 20 * time.Millisecond
	lastPause  = 320 * time.Millisecond
	// maxRow bounds what the database keeps of one call: a record, and the results of
	// one input. It takes about a kilobyte.
	maxRow = 2 * engine.MaxRecord
)

// Do runs an action once per call.ID, for a request that belongs to no call, and
// returns its outcome; a repeat returns the stored one. It returns
// runner.ErrOtherKey if the action was run under call.OtherID,
// engine.ErrUnknown if the action may have happened, engine.ErrLimited if the
// caller did this too often, and store.ErrMismatch if the ID was used for another
// action or other arguments. After any error but ErrUnknown the action surely did
// nothing.
func (t *Table) Do(ctx context.Context, call engine.Call) (engine.Outcome, error) {
	out, err := t.do(ctx, call)
	if err != nil {
		return engine.Outcome{}, fmt.Errorf("action %s: %w", call.Action, err)
	}
	return out, nil
}

func (t *Table) do(ctx context.Context, call engine.Call) (engine.Outcome, error) {
	a, err := t.find(call)
	if err != nil {
		return engine.Outcome{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, Budget)
	defer cancel()
	switch {
	case a.contract.Reads && a.remote != nil:
		return t.readRemote(ctx, a, call)
	case a.contract.Reads:
		return t.read(ctx, a, call)
	case a.remote != nil:
		return engine.Outcome{}, errors.New("a backend answers it, and only calls can ask one")
	}
	if call.ID == "" {
		return engine.Outcome{}, errors.New("the call has no ID; without one a repeat can't be recognised")
	}
	fp, err := runner.Fingerprint(&call)
	if err != nil {
		return engine.Outcome{}, err
	}
	do, err := a.prepare(ctx, t.call(call), call)
	if err != nil {
		return engine.Outcome{}, err
	}
	key := runner.RowKey{Name: call.ID, Other: call.OtherID}
	return t.once(ctx, key, fp, func(ctx context.Context, tx store.Tx) (result, error) {
		if a.contract.Money {
			if err := tx.Retain(ctx, call.ID); err != nil {
				return result{}, err
			}
		}
		out, err := do(ctx, tx)
		return result{Name: out.Name, Values: out.Values}, err
	})
}

func (t *Table) find(call engine.Call) (action, error) {
	a, ok := t.actions[call.Action]
	if !ok {
		return action{}, errors.New("no action has this name; register it in the table")
	}
	return a, nil
}

// Act implements runner.Actions: it runs an action once at its place in a call.
func (t *Table) Act(ctx context.Context, call engine.Call, at *runner.Place) (engine.Outcome, error) {
	out, err := t.act(ctx, call, at)
	if err != nil {
		return engine.Outcome{}, fmt.Errorf("action %s: %w", call.Action, err)
	}
	return out, nil
}

func (t *Table) act(ctx context.Context, call engine.Call, at *runner.Place) (out engine.Outcome, err error) {
	a, err := t.find(call)
	if err != nil {
		return engine.Outcome{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, Budget)
	defer cancel()
	if a.remote != nil {
		return t.actRemote(ctx, a, call, at)
	}
	do, err := a.prepare(ctx, t.call(call), call)
	if err != nil {
		return engine.Outcome{}, err
	}
	at.Money = a.contract.Money
	err = t.repeat(ctx, func() error {
		return t.withRow(ctx, at.Key, call.Caller, func(ctx context.Context, tx store.Tx, row *runner.Row) error {
			out, err = at.Visit(row, func() (engine.Outcome, error) {
				return t.asBefore(ctx, tx, call, func() (engine.Outcome, error) {
					out, err := do(ctx, tx)
					if err != nil {
						return out, err
					}
					out.Joined, err = t.join(ctx, tx, call, out)
					return out, err
				})
			})
			return err
		})
	})
	if errors.Is(err, engine.ErrLimited) {
		return t.limited(ctx, call, at)
	}
	return out, err
}

// limited logs that the caller did this too often. A repeat is then refused as well,
// also tomorrow. By now the work's writes are undone.
func (t *Table) limited(ctx context.Context, call engine.Call, at *runner.Place) (out engine.Outcome, err error) {
	err = t.repeat(ctx, func() error {
		return t.withRow(ctx, at.Key, call.Caller, func(_ context.Context, _ store.Tx, row *runner.Row) error {
			out, err = at.Visit(row, func() (engine.Outcome, error) { return engine.Outcome{Name: engine.Limited}, nil })
			return err
		})
	})
	return out, err
}

// Read implements runner.Actions: it runs an action that changes nothing.
func (t *Table) Read(ctx context.Context, call engine.Call) (engine.Outcome, error) {
	a, err := t.find(call)
	if err == nil {
		ctx, cancel := context.WithTimeout(ctx, Budget)
		defer cancel()
		var out engine.Outcome
		if a.remote != nil {
			out, err = t.readRemote(ctx, a, call)
		} else {
			out, err = t.read(ctx, a, call)
		}
		if err == nil {
			return out, nil
		}
	}
	return engine.Outcome{}, fmt.Errorf("action %s: %w", call.Action, err)
}

// Update implements runner.Rows.
func (t *Table) Update(ctx context.Context, key runner.RowKey, caller string, change func(row *runner.Row) error) error {
	ctx, cancel := context.WithTimeout(ctx, Budget)
	defer cancel()
	return t.repeat(ctx, func() error {
		return t.withRow(ctx, key, caller, func(_ context.Context, _ store.Tx, row *runner.Row) error { return change(row) })
	})
}

// withRow runs fn in a transaction that holds the row of a call, and stores the row if
// fn has changed it.
func (t *Table) withRow(ctx context.Context, key runner.RowKey, caller string, fn func(ctx context.Context, tx store.Tx, row *runner.Row) error) error {
	return t.store.Within(ctx, func(ctx context.Context, tx store.Tx) error {
		state, err := lockCall(ctx, tx, key)
		if err != nil {
			return err
		}
		var row runner.Row
		if len(state.State) > 0 {
			if err := json.Unmarshal(state.State, &row); err != nil {
				return fmt.Errorf("read what is known of a call: %w", err)
			}
		}
		row.Generation, row.Epoch, row.Length = state.Generation, state.Epoch, state.Length
		row.Program, row.Money = state.Program, state.Kept
		if err := fn(ctx, tx, &row); err != nil {
			return err
		}
		if row.Epoch == state.Epoch && row.Generation == state.Generation {
			return nil
		}
		next := store.CallState{
			Generation: row.Generation, Epoch: row.Epoch, Length: row.Length,
			Program: row.Program, Kept: row.Money, Caller: caller,
		}
		if next.State, err = json.Marshal(row); err != nil {
			return fmt.Errorf("store what is known of a call: %w", err)
		}
		if n := len(next.State); n > maxRow {
			return fmt.Errorf("store what is known of a call: it has %d bytes, more than %d", n, maxRow)
		}
		err = tx.SaveCall(ctx, key.Name, next)
		if errors.Is(err, store.ErrCallBehind) {
			err = fmt.Errorf("%w: %w", engine.ErrFenced, err)
		}
		return err
	})
}

// lockCall locks a call under all its names and returns its state. All transactions
// lock the names in one order, so none of them waits for itself.
func lockCall(ctx context.Context, tx store.Tx, key runner.RowKey) (store.CallState, error) {
	if key.Other == "" {
		return tx.LockCall(ctx, key.Name)
	}
	states := map[string]store.CallState{}
	for _, name := range []string{min(key.Name, key.Other), max(key.Name, key.Other)} {
		var err error
		if states[name], err = tx.LockCall(ctx, name); err != nil {
			return store.CallState{}, err
		}
	}
	state := states[key.Name]
	if state.Epoch == 0 && states[key.Other].Epoch > 0 {
		return state, runner.ErrOtherKey
	}
	return state, nil
}

// join does the calls that follow an outcome (call.Then) in the action's own
// transaction: either all happen or none. It returns false if one of them can't
// be done; they are then left to be done alone, because that must not undo the
// action.
func (t *Table) join(ctx context.Context, tx store.Tx, call engine.Call, out engine.Outcome) (bool, error) {
	if call.Then == nil {
		return false, nil
	}
	following := call.Then(out)
	list, ok := t.prepared(ctx, following)
	if !ok {
		return false, nil // the reason appears when it is done alone
	}
	for i, do := range list {
		_, err := t.asBefore(ctx, tx, following[i], func() (engine.Outcome, error) { return do(ctx, tx) })
		if err != nil {
			return false, fmt.Errorf("then %s: %w", following[i].Action, err)
		}
	}
	return true, nil
}

// prepared prepares calls. ok is false if one of them can't be done.
func (t *Table) prepared(ctx context.Context, calls []engine.Call) (list []work, ok bool) {
	for _, next := range calls {
		do, err := t.actions[next.Action].prepare(ctx, t.call(next), next)
		if err != nil {
			return nil, false
		}
		list = append(list, do)
	}
	return list, true
}

func (t *Table) call(c engine.Call) Call {
	return Call{
		ID: c.ID, Caller: c.Caller, Service: c.Service, Lang: c.Lang,
		Session: c.Session, Provider: c.Provider, Now: t.now(),
	}
}

// read runs an action that changes nothing.
func (t *Table) read(ctx context.Context, a action, call engine.Call) (out engine.Outcome, err error) {
	do, err := a.prepare(ctx, t.call(call), call)
	if err != nil {
		return engine.Outcome{}, err
	}
	err = t.store.Within(ctx, func(ctx context.Context, tx store.Tx) error {
		out, err = do(ctx, tx)
		return err
	})
	return out, err
}

// once runs an action under an ID of the action log.
func (t *Table) once(ctx context.Context, key runner.RowKey, fp []byte, run func(context.Context, store.Tx) (result, error)) (engine.Outcome, error) {
	var r result
	err := t.repeat(ctx, func() (err error) {
		r, err = t.attempt(ctx, key, fp, run)
		return err
	})
	switch {
	case errors.Is(err, engine.ErrLimited):
		return t.refuse(ctx, key, fp)
	case err != nil:
		return engine.Outcome{}, err
	}
	return r.outcome()
}

// repeat tries a transaction until it is known to have happened or not. Every try is
// safe, because all have the same place or ID.
func (t *Table) repeat(ctx context.Context, attempt func() error) error {
	unknown := false
	pause := firstPause
	for try := 1; ; try++ {
		err := attempt()
		if err == nil || decided(err) {
			return err
		}
		// After a commit without an answer, a later failure proves nothing.
		unknown = unknown || errors.Is(err, store.ErrUnknown)
		if !unknown && try == certainTries || !t.pause(ctx, pause) {
			if unknown {
				err = fmt.Errorf("%w: %w", engine.ErrUnknown, err)
			}
			return err
		}
		pause = min(2*pause, lastPause)
	}
}

// decided reports whether an error is an answer, which another try would not change.
func decided(err error) bool {
	for _, answer := range []error{engine.ErrLimited, engine.ErrFenced, runner.ErrMismatch, runner.ErrHalt, store.ErrMismatch} {
		if errors.Is(err, answer) {
			return true
		}
	}
	return false
}

// pauseFor pauses. It returns false if ctx ends first.
func pauseFor(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// attempt makes one transaction. It returns the stored result if there is one;
// else it stores what run does together with the result.
func (t *Table) attempt(ctx context.Context, key runner.RowKey, fp []byte, run func(context.Context, store.Tx) (result, error)) (r result, err error) {
	err = t.store.Within(ctx, func(ctx context.Context, tx store.Tx) error {
		if err := elsewhere(ctx, tx, key); err != nil {
			return err
		}
		r, err = logged(ctx, tx, key.Name, fp, run)
		return err
	})
	return r, err
}

// elsewhere returns runner.ErrOtherKey if an action has a result under its other name.
// Until the transaction ends, no other one runs the action under either name.
func elsewhere(ctx context.Context, tx store.Tx, key runner.RowKey) error {
	if key.Other == "" {
		return nil
	}
	if _, err := lockCall(ctx, tx, key); err != nil {
		return err
	}
	stored, err := tx.Result(ctx, key.Other)
	if err == nil && stored != nil {
		err = runner.ErrOtherKey
	}
	return err
}

// logged runs an action within a transaction, unless its result is stored
// already, and stores the result.
func logged(ctx context.Context, tx store.Tx, id string, fp []byte, run func(context.Context, store.Tx) (result, error)) (r result, err error) {
	b, done, err := tx.Begin(ctx, id, fp)
	if err != nil {
		return result{}, err
	}
	if done {
		return parseResult(b, fp)
	}
	if r, err = run(ctx, tx); err != nil {
		return result{}, err
	}
	r.Fingerprint = fp
	if b, err = json.Marshal(r); err != nil {
		return result{}, fmt.Errorf("store the result: %w", err)
	}
	return r, tx.Finish(ctx, id, b)
}

// refuse stores that the caller did this too often. A repeat is then refused as
// well, also tomorrow. By then the work's writes are undone.
func (t *Table) refuse(ctx context.Context, key runner.RowKey, fp []byte) (engine.Outcome, error) {
	r, err := t.attempt(ctx, key, fp, func(context.Context, store.Tx) (result, error) {
		return result{Limited: true}, nil
	})
	if err != nil {
		return engine.Outcome{}, fmt.Errorf("%w; the refusal could not be stored: %w", engine.ErrLimited, err)
	}
	return r.outcome()
}
