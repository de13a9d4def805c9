package actions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/store"
)

// This file runs the engine's own calls. Their results are stored like those of
// every effect. Facts are stored too, although reading them changes nothing: the
// screens of a session depend on them, so a replay must see what the caller saw.

var done = engine.Outcome{Name: engine.Done}

// prepareSMS stores a message and the job that sends it.
func (t *Table) prepareSMS(_ context.Context, c Call, from engine.Call) (work, error) {
	if len(from.Args) != 2 {
		return nil, fmt.Errorf("found %d values; a number and a text are expected", len(from.Args))
	}
	to, text := from.Args[0], from.Args[1].Text()
	if to.Kind() != engine.KindPhone {
		return nil, errors.New("the number to send to is missing")
	}
	return func(ctx context.Context, tx store.Tx) (engine.Outcome, error) {
		return done, queueSMS(ctx, tx, c, engine.Phone(to.Text()), text)
	}, nil
}

// prepareRemember stores values for the caller's number.
func (t *Table) prepareRemember(_ context.Context, c Call, from engine.Call) (work, error) {
	values := make(map[string]json.RawMessage, len(from.Remember))
	for _, n := range from.Remember {
		b, err := json.Marshal(n.Value)
		if err != nil {
			return nil, fmt.Errorf("remember %s: %w", n.Name, err)
		}
		values[n.Name] = b
	}
	return func(ctx context.Context, tx store.Tx) (engine.Outcome, error) {
		return done, tx.Remember(ctx, c.Service, c.Caller, values)
	}, nil
}

// factWorker names the fact that holds the caller's own account.
const factWorker = "worker"

// prepareFacts reads the facts a session begins with: the caller's own account
// and the remembered values, for the names in from.Facts. Missing values are
// omitted.
func (t *Table) prepareFacts(ctx context.Context, c Call, from engine.Call) (work, error) {
	out := done
	for _, name := range from.Facts {
		if name != factWorker {
			continue
		}
		worker, err := t.workerFact(ctx, c.Caller)
		if err != nil {
			return nil, err
		}
		out.Values = append(out.Values, worker...)
	}
	remembered, err := t.remembered(ctx, c, from.Facts)
	if err != nil {
		return nil, err
	}
	out.Values = append(out.Values, remembered...)
	return func(context.Context, store.Tx) (engine.Outcome, error) { return out, nil }, nil
}

func (t *Table) workerFact(ctx context.Context, caller string) ([]engine.Named, error) {
	w, err := t.store.Worker(ctx, caller)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	record := engine.RecordValue([]engine.Named{
		{Name: "id", Value: engine.TextValue(w.WorkerID)},
		{Name: "phone", Value: engine.PhoneValue(w.Phone)},
		{Name: "name", Value: engine.TextValue(w.Name)},
	})
	return []engine.Named{{Name: factWorker, Value: record}}, nil
}

func (t *Table) remembered(ctx context.Context, c Call, names []string) ([]engine.Named, error) {
	if len(names) == 0 || len(names) == 1 && names[0] == factWorker {
		return nil, nil
	}
	stored, err := t.store.Remembered(ctx, c.Service, c.Caller)
	if err != nil {
		return nil, err
	}
	var values []engine.Named
	for _, name := range names {
		var v engine.Value
		// A value that an older program stored in a form no longer read counts
		// as missing.
		if raw, ok := stored[name]; ok && name != factWorker && json.Unmarshal(raw, &v) == nil && v.IsSet() {
			values = append(values, engine.Named{Name: name, Value: v})
		}
	}
	return values, nil
}
