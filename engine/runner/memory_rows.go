package runner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/paytrace/paytrace/engine"
)

// MemoryRows stores what is known of calls in the process, for actions that have no
// database of their own. It is safe for concurrent use.
type MemoryRows struct {
	mu   sync.Mutex
	rows map[string]memoryRow
}

type memoryRow struct {
	Row    // the columns, which Row's JSON leaves out
	stored []byte
}

// NewMemoryRows returns rows of no call.
func NewMemoryRows() *MemoryRows { return &MemoryRows{rows: map[string]memoryRow{}} }

// Update implements Rows.
func (m *MemoryRows) Update(_ context.Context, key RowKey, _ string, change func(row *Row) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	was := m.rows[key.Name]
	if key.Other != "" && was.Epoch == 0 && m.rows[key.Other].Epoch > 0 {
		return ErrOtherKey
	}
	row := Row{Generation: was.Generation, Epoch: was.Epoch, Length: was.Length, Program: was.Program, Money: was.Money}
	if was.stored != nil {
		if err := json.Unmarshal(was.stored, &row); err != nil {
			return fmt.Errorf("read what is known of a call: %w", err)
		}
	}
	if err := change(&row); err != nil {
		return err
	}
	stored, err := json.Marshal(row)
	if err != nil {
		return fmt.Errorf("store what is known of a call: %w", err)
	}
	m.rows[key.Name] = memoryRow{row, stored}
	return nil
}

// MemoryActions runs actions by a function, once at each place, with their rows in the
// process. Run returns errors as Actions.Act does, and engine.ErrLimited for a caller
// who did it too often.
type MemoryActions struct {
	*MemoryRows
	Run func(ctx context.Context, call engine.Call) (engine.Outcome, error)
}

// NewMemoryActions returns the actions that run runs.
func NewMemoryActions(run func(ctx context.Context, call engine.Call) (engine.Outcome, error)) MemoryActions {
	return MemoryActions{NewMemoryRows(), run}
}

// Act implements Actions.
func (m MemoryActions) Act(ctx context.Context, call engine.Call, at *Place) (out engine.Outcome, err error) {
	err = m.Update(ctx, at.Key, call.Caller, func(row *Row) (err error) {
		out, err = at.Visit(row, func() (engine.Outcome, error) {
			out, err := m.Run(ctx, call)
			if errors.Is(err, engine.ErrLimited) {
				return engine.Outcome{Name: engine.Limited}, nil
			}
			return out, err
		})
		return err
	})
	return out, err
}

// Read implements Actions.
func (m MemoryActions) Read(ctx context.Context, call engine.Call) (engine.Outcome, error) {
	return m.Run(ctx, call)
}
