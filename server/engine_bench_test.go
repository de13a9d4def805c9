package server

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/menus"
	"github.com/paytrace/paytrace/store/memory"
)

// BenchmarkEngine measures a callback from its bytes to the answer's bytes with
// the shipped menu and sessions in memory. A call has three callbacks; none runs
// an action.
func BenchmarkEngine(b *testing.B) {
	r := benchRunner(b)
	s := newTest(b, func(c *Config) { c.Handle = r.Handle })
	c := &calls{replay: replay{left: b.N}}
	b.ReportAllocs()
	b.ResetTimer()
	if err := s.app.Server().ServeConn(c); err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
	if c.answers < b.N {
		b.Errorf("%d answers to %d callbacks", c.answers, b.N)
	}
}

// BenchmarkHandle measures the engine's part alone.
func BenchmarkHandle(b *testing.B) { benchHandle(b, benchRunner(b)) }

// BenchmarkHandleAhead is the same where sessions are saved ahead, as with Redis.
func BenchmarkHandleAhead(b *testing.B) {
	r := benchRunner(b)
	r.Recent = runner.NewRecent(runner.DefaultRecent)
	benchHandle(b, r)
}

func benchHandle(b *testing.B, r *runner.Runner) {
	b.Helper()
	req := engine.Request{Provider: "africastalking", Caller: "254711000111", Service: "*384*8481#", Network: "63902"}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		req.Session, req.Text = fmt.Sprint("s", i/len(callTexts)), callTexts[i%len(callTexts)]
		if reply := r.Handle(context.Background(), req); reply.End || reply.Fault != nil {
			b.Fatal(reply)
		}
	}
}

// callTexts lists the texts of one call's callbacks.
var callTexts = []string{"", "1", "1*12"}

func benchRunner(b *testing.B) *runner.Runner {
	b.Helper()
	typ, err := engine.ParseType("phone")
	if err != nil {
		b.Fatal(err)
	}
	id := []engine.Field{{Name: "worker_id", Type: engine.Type{Kind: engine.KindText, Width: 11}}}
	phone := []engine.Field{{Name: "phone", Type: typ}}
	program, found := menu.Load(menus.FS, "paytrace.yaml", "menus", []engine.Contract{
		{Name: "create_account", Params: phone, Outcomes: []engine.OutcomeContract{{Name: "created", Gives: id}, {Name: "exists", Gives: id, Whose: engine.WhoseOthers}}},
		{Name: "lookup_worker", Params: phone, Outcomes: []engine.OutcomeContract{{Name: "own", Gives: id}, {Name: "found", Gives: id, Whose: engine.WhoseOthers}, {Name: "not_found"}}},
	}, menu.Options{})
	if program == nil {
		b.Fatal(found)
	}
	catalog, err := runner.NewCatalog(program)
	if err != nil {
		b.Fatal(err)
	}
	return &runner.Runner{
		Sessions: memory.NewSessions(time.Now), Programs: catalog, Actions: noActions(),
		Identity: runner.NewIdentity(make([]byte, runner.KeySize)), TTL: time.Minute, Now: time.Now,
	}
}

func noActions() runner.Actions {
	return runner.NewMemoryActions(func(context.Context, engine.Call) (engine.Outcome, error) {
		return engine.Outcome{}, errors.New("no action runs here")
	})
}

// calls is a connection that sends one call after another.
type calls struct {
	replay
	n int
}

func (c *calls) Read(p []byte) (int, error) {
	body := fmt.Sprintf("phoneNumber=%%2B254711000111&serviceCode=%%2A384%%2A8481%%23&text=%s&sessionId=s%d&networkCode=63902",
		callTexts[c.n%len(callTexts)], c.n/len(callTexts))
	c.n++
	c.request = fmt.Appendf(c.request[:0], "POST /ussd HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	return c.replay.Read(p)
}
