package metrics_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/internal/service/metrics"
	"github.com/paytrace/paytrace/menus"
	"github.com/paytrace/paytrace/store/memory"
)

// BenchmarkHandle measures a callback of the shipped menu that runs no action, without
// metrics and with them. A call has three callbacks.
func BenchmarkHandle(b *testing.B) {
	b.Run("plain", func(b *testing.B) { bench(b, newRunner(b), nil) })
	b.Run("measured", func(b *testing.B) {
		r := newRunner(b)
		bench(b, r, metrics.New(metrics.Config{
			Menu:      func(hash string) string { p, _ := r.Programs.ByHash(hash); return p.Name() },
			NotesLost: func() int64 { return 0 },
		}))
	})
}

func bench(b *testing.B, r *runner.Runner, m *metrics.Metrics) {
	handle := r.Handle
	if m != nil {
		handle = m.Handle(r.Handle)
		r.Watch = m.Watch
	}
	texts := []string{"", "1", "1*12"}
	req := engine.Request{Provider: "africastalking", Caller: "254711000111", Service: "*384*8481#", Network: "63902"}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		req.Session, req.Text = fmt.Sprint("s", i/len(texts)), texts[i%len(texts)]
		if reply := handle(context.Background(), req); reply.End || reply.Fault != nil {
			b.Fatal(reply)
		}
	}
}

func newRunner(b *testing.B) *runner.Runner {
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
		Sessions: memory.NewSessions(time.Now), Programs: catalog, Actions: acts{}, TTL: time.Minute, Now: time.Now,
		Identity: runner.NewIdentity(make([]byte, runner.KeySize)),
	}
}
