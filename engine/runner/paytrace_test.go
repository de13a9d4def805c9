package runner_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/store/memory"
)

func words(s string) engine.Localized { return engine.Localized{{{Lit: s}}} }

func placeholder(before, name, after string) engine.Localized {
	return engine.Localized{{{Lit: before}, {Ref: engine.Ref{Name: name}}, {Lit: after}}}
}

// paytrace returns the shipped dialogue, built with the engine's own API.
func paytrace() engine.Definition {
	phone, _ := engine.ParseType("phone")
	id, _ := engine.ParseType("text 11")
	gives := []engine.Field{{Name: "worker_id", Type: id}}
	say := func(w engine.Localized) []engine.Say { return []engine.Say{{Words: w}} }
	return engine.Definition{
		Name: "paytrace", Service: "PayTrace",
		Codes: []engine.Code{{Dial: "*384*8481#", Start: "main"}},
		Vars: []engine.Var{
			{Name: "phone", Type: phone, Error: words("Invalid phone number. Use format 254712345678.")},
			{Name: "worker_id", Type: id},
		},
		Contracts: []engine.Contract{
			{
				Name: "create_account", Params: []engine.Field{{Name: "phone", Type: phone}},
				Outcomes: []engine.OutcomeContract{{Name: "created", Gives: gives}, {Name: "exists", Gives: gives}},
			},
		},
		Screens: []engine.Screen{
			{Name: "main", Kind: engine.ScreenMenu, Say: say(words("Welcome to PayTrace")), Options: []engine.Option{
				{Key: "1", Label: words("Create account"), Go: "register"},
				{Key: "3", Label: words("Exit"), Go: "bye"},
			}},
			{Name: "register", Kind: engine.ScreenAsk, Say: say(words("Enter your phone number")), Ask: &engine.Ask{Var: "phone", Go: "create", GiveUp: "bye"}},
			{Name: "create", Kind: engine.ScreenDo, Do: &engine.Do{
				Action: "create_account", Args: []engine.Arg{{Ref: engine.Ref{Name: "phone"}}},
				Outcomes: []engine.OutcomeCase{{Outcome: "created", Go: "created"}, {Outcome: "exists", Go: "created"}},
			}},
			{Name: "created", Kind: engine.ScreenEnd, Say: say(placeholder("Account created. Worker ID: ", "worker_id", "."))},
			{Name: "bye", Kind: engine.ScreenEnd, Say: say(words("Goodbye."))},
		},
	}
}

type actionFunc func(ctx context.Context, c engine.Call) (engine.Outcome, error)

// A line is a phone connected to a runner.
type line struct {
	t   *testing.T
	r   *runner.Runner
	req engine.Request
}

func newLine(t *testing.T, def engine.Definition, act actionFunc) *line {
	t.Helper()
	p, err := engine.New(def)
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := runner.NewCatalog(p)
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC) }
	return &line{t, &runner.Runner{
		Sessions: memory.NewSessions(now), Programs: catalog, Actions: runner.NewMemoryActions(act),
		Identity: runner.NewIdentity(make([]byte, runner.KeySize)), TTL: runner.DefaultTTL, Now: now,
	}, engine.Request{Provider: "test", Session: "s1", Caller: "254711000111", Service: def.Codes[0].Dial}}
}

func (l *line) type_(text string) string {
	l.t.Helper()
	req := l.req
	req.Text = text
	reply := l.r.Handle(context.Background(), req)
	if reply.Fault != nil {
		l.t.Logf("text %q: fault: %v", text, reply.Fault)
	}
	if reply.End {
		return "END " + reply.Text
	}
	return "CON " + reply.Text
}

func TestDialogue(t *testing.T) {
	runs := map[string]int{}
	l := newLine(t, paytrace(), func(_ context.Context, c engine.Call) (engine.Outcome, error) {
		runs[c.ID]++
		return engine.Outcome{Name: "created", Values: []engine.Named{{Name: "worker_id", Value: engine.TextValue("NW-00C0FFEE")}}}, nil
	})
	menu := "CON Welcome to PayTrace\n1. Create account\n3. Exit"
	bad := "CON Invalid phone number. Use format 254712345678.\nEnter your phone number"
	done := "END Account created. Worker ID: NW-00C0FFEE."
	for _, step := range []struct{ text, want string }{
		{"", menu},
		{"", menu},
		{"7", "CON Invalid option. Try again.\n" + strings.TrimPrefix(menu, "CON ")},
		{"7*1", "CON Enter your phone number"},
		{"7*1*12", bad},
		{"7*1*12*****", bad},
		{"7*1", bad},                    // a late callback moves nothing
		{"7*1*12******0711000111", bad}, // the stars may stand between answers
		{"7*1*12******0711000111*0711000111", done},
		{"7*1*12******0711000111*0711000111", done},
		{"7*1*13******0711000111*0711000111", "END Your session has expired. Please dial again."},
	} {
		if got := l.type_(step.text); got != step.want {
			t.Errorf("text %q\ngot  %q\nwant %q", step.text, got, step.want)
		}
	}
	if len(runs) != 1 {
		t.Errorf("create_account ran under %d identities, want 1", len(runs))
	}
}
