package menu_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu"
	"github.com/paytrace/paytrace/engine/menu/menutest"
)

const orders = `ussd: 1
service: Orders
dial: "*1#"
languages: {en: English, sw: Kiswahili}
start: main
on_pending: wait
vars:
  amount: money 10..70000
  day: date today..today+90d
  pin: pin 4
  crop: {type: choice, options: {maize: Maize, beans: Beans}}
screens:
  main: {languages: -> how_much}
  how_much: {say: "How much?", ask: amount -> which}
  which: {say: "Which crop?", ask: crop -> when_day}
  when_day: {say: "Which day?", ask: day -> secret}
  secret:
    say: PIN
    ask: pin -> order(amount, pin)
    when: {done: bye, full: bye}
    late:
      done: "{crop} for {amount + fee} on {day.day}/{day.month}: {ref}, {name}."
      full: "{crop}: none is left on {today}."
      failed: Nothing was ordered. Please dial again.
  wait: {end: You will get an SMS.}
  bye: {end: Bye}
`

const ordersInSwahili = `how_much.say: Kiasi gani?
which.say: Zao gani?
when_day.say: Siku gani?
secret.say: PIN yako
secret.late.done: "Umeagiza {crop}: {amount + fee}, {day.day}/{day.month}, {ref}, {name}."
secret.late.full: "{crop} zimeisha {today}."
secret.late.failed: Hakuna kilichoagizwa. Tafadhali piga tena.
wait.say: Utapata SMS.
bye.say: Kwaheri
crop.maize: Mahindi
crop.beans: Maharagwe
`

// orderCall makes a call to the menu until it waits for the action.
func orderCall(t *testing.T, language string) *engine.Call {
	t.Helper()
	typ := menutest.TypeOf
	files := fstest.MapFS{"a.yaml": {Data: []byte(orders)}, "a.sw.yaml": {Data: []byte(ordersInSwahili)}}
	p, found := menu.Load(files, "a.yaml", "", []engine.Contract{{
		Name: "order", TellsLate: true,
		Params: []engine.Field{{Name: "amount", Type: typ("money 10..70000")}, {Name: "pin", Type: typ("pin 4")}},
		Outcomes: []engine.OutcomeContract{
			{Name: "done", Gives: []engine.Field{{Name: "ref", Type: typ("text 8")}, {Name: "fee", Type: typ("money 0..500")}, {Name: "name", Type: typ("text 20")}}},
			{Name: "full"},
		},
	}}, menu.Options{})
	if p == nil {
		t.Fatal(found.First())
	}
	d := dial(t, p, "*1#")
	for _, typed := range []string{language, "1500", "2", "5/3/2026", "4821"} {
		d.types(typed)
	}
	if d.call == nil || d.call.Action != "order" {
		t.Fatalf("no order was made: %q", d.text)
	}
	return d.call
}

// What a caller is told late has the words of their language, the values of the call and
// those of the outcome, also after it was stored. It has no secret.
func TestLate(t *testing.T) {
	out := engine.Outcome{Name: "done", Values: []engine.Named{
		{Name: "ref", Value: engine.TextValue("Q-1")}, {Name: "fee", Value: engine.MoneyValue(2550)}, {Name: "name", Value: engine.TextValue("Akinyi")},
	}}
	for language, want := range map[string]map[string]string{
		"1": {
			"done": "Beans for KES 1,525.50 on 5/3: Q-1, Akinyi.", "full": "Beans: none is left on 01/03/2026.",
			"failed": "Nothing was ordered. Please dial again.", "limited": "Nothing was ordered. Please dial again.",
		},
		"2": {
			"done": "Umeagiza Maharagwe: KES 1,525.50, 5/3, Q-1, Akinyi.", "full": "Maharagwe zimeisha 01/03/2026.",
			"failed": "Hakuna kilichoagizwa. Tafadhali piga tena.", "limited": "Hakuna kilichoagizwa. Tafadhali piga tena.",
		},
	} {
		stored, err := json.Marshal(orderCall(t, language).Late)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(stored), "4821") {
			t.Errorf("the PIN is stored: %s", stored)
		}
		var late *engine.Late
		if err := json.Unmarshal(stored, &late); err != nil {
			t.Fatal(err)
		}
		for name, text := range want {
			told := engine.Outcome{Name: name}
			if name == "done" {
				told = out
			}
			if got, ok := late.Text(told); !ok || got != text {
				t.Errorf("%s: %q %v, want %q", name, got, ok, text)
			}
		}
		if got, ok := late.Text(engine.Outcome{Name: "another"}); ok {
			t.Errorf("an outcome without words is told as %q", got)
		}
	}
	if text, ok := (*engine.Late)(nil).Text(out); ok {
		t.Errorf("a menu without words says %q", text)
	}
}
