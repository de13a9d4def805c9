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

// The store returns older and older records of a session. The caller must get
// the same screens again: for the wrong answer and for what was typed after it.
func TestOlderRecordBeforeAWrongAnswer(t *testing.T) {
	b := withAccounts(t, newBench(t), nil)
	r, say := dialling(t, b, askingMenu)
	const key, wrong = "ussd:session:s", "Invalid option. Try again.\nWhich number?"
	say("", "What now?\n1. Find\n2. Leave")
	first, err := r.Sessions.Load(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	older := func() {
		t.Helper()
		r.Sessions = memory.NewSessions(b.clock.Now)
		if _, saved, err := r.Sessions.Save(t.Context(), key, "", first, runner.DefaultTTL); !saved || err != nil {
			t.Fatal(saved, err)
		}
	}
	say("1", "Which number?")
	older()
	say("1*90571683", wrong)
	say("1*90571683*0711000009", "Nobody.")
	for range 2 {
		older()
		say("1*90571683*0711000009", "Nobody.")
	}
	older()
	say("1*90571683", wrong)
}
