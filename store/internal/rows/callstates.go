package rows

import (
	"context"
	"errors"
	"fmt"

	"github.com/paytrace/paytrace/store"
)

// LockCall reads the state of a call while no other transaction can have locked it.
func (t *Tx) LockCall(ctx context.Context, id string) (store.CallState, error) {
	var s store.CallState
	err := t.conn.QueryRowLocked(ctx, id,
		`SELECT generation, epoch, length, program, caller, kept, state FROM call_states WHERE id = $1`, id).
		Scan(&s.Generation, &s.Epoch, &s.Length, &s.Program, &s.Caller, &s.Kept, &s.State)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.CallState{}, fmt.Errorf("lock call: %w", err)
	}
	if t.calls == nil {
		t.calls = make(map[string]store.CallState, 1)
	}
	t.calls[id] = s
	return s, nil
}

// SaveCall stores the state of a locked call. After an error, Complete refuses the
// transaction: its other writes must not be committed without the call's state.
func (t *Tx) SaveCall(ctx context.Context, id string, s store.CallState) error {
	if err := t.saveCall(ctx, id, s); err != nil {
		t.refused = fmt.Errorf("save call: %w", err)
		return t.refused
	}
	return nil
}

func (t *Tx) saveCall(ctx context.Context, id string, s store.CallState) error {
	locked, ok := t.calls[id]
	if !ok {
		return errors.New("this transaction has not locked the call; call LockCall first")
	}
	if len(s.State) == 0 {
		return errors.New("the state is empty, which means that the caller was forgotten; give the state")
	}
	if err := s.Follows(locked); err != nil {
		return err
	}
	// The statement compares again: Forget changes rows without locking the call.
	// began_at changes with the generation only. It is indexed, and Postgres writes a
	// row again more cheaply if no indexed column has changed.
	affected, err := t.conn.Exec(ctx, `INSERT INTO call_states
			(id, generation, epoch, length, program, caller, kept, state, began_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (id) DO UPDATE SET
			generation = excluded.generation, epoch = excluded.epoch, length = excluded.length,
			program = excluded.program, caller = excluded.caller,
			kept = call_states.kept OR excluded.kept, state = excluded.state,
			began_at = CASE WHEN excluded.generation > call_states.generation
				THEN excluded.began_at ELSE call_states.began_at END
		WHERE excluded.generation > call_states.generation
			OR excluded.generation = call_states.generation
				AND excluded.epoch > call_states.epoch AND excluded.length >= call_states.length`,
		id, s.Generation, s.Epoch, s.Length, s.Program, s.Caller, s.Kept, s.State, orNull(t.now()))
	if err != nil {
		return err
	}
	if affected == 0 {
		return fmt.Errorf("%w: the stored one has changed since this transaction locked the call; "+
			"lock the call again and go on from the stored state", store.ErrCallBehind)
	}
	t.calls[id] = s
	return nil
}
