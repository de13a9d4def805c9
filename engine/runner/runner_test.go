package runner_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu"
	"github.com/paytrace/paytrace/engine/menu/compile"
	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/store/memory"
)

// money is a small menu with everything that a session stores: remembered language, the
// caller's account, a list, a consent, a PIN, resume.
const money = `
ussd: 1
service: Money
dial: "*384*9#"
languages: {en: English, sw: Kiswahili}
start: hello
session: {resume: 5m}
remember: [lang]
nav: {back: 0 Back, home: 00 Home -> main, more: 98 More}
vars:
  amount: {type: money 10..70000, error: Not a valid amount.}
  pin: {type: pin 4, error: The PIN has 4 digits.}
  newpin: {type: pin 4}
screens:
  hello:
    choose:
      - if lang = sw -> main
      - else -> language
  language:
    say: Choose language
    languages: -> main
  main:
    say: Money
    menu:
      1: Send -> amount_ask
      2: Payments -> fetch
      3: Set a PIN -> newpin_ask
      4: Who am I -> who
  who:
    choose:
      - if worker is set -> me
      - else -> nobody
  me: {show: "You are {worker.id}, {worker.phone}"}
  nobody: {show: No account}
  amount_ask:
    say: How much?
    ask: amount -> sure
  sure:
    say: Send {amount}?
    confirm: -> pin_ask
    cancel: -> main
  pin_ask:
    say: Your PIN
    ask: pin -> send(amount, pin)
    retries: 3
    when: {done: sent, wrong_pin: retry Wrong PIN., locked: locked}
  sent:
    end: Sent {amount}. Ref {ref}.
    sms: {to: caller, say: "Sent {amount}. Ref {ref}."}
  locked: {end: Locked.}
  fetch:
    do: payments()
    when: {done: payment_list}
  payment_list:
    say: Payments
    list: rows as row -> one
    each: "{row.name}"
    empty: none_yet
  one: {show: "{row.name}"}
  none_yet: {show: None yet}
  newpin_ask:
    say: New PIN
    ask: newpin -> set_pin(newpin)
    repeat: Again
    when: {done: pin_set}
  pin_set: {end: PIN set.}
`

func moneyContracts() []engine.Contract {
	typ := func(s string) engine.Type {
		typ, err := engine.ParseType(s)
		if err != nil {
			panic(err)
		}
		return typ
	}
	row := engine.Type{Kind: engine.KindList, Record: "payment", Fields: []engine.Field{{Name: "name", Type: typ("text 20")}}}
	return []engine.Contract{
		{
			Name: "send", Money: true, Params: []engine.Field{{Name: "amount", Type: typ("money 1..100000")}, {Name: "pin", Type: typ("pin 4")}},
			Outcomes: []engine.OutcomeContract{{Name: "done", Gives: []engine.Field{{Name: "ref", Type: typ("text 8")}}}, {Name: "wrong_pin"}, {Name: "locked"}},
		},
		{Name: "payments", Reads: true, Outcomes: []engine.OutcomeContract{{Name: "done", Gives: []engine.Field{{Name: "rows", Type: row}}}}},
		{Name: "set_pin", Params: []engine.Field{{Name: "pin", Type: typ("pin 4")}}, Outcomes: []engine.OutcomeContract{{Name: "done"}}},
	}
}

// A bank runs the actions of money, each once at its place.
type bank struct {
	runner.MemoryActions
	mu     sync.Mutex
	ran    map[string]int // by action
	kept   []engine.Named
	worker bool
	pin    string
	sms    []string
	fail   map[string]error
}

func newBank() *bank {
	b := &bank{ran: map[string]int{}, pin: "1234", fail: map[string]error{}}
	b.MemoryActions = runner.NewMemoryActions(b.do)
	return b
}

func (b *bank) do(_ context.Context, c engine.Call) (engine.Outcome, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.fail[c.Action]; err != nil {
		return engine.Outcome{}, err
	}
	b.ran[c.Action]++
	return b.run(c), nil
}

