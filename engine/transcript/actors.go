package transcript

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/paytrace/paytrace/engine"
)

// actors are the actions of one call: they answer as the scene says, or are the
// real ones, and what they were asked is noted. A run is done once by its ID,
// as the engine is promised.
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
	lacking  string

	seeding sync.Mutex // held until what is remembered is stored
	seeded  bool
}

// run is one run of an action.
type run struct {
	ActionRun
	outcome engine.Outcome
	err     error
}

// prepare reads the scene's answers by the actions' contracts.
func (a *actors) prepare() error {
	a.answers = map[string][]engine.Outcome{}
	for _, action := range slices.Sorted(maps.Keys(a.scene.Standard)) {
		// people.yaml serves all menus, so it may speak of other menus' actions.
		if _, said := a.scene.Answers[action]; said || a.contracts[action] == nil {
			continue
		}
		if err := a.put(action, a.scene.Standard[action]); err != nil {
			return fmt.Errorf("people.yaml: %w", err)
		}
	}
	for _, action := range slices.Sorted(maps.Keys(a.scene.Answers)) {
		if err := a.put(action, a.scene.Answers[action]); err != nil {
			return err
		}
	}
	for _, action := range slices.Sorted(maps.Keys(a.scene.Takes)) {
		if a.contracts[action] == nil {
			return a.noAction(action)
		}
	}
	return nil
}

func (a *actors) put(action string, answers []engine.Answer) error {
	contract, ok := a.contracts[action]
	if !ok {
		return a.noAction(action)
	}
	for _, answer := range answers {
		out, err := outcomeOf(contract, answer)
		if err != nil {
			return err
		}
		a.answers[action] = append(a.answers[action], out)
	}
	return nil
}

func (a *actors) noAction(action string) error {
	return fmt.Errorf("there is no action %s. %s", action, didYouMean(action, slices.Sorted(maps.Keys(a.contracts))))
}

// limited is how scripts write that a caller has done this too often.
const limited = "limited"

// outcomeOf gives an answer the types of its contract. Every value that the
// outcome gives must be written: screens show them.
func outcomeOf(c *engine.Contract, a engine.Answer) (engine.Outcome, error) {
	out := engine.Outcome{Name: a.Outcome}
	contract, ok := c.Outcome(a.Outcome)
	if !ok {
		names := []string{engine.Failed, engine.Pending, limited}
		if slices.Contains(names, a.Outcome) && len(a.Values) == 0 {
			return out, nil
		}
		for _, o := range c.Outcomes {
			names = append(names, o.Name)
		}
		return out, fmt.Errorf("%s never answers %s; it answers %s", c.Name, a.Outcome, strings.Join(names, ", "))
	}
	for _, field := range contract.Gives {
		i := slices.IndexFunc(a.Values, func(s engine.Setting) bool { return s.Name == field.Name })
		if i < 0 {
			return out, fmt.Errorf("%s gives %s where it ends as %s; write (%s answers %s %s=…)", c.Name, field.Name, a.Outcome, c.Name, a.Outcome, field.Name)
		}
		v, ok := readValue(&field.Type, a.Values[i].Text)
		if !ok {
			return out, fmt.Errorf("%s can't give %s=%s", c.Name, field.Name, a.Values[i].Text)
		}
		out.Values = append(out.Values, engine.Named{Name: field.Name, Value: v})
	}
	for _, s := range a.Values {
		if !slices.ContainsFunc(contract.Gives, func(f engine.Field) bool { return f.Name == s.Name }) {
			return out, fmt.Errorf("%s gives no %s where it ends as %s", c.Name, s.Name, a.Outcome)
		}
	}
	return out, nil
}

