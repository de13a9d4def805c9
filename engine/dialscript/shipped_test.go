package dialscript_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"io/fs"
	"slices"
	"testing"
	"time"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/dialscript"
	"github.com/paytrace/paytrace/engine/dialscript/report"
	"github.com/paytrace/paytrace/engine/menu"
	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/menus"
	"github.com/paytrace/paytrace/store/memory"
	"github.com/paytrace/paytrace/store/sqlite"
	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
)

// registered are the real actions on an empty store.
type registered struct {
	*actions.Table
	db *sqlite.Store
}

func newRegistered(ctx context.Context, now func() time.Time) (*registered, error) {
	db, err := sqlite.OpenMemory(ctx, sqlite.Config{Now: now})
	if err != nil {
		return nil, err
	}
	sealer, err := wallet.NewSealer(stellar.Keys{}, now, "a key for tests of dial scripts, not for use")
	if err != nil {
		return nil, err
	}
	r := &registered{actions.New(db, now), db}
	accounts := &actions.Accounts{Keys: stellar.Keys{}, Sealer: sealer, Rand: rand.Reader, CodeKey: make([]byte, runner.KeySize)}
	return r, accounts.Register(r.Table)
}

func (r *registered) Messages() []dialscript.Message {
	list, err := r.db.Messages(context.Background(), 1000)
	if err != nil {
		return []dialscript.Message{{Text: err.Error()}}
	}
	var sent []dialscript.Message
	for _, m := range slices.Backward(list) {
		sent = append(sent, dialscript.Message{To: m.To, Text: m.Text})
	}
	return sent
}

func (r *registered) Close() error { return r.db.Close() }

func newRecords(now func() time.Time) dialscript.Records { return memory.NewSessions(now) }

// shippedService answers calls to the shipped menus, in this process.
func shippedService(t testing.TB) (*dialscript.InProcess, *dialscript.Player) {
	t.Helper()
	contracts, err := newRegistered(context.Background(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	declared, found := syntax.ReadDeclared(menus.FS, syntax.DeclaredFile, "menus")
	var programs []*engine.Program
	for _, name := range []string{"paytrace.yaml", "wallet.yaml"} {
		p, more := menu.Load(menus.FS, name, "menus", append(contracts.Contracts(), declared.Contracts...), menu.Options{})
		found = append(found, more...)
		if p == nil {
			t.Fatalf("%s does not compile: %v", name, found)
		}
		programs = append(programs, p)
	}
	for _, f := range found {
		t.Logf("%s: %s %s", f.Pos, f.Code, f.Message)
	}
	if err := contracts.Close(); err != nil {
		t.Fatal(err)
	}
	local := &dialscript.InProcess{
		Menus: programs, NewRecords: newRecords,
		NewReal: func(ctx context.Context, now func() time.Time) (dialscript.Registered, error) {
			return newRegistered(ctx, now)
		},
	}
	player := &dialscript.Player{Now: time.Now}
	for _, p := range programs {
		for _, c := range p.Codes() {
			player.Codes = append(player.Codes, c.Dial)
		}
	}
	return local, player
}

func shippedPeople(t testing.TB) *engine.Personas {
	t.Helper()
	people, found := syntax.ReadPersonas(menus.FS, "people.yaml", "menus")
	for _, f := range found {
		t.Errorf("%s: %s %s", f.Pos, f.Code, f.Message)
	}
	return &people
}

// TestShippedScripts plays every script beside the shipped menus against the
// real actions, in any order, several at once.
func TestShippedScripts(t *testing.T) {
	local, player := shippedService(t)
	people := shippedPeople(t)
	names, err := fs.Glob(menus.FS, "*.dial")
	if err != nil || len(names) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, name := range names {
		source, err := fs.ReadFile(menus.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		file, found := dialscript.Parse("menus/"+name, source)
		found = append(found, dialscript.Check(file, people)...)
		for _, f := range found {
			t.Error(f)
		}
		if formatted := dialscript.Format(file); !bytes.Equal(formatted, source) {
			t.Errorf("%s is not formatted", name)
		}
		results := dialscript.Run(context.Background(), player, local, people, callsOf(file), dialscript.Options{Parallel: 4, Seed: 7})
		var out bytes.Buffer
		if err := report.Text(&out, report.Report{Results: results}); err != nil {
			t.Fatal(err)
		}
		for _, r := range results {
			if r.Status != dialscript.Passed || len(r.Unchecked) > 0 {
				t.Fatalf("%s", out.String())
			}
		}
		t.Log(report.Summary(results))
	}
}

func callsOf(f *dialscript.File) []*dialscript.Call {
	var calls []*dialscript.Call
	for i := range f.Calls {
		calls = append(calls, &f.Calls[i])
	}
	return calls
}
