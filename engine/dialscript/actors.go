package dialscript

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
)

// actors stand in for the actions of one call: they answer as the scene says, or
// pass a call to the real actions, and record what they were asked. Each run is
// done once for its ID, as the engine requires.
type actors struct {
	scene     Scene
	clock     *clock
	contracts map[string]*engine.Contract
	vars      map[string]engine.Type
	real      Registered // nil unless the scene asks for them

	mu       sync.Mutex
	answers  map[string][]engine.Outcome
	turn     map[string]int  // how many answers of an action were given
	done     map[string]*run // by ID
	order    []*run
	messages []Message
	memory   map[string]engine.Value // what this call's sessions had remembered
	lacking  string

	seeding sync.Mutex // held until what is remembered is stored
	seeded  bool
}

// A run is one run of an action.
type run struct {
	ActionRun
	outcome engine.Outcome
	err     error
}

// Do implements runner.Actions.
func (a *actors) Do(ctx context.Context, call engine.Call) (engine.Outcome, error) {
	if a.isReal(call.Action) && !(call.Action == engine.CallFence && a.has(call.ID)) {
		return a.doReal(ctx, call)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if r, again := a.done[call.ID]; again {
		return r.outcome, r.err
	}
	if call.StoredOnly && !a.reads(call.Action) {
		return engine.Outcome{}, engine.ErrNotStored
	}
	out, err := a.do(call)
	return a.late(call, out, err)
}

// isReal reports whether the registered action answers.
func (a *actors) isReal(action string) bool { return a.real != nil && len(a.answers[action]) == 0 }

// has reports whether the scene has already answered this ID.
func (a *actors) has(id string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, ran := a.done[id]
	return ran
}

// doReal passes the call on, also when it comes twice at once: the real actions
// must do it only once.
func (a *actors) doReal(ctx context.Context, call engine.Call) (engine.Outcome, error) {
	if err := a.seed(ctx, call); err != nil {
		return engine.Outcome{}, err
	}
	out, err := a.real.Do(ctx, call)
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, again := a.done[call.ID]; again || errors.Is(err, engine.ErrNotStored) || errors.Is(err, engine.ErrFenced) {
		return out, err
	}
	return a.late(call, out, err)
}

// late records a run and lets its time pass. If the run takes longer than a
// callback may, the outcome is not known in time, but it is stored.
func (a *actors) late(call engine.Call, out engine.Outcome, err error) (engine.Outcome, error) {
	r := &run{ActionRun: ActionRun{Action: call.Action, Args: a.named(call)}, outcome: out, err: err}
	a.done[call.ID] = r
	a.order = append(a.order, r)
	takes := a.scene.Takes[call.Action]
	a.clock.pass(min(takes, runner.CallbackBudget))
	if takes >= runner.CallbackBudget {
		return engine.Outcome{}, fmt.Errorf("%s takes %s: %w", call.Action, takes, engine.ErrUnknown)
	}
	return out, err
}

// remember stores values for the next session of the caller.
func (a *actors) remember(values []engine.Named) {
	if a.memory == nil {
		a.memory = map[string]engine.Value{}
	}
	for _, v := range values {
		a.memory[v.Name] = v.Value
	}
}

func (a *actors) reads(action string) bool {
	c := a.contracts[action]
	return c != nil && c.Reads
}

func (a *actors) do(call engine.Call) (engine.Outcome, error) {
	done := engine.Outcome{Name: engine.Done}
	switch list := a.answers[call.Action]; {
	case len(list) > 0:
		i := a.turn[call.Action]
		a.turn[call.Action]++
		return Ending(list[min(i, len(list)-1)])
	case call.Action == engine.CallSMS:
		if len(call.Args) == 2 {
			a.messages = append(a.messages, Message{To: call.Args[0].Text(), Text: call.Args[1].Text()})
		}
		return done, nil
	case call.Action == engine.CallRemember:
		a.remember(call.Remember)
		return done, nil
	case call.Action == engine.CallFacts:
		return a.facts(call)
	}
	a.lacking = fmt.Sprintf("nothing says how %s answers: write (%s answers …), (real actions), or an answer in people.yaml", call.Action, call.Action)
	return engine.Outcome{}, errors.New(a.lacking)
}

// named returns the arguments of a call with the names of its contract.
func (a *actors) named(call engine.Call) []engine.Named {
	c := a.contracts[call.Action]
	args := make([]engine.Named, 0, len(call.Args))
	for i, v := range call.Args {
		name := fmt.Sprintf("value%d", i+1)
		if c != nil && i < len(c.Params) {
			name = c.Params[i].Name
		}
		args = append(args, engine.Named{Name: name, Value: v})
	}
	return args
}

func (a *actors) ran() []ActionRun {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := make([]ActionRun, len(a.order))
	for i, r := range a.order {
		list[i] = r.ActionRun
	}
	return list
}

// sent returns the messages that have gone out. While SMS is down there are
// none.
func (a *actors) sent() []Message {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.scene.SMSDown:
		return nil
	case a.real != nil:
		return append(a.real.Messages(), a.messages...)
	}
	return slices.Clone(a.messages)
}

// missing returns what the call needed and the script does not say, or "".
func (a *actors) missing() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.lacking
}
