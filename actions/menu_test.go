package actions_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/memory"
)

func text(s string) engine.Text { return engine.Text{{Lit: s}} }

func hole(name string) engine.Text { return engine.Text{{Ref: engine.Ref{Name: name}}} }

func say(texts ...engine.Text) []engine.Say {
	var all engine.Text
	for _, t := range texts {
		all = append(all, t...)
	}
	return []engine.Say{{Words: engine.Words{all}}}
}

// menuOf is a menu of one question and one action, and an ending an outcome
// that shows a value of it.
func menuOf(contract engine.Contract, show string) engine.Definition {
	param := contract.Params[0]
	def := engine.Definition{
		Name: "test", Service: "Test",
		Codes:     []engine.Code{{Dial: "*384*1#", Start: "ask"}},
		Vars:      []engine.Var{{Name: param.Name, Type: param.Type}},
		Contracts: []engine.Contract{contract},
		Screens: []engine.Screen{
			{Name: "ask", Kind: engine.ScreenAsk, Say: say(text("?")), Ask: &engine.Ask{Var: param.Name, Go: "do", Retries: 3}},
		},
	}
	do := &engine.Do{Action: contract.Name, Args: []engine.Arg{{Ref: engine.Ref{Name: param.Name}}}}
	for _, o := range contract.Outcomes {
		words := say(text(o.Name))
		for _, g := range o.Gives {
			if g.Name == show {
				words = say(text(o.Name+" "), hole(show))
				if len(def.Vars) == 1 {
					def.Vars = append(def.Vars, engine.Var{Name: g.Name, Type: g.Type})
				}
			}
		}
		end := "end_" + o.Name
		do.Outcomes = append(do.Outcomes, engine.OutcomeCase{Outcome: o.Name, Go: end})
		def.Screens = append(def.Screens, engine.Screen{Name: end, Kind: engine.ScreenEnd, Say: words})
	}
	def.Screens = append(def.Screens, engine.Screen{Name: "do", Kind: engine.ScreenDo, Do: do})
	return def
}

func runner(t *testing.T, b *bench, def engine.Definition) *engine.Runner {
	t.Helper()
	p, err := engine.New(def)
	if err != nil {
		t.Fatal(err)
	}
	return runnerOf(t, b, p)
}

func runnerOf(t *testing.T, b *bench, p *engine.Program) *engine.Runner {
	t.Helper()
	catalog, err := engine.NewCatalog(p)
	if err != nil {
		t.Fatal(err)
	}
	return &engine.Runner{
		Sessions: memory.NewSessions(b.clock.Now), Programs: catalog, Actions: b.Table,
		Identity: engine.NewIdentity(make([]byte, engine.KeySize)), TTL: engine.DefaultTTL, Now: b.clock.Now,
	}
}

func callback(session, typed string) engine.Request {
	return engine.Request{Provider: "test", Session: session, Caller: amina, Service: "*384*1#", Text: typed}
}

type shoutIn struct {
	Word string `menu:"word,text 10"`
}

type shoutOut struct {
	Shouted *struct {
		Loud string `menu:"loud,text 11"`
	}
	Refused *struct{}
}

// A new action is a Go function and a menu that names it; the engine learns of
// neither.
func TestNewActionInAMenu(t *testing.T) {
	b := newBench(t)
	err := actions.Register(b.Table, actions.Spec{Name: "shout", About: "Says a word loudly.", Takes: time.Second},
		func(_ context.Context, _ actions.Call, in shoutIn) (actions.Work[shoutOut], error) {
			return func(context.Context, store.Tx) (out shoutOut, err error) {
				if in.Word == "quiet" {
					out.Refused = &struct{}{}
					return out, nil
				}
				out.Shouted = &struct {
					Loud string `menu:"loud,text 11"`
				}{strings.ToUpper(in.Word) + "!"}
				return out, nil
			}, nil
		})
	if err != nil {
		t.Fatal(err)
	}
	r := runner(t, b, menuOf(b.Contracts()[0], "loud"))
	for typed, want := range map[string]string{"hello": "shouted HELLO!", "quiet": "refused"} {
		r.Handle(context.Background(), callback(typed, ""))
		if reply := r.Handle(context.Background(), callback(typed, typed)); reply.Text != want || !reply.End || reply.Fault != nil {
			t.Errorf("typed %q: %+v, want %q", typed, reply, want)
		}
	}
}

// A registration through the runner: the same bytes however often the last
// callback comes, with and without the session's record; one worker.
func TestRegistrationThroughTheRunner(t *testing.T) {
	b := withAccounts(t, newBench(t), nil)
	at := slices.IndexFunc(b.Contracts(), func(c engine.Contract) bool { return c.Name == "create_account" })
	def := menuOf(b.Contracts()[at], "worker_id")
	r := runner(t, b, def)
	r.Handle(context.Background(), callback("s", ""))
	first := r.Handle(context.Background(), callback("s", amina))
	if want := "created " + b.worker(t, amina).WorkerID; first.Text != want || !first.End {
		t.Fatalf("%+v, want %q", first, want)
	}
	for i := range 3 {
		if i == 2 {
			r = runner(t, b, def) // the sessions are lost
		}
		if again := r.Handle(context.Background(), callback("s", amina)); again.Text != first.Text {
			t.Errorf("repeat %d: %q, want %q", i, again.Text, first.Text)
		}
	}
	if n := len(b.messages(t)); n != 1 {
		t.Errorf("%d messages, want 1", n)
	}
	r.Handle(context.Background(), callback("other", ""))
	if reply := r.Handle(context.Background(), callback("other", amina)); !strings.HasPrefix(reply.Text, "exists NW-") {
		t.Errorf("another session: %q", reply.Text)
	}
}

func BenchmarkCreateAccount(b *testing.B) {
	bench := withAccounts(b, newBench(b), nil)
	i := 0
	for b.Loop() {
		i++
		phone := fmt.Sprint(254700000000 + i)
		bench.must(b, call(fmt.Sprint("id", i), "create_account", phone, phone))
	}
}

func BenchmarkRepeat(b *testing.B) {
	bench := withAccounts(b, newBench(b), nil)
	for b.Loop() {
		bench.must(b, call("id", "create_account", amina, amina))
	}
}
