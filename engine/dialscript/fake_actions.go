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

// fakeActions answers the actions of a call as its scene says, or passes them to
// the real actions, and records each run. It runs an action once for each ID, as
// the engine requires.
type fakeActions struct {
	scene     Scene
	clock     *clock
	contracts map[string]*engine.Contract
	vars      map[string]map[string]engine.Type // by service and name
	real      Registered                        // nil unless the scene asks for them
	rows      *runner.MemoryRows

	mu       sync.Mutex
	answers  map[string][]engine.Outcome
	unfit    map[string]error // why an action has no answer, by its name
	turn     map[string]int   // how many answers of an action were given
	done     map[string]*run  // by ID
	order    []*run
	messages []Message
	memory   map[string]engine.Value // what the sessions of this call stored
	lacking  string
	failure  string // why an action failed since the last screen

	seeding sync.Mutex // locked until the remembered values are stored
	seeded  bool
}

// FakeActions returns the actions of a phone that calls a menu directly. Those in
// lacks are not built: they answer as people.yaml says. All others are passed to
// real. An action without a usable answer fails and says why.
func FakeActions(real Registered, p *engine.Program, lacks []string, people *engine.Personas) runner.Actions {
	a := &fakeActions{
		clock: &clock{}, contracts: Contracts([]*engine.Program{p}), real: real,
		answers: map[string][]engine.Outcome{}, unfit: map[string]error{}, done: map[string]*run{}, turn: map[string]int{},
		rows: runner.NewMemoryRows(),
	}
	for _, action := range lacks {
		answers := people.Answers[action]
		if len(answers) == 0 {
			a.unfit[action] = a.unanswered(action)
			continue
		}
		if err := a.put(action, answers); err != nil {
			delete(a.answers, action)
			a.unfit[action] = fmt.Errorf("people.yaml: %w", err)
		}
	}
	return a
}

// unanswered returns the error of a declared action that people.yaml has no
// answer for.
func (a *fakeActions) unanswered(action string) error {
	as := ""
	if c := a.contracts[action]; c != nil && len(c.Outcomes) > 0 {
		as = fmt.Sprintf(", as %s: %s", action, Example(c, ""))
	}
	return fmt.Errorf("%s is only declared, and people.yaml has no answer for it; write one under \"answers\"%s", action, as)
}

// A run records one run of an action and its outcome.
type run struct {
	ActionRun
	outcome engine.Outcome
	err     error
}

// Act implements runner.Actions.
func (a *fakeActions) Act(ctx context.Context, call engine.Call, at *runner.Place) (engine.Outcome, error) {
	out, err := a.act(ctx, call, at)
	a.note(call, err)
	return out, err
}

// note keeps why an action failed, for the author of the menu.
func (a *fakeActions) note(call engine.Call, err error) {
	if why := Failure(call, err); why != "" {
		a.mu.Lock()
		a.failure = why
		a.mu.Unlock()
	}
}

// Failure says why an action failed, for the author of a menu: callers see the
// screen for a failure, which does not. It is "" for what is no failure.
func Failure(call engine.Call, err error) string {
	if err == nil || errors.Is(err, engine.ErrFenced) {
		return ""
	}
	return fmt.Sprintf("%s failed: %v", call.Action, err)
}

