// Package actions runs what menus and REST ask for: a table of typed Go
// functions with their contracts. It is the one place that makes sure an effect
// happens once. USSD and REST call the same table; neither touches a database
// or a wallet itself.
//
// An action costs one file and one line where it is registered. Its contract is
// read from the Go structs of its parameters and outcomes, so contract and code
// always agree.
package actions

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/store"
)

// Spec describes what an action's Go types can't say.
type Spec struct {
	// Name is what menus write: "create_account".
	Name string
	// About describes the action in one sentence, for menu authors.
	About string
	// Reads says that the action changes nothing. A replay runs it again, and
	// its result is not stored.
	Reads bool
	// Money says that the action moves money.
	Money bool
	// SIMPrompt says that the network prompts the caller after the action.
	SIMPrompt bool
	// SendsSMS says that the action sends the caller an SMS about what it has done. A
	// menu may then promise one.
	SendsSMS bool
	// Takes bounds the action's time within a callback; at most Budget.
	Takes time.Duration
}

// Call tells an action who asks for it, and when.
type Call struct {
	// ID identifies the action. Its messages and jobs are named after the ID,
	// which keeps a repeat from causing them twice.
	ID string
	// Caller is the MSISDN that the network vouches for; "" for a REST request
	// without such a number.
	Caller   string
	Service  string
	Lang     string
	Session  string
	Provider string
	// Now is the time of this run.
	Now time.Time
}

// Own reports whether a number is the caller's own.
func (c Call) Own(phone engine.Phone) bool { return c.Caller != "" && c.Caller == string(phone) }

// Work reads and writes for an action, inside the action's transaction. The
// database may ask to run it again, so it must change nothing outside tx. Every
// error undoes what it wrote; the caller sees only engine.ErrLimited.
type Work[Out any] func(ctx context.Context, tx store.Tx) (Out, error)

// work is a Work that returns the engine's outcome.
type work func(ctx context.Context, tx store.Tx) (engine.Outcome, error)

type action struct {
	contract engine.Contract
	// prepare does the slow part, outside the transaction.
	prepare func(ctx context.Context, c Call, from engine.Call) (work, error)
	// remote asks a backend instead; nil for an action of this program.
	remote Remote
}

// Table holds all registered actions and runs them. It implements
// runner.Actions and is safe for concurrent use once all are registered.
type Table struct {
	store   store.Store
	now     func() time.Time
	actions map[string]action
	// before runs first in the transaction of every registered action that
	// writes; the action's work gets the context that it returns. It may be nil.
	before func(ctx context.Context, tx store.Tx, c Call) (context.Context, error)
	// upgraded is when the database got the states of calls; zero for a new one.
	upgraded time.Time
	// pause waits between two tries of a transaction. It returns false if no other
	// try should be made.
	pause func(ctx context.Context, d time.Duration) bool
	// log gets the faults of backends; nil discards them.
	log *slog.Logger
}

var _ runner.Actions = (*Table)(nil)

// New makes a table that knows only the engine's own calls.
func New(s store.Store, now func() time.Time) *Table {
	t := &Table{store: s, now: now, actions: map[string]action{}, pause: pauseFor}
	for name, prepare := range map[string]func(context.Context, Call, engine.Call) (work, error){
		engine.CallSMS:      t.prepareSMS,
		engine.CallRemember: t.prepareRemember,
		engine.CallFacts:    t.prepareFacts,
	} {
		t.actions[name] = action{prepare: prepare}
	}
	return t
}

// PauseWith replaces the pause between two tries of a transaction, for tests on a
// clock of their own. pause returns false if no other try should be made.
func (t *Table) PauseWith(pause func(ctx context.Context, d time.Duration) bool) { t.pause = pause }

// LogTo makes the table log the faults of backends.
func (t *Table) LogTo(log *slog.Logger) { t.log = log }

// Register adds an action. The fields of the struct In are the parameters, in
// order. The struct Out has one pointer field for each outcome, and fn's Work
// sets exactly one of them; fields.go describes the tags. fn does the slow part
// (a key pair, a PIN's hash) and returns the Work for the transaction.
//
// Register returns all mistakes of the programmer at once: a bad tag, a Go type
// that no kind of value fits, a name that is used twice.
func Register[In, Out any](t *Table, spec Spec, fn func(ctx context.Context, c Call, in In) (Work[Out], error)) error {
	params, paramsErr := paramsOf[In]()
	outcomes, outcomesErr := outcomesOf[Out]()
	if err := errors.Join(t.check(spec), paramsErr, outcomesErr); err != nil {
		return fmt.Errorf("register action %q: %w", spec.Name, err)
	}
	t.actions[spec.Name] = action{
		contract: engine.Contract{
			Name: spec.Name, About: spec.About, Params: params.fields(), Outcomes: outcomes.contracts(),
			Reads: spec.Reads, Money: spec.Money, SIMPrompt: spec.SIMPrompt, SendsSMS: spec.SendsSMS, Takes: spec.Takes,
		},
		prepare: func(ctx context.Context, c Call, from engine.Call) (work, error) {
			in, err := readParams[In](params, from.Args)
			if err != nil {
				return nil, err
			}
			w, err := fn(ctx, c, in)
			if err != nil {
				return nil, err
			}
			return func(ctx context.Context, tx store.Tx) (_ engine.Outcome, err error) {
				if t.before != nil && !spec.Reads {
					if ctx, err = t.before(ctx, tx, c); err != nil {
						return engine.Outcome{}, err
					}
				}
				out, err := w(ctx, tx)
				if err != nil {
					return engine.Outcome{}, err
				}
				return readOutcome(outcomes, out)
			}, nil
		},
	}
	return nil
}

func (t *Table) check(spec Spec) error {
	var errs []error
	if !validName(spec.Name) {
		errs = append(errs, fmt.Errorf("the name %q must be lower-case letters, digits and _, beginning with a letter", spec.Name))
	}
	if _, taken := t.actions[spec.Name]; taken {
		errs = append(errs, errors.New("the name is taken; choose another one"))
	}
	if spec.About == "" {
		errs = append(errs, errors.New("About is empty; describe the action in one sentence"))
	}
	if spec.Takes <= 0 || spec.Takes > Budget {
		errs = append(errs, fmt.Errorf("Takes is %s; it must be more than 0 and at most %s", spec.Takes, Budget))
	}
	if spec.Reads && spec.Money {
		errs = append(errs, errors.New("Reads and Money are both set; an action that moves money changes something"))
	}
	if spec.Reads && spec.SendsSMS {
		errs = append(errs, errors.New("Reads and SendsSMS are both set; an action that sends an SMS changes something"))
	}
	return errors.Join(errs...)
}

// Contracts returns the contracts of all registered actions, sorted by name.
func (t *Table) Contracts() []engine.Contract {
	var all []engine.Contract
	for _, a := range t.actions {
		if a.contract.Name != "" {
			all = append(all, a.contract)
		}
	}
	slices.SortFunc(all, func(a, b engine.Contract) int { return strings.Compare(a.Name, b.Name) })
	return all
}
