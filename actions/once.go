package actions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/engine"
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
)

// Do runs an action once per call.ID and returns its outcome; a repeat returns
// the stored one. It returns engine.ErrUnknown if the action may have happened,
// engine.ErrLimited if the caller did this too often, engine.ErrNotStored if
// StoredOnly is set and there is no result, engine.ErrFenced if a fence
// stands in its place, and store.ErrMismatch if the ID was used for another
// action or other arguments. After any error but ErrUnknown the action surely
// did nothing.
func (t *Table) Do(ctx context.Context, call engine.Call) (engine.Outcome, error) {
	out, err := t.do(ctx, call)
	if err != nil {
		return engine.Outcome{}, fmt.Errorf("action %s: %w", call.Action, err)
	}
	return out, nil
}

func (t *Table) do(ctx context.Context, call engine.Call) (engine.Outcome, error) {
	switch {
	case call.ID == "":
	case call.Action == engine.CallFence:
		return t.fence(ctx, call)
	case call.Action == engine.CallFenced:
		return t.fenced(ctx, call.ID)
	}
	a, ok := t.actions[call.Action]
	if !ok {
		return engine.Outcome{}, errors.New("no action has this name; register it in the table")
	}
	ctx, cancel := context.WithTimeout(ctx, Budget)
	defer cancel()
	if a.contract.Reads {
		return t.read(ctx, a, call)
	}
	if call.ID == "" {
		return engine.Outcome{}, errors.New("the call has no ID; without one a repeat can't be recognised")
	}
	fp, err := fingerprint(call)
	if err != nil {
		return engine.Outcome{}, err
	}
	if call.StoredOnly {
		return t.stored(ctx, call.ID, fp)
	}
	do, err := a.prepare(ctx, t.call(call), call)
	if err != nil {
		return engine.Outcome{}, err
	}
	return t.once(ctx, call.ID, fp, func(ctx context.Context, tx store.Tx) (result, error) {
		if a.contract.Money {
			if err := tx.Retain(ctx, call.ID); err != nil {
				return result{}, err
			}
		}
		out, err := do(ctx, tx)
		if err != nil {
			return result{}, err
		}
		joined, err := t.join(ctx, tx, call, out)
		return result{Name: out.Name, Values: out.Values, Day: call.Day, joined: joined}, err
	})
}

// join does the calls that follow an outcome (call.Then) in the action's own
// transaction: either all happen or none. It returns false if one of them can't
// be done; they are then left to be done alone, because that must not undo the
// action.
func (t *Table) join(ctx context.Context, tx store.Tx, call engine.Call, out engine.Outcome) (bool, error) {
	if call.Then == nil {
		return false, nil
	}
	for _, next := range call.Then(out) {
		fp, do, ok := t.joinable(ctx, next)
		if !ok {
			return false, nil
		}
		_, err := logged(ctx, tx, next.ID, fp, func(ctx context.Context, tx store.Tx) (result, error) {
			out, err := do(ctx, tx)
			return result{Name: out.Name, Values: out.Values}, err
		})
		switch {
		case errors.Is(err, store.ErrMismatch):
			return false, nil
		case err != nil:
			return false, fmt.Errorf("then %s: %w", next.Action, err)
		}
	}
	return true, nil
}

// joinable returns a call's fingerprint and work; ok is false if it can't be
// done. The reason appears when the call is done alone.
func (t *Table) joinable(ctx context.Context, call engine.Call) (fp []byte, do work, ok bool) {
	fp, badArgs := fingerprint(call)
	do, refused := t.actions[call.Action].prepare(ctx, t.call(call), call)
	return fp, do, badArgs == nil && refused == nil
}

// fence stores a fence in place of a result: the call under this ID will never
// run. It does not know that call, so the fingerprint is the fence's own. If the
// call already ran, fence returns done.
func (t *Table) fence(ctx context.Context, call engine.Call) (engine.Outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, Budget)
	defer cancel()
	fp, err := fingerprint(call)
	if err != nil {
		return engine.Outcome{}, err
	}
	out, err := t.once(ctx, call.ID, fp, func(context.Context, store.Tx) (result, error) {
		return result{Fenced: true, Shown: call.Shown}, nil
	})
	if errors.Is(err, store.ErrMismatch) {
		return done, nil
	}
	return out, err
}

