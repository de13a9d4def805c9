// Package actions is what menus may ask for: a table of typed Go functions,
// their contracts, and the one place where an effect happens once. USSD and
// REST call the same table; neither touches a database or a wallet itself.
//
// An action is one file and one line where it is registered. Its parameters
// and outcomes are Go structs, from which the contract is read, so the two
// can't drift apart.
package actions

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/store"
)

// Spec says of an action what its Go types can't say.
type Spec struct {
	// Name is what menus write: "create_account".
	Name string
	// About is one sentence for the person who writes menus.
	About string
	// Reads says that the action changes nothing. It is then run again in a
	// replay, and nothing of it is stored.
	Reads bool
	// Money says that the action moves money.
	Money bool
	// SIMPrompt says that the network prompts the caller after the action.
	SIMPrompt bool
	// Takes is the longest it may take within a callback; at most Budget.
	Takes time.Duration
}

// Call is who asks for an action, and when.
type Call struct {
	// ID is the action's identity. What the action causes (messages, jobs) is
	// named after it, so that it is caused once.
	ID string
	// Caller is the MSISDN the network vouches for; "" where nobody calls
	// (REST).
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

// Work is the part of an action that reads and writes. It runs inside the
// action's transaction, and again if the database asks for that, so it keeps
// nothing outside tx. Of its errors only engine.ErrLimited is for the caller;
// every error undoes what it wrote.
type Work[Out any] func(ctx context.Context, tx store.Tx) (Out, error)

// work is a Work that gives the engine's outcome.
type work func(ctx context.Context, tx store.Tx) (engine.Outcome, error)

// action is one entry of the table.
type action struct {
	contract engine.Contract
	// prepare does the slow part, outside the transaction.
	prepare func(ctx context.Context, c Call, from engine.Call) (work, error)
}

// Table is every action there is. It implements engine.Actions and is safe for
// concurrent use once all are registered.
type Table struct {
	store   store.Store
	now     func() time.Time
	actions map[string]action
	// before runs in the transaction of every registered action that writes,
	// ahead of its work, which gets the context it returns; nil for nothing.
	before func(ctx context.Context, tx store.Tx, c Call) (context.Context, error)
}

var _ engine.Actions = (*Table)(nil)

// New makes a table with the engine's own calls and nothing else.
func New(s store.Store, now func() time.Time) *Table {
	t := &Table{store: s, now: now, actions: map[string]action{}}
	for name, prepare := range map[string]func(context.Context, Call, engine.Call) (work, error){
		engine.CallSMS:      t.prepareSMS,
		engine.CallRemember: t.prepareRemember,
		engine.CallFacts:    t.prepareFacts,
	} {
		t.actions[name] = action{prepare: prepare}
	}
	return t
}

// Register adds an action. In is a struct whose fields are the parameters, in
// order; Out is a struct with one pointer field an outcome, of which fn's Work
// sets exactly one; see fields.go for the tags. fn itself does what is slow (a
// key pair, a PIN's hash) and returns what is to be done in the transaction.
//
// The errors are those of the programmer: a tag that can't be read, a Go type
// that carries no kind, a name used twice. All are returned, not the first.
func Register[In, Out any](t *Table, spec Spec, fn func(ctx context.Context, c Call, in In) (Work[Out], error)) error {
	params, paramsErr := paramsOf[In]()
	outcomes, outcomesErr := outcomesOf[Out]()
	if err := errors.Join(t.check(spec), paramsErr, outcomesErr); err != nil {
		return fmt.Errorf("register action %q: %w", spec.Name, err)
	}
	t.actions[spec.Name] = action{
		contract: engine.Contract{
			Name: spec.Name, About: spec.About, Params: params.fields(), Outcomes: outcomes.contracts(),
			Reads: spec.Reads, Money: spec.Money, SIMPrompt: spec.SIMPrompt, Takes: spec.Takes,
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
		errs = append(errs, errors.New("the name is taken; give it another"))
	}
	if spec.About == "" {
		errs = append(errs, errors.New("About is empty; say in one sentence what it does"))
	}
	if spec.Takes <= 0 || spec.Takes > Budget {
		errs = append(errs, fmt.Errorf("Takes is %s; it must be more than nothing and at most %s", spec.Takes, Budget))
	}
	if spec.Reads && spec.Money {
		errs = append(errs, errors.New("it can't both move money and change nothing"))
	}
	return errors.Join(errs...)
}

// Contracts are those of all registered actions, by name.
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
