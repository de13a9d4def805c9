package runner_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu"
	"github.com/paytrace/paytrace/engine/menu/compile"
	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/engine/runner"
)

const moneySure = "CON Send KES 500?\n1. Yes\n2. No\n0:Back 00:Home"

// A callback without its record finds its result, even after a consent and a PIN. If it
// showed the consent again, the caller would pay twice.
func TestRepeatWithoutItsRecordFindsItsResult(t *testing.T) {
	d := newDesk(t)
	d.keys("1", "1", "500", "1", "4321", "1234")
	done := "END Sent KES 500. Ref QX81."
	for _, text := range []string{"1*1*500*1*4321*1234", "1*1*500*1*4321*1234", "1*1*500*1*4321*1234*1*1234"} {
		d.sessions.Forget()
		d.want(d.type_(text), done)
	}
	d.sessions.Forget()
	d.want(d.type_("1*1*500*1*4321"), done) // late: it shows where the call is
	if d.bank.ran["send"] != 2 || len(d.bank.sms) != 1 {
		t.Errorf("send ran %d times, want 2 (one wrong PIN); %d messages, want 1", d.bank.ran["send"], len(d.bank.sms))
	}
}

// What should follow the action is done later, once.
func TestRepeatWithoutItsRecordSendsTheReceipt(t *testing.T) {
	d := newDesk(t)
	d.keys("1", "1", "500", "1")
	stopped := errors.New("killed")
	d.bank.fail[engine.CallSMS] = stopped
	d.type_("1*1*500*1*1234")
	d.bank.fail[engine.CallSMS] = nil
	for range 2 {
		d.sessions.Forget()
		d.want(d.type_("1*1*500*1*1234"), "END Sent KES 500. Ref QX81.")
	}
	if d.bank.ran["send"] != 1 || len(d.bank.sms) != 1 {
		t.Errorf("send ran %d times, %d messages; want one of each", d.bank.ran["send"], len(d.bank.sms))
	}
}

// A failing store answers nothing while it is down.
type failing struct {
	runner.Actions
	down bool
}

func (f *failing) Act(ctx context.Context, c engine.Call, at *runner.Place) (engine.Outcome, error) {
	if f.down {
		return engine.Outcome{}, errors.New("connection refused")
	}
	return f.Actions.Act(ctx, c, at)
}

func (f *failing) Update(ctx context.Context, key runner.RowKey, caller string, change func(*runner.Row) error) error {
	if f.down {
		return errors.New("connection refused")
	}
	return f.Actions.Update(ctx, key, caller, change)
}

// A replay that can't read a result does not know whether there is one. It neither
// follows the outcome failed nor asks for consent again.
func TestReplayDoesNotTakeSilenceForFailure(t *testing.T) {
	d := newDesk(t)
	f := &failing{Actions: d.bank}
	d.r.Actions = f
	d.keys("1", "1", "500", "1", "1234")
	d.sessions.Forget()
	d.r.Programs = withoutFacts(t)
	f.down = true
	d.want(d.type_("1*500*1*1234"), "END The service is busy. Please try again later.")
	if d.record() != "" {
		t.Errorf("the session is kept as %s", d.record())
	}
}

// withoutFacts returns the money menu without the facts read at its start.
func withoutFacts(t *testing.T) runner.Programs {
	t.Helper()
	src := strings.NewReplacer("remember: [lang]\n", "", "start: hello", "start: main").Replace(money)
	return catalogOf(t, "money.yaml", src)
}