// fenced looks up an ID in the log, whatever it was used for. It returns done if
// the call ran, engine.ErrFenced if a fence stands there, and
// engine.ErrNotStored if the log has nothing.
func (t *Table) fenced(ctx context.Context, id string) (engine.Outcome, error) {
	b, err := t.store.Result(ctx, id)
	switch {
	case err != nil:
		return engine.Outcome{}, err
	case b == nil:
		return engine.Outcome{}, engine.ErrNotStored
	}
	return done, t.mismatched(ctx, id, nil)
}

// mismatched explains why the log has another fingerprint under an ID. It
// returns an engine.Fenced if a fence stands there, else mismatch.
func (t *Table) mismatched(ctx context.Context, id string, mismatch error) error {
	b, err := t.store.Result(ctx, id)
	if err != nil {
		return err
	}
	if r, err := parseResult(b, nil); err == nil && r.Fenced {
		return &engine.Fenced{Shown: r.Shown}
	}
	return mismatch
}

func (t *Table) call(c engine.Call) Call {
	return Call{
		ID: c.ID, Caller: c.Caller, Service: c.Service, Lang: c.Lang,
		Session: c.Session, Provider: c.Provider, Now: t.now(),
	}
}

// read runs an action that changes nothing; a replay runs it too.
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

// stored returns the result of an earlier run, or engine.ErrNotStored.
func (t *Table) stored(ctx context.Context, id string, fp []byte) (engine.Outcome, error) {
	b, err := t.lookUp(ctx, id)
	if err != nil {
		return engine.Outcome{}, err
	}
	if b == nil {
		return engine.Outcome{}, engine.ErrNotStored
	}
	r, err := parseResult(b, fp)
	if err != nil {
		return engine.Outcome{}, err
	}
	return r.outcome()
}

// lookUp reads a stored result, with as many tries as a transaction has. A caller
// who has seen the result must not get "busy" because one connection dropped.
func (t *Table) lookUp(ctx context.Context, id string) (b []byte, err error) {
	pause := firstPause
	for try := 1; ; try++ {
		if b, err = t.store.Result(ctx, id); err == nil || try == certainTries || !t.pause(ctx, pause) {
			return b, err
		}
		pause = min(2*pause, lastPause)
	}
}

// once tries until the transaction is known to have happened or not. Every try
// is safe, because all have the same ID.
func (t *Table) once(ctx context.Context, id string, fp []byte, run func(context.Context, store.Tx) (result, error)) (engine.Outcome, error) {
	unknown := false
	pause := firstPause
	for try := 1; ; try++ {
		r, err := t.attempt(ctx, id, fp, run)
		switch {
		case err == nil:
			return r.outcome()
		case errors.Is(err, engine.ErrLimited):
			return t.refuse(ctx, id, fp)
		case errors.Is(err, store.ErrMismatch):
			return engine.Outcome{}, t.mismatched(ctx, id, err)
		}
		// After a commit without an answer, a later failure proves nothing.
		unknown = unknown || errors.Is(err, store.ErrUnknown)
		if !unknown && try == certainTries || !t.pause(ctx, pause) {
			return engine.Outcome{}, failure(err, unknown)
		}
		pause = min(2*pause, lastPause)
	}
}

func failure(err error, unknown bool) error {
	if unknown {
		return fmt.Errorf("%w: %w", engine.ErrUnknown, err)
	}
	return err
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
func (t *Table) attempt(ctx context.Context, id string, fp []byte, run func(context.Context, store.Tx) (result, error)) (r result, err error) {
	err = t.store.Within(ctx, func(ctx context.Context, tx store.Tx) error {
		r, err = logged(ctx, tx, id, fp, run)
		return err
	})
	return r, err
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
func (t *Table) refuse(ctx context.Context, id string, fp []byte) (engine.Outcome, error) {
	r, err := t.attempt(ctx, id, fp, func(context.Context, store.Tx) (result, error) {
		return result{Limited: true}, nil
	})
	if err != nil {
		return engine.Outcome{}, fmt.Errorf("%w; the refusal could not be stored: %w", engine.ErrLimited, err)
	}
	return r.outcome()
}