func (b *bank) run(c engine.Call) engine.Outcome {
	switch c.Action {
	case engine.CallFacts:
		out := engine.Outcome{Name: engine.Done, Values: b.kept}
		if b.worker {
			out.Values = append(out.Values[:len(out.Values):len(out.Values)], engine.Named{Name: "worker", Value: engine.RecordValue([]engine.Named{
				{Name: "id", Value: engine.TextValue("NW-00C0FFEE")}, {Name: "phone", Value: engine.PhoneValue(c.Caller)},
			})})
		}
		return out
	case engine.CallRemember:
		b.kept = c.Remember
	case engine.CallSMS:
		b.sms = append(b.sms, c.Args[1].Text())
	case "send":
		if c.Args[1].Reveal() != b.pin {
			return engine.Outcome{Name: "wrong_pin"}
		}
		return engine.Outcome{Name: "done", Values: []engine.Named{{Name: "ref", Value: engine.TextValue("QX81")}}}
	case "payments":
		var rows []engine.Value
		for i := range 12 {
			rows = append(rows, engine.RecordValue([]engine.Named{{Name: "name", Value: engine.TextValue(fmt.Sprintf("Payment number %d", i+1))}}))
		}
		return engine.Outcome{Name: "done", Values: []engine.Named{{Name: "rows", Value: engine.ListValue(rows)}}}
	}
	return engine.Outcome{Name: "done"}
}

