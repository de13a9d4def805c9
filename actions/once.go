package actions

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/store"
)

const (
	// Budget is all an action may take, tries included: the callback's four
	// seconds, less what saving and answering need.
	Budget = 3500 * time.Millisecond
	// certainTries is how often a transaction is tried that surely did nothing.
	// It gets over connections that are dropped one after the other, also for
	// the repeat of a call that has succeeded, which would be told otherwise; a
	// database that is down is told to the caller within a third of a second.
	certainTries = 5
	// Pauses between two tries double from the first to the last.
	firstPause = 20 * time.Millisecond
	lastPause  = 320 * time.Millisecond
)

// Do runs an action once per call.ID and returns its outcome; a repeat returns
// the stored one. Errors: engine.ErrUnknown if it may have happened,
// engine.ErrLimited, engine.ErrNotStored (StoredOnly), engine.ErrWithdrawn,
// store.ErrMismatch if the ID was used for another action or other arguments.
// After any but ErrUnknown the action surely did nothing.
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
	case call.Action == engine.CallWithdraw:
		return t.withdraw(ctx, call)
	case call.Action == engine.CallWithdrawn:
		return t.withdrawn(ctx, call.ID)
	}
	a, ok := t.actions[call.Action]
	if !ok {
		return engine.Outcome{}, errors.New("there is no action of this name; register it in the table")
	}
	ctx, cancel := context.WithTimeout(ctx, Budget)
	defer cancel()
	if a.contract.Reads {
		return t.read(ctx, a, call)
	}
	if call.ID == "" {
		return engine.Outcome{}, errors.New("the call has no ID, so a repeat could not be recognised")
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
			if err := tx.Keep(ctx, call.ID); err != nil {
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

// join does what follows an outcome in the action's own transaction, so that
// neither happens without the other. false leaves it to be done by itself: it
// can't be done, and the action is not to be undone for it.
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
			return false, fmt.Errorf("%s after it: %w", next.Action, err)
		}
	}
	return true, nil
}

// joinable is a call's fingerprint and its work, if it can be done. Why it can't is
// told when it is tried by itself.
func (t *Table) joinable(ctx context.Context, call engine.Call) (fp []byte, do work, ok bool) {
	fp, badArgs := fingerprint(call)
	do, refused := t.actions[call.Action].prepare(ctx, t.call(call), call)
	return fp, do, badArgs == nil && refused == nil
}

// withdraw stores, in place of a result, that there will be none. It does not
// know whose result that would be, so its fingerprint is its own.
func (t *Table) withdraw(ctx context.Context, call engine.Call) (engine.Outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, Budget)
	defer cancel()
	fp, err := fingerprint(call)
	if err != nil {
		return engine.Outcome{}, err
	}
	out, err := t.once(ctx, call.ID, fp, func(context.Context, store.Tx) (result, error) {
		return result{Withdrawn: true, Shown: call.Shown}, nil
	})
	if errors.Is(err, store.ErrMismatch) {
		return done, nil
	}
	return out, err
}

// withdrawn is what the log has under an ID, whatever it was used for.
func (t *Table) withdrawn(ctx context.Context, id string) (engine.Outcome, error) {
	b, err := t.store.Result(ctx, id)
	switch {
	case err != nil:
		return engine.Outcome{}, err
	case b == nil:
		return engine.Outcome{}, engine.ErrNotStored
	}
	return done, t.otherwise(ctx, id, nil)
}

// otherwise is what stands in the log under an ID whose fingerprint is another:
// withdrawn, or the ID was used for something else.
func (t *Table) otherwise(ctx context.Context, id string, mismatch error) error {
	b, err := t.store.Result(ctx, id)
	if err != nil {
		return err
	}
	if r, err := parseResult(b, nil); err == nil && r.Withdrawn {
		return &engine.Withdrawal{Shown: r.Shown}
	}
	return mismatch
}

func (t *Table) call(c engine.Call) Call {
	return Call{
		ID: c.ID, Caller: c.Caller, Service: c.Service, Lang: c.Lang,
		Session: c.Session, Provider: c.Provider, Now: t.now(),
	}
}

// read runs an action that changes nothing, in a replay too.
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

