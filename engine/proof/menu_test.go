package proof_test

import (
	"context"
	"fmt"
	"hash/fnv"
	"strings"
	"testing/fstest"
	"time"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu"
	"github.com/paytrace/paytrace/engine/menu/compile"
	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/store"
)

// The two versions of the simulated menu give the keys of the first question different
// meanings, which is the worst that a new version can do.
const (
	optionsOld = `{1: Pay -> amount_ask, 2: Note -> note_ask, 3: Enrol -> enrol}`
	optionsNew = `{1: Enrol -> enrol, 2: Pay -> amount_ask, 3: Note -> note_ask}`
)

// menuSource has everything that is difficult for a replay: facts read at the start, a
// consent, a secret, a wrong PIN, writes in mid-session, an answer with a star, an SMS
// at the end.
const menuSource = `
ussd: 1
service: Proof
dial: "*384*5#"
start: hello
vars:
  amount: {type: money 10..70000}
  pin: {type: pin 8}
  note: {type: text 12}
screens:
  hello:
    choose:
      - if worker is set -> known
      - else -> main
  known: {end: You were here before.}
  main:
    say: What now?
    menu: OPTIONS
  amount_ask:
    say: How much?
    ask: amount -> sure
  sure:
    say: Pay {amount}?
    confirm: -> pin_ask
    cancel: -> main
  pin_ask:
    say: Your PIN
    ask: pin -> pay(amount, pin)
    retries: 9
    when: {done: paid, wrong_pin: retry Wrong PIN.}
  paid:
    end: Paid {amount}. Ref {ref}.
    sms: {to: caller, say: "Paid {amount}. Ref {ref}."}
  note_ask:
    say: Your note
    ask: note -> note(note)
    when: {done: noted}
  noted: {say: "Noted {ref}.", menu: {1: Go on -> main}}
  enrol: {do: enrol(), when: {done: enrolled}}
  enrolled: {say: "Enrolled {ref}.", menu: {1: Go on -> main}}
`

const (
	serviceCode = "*384*5#"
	rightPIN    = "13572468"
	wrongPIN    = "86427531"
)

func program(options string, contracts []engine.Contract) (*engine.Program, error) {
	fsys := fstest.MapFS{"proof.yaml": {Data: []byte(strings.Replace(menuSource, "OPTIONS", options, 1))}}
	file, found := syntax.Read(fsys, "proof.yaml", "")
	for _, f := range found {
		return nil, fmt.Errorf("%s %s %s", f.Pos, f.Code, f.Message)
	}
	return compile.Compile(file, contracts, menu.Options{})
}

type refOut struct {
	Ref string `menu:"ref,text 8"`
}

type doneOut struct{ Done *refOut }

type payIn struct {
	Amount engine.Money  `menu:"amount,money 1..100000"`
	PIN    engine.Secret `menu:"pin,pin 8"`
}

type payOut struct {
	Done     *refOut
	WrongPin *struct{}
}

type noteIn struct {
	Note string `menu:"note,text 12"`
}

// register adds the menu's actions to a table. The database counts the effect of each,
// by the session and the text that led to it.
func register(t *actions.Table) error {
	pay := func(_ context.Context, _ actions.Call, in payIn) (actions.Work[payOut], error) {
		return func(ctx context.Context, tx store.Tx) (payOut, error) {
			if in.PIN.Reveal() != rightPIN {
				_, err := effect(ctx, tx, "try")
				return payOut{WrongPin: &struct{}{}}, err
			}
			ref, err := effect(ctx, tx, "pay")
			return payOut{Done: &refOut{ref}}, err
		}, nil
	}
	note := func(context.Context, actions.Call, noteIn) (actions.Work[doneOut], error) {
		return func(ctx context.Context, tx store.Tx) (doneOut, error) {
			ref, err := effect(ctx, tx, "note")
			return doneOut{&refOut{ref}}, err
		}, nil
	}
	enrol := func(_ context.Context, c actions.Call, _ struct{}) (actions.Work[doneOut], error) {
		return func(ctx context.Context, tx store.Tx) (doneOut, error) {
			ref, err := effect(ctx, tx, "enrol")
			if err != nil {
				return doneOut{}, err
			}
			id := "NW-" + strings.ToUpper(ref)
			err = tx.AddWorker(ctx, store.Worker{WorkerID: id, Phone: c.Caller, PublicKey: "G" + ref, SealedSecret: "sealed", CreatedAt: c.Now})
			return doneOut{&refOut{ref}}, err
		}, nil
	}
	if err := actions.Register(t, actions.Spec{Name: "pay", About: "Pays.", Money: true, Takes: time.Second}, pay); err != nil {
		return err
	}
	if err := actions.Register(t, actions.Spec{Name: "note", About: "Keeps a note.", Takes: time.Second}, note); err != nil {
		return err
	}
	return actions.Register(t, actions.Spec{Name: "enrol", About: "Makes an account.", Takes: time.Second}, enrol)
}

// effectName names an effect without the code under test: its session, everything that
// was typed before it, and the action.
func effectName(session, text, action string) string { return session + "|" + text + "|" + action }

// effect counts an effect in the transaction and returns its reference.
func effect(ctx context.Context, tx store.Tx, action string) (ref string, err error) {
	a := actorOf(ctx)
	name := effectName(a.call.session, a.text, action)
	if _, err := tx.Count(ctx, "effect", name, window, epoch); err != nil {
		return "", err
	}
	tx.(*transaction).effects = append(tx.(*transaction).effects, name)
	return reference(name), nil
}

func reference(name string) string {
	h := fnv.New32a()
	h.Write([]byte(name))
	return fmt.Sprintf("%08x", h.Sum32())
}

// window and epoch put all counts of a world into one window.
const window = 24 * time.Hour

var epoch = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