// A desk is a service with the money menu. A test can read and lose its sessions.
type desk struct {
	*line
	bank     *bank
	sessions *memory.Sessions
	now      time.Time
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	fsys := fstest.MapFS{"money.yaml": {Data: []byte(money)}}
	file, found := syntax.Read(fsys, "money.yaml", "")
	for _, f := range found {
		t.Fatalf("%s %s %s", f.Pos, f.Code, f.Message)
	}
	p, err := compile.Compile(file, moneyContracts(), menu.Options{})
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := runner.NewCatalog(p)
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{bank: newBank(), now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	now := func() time.Time { return d.now }
	d.sessions = memory.NewSessions(now)
	d.line = &line{t, &runner.Runner{
		Sessions: d.sessions, Programs: catalog, Actions: d.bank,
		Identity: runner.NewIdentity([]byte("0123456789abcdef0123456789abcdef")), TTL: runner.DefaultTTL, Now: now,
	}, engine.Request{Provider: "test", Session: "s1", Caller: "254711000111", Service: "*384*9#"}}
	return d
}

// record returns the stored record of the session.
func (d *desk) record() string {
	d.t.Helper()
	b, err := d.sessions.Load(context.Background(), "ussd:session:"+d.req.Session)
	if err != nil {
		d.t.Fatal(err)
	}
	return string(b)
}

// keys types each key in its own callback and returns the last screen.
func (d *desk) keys(keys ...string) string {
	screen := d.type_("")
	for i := range keys {
		screen = d.type_(strings.Join(keys[:i+1], "*"))
	}
	return screen
}

func (d *desk) want(got, want string) {
	d.t.Helper()
	if got != want {
		d.t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestMoneyIsSentOnce(t *testing.T) {
	d := newDesk(t)
	d.want(d.keys("1", "1"), "CON How much?\n0:Back 00:Home")
	d.want(d.type_("1*1*5"), "CON Not a valid amount.\nHow much?\n0:Back 00:Home")
	d.want(d.type_("1*1*5*500"), "CON Send KES 500?\n1. Yes\n2. No\n0:Back 00:Home")
	d.want(d.type_("1*1*5*500*1"), "CON Your PIN\n0:Back 00:Home")
	d.want(d.type_("1*1*5*500*1*4321"), "CON Wrong PIN.\nYour PIN\n0:Back 00:Home")
	done := "END Sent KES 500. Ref QX81."
	for range 3 {
		d.want(d.type_("1*1*5*500*1*4321*1234"), done)
	}
	// Without the record the same callback finds its result again.
	d.sessions.Forget()
	d.want(d.type_("1*1*5*500*1*4321*1234"), done)
	if d.bank.ran["send"] != 2 || len(d.bank.sms) != 1 {
		t.Errorf("send ran %d times, want 2 (one wrong PIN); %d messages, want 1", d.bank.ran["send"], len(d.bank.sms))
	}
}

func TestSecretsAreNotStored(t *testing.T) {
	d := newDesk(t)
	for _, keys := range [][]string{{"1", "1", "500", "1", "4321"}, {"1", "3", "7890"}, {"1", "3", "7890", "7890"}} {
		d.req.Session += "x"
		d.keys(keys...)
		rec := d.record()
		for _, secret := range []string{"4321", "7890"} {
			if strings.Contains(rec, secret) {
				t.Errorf("the record holds a PIN: %s", rec)
			}
		}
	}
}

func TestNewPINTwice(t *testing.T) {
	d := newDesk(t)
	d.want(d.keys("1", "3", "7890"), "CON Again\n0:Back 00:Home")
	d.want(d.type_("1*3*7890*7891"), "CON Not the same. Try again.\nNew PIN\n0:Back 00:Home")
	d.want(d.type_("1*3*7890*7891*7890"), "CON Again\n0:Back 00:Home")
	d.want(d.type_("1*3*7890*7891*7890*7890"), "END PIN set.")
	if d.bank.ran["set_pin"] != 1 {
		t.Errorf("set_pin ran %d times", d.bank.ran["set_pin"])
	}
}

// A deep dial gives no consent: it stops at the first confirm or secret.
func TestDeepDialStops(t *testing.T) {
	d := newDesk(t)
	d.want(d.type_("1*1*500*1*1234"), "CON Send KES 500?\n1. Yes\n2. No\n0:Back 00:Home")
	d.want(d.type_("1*1*500*1*1234*1"), "CON Send KES 500?\n1. Yes\n2. No\n0:Back 00:Home") // it may not have been seen
	d.want(d.type_("1*1*500*1*1234*1*1"), "CON Your PIN\n0:Back 00:Home")
	d.want(d.type_("1*1*500*1*1234*1*1*1234"), "END Sent KES 500. Ref QX81.")
	d.req.Session, d.req.Service = "s2", "*384*9*1*3*7890#"
	d.want(d.type_(""), "CON New PIN\n0:Back 00:Home")
	if d.bank.ran["send"] != 1 || d.bank.ran["set_pin"] != 0 {
		t.Errorf("ran %v", d.bank.ran)
	}
}

// What is sent as a call begins is sent once, even in a deep dial, and in a repeat of
// it without a record.
func TestDeepDialSendsWhatItsStartSends(t *testing.T) {
	src := `
ussd: 1
service: Cities
dial: "*384*9#"
start: hello
screens:
  hello: {sms: {to: caller, say: Hello.}, go: main}
  main: {say: Main, menu: {1: Thika -> thika}}
  thika: {end: Thika.}
`
	d := newDesk(t)
	d.r.Programs = catalogOf(t, "cities.yaml", src)
	for range 2 {
		d.want(d.type_("1"), "END Thika.")
		d.sessions.Forget()
	}
	if len(d.bank.sms) != 1 {
		t.Errorf("%d messages, want 1", len(d.bank.sms))
	}
}

func TestFaultsHaveScreens(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"failed":   {errors.New("no database"), "END The service is busy. Please try again later."},
		"pending":  {fmt.Errorf("commit: %w", engine.ErrUnknown), "END In progress. The result is not known yet. Please dial again in 5 minutes."},
		"limited":  {fmt.Errorf("today: %w", engine.ErrLimited), "END You have reached the limit. Please try again later."},
		"no facts": {nil, "END The service is busy. Please try again later."},
	} {
		d := newDesk(t)
		if c.err == nil {
			d.bank.fail[engine.CallFacts] = errors.New("no database")
			d.want(d.type_(""), c.want)
			continue
		}
		d.bank.fail["send"] = c.err
		t.Run(name, func(t *testing.T) {
			got := d.keys("1", "1", "500", "1", "1234")
			d.want(got, c.want)
			// A repeat is answered from the record, and nothing runs again.
			d.bank.fail["send"] = nil
			d.want(d.type_("1*1*500*1*1234"), c.want)
		})
	}
}

func TestPanicHasAScreen(t *testing.T) {
	l := newLine(t, paytrace(), func(context.Context, engine.Call) (engine.Outcome, error) { panic("boom") })
	l.type_("")
	l.type_("1")
	if got, want := l.type_("1*0711000111"), "END The service is busy. Please try again later."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRememberedLanguage(t *testing.T) {
	d := newDesk(t)
	d.want(d.type_(""), "CON Choose language\n1. English\n2. Kiswahili")
	d.keys("2")
	if len(d.bank.kept) != 1 || d.bank.kept[0].Value.Text() != "sw" {
		t.Fatalf("kept %v", d.bank.kept)
	}
	d.req.Session = "s2"
	d.now = d.now.Add(time.Hour)
	d.want(d.type_(""), "CON Money\n1. Send\n2. Payments\n3. Set a PIN\n4. Who am I")
}

func TestWorkerFact(t *testing.T) {
	d := newDesk(t)
	d.want(d.keys("1", "4"), "CON No account\n0:Back 00:Home")
	d.bank.worker = true
	d.req.Session = "s2"
	d.now = d.now.Add(time.Hour)
	d.want(d.keys("1", "4"), "CON You are NW-00C0FFEE, 0711000111\n0:Back 00:Home")
	if d.bank.ran[engine.CallFacts] != 2 {
		t.Errorf("facts were read %d times in 2 calls", d.bank.ran[engine.CallFacts])
	}
}

func TestListPages(t *testing.T) {
	d := newDesk(t)
	first := d.keys("1", "2")
	if !strings.HasPrefix(first, "CON Payments\n1. Payment number 1\n") || !strings.HasSuffix(first, "0:Back 00:Home 98:More") {
		t.Errorf("got %q", first)
	}
	second := d.type_("1*2*98")
	if strings.Contains(second, "number 1\n") || !strings.Contains(second, "12. Payment number 12") {
		t.Errorf("got %q", second)
	}
	d.want(d.type_("1*2*98*12"), "CON Payment number 12\n0:Back 00:Home")
	d.want(d.type_("1*2*98*12*0"), second)
	d.want(d.type_("1*2*98*12*0*0"), first)
	// A row of another page is chosen by its number, too. A row that the notice pushes
	// off the page is on the next one.
	d.want(d.type_("1*2*98*12*0*0*12"), "CON Payment number 12\n0:Back 00:Home")
	d.want(d.type_("1*2*98*12*0*0*12*0"), first)
	d.want(d.type_("1*2*98*12*0*0*12*0*77"), "CON Invalid option. Try again.\n"+strings.Replace(first[4:], "\n6. Payment number 6", "", 1))
	if got := d.type_("1*2*98*12*0*0*12*0*77*98"); !strings.HasPrefix(got, "CON 6. Payment number 6\n") {
		t.Errorf("got %q", got)
	}
	// A choice from a list that must be read again shows the list again.
	d.sessions.Forget()
	d.want(d.type_("1*2*98*12*0*0*12*0*77*98*2"), first)
}

func TestResume(t *testing.T) {
	d := newDesk(t)
	ask := "CON Continue where you stopped?\n1. Yes\n2. No"
	d.keys("1", "1", "500", "1") // dropped at the PIN, after a consent
	d.req.Session = "s2"
	d.now = d.now.Add(2 * time.Minute)
	d.want(d.type_(""), ask)
	d.want(d.type_("7"), "CON Invalid option. Try again.\n"+ask[4:])
	d.want(d.type_("7*1"), "CON Send KES 500?\n1. Yes\n2. No\n00:Home")
	d.want(d.type_("7*1*1"), "CON Your PIN\n0:Back 00:Home")
	d.want(d.type_("7*1*1*1234"), "END Sent KES 500. Ref QX81.")
	// A call that ended is not resumed.
	d.req.Session = "s3"
	d.want(d.type_(""), "CON Choose language\n1. English\n2. Kiswahili")
	// No begins again, and after the time limit there is no question.
	d.keys("1", "1", "500")
	d.req.Session = "s4"
	d.want(d.keys("2"), "CON Choose language\n1. English\n2. Kiswahili")
	d.req.Session = "s5"
	d.keys("1", "1", "500")
	d.now = d.now.Add(6 * time.Minute)
	d.req.Session = "s6"
	d.want(d.type_(""), "CON Choose language\n1. English\n2. Kiswahili")
}

// Two simultaneous deliveries have the effect of two successive ones.
func TestDeliveriesAtOnce(t *testing.T) {
	d := newDesk(t)
	d.keys("1", "1", "500", "1")
	var wg sync.WaitGroup
	replies := make([]string, 8)
	for i := range replies {
		wg.Add(1)
		go func() {
			defer wg.Done()
			req := d.req
			req.Text = "1*1*500*1*1234"
			replies[i] = d.r.Handle(context.Background(), req).Text
		}()
	}
	wg.Wait()
	for _, got := range replies {
		d.want(got, "Sent KES 500. Ref QX81.")
	}
	if d.bank.ran["send"] != 1 || len(d.bank.sms) != 1 {
		t.Errorf("send ran %d times, %d messages", d.bank.ran["send"], len(d.bank.sms))
	}
}

func TestAnotherCallerDoesNotEndTheCall(t *testing.T) {
	d := newDesk(t)
	d.keys("1", "1")
	req := d.req
	req.Caller, req.Text = "254722000222", "1*1*500"
	if got := d.r.Handle(context.Background(), req); !got.End || !strings.Contains(got.Text, "expired") {
		t.Errorf("another caller got %q", got.Text)
	}
	d.want(d.type_("1*1*500"), "CON Send KES 500?\n1. Yes\n2. No\n0:Back 00:Home")
}

// brokenSessions is a store that always fails.
type brokenSessions struct{ runner.Sessions }

func (brokenSessions) Load(context.Context, string) ([]byte, error) {
	return nil, errors.New("connection refused")
}

// flakySessions is a store that loses saves while it is down.
type flakySessions struct {
	runner.Sessions
	down bool
}

func (f *flakySessions) Save(ctx context.Context, id, expect string, next []byte, ttl time.Duration) ([]byte, bool, error) {
	if f.down {
		return nil, false, errors.New("connection reset")
	}
	return f.Sessions.Save(ctx, id, expect, next, ttl)
}

// If a callback was answered but not saved, the row says where the caller is, and the
// call goes on there.
func TestUnsavedCallbacksAreReplayed(t *testing.T) {
	d := newDesk(t)
	flaky := &flakySessions{Sessions: d.sessions}
	d.r.Sessions = flaky
	d.keys("1")
	flaky.down = true
	d.want(d.type_("1*1"), "CON How much?\n0:Back 00:Home")
	flaky.down = false
	d.want(d.type_("1*1*500"), "CON Send KES 500?\n1. Yes\n2. No\n0:Back 00:Home")
	// The consent was shown and saved; the callback with the PIN was not saved.
	flaky.down = true
	d.want(d.type_("1*1*500*1"), "CON Your PIN\n0:Back 00:Home")
	flaky.down = false
	d.want(d.type_("1*1*500*1*4321"), "CON Wrong PIN.\nYour PIN\n0:Back 00:Home")
	d.want(d.type_("1*1*500*1*4321*1234"), "END Sent KES 500. Ref QX81.")
	if d.bank.ran["send"] != 2 {
		t.Errorf("send ran %d times, want 2 (one wrong PIN)", d.bank.ran["send"])
	}
}

func TestWithoutSessionsTheTextIsEnough(t *testing.T) {
	d := newDesk(t)
	d.r.Sessions = brokenSessions{d.sessions}
	d.want(d.type_("1*1"), "CON How much?\n0:Back 00:Home")
	d.want(d.type_("1*1*500"), "CON Send KES 500?\n1. Yes\n2. No\n0:Back 00:Home")
	// The row proves that the consent was shown.
	d.want(d.type_("1*1*500*1"), "CON Your PIN\n0:Back 00:Home")
	if d.bank.ran["send"] != 0 {
		t.Error("money was sent without a consent that was seen")
	}
}