func catalogOf(t *testing.T, name, src string) *runner.Catalog {
	t.Helper()
	c, err := runner.NewCatalog(compiled(t, name, src))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func compiled(t *testing.T, name, src string) *engine.Program {
	t.Helper()
	file, found := syntax.Read(fstest.MapFS{name: {Data: []byte(src)}}, name, "")
	for _, f := range found {
		t.Fatalf("%s %s %s", f.Pos, f.Code, f.Message)
	}
	p, err := compile.Compile(file, moneyContracts(), menu.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A new version that answers a longer code does not cut the inputs of a session on the
// old version.
func TestSessionKeepsItsCodeAcrossVersions(t *testing.T) {
	d := newDesk(t)
	d.req.Service = "*384*9*1#"
	d.want(d.type_(""), "CON Money\n1. Send\n2. Payments\n3. Set a PIN\n4. Who am I\n0:Back 00:Home")
	src := strings.Replace(money, `dial: "*384*9#"`, "dial: {\"*384*9#\": hello, \"*384*9*1#\": main}", 1)
	if err := d.r.Programs.(*runner.Catalog).Put(compiled(t, "money.yaml", src)); err != nil {
		t.Fatal(err)
	}
	d.want(d.type_(""), "CON Money\n1. Send\n2. Payments\n3. Set a PIN\n4. Who am I\n0:Back 00:Home")
	d.want(d.type_("1"), "CON How much?\n0:Back 00:Home")
	d.want(d.type_("1*500"), moneySure)
}

// The caller answers the question about a dropped call with "1" for Yes. Without the
// record this "1" is not the first option of a menu.
func TestResumedCallWithoutItsRecordExpires(t *testing.T) {
	expired := "END Your session has expired. Please dial again."
	for name, texts := range map[string][]string{
		"at the question": {""}, "behind a Yes": {"", "1"}, "behind a No": {"", "2"}, "at its end": {"", "1", "1*1", "1*1*1234"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.keys("1", "1", "500", "1")
			d.req.Session = "s2"
			last := ""
			for _, last = range texts {
				d.type_(last)
			}
			d.r.Sessions = forgetful{d.sessions, "ussd:session:s2"}
			d.want(d.type_(strings.TrimPrefix(last+"*1", "*")), expired)
		})
	}
}

// A forgetful store has lost one session's record.
type forgetful struct {
	runner.Sessions
	lost string
}

func (f forgetful) Load(ctx context.Context, id string) ([]byte, error) {
	if id == f.lost {
		return nil, nil
	}
	return f.Sessions.Load(ctx, id)
}

// A resumed call and the question about it have the language of the dropped call; a
// new call has not.
func TestResumeSpeaksTheCallersLanguage(t *testing.T) {
	d := newDesk(t)
	src := strings.NewReplacer("remember: [lang]\n", "", "start: hello", "start: language").Replace(money)
	file, _ := syntax.Read(fstest.MapFS{"money.yaml": {Data: []byte(src)}, "money.sw.yaml": {Data: []byte("main.say: Pesa\namount_ask.say: Kiasi gani?\nlanguage.say: Lugha\n")}}, "money.yaml", "")
	p, err := compile.Compile(file, moneyContracts(), menu.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if d.r.Programs, err = runner.NewCatalog(p); err != nil {
		t.Fatal(err)
	}
	d.want(d.keys("2", "1"), "CON Kiasi gani?\n0:Back 00:Home")
	d.req.Session = "s2"
	ask := d.type_("")
	if strings.Contains(ask, "Continue") || !strings.Contains(ask, "1. Ndi") {
		t.Errorf("asked %q, want it in Kiswahili", ask)
	}
	d.want(d.type_("1"), "CON Kiasi gani?\n00:Home")
	d.req.Session = "s3"
	d.type_("")
	d.want(d.type_("2"), "CON Choose language\n1. English\n2. Kiswahili")
}

// A question that was on the screen when the call dropped is shown again. An earlier
// answer to it does not skip it.
func TestResumeShowsTheScreenItStoodOn(t *testing.T) {
	src := `
ussd: 1
service: Cities
dial: "*384*9#"
start: main
session: {resume: 5m}
nav: {back: 0 Back, home: 00 Home -> main}
vars: {city: {type: text 9}}
screens:
  main: {say: Main, menu: {1: City -> city_ask}}
  city_ask:
    skip: if city is set -> mine
    say: City
    ask: city -> mine
  mine: {show: "City {city}"}
`
	d := newDesk(t)
	d.r.Programs = catalogOf(t, "cities.yaml", src)
	d.want(d.keys("1", "Thika", "00", "1"), "CON City\n0:Back 00:Home")
	d.req.Session = "s2"
	d.want(d.keys("1"), "CON City\n00:Home")
}

// A call dropped on the version before resumes on the new one, even on an instance that
// never knew the old one: "renamed" says where.
func TestResumeOnANewVersion(t *testing.T) {
	for name, put := range map[string]func(*desk, *engine.Program) error{
		"published": func(d *desk, p *engine.Program) error { return d.r.Programs.(*runner.Catalog).Put(p) },
		"restarted": func(d *desk, p *engine.Program) (err error) { d.r.Programs, err = runner.NewCatalog(p); return err },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.keys("1", "1")
			src := strings.ReplaceAll(money, "amount_ask", "sum_ask") + "renamed: {amount_ask: sum_ask}\n"
			if err := put(d, compiled(t, "money.yaml", src)); err != nil {
				t.Fatal(err)
			}
			d.req.Session = "s2"
			d.want(d.keys("1"), "CON How much?\n00:Home")
			// A call of another service is not resumed.
			d.req.Session, d.req.Caller = "s3", "254711000222"
			d.want(d.type_(""), "CON Choose language\n1. English\n2. Kiswahili")
		})
	}
}

// An instance that dies between a payment and the save leaves a record that stands
// before the payment. That call is not offered again: its Yes would pay twice.
func TestResumeKnowsWhatWasDone(t *testing.T) {
	const code = "*384*9#"
	for _, ahead := range []string{"", "1"} { // typed behind the code, which names the call
		d := newDesk(t)
		d.req.Service = code
		keys := []string{"1", "1", "500", "1"}
		if ahead != "" {
			d.req.Service, keys = "*384*9*"+ahead+"#", keys[1:]
		}
		d.keys(keys...)
		sessions := d.r.Sessions
		d.r.Sessions = deafSessions{sessions}
		d.want(d.type_(strings.Join(append(keys, "1234"), "*")), "END Sent KES 500. Ref QX81.")
		d.r.Sessions = sessions
		d.req.Session, d.req.Service = "s2", code
		if got := d.type_(""); strings.Contains(got, "Continue") {
			t.Errorf("%q typed ahead: a call that has paid is offered again: %q", ahead, got)
		}
	}
}

// deafSessions reads sessions, and stores nothing.
type deafSessions struct{ runner.Sessions }

var errDeaf = errors.New("connection reset")

func (deafSessions) Save(context.Context, string, string, []byte, time.Duration) ([]byte, bool, error) {
	return nil, false, errDeaf
}

func (deafSessions) SetLatest(context.Context, string, string, time.Duration) error { return errDeaf }

// The network is a fact of the call's beginning: a repeat without it gets the same
// bytes.
func TestNetworkIsKept(t *testing.T) {
	def := echo()
	def.Screens[0].Say = []engine.Say{{Words: placeholder("net ", "network", "")}}
	l := newLine(t, def, nil)
	l.req.Network = "63902"
	if got := l.type_(""); got != "CON net 63902" {
		t.Fatal(got)
	}
	l.req.Network = ""
	if got := l.type_(""); got != "CON net 63902" {
		t.Errorf("a repeat without the network got %q", got)
	}
}

// Spaces around two answers that must be equal do not matter.
func TestRepeatIgnoresSpacesRound(t *testing.T) {
	d := newDesk(t)
	d.keys("1", "3", "7890")
	d.want(d.type_("1*3*7890*7890 "), "END PIN set.")
}

// An empty first answer leaves only a star in the text, which is not part of the second
// answer.
func TestEmptyFirstAnswer(t *testing.T) {
	l := newLine(t, echo(), nil)
	for _, step := range []struct{ text, want string }{
		{"", "CON start"}, {"", "CON start"}, {"*5", "CON typed: 5"}, {"*5", "CON typed: 5"}, {"*5*", "CON Write at most 40 characters.\ntyped: 5"}, {"*5**7", "CON typed: 7"},
	} {
		if got := l.type_(step.text); got != step.want {
			t.Errorf("text %q: got %q, want %q", step.text, got, step.want)
		}
	}
}

// Built-in ends are in the language of the call.
func TestBuiltinEndsSpeakTheCallersLanguage(t *testing.T) {
	d := newDesk(t)
	d.keys("2", "1")
	if got := d.type_("2*3*9"); strings.Contains(got, "expired") || !strings.HasPrefix(got, "END ") {
		t.Errorf("a text that diverges got %q, want it in Kiswahili", got)
	}
}