// fingerprint tells an action and its arguments from others. Secrets are left
// out: a hash of four digits hides nothing. So are the names that facts are
// asked for, which may differ between two versions of a menu.
func fingerprint(call engine.Call) ([]byte, error) {
	args := make([]any, 0, len(call.Args)+len(call.Remember))
	for _, v := range call.Args {
		if v.Kind() == engine.KindSecret {
			args = append(args, "secret")
			continue
		}
		args = append(args, v)
	}
	for _, n := range call.Remember {
		args = append(args, n)
	}
	if call.Secrets != "" {
		args = append(args, call.Secrets)
	}
	b, err := json.Marshal(append([]any{call.Action}, args...))
	if err != nil {
		return nil, fmt.Errorf("fingerprint: %w", err)
	}
	sum := sha256.Sum256(b)
	return sum[:], nil
}

// result is an outcome as the action log keeps it.
type result struct {
	Name   string         `json:"o,omitempty"`
	Values []engine.Named `json:"v,omitempty"`
	// Limited marks a refusal: the caller had done this too often.
	Limited bool `json:"limited,omitempty"`
	// Withdrawn marks a call that was not run and never will be.
	Withdrawn bool `json:"withdrawn,omitempty"`
	// Shown is engine.Call.Shown of what withdrew it.
	Shown string `json:"shown,omitempty"`
	// Day is engine.Call.Day.
	Day engine.Date `json:"day,omitempty"`
	// Print is the fingerprint, so that a stored result alone can be checked.
	Print []byte `json:"f"`

	// joined is engine.Outcome.Joined of the run that made it.
	joined bool
}

func (r result) outcome() (engine.Outcome, error) {
	switch {
	case r.Limited:
		return engine.Outcome{}, engine.ErrLimited
	case r.Withdrawn:
		return engine.Outcome{}, &engine.Withdrawal{Shown: r.Shown}
	}
	return engine.Outcome{Name: r.Name, Values: r.Values, Joined: r.joined, Day: r.Day}, nil
}

func parseResult(b, fp []byte) (r result, err error) {
	if err := json.Unmarshal(b, &r); err != nil {
		return result{}, fmt.Errorf("stored result can't be read: %w", err)
	}
	if !r.Withdrawn && string(r.Print) != string(fp) {
		return result{}, store.ErrMismatch
	}
	return r, nil
}

// stored is the result of an earlier run and never a new one.
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

// lookUp asks for a stored result as often as a transaction is tried that surely
// did nothing: a caller who saw the result is not to be told that all is busy,
// because one connection was dropped.
func (t *Table) lookUp(ctx context.Context, id string) (b []byte, err error) {
	pause := firstPause
	for try := 1; ; try++ {
		if b, err = t.store.Result(ctx, id); err == nil || try == certainTries || !wait(ctx, pause) {
			return b, err
		}
		pause = min(2*pause, lastPause)
	}
}

// once tries until the transaction is known to have happened or not. The
// same ID makes every further try safe.
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
			return engine.Outcome{}, t.otherwise(ctx, id, err)
		}
		// Once a commit went unanswered, a later failure proves nothing.
		unknown = unknown || errors.Is(err, store.ErrUnknown)
		if !unknown && try == certainTries || !wait(ctx, pause) {
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

// wait pauses; false if the time is up.
func wait(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// attempt is one transaction: what is stored already, or what run does and its
// result together.
func (t *Table) attempt(ctx context.Context, id string, fp []byte, run func(context.Context, store.Tx) (result, error)) (r result, err error) {
	err = t.store.Within(ctx, func(ctx context.Context, tx store.Tx) error {
		r, err = logged(ctx, tx, id, fp, run)
		return err
	})
	return r, err
}

// logged is an action's part of a transaction.
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
	r.Print = fp
	if b, err = json.Marshal(r); err != nil {
		return result{}, fmt.Errorf("store the result: %w", err)
	}
	return r, tx.Finish(ctx, id, b)
}

// refuse stores that the caller had done this too often, so that a repeat is
// refused as well, also tomorrow. What the work had written is undone by then.
func (t *Table) refuse(ctx context.Context, id string, fp []byte) (engine.Outcome, error) {
	r, err := t.attempt(ctx, id, fp, func(context.Context, store.Tx) (result, error) {
		return result{Limited: true}, nil
	})
	if err != nil {
		return engine.Outcome{}, fmt.Errorf("%w; that it was could not be stored: %w", engine.ErrLimited, err)
	}
	return r.outcome()
}
