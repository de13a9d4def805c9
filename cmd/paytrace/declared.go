package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/menu"
)

// contracts are the actions that the menus of a folder may ask for: those that
// are built, and those that its actions.yaml only declares. Findings about the
// declarations are printed.
func (f *menuFolder) contracts(built []engine.Contract, w io.Writer) ([]engine.Contract, error) {
	declared, err := f.declared(w)
	if err != nil {
		return nil, err
	}
	all := slices.Clone(built)
	for _, c := range declared {
		if !hasContract(built, c.Name) {
			all = append(all, c)
			continue
		}
		fmt.Fprintf(w, "%s: the action %s is built; what is declared of it here is passed over, delete it\n", f.path(menu.DeclaredFile), c.Name)
	}
	return all, nil
}

// declared are the contracts of the folder's actions.yaml, if there is one.
func (f *menuFolder) declared(w io.Writer) ([]engine.Contract, error) {
	switch _, err := fs.Stat(f.fsys, menu.DeclaredFile); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("menus: %w", err)
	}
	declared, found := menu.ReadDeclared(f.fsys, menu.DeclaredFile, f.dir)
	if err := printFindings(w, found, f); err != nil {
		return nil, err
	}
	if found.Bad() {
		return nil, outcome{exitFindings}
	}
	return declared, nil
}

func (f *menuFolder) path(name string) string {
	return strings.TrimPrefix(f.dir+"/"+name, "/")
}

func hasContract(contracts []engine.Contract, name string) bool {
	return slices.ContainsFunc(contracts, func(c engine.Contract) bool { return c.Name == name })
}

// servable are the menus that can answer calls, and why the others can't.
func servable(all []menu.Built, built []engine.Contract) (able []menu.Built, why []string) {
	for _, b := range all {
		if names := lacking(b.Program, built); len(names) > 0 {
			why = append(why, fmt.Sprintf("%s (%s)", b.Program.Name(), onlyDeclared(names)))
			continue
		}
		able = append(able, b)
	}
	return able, why
}

func onlyDeclared(names []string) string {
	if len(names) == 1 {
		return names[0] + " is only declared"
	}
	return fmt.Sprintf("%s and %d more are only declared", names[0], len(names)-1)
}

// lacking are the actions that a program asks for and nobody has built.
func lacking(p *engine.Program, built []engine.Contract) []string {
	var names []string
	for _, s := range p.Definition().Screens {
		if s.Do != nil && !hasContract(built, s.Do.Action) && !slices.Contains(names, s.Do.Action) {
			names = append(names, s.Do.Action)
		}
	}
	return names
}

// standIns answer the actions that are only declared, as people.yaml says; all
// others are the built ones. They serve one phone in one terminal.
type standIns struct {
	built   engine.Actions
	program *engine.Program
	people  *engine.People
	lacking map[string]bool

	mu    sync.Mutex
	turns map[string]int            // how many answers of an action were given
	done  map[string]engine.Outcome // by ID
}

// withStandIns puts answers in place of what a program lacks.
func withStandIns(table *actions.Table, p *engine.Program, people *engine.People) engine.Actions {
	names := map[string]bool{}
	for _, name := range lacking(p, table.Contracts()) {
		names[name] = true
	}
	if len(names) == 0 {
		return table
	}
	return &standIns{built: table, program: p, people: people, lacking: names, turns: map[string]int{}, done: map[string]engine.Outcome{}}
}

// Do implements engine.Actions.
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
		return engine.Outcome{}, fmt.Errorf("%s is only declared, and people.yaml has no answer of it; write one below \"answers\", as %s: %s",
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

// contract is that of an action which nobody has built.
func (s *standIns) contract(action string) *engine.Contract {
	contracts := s.program.Definition().Contracts
	for i := range contracts {
		if c := &contracts[i]; c.Name == action && s.lacking[action] {
			return c
		}
	}
	return nil
}
