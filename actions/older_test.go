package actions_test

import (
	"testing"

	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/store/memory"
)

const askingMenu = `
ussd: 1
service: Asking
dial: "*384*1#"
start: main
vars:
  phone: {type: phone}
screens:
  main:
    say: What now?
    menu:
      1: Find -> phone_ask
      2: Leave -> bye
  phone_ask:
    say: Which number?
    ask: phone -> lookup_worker(phone)
    when: {own: found, found: found, not_found: nobody}
  found: {end: Found.}
  nobody: {end: Nobody.}
  bye: {end: Bye.}
`

// The store returns an older record of a session. What was typed since may be one answer
// or two, so nothing is taken of it: the caller is asked again, and the call goes on.
func TestOlderRecordBeforeAWrongAnswer(t *testing.T) {
	b := withAccounts(t, newBench(t), nil)
	r, say := dialling(t, b, askingMenu)
	const key, menu = "ussd:session:s", "What now?\n1. Find\n2. Leave"
	say("", menu)
	first, err := r.Sessions.Load(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	say("1", "Which number?")
	r.Sessions = memory.NewSessions(b.clock.Now)
	if _, saved, err := r.Sessions.Save(t.Context(), key, "", first, runner.DefaultTTL); !saved || err != nil {
		t.Fatal(saved, err)
	}
	const again = "Invalid option. Try again.\n" + menu
	say("1*90571683", again)
	say("1*90571683*0711000009", again) // it may answer another screen
	say("1*90571683*0711000009*1", "Which number?")
	say("1*90571683*0711000009*1*0711000009", "Nobody.")
	r.Sessions = memory.NewSessions(b.clock.Now)
	say("1*90571683*0711000009*1*0711000009", "Nobody.")
}