// Do implements engine.Actions.
func (a *actors) Do(ctx context.Context, call engine.Call) (engine.Outcome, error) {
	if a.isReal(call.Action) {
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

// isReal reports whether an action is left to the registered one.
func (a *actors) isReal(action string) bool { return a.real != nil && len(a.answers[action]) == 0 }

// doReal hands the call on, also when it comes twice at once: that it is done
// once is the real actions' affair.
func (a *actors) doReal(ctx context.Context, call engine.Call) (engine.Outcome, error) {
	if err := a.seed(ctx, call); err != nil {
		return engine.Outcome{}, err
	}
	out, err := a.real.Do(ctx, call)
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, again := a.done[call.ID]; again || errors.Is(err, engine.ErrNotStored) {
		return out, err
	}
	return a.late(call, out, err)
}

// late notes a run and lets the time pass that it takes. Where that is longer
// than a callback may take, the answer is not known in time; it stays stored.
func (a *actors) late(call engine.Call, out engine.Outcome, err error) (engine.Outcome, error) {
	r := &run{ActionRun: ActionRun{Action: call.Action, Args: a.named(call)}, outcome: out, err: err}
	a.done[call.ID] = r
	a.order = append(a.order, r)
	takes := a.scene.Takes[call.Action]
	a.clock.pass(min(takes, engine.CallbackBudget))
	if takes >= engine.CallbackBudget {
		return engine.Outcome{}, fmt.Errorf("%s takes %s: %w", call.Action, takes, engine.ErrUnknown)
	}
	return out, err
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
		return answer(list[min(i, len(list)-1)])
	case call.Action == engine.CallSMS:
		if len(call.Args) == 2 {
			a.messages = append(a.messages, Message{To: call.Args[0].Text(), Text: call.Args[1].Text()})
		}
		return done, nil
	case call.Action == engine.CallRemember:
		return done, nil
	case call.Action == engine.CallFacts:
		return a.facts(call)
	}
	a.lacking = fmt.Sprintf("nothing says how %s answers: write (%s answers …), (real actions), or an answer in people.yaml", call.Action, call.Action)
	return engine.Outcome{}, errors.New(a.lacking)
}

// answer turns the endings that every action has into what stands behind them.
func answer(out engine.Outcome) (engine.Outcome, error) {
	switch out.Name {
	case engine.Failed:
		return engine.Outcome{}, errors.New("it fails, as the script says")
	case engine.Pending:
		return engine.Outcome{}, fmt.Errorf("it is not known in time, as the script says: %w", engine.ErrUnknown)
	case limited:
		return engine.Outcome{}, engine.ErrLimited
	}
	return out, nil
}

// facts are what is remembered of the caller.
func (a *actors) facts(call engine.Call) (engine.Outcome, error) {
	out := engine.Outcome{Name: engine.Done}
	for _, name := range call.Facts {
		v, err := a.fact(name)
		if err != nil {
			return engine.Outcome{}, err
		}
		if v.IsSet() {
			out.Values = append(out.Values, engine.Named{Name: name, Value: v})
		}
	}
	return out, nil
}

// fact is one remembered value, or a record of those below its name.
func (a *actors) fact(name string) (engine.Value, error) {
	t := a.vars[name]
	var fields []engine.Named
	for _, s := range a.scene.Remembered {
		base, field, dotted := strings.Cut(s.Name, ".")
		if base != name {
			continue
		}
		if !dotted {
			return a.remembered(t, s)
		}
		for _, f := range t.Fields {
			if f.Name == field {
				v, err := a.remembered(f.Type, s)
				if err != nil {
					return engine.Value{}, err
				}
				fields = append(fields, engine.Named{Name: field, Value: v})
			}
		}
	}
	if fields == nil {
		return engine.Value{}, nil
	}
	return engine.RecordValue(a.withPhone(name, fields)), nil
}

// withPhone adds the caller's own number to the worker: the account is theirs.
func (a *actors) withPhone(name string, fields []engine.Named) []engine.Named {
	if name != "worker" {
		return fields
	}
	return append(fields, engine.Named{Name: "phone", Value: engine.PhoneValue(a.scene.Caller.Phone)})
}

func (a *actors) remembered(t engine.Type, s engine.Setting) (engine.Value, error) {
	v, ok := readValue(&t, s.Text)
	if !ok {
		a.lacking = fmt.Sprintf("%s=%s can't be remembered: the value is of another type", s.Name, s.Text)
		return v, errors.New(a.lacking)
	}
	return v, nil
}

// lacks notes what is wrong with the scene, and gives it as an error.
func (a *actors) lacks(format string, args ...any) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lacking = fmt.Sprintf(format, args...)
	return errors.New(a.lacking)
}

// seed puts what is remembered into the real store, before its first call.
func (a *actors) seed(ctx context.Context, call engine.Call) error {
	a.seeding.Lock()
	defer a.seeding.Unlock()
	if a.seeded {
		return nil
	}
	a.seeded = true
	var values []engine.Named
	for _, s := range a.scene.Remembered {
		t, known := a.vars[s.Name]
		if !known {
			continue // a worker's values: on an empty store nobody has an account
		}
		v, ok := readValue(&t, s.Text)
		if !ok {
			return a.lacks("%s=%s can't be remembered: the value is of another type", s.Name, s.Text)
		}
		values = append(values, engine.Named{Name: s.Name, Value: v})
	}
	if len(values) == 0 {
		return nil
	}
	given := engine.Call{
		ID: "given", Action: engine.CallRemember, Remember: values,
		Caller: call.Caller, Service: call.Service, Session: "given", Provider: call.Provider, Lang: call.Lang,
	}
	_, err := a.real.Do(ctx, given)
	return err
}

// named are a call's arguments by the names of its contract.
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

// sent are the messages that have gone out: none while SMS is down, however
// many wait.
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

// missing is what the script does not say and the call needed; "" for nothing.
func (a *actors) missing() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.lacking
}