func (a *fakeActions) act(ctx context.Context, call engine.Call, at *runner.Place) (out engine.Outcome, err error) {
	if a.isReal(call.Action) {
		if err := a.seed(ctx, call); err != nil {
			return out, err
		}
		out, err = a.real.Act(ctx, call, at)
		if errors.Is(err, engine.ErrFenced) || errors.Is(err, runner.ErrMismatch) {
			return out, err
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		return a.late(call, out, err)
	}
	ran := false
	err = a.Update(ctx, at.Key, call.Caller, func(row *runner.Row) (err error) {
		out, err = at.Visit(row, func() (engine.Outcome, error) {
			ran = true
			return a.answer(call)
		})
		return err
	})
	if err == nil && ran && a.tooLate(call.Action) {
		return engine.Outcome{}, a.unknownYet(call.Action)
	}
	return out, err
}

// answer runs an action as the scene says. Its error halts the transaction: another try
// would answer the same.
func (a *fakeActions) answer(call engine.Call) (engine.Outcome, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if r, again := a.done[call.ID]; again {
		return r.outcome, r.err
	}
	out, err := a.do(call)
	if errors.Is(err, engine.ErrLimited) {
		out, err = engine.Outcome{Name: engine.Limited}, nil
	}
	if err != nil {
		err = runner.Halt(err)
	}
	a.record(call, out, err)
	return out, err
}

// Read implements runner.Actions.
func (a *fakeActions) Read(ctx context.Context, call engine.Call) (engine.Outcome, error) {
	out, err := a.look(ctx, call)
	a.note(call, err)
	return out, err
}

func (a *fakeActions) look(ctx context.Context, call engine.Call) (engine.Outcome, error) {
	if !a.isReal(call.Action) {
		a.mu.Lock()
		defer a.mu.Unlock()
		if r, again := a.done[call.ID]; again {
			return r.outcome, r.err
		}
		out, err := a.do(call)
		return a.late(call, out, err)
	}
	if err := a.seed(ctx, call); err != nil {
		return engine.Outcome{}, err
	}
	out, err := a.real.Read(ctx, call)
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.late(call, out, err)
}

// Update implements runner.Rows. The rows are with the real actions, if there are any:
// a call has one row.
func (a *fakeActions) Update(ctx context.Context, key runner.RowKey, caller string, change func(*runner.Row) error) error {
	if a.real != nil {
		return a.real.Update(ctx, key, caller, change)
	}
	return a.rows.Update(ctx, key, caller, change)
}

// isReal reports whether the registered action answers.
func (a *fakeActions) isReal(action string) bool {
	return a.real != nil && len(a.answers[action]) == 0 && a.unfit[action] == nil
}

// record notes a run, once for each ID, and lets its time pass.
func (a *fakeActions) record(call engine.Call, out engine.Outcome, err error) {
	if _, again := a.done[call.ID]; again {
		return
	}
	r := &run{ActionRun: ActionRun{Action: call.Action, Args: a.named(call)}, outcome: out, err: err}
	a.done[call.ID] = r
	a.order = append(a.order, r)
	a.clock.pass(min(a.scene.Takes[call.Action], runner.CallbackBudget))
}

// late records a run. If it takes longer than a callback may, late returns
// engine.ErrUnknown.
func (a *fakeActions) late(call engine.Call, out engine.Outcome, err error) (engine.Outcome, error) {
	_, again := a.done[call.ID]
	a.record(call, out, err)
	if !again && a.tooLate(call.Action) {
		return engine.Outcome{}, a.unknownYet(call.Action)
	}
	return out, err
}

func (a *fakeActions) tooLate(action string) bool {
	return a.scene.Takes[action] >= runner.CallbackBudget
}

func (a *fakeActions) unknownYet(action string) error {
	return fmt.Errorf("%s takes %s: %w", action, a.scene.Takes[action], engine.ErrUnknown)
}

// remember stores values for the next session of the caller.
func (a *fakeActions) remember(values []engine.Named) {
	if a.memory == nil {
		a.memory = map[string]engine.Value{}
	}
	for _, v := range values {
		a.memory[v.Name] = v.Value
	}
}

func (a *fakeActions) do(call engine.Call) (engine.Outcome, error) {
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
	case a.unfit[call.Action] != nil:
		return engine.Outcome{}, a.unfit[call.Action]
	}
	a.lacking = fmt.Sprintf("nothing says how %s answers: write (%s answers …), (real actions), or an answer in people.yaml", call.Action, call.Action)
	return engine.Outcome{}, errors.New(a.lacking)
}

// named returns the arguments of a call with the names of its contract.
func (a *fakeActions) named(call engine.Call) []engine.Named {
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

func (a *fakeActions) ran() []ActionRun {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := make([]ActionRun, len(a.order))
	for i, r := range a.order {
		list[i] = r.ActionRun
	}
	return list
}

// sent returns the messages that went out: none while SMS is down.
func (a *fakeActions) sent() []Message {
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

// send sends a message that no action asked for.
func (a *fakeActions) send(m Message) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.messages = append(a.messages, m)
}

// failed returns why an action failed since the last time, or "".
func (a *fakeActions) failed() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	why := a.failure
	a.failure = ""
	return why
}

// missing says what the call needed and the script does not give, or returns "".
func (a *fakeActions) missing() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.lacking
}
