package actions_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/memory"
)

const upgradeMenu = `
ussd: 1
service: Join
dial: "*384*1#"
start: main
vars:
  phone: {type: phone}
screens:
  main:
    say: What now?
    menu:
      1: Join -> phone_ask
      2: Leave -> bye
  phone_ask:
    say: Which number?
    ask: phone -> create_account(phone)
    when: {created: done, exists: known}
  done: {say: "You are {worker_id}.", menu: {1: Again -> main}}
  known: {end: Known.}
  bye: {end: Bye.}
`

// A call began on the version before, which keeps no state of calls: the record has no
// epoch, and the account that was made is only in the action log. The call goes on here,
// and the account is made once, whether the record is there, is older or is lost.
func TestCallsInFlightAreKept(t *testing.T) { onStores(t, callsInFlightAreKept) }

func callsInFlightAreKept(t *testing.T, open func(testing.TB, func() time.Time) store.Store) {
	for name, lost := range map[string]bool{"with its record": false, "without": true} {
		t.Run(name, func(t *testing.T) {
			b := withAccounts(t, newBenchOn(t, open), nil)
			r, say := dialling(t, b, upgradeMenu)
			b.UpgradedAt(b.clock.Now())
			say("", "What now?\n1. Join\n2. Leave")
			say("1", "Which number?")
			// What the version before wrote for the next input.
			req := callback("s", "1*0711000001")
			call := engine.Call{
				ID: r.Identity.Action(&req, req.Text, 0), Action: "create_account", Caller: amina, Service: req.Service,
				Args: []engine.Value{engine.PhoneValue(amina)},
			}
			before := b.must(t, call) // as an action that belongs to no call: in the log
			id := value(before, "worker_id").Text()
			if lost {
				r.Sessions = memory.NewSessions(b.clock.Now)
				// One question is asked again. The answer is another text, so it is another
				// action, which finds the account.
				say("1*0711000001", "Which number?")
				say("1*0711000001*0711000001", "Known.")
			} else {
				say("1*0711000001", "You are "+id+".\n1. Again")
				say("1*0711000001*1", "What now?\n1. Join\n2. Leave")
			}
			w, err := b.store.Worker(t.Context(), amina)
			if err != nil || w.WorkerID != id {
				t.Errorf("the account is %+v, %v; want %s", w, err, id)
			}
		})
	}
}

// While the instances are replaced, one of the version before may answer a copy of a
// callback that was answered here. It finds the result in the log.
func TestVersionBeforeFindsResults(t *testing.T) {
	for name, after := range map[string]bool{"at the upgrade": true, "half an hour later": false} {
		t.Run(name, func(t *testing.T) {
			b := withAccounts(t, newBench(t), nil)
			r, say := dialling(t, b, upgradeMenu)
			b.UpgradedAt(b.clock.Now())
			if !after {
				b.clock.Pass(actions.UpgradeTime + 1)
			}
			say("", "What now?\n1. Join\n2. Leave")
			say("1", "Which number?")
			req := callback("s", "1*0711000001")
			r.Handle(t.Context(), req)
			stored, err := b.store.Result(t.Context(), r.Identity.Action(&req, req.Text, 0))
			if err != nil {
				t.Fatal(err)
			}
			var outcome struct {
				Name string `json:"o"`
			}
			if stored != nil {
				if err := json.Unmarshal(stored, &outcome); err != nil {
					t.Fatal(err)
				}
			}
			if want := map[bool]string{true: "created", false: ""}[after]; outcome.Name != want {
				t.Errorf("the log has %q, want %q", outcome.Name, want)
			}
		})
	}
}
