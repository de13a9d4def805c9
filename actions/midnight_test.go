package actions_test

import (
	"testing"
	"time"

	"github.com/paytrace/paytrace/store/memory"
)

// midnightMenu shows today's date and accepts no earlier one.
const midnightMenu = `
ussd: 1
service: Days
dial: "*384*1#"
start: main
vars:
  day: {type: date today..today+1y}
  phone: {type: phone}
screens:
  main:
    say: It is {today}.
    menu:
      1: Go on -> day_ask
      2: Leave -> bye
  day_ask:
    say: Which day?
    ask: day -> phone_ask
  phone_ask:
    say: Which number?
    ask: phone -> lookup_worker(phone)
    when: {own: done, found: done, not_found: done}
  done:
    say: Noted on {today} for {day}.
    menu:
      1: Again -> main
  bye: {end: Bye.}
`

// A call keeps the day on which it began, also after midnight and with its
// record lost: its stored results carry that day.
func TestCallAcrossMidnight(t *testing.T) {
	const firstDay, number, nextDay = "01/03/2026", "0711000001", "02/03/2026"
	for _, c := range []struct {
		name   string
		before int // midnight, in minutes, it begins
		lost   bool
		day    string // that the call shows
	}{
		{"the record is there", 1, false, firstDay},
		{"the record is lost", 2, true, firstDay},
		{"a long call", 25, true, firstDay},
		{"begun after midnight", -1, true, nextDay},
		{"begun long after midnight", -20, true, nextDay},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := withAccounts(t, newBench(t), nil)
			r, say := dialling(t, b, midnightMenu)
			midnight := time.Date(2026, 3, 2, 0, 0, 0, 0, time.FixedZone("EAT", 3*60*60))
			b.clock.Pass(midnight.Add(-time.Duration(c.before) * time.Minute).Sub(b.clock.Now()))
			asked := "1*" + map[string]string{firstDay: "01032026", nextDay: "02032026"}[c.day]
			noted := "Noted on " + c.day + " for " + c.day + ".\n1. Again"
			say("", "It is "+c.day+".\n1. Go on\n2. Leave")
			say("1", "Which day?")
			say(asked, "Which number?")
			say(asked+"*"+number, noted)
			b.clock.Pass(time.Duration(max(0, c.before)+1) * time.Minute)
			lose := func() {
				if c.lost {
					r.Sessions = memory.NewSessions(b.clock.Now)
				}
			}
			lose()
			say(asked+"*"+number, noted) // late
			lose()
			say(asked+"*"+number+"*1", "It is "+c.day+".\n1. Go on\n2. Leave")
			lose()
			say(asked+"*"+number+"*1*1", "Which day?")
		})
	}
}

// A call without stored results goes on with today's date.
func TestCallAcrossMidnightThatDidNothing(t *testing.T) {
	b := withAccounts(t, newBench(t), nil)
	r, _ := dialling(t, b, midnightMenu)
	b.clock.Pass(time.Date(2026, 3, 1, 20, 59, 0, 0, time.UTC).Sub(b.clock.Now()))
	r.Handle(t.Context(), callback("s", ""))
	b.clock.Pass(2 * time.Minute)
	r.Sessions = memory.NewSessions(b.clock.Now)
	r.Handle(t.Context(), callback("s", "1"))
	if reply := r.Handle(t.Context(), callback("s", "1*01032026")); reply.End || reply.Fault != nil {
		t.Errorf("%+v, want a screen of the menu", reply)
	}
}
