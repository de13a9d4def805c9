package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/runner"
)

// DemoFile is the database of a demonstration.
const DemoFile = "paytrace-demo.db"

// demoReads lists the settings that a demonstration reads. It reads none that names
// another system or holds a secret of one, so it can't send, charge or pay.
var demoReads = []string{
	"PORT", "ADDRESS", "API_DOCS", "USSD_API_KEY", "USSD_PATH_SECRET", "SESSION_TTL_SECONDS", "DEFAULT_LANGUAGE", "DEFAULT_MENU", "LOG_FORMAT",
}

// DemoSettings reads the settings of a demonstration. It listens on this machine only,
// and keeps its data in DemoFile.
func DemoSettings(getenv func(string) string) (Settings, error) {
	s, err := ReadSettings(func(name string) string {
		switch {
		case slices.Contains(demoReads, name):
			return getenv(name)
		case name == "DATABASE_URL":
			return "sqlite:" + DemoFile
		case name == "ENCRYPTION_KEY":
			return "a demonstration has no secrets" // the wallets in it are worth nothing
		}
		return ""
	})
	if err == nil && s.Address == "" {
		err = s.ListenOn(loopback)
	}
	return s, err
}

// CheckDemo refuses settings with which other machines would reach a demonstration.
func (s Settings) CheckDemo() error {
	if s.reachable() {
		return usagef("found the address %s, expected one that only this machine reaches: a demonstration makes up its answers; use %s, or serve without --demo", s.Address, loopback)
	}
	return nil
}

// maxDemoRuns bounds how many runs of actions a demonstration remembers. It then
// forgets all: a caller may get an answer once more.
const maxDemoRuns = 10_000

// commandHere returns the command that works with the database of this service.
func (s *Service) commandHere() string {
	if s.options.Demo == nil {
		return s.options.Command
	}
	return "DATABASE_URL=sqlite:" + DemoFile + " " + s.options.Command
}

// demonstration answers declared actions as people.yaml says.
type demonstration struct {
	people *engine.Personas

	mu    sync.Mutex
	given map[string]int // which answer a run of an action got, by its ID
	turn  map[string]int // how many answers of an action a call got
}

// registerDemo adds all declared actions, with the answers of people.yaml.
func (s *Service) registerDemo() error {
	declared, err := s.options.Menus.Declared(s.options.Diagnostics)
	if err != nil {
		return err
	}
	d := &demonstration{people: s.options.Demo, given: map[string]int{}, turn: map[string]int{}}
	built := s.table.Contracts()
	var with, without []string
	for _, c := range declared.Contracts {
		if hasContract(built, c.Name) {
			continue
		}
		if err := s.table.RegisterRemote(c, d.answer); err != nil {
			return usagef("actions.yaml: %w", err)
		}
		if len(d.people.Answers[c.Name]) > 0 {
			with = append(with, c.Name)
		} else {
			without = append(without, c.Name)
		}
	}
	s.table.LogTo(s.log)
	s.jobs[actions.JobAsk] = s.table.AskAgain
	if len(with) > 0 {
		s.choose("actions", "made up, by %s: %s", PeopleFile, strings.Join(with, ", "))
	}
	if len(without) > 0 {
		s.choose("actions", "without an answer in %s, so they fail: %s", PeopleFile, strings.Join(without, ", "))
	}
	s.options.Decorators.Actions = append(slices.Clone(s.options.Decorators.Actions), refuseMoney(built))
	s.runner.Actions = decorate[runner.Actions](s.table, s.options.Decorators.Actions)
	return nil
}

// answer gives the answers to an action in turn within a call, and the last one for
// good. A run that is asked for again, because it was pending, gets the next one.
func (d *demonstration) answer(_ context.Context, q actions.Question) (engine.Outcome, error) {
	answers := d.people.Answers[q.Call.Action]
	if len(answers) == 0 {
		return engine.Outcome{}, fmt.Errorf("%s has no answer for %s; write one under \"answers\"", PeopleFile, q.Call.Action)
	}
	out, err := dialscript.OutcomeOf(q.Contract, answers[min(d.next(q), len(answers)-1)])
	if err != nil {
		return engine.Outcome{}, fmt.Errorf("%s: %w", PeopleFile, err)
	}
	if out.Name == engine.Limited {
		return out, nil
	}
	return dialscript.Ending(out)
}

// next returns the place of an answer in the list.
func (d *demonstration) next(q actions.Question) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.given) >= maxDemoRuns {
		clear(d.given)
		clear(d.turn)
	}
	run, call := q.Call.ID+" "+q.Call.Action, q.Call.Session+" "+q.Call.Action
	i, again := d.given[run]
	switch {
	case q.Again:
		i++
	case !again:
		i = d.turn[call]
		d.turn[call]++
	}
	d.given[run] = i
	return i
}

// errDemoMoney is why an action of the program moves no money.
var errDemoMoney = errors.New("a demonstration moves no money; serve without --demo, or declare the action in actions.yaml and write its answer into " + PeopleFile)

// refuseMoney keeps actions of the program that move money from running.
func refuseMoney(built []engine.Contract) func(runner.Actions) runner.Actions {
	moves := map[string]bool{}
	for _, c := range built {
		moves[c.Name] = c.Money
	}
	return func(next runner.Actions) runner.Actions { return moneyless{next, moves} }
}

type moneyless struct {
	runner.Actions
	moves map[string]bool
}

// Act implements runner.Actions.
func (m moneyless) Act(ctx context.Context, call engine.Call, at *runner.Place) (engine.Outcome, error) {
	if m.moves[call.Action] {
		return engine.Outcome{}, fmt.Errorf("action %s: %w", call.Action, errDemoMoney)
	}
	return m.Actions.Act(ctx, call, at)
}
