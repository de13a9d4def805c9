package main

import (
	"context"
	"fmt"
	"sync"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/service"
)

// standIns answers actions that are only declared, as people.yaml says, and passes
// all others on to the built ones. It serves one phone in one terminal.
type standIns struct {
	built   runner.Actions
	program *engine.Program
	people  *engine.Personas
	lacking map[string]bool

	mu    sync.Mutex
	turns map[string]int            // how many answers an action has given
	done  map[string]engine.Outcome // by ID
}

// withStandIns adds stand-ins for the actions that are not built.
func withStandIns(table *actions.Table, p *engine.Program, people *engine.Personas) runner.Actions {
	names := map[string]bool{}
	for _, name := range service.Unbuilt(p, table.Contracts()) {
		names[name] = true
	}
	if len(names) == 0 {
		return table
	}
	return &standIns{built: table, program: p, people: people, lacking: names, turns: map[string]int{}, done: map[string]engine.Outcome{}}
}

// Do implements runner.Actions.
func (s *standIns) Do(ctx context.Context, call engine.Call) (engine.Outcome, error) {
	contract := s.contract(call.Action)
	if contract == nil {
		return s.built.Do(ctx, call)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if out, again := s.done[call.ID]; again {
		return out, nil
	}
	if call.StoredOnly && !contract.Reads {
		return engine.Outcome{}, engine.ErrNotStored
	}
	answers := s.people.Answers[call.Action]
	if len(answers) == 0 {
		return engine.Outcome{}, fmt.Errorf("%s is only declared, and people.yaml has no answer for it; write one under \"answers\", as %s: %s",
			call.Action, call.Action, contract.Outcomes[0].Name)
	}
	out, err := dialscript.OutcomeOf(contract, answers[min(s.turns[call.Action], len(answers)-1)])
	if err != nil {
		return engine.Outcome{}, fmt.Errorf("people.yaml: %w", err)
	}
	s.turns[call.Action]++
	if out, err = dialscript.Ending(out); err == nil {
		s.done[call.ID] = out
	}
	return out, err
}

// contract returns the contract of an action that is not built, else nil.
func (s *standIns) contract(action string) *engine.Contract {
	contracts := s.program.Definition().Contracts
	for i := range contracts {
		if c := &contracts[i]; c.Name == action && s.lacking[action] {
			return c
		}
	}
	return nil
}
