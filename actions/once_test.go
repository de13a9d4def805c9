package actions_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/sqlite"
)

// counted is an action that leaves one message per effect and counts how often
// its Work ran.
type counted struct {
	runs atomic.Int64
	fail error // returned by the Work, after it has written
}

type countedIn struct {
	Note string        `menu:"note,text 20"`
	PIN  engine.Secret `menu:"pin,pin 4"`
}

type countedOut struct {
	Done *struct {
		Run  int64  `menu:"run,number 0..1000"`
		Note string `menu:"note,text 20"`
	}
}

func (a *counted) register(t testing.TB, table *actions.Table) {
	t.Helper()
	s := actions.Spec{Name: "count_me", About: "Counts.", Takes: time.Second}
	err := actions.Register(table, s, func(_ context.Context, c actions.Call, in countedIn) (actions.Work[countedOut], error) {
		return func(ctx context.Context, tx store.Tx) (out countedOut, err error) {
			run := a.runs.Add(1)
			m := store.Message{ID: fmt.Sprintf("%s-%d", c.ID, run), To: amina, Text: in.Note, Status: "queued"}
			if err := tx.AddMessage(ctx, m); err != nil {
				return out, err
			}
			out.Done = &struct {
				Run  int64  `menu:"run,number 0..1000"`
				Note string `menu:"note,text 20"`
			}{run, in.Note}
			return out, a.fail
		}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func countCall(id, note, pin string) engine.Call {
	return engine.Call{ID: id, Action: "count_me", Caller: amina, Args: []engine.Value{engine.TextValue(note), engine.SecretValue(pin)}}
}

func effects(t testing.TB, s store.Store) int {
	t.Helper()
	list, err := s.Messages(context.Background(), 100)
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

func TestRepeatReturnsTheStoredOutcome(t *testing.T) {
	b, a := newBench(t), &counted{}
	a.register(t, b.Table)
	first := b.must(t, countCall("id", "hello", "1234"))
	// The fingerprint leaves the PIN out, so nobody can guess a PIN from it.
	for _, again := range []engine.Call{countCall("id", "hello", "1234"), countCall("id", "hello", "9999")} {
		if diff := cmp.Diff(first, b.must(t, again)); diff != "" {
			t.Errorf("a repeat differs (-first +again):\n%s", diff)
		}
	}
	if n := effects(t, b.store); n != 1 || a.runs.Load() != 1 {
		t.Errorf("%d effects in %d runs, want 1 in 1", n, a.runs.Load())
	}
	if out := b.must(t, countCall("other id", "hello", "1234")); value(out, "run").Int() != 2 {
		t.Errorf("another ID did not run: %v", out)
	}
}

func TestDuplicatesAtOnceHaveOneEffect(t *testing.T) { onStores(t, duplicatesAtOnceHaveOneEffect) }

func duplicatesAtOnceHaveOneEffect(t *testing.T, open func(testing.TB, func() time.Time) store.Store) {
	b, a := newBenchOn(t, open), &counted{}
	a.register(t, b.Table)
	outs := atOnce(t, b, 16, func(int) engine.Call { return countCall("id", "hello", "1234") })
	for _, out := range outs {
		if diff := cmp.Diff(outs[0], out); diff != "" {
			t.Errorf("duplicates differ:\n%s", diff)
		}
	}
	if n := effects(t, b.store); n != 1 {
		t.Errorf("%d effects, want 1", n)
	}
}

func TestRefusals(t *testing.T) {
	b, a := newBench(t), &counted{}
	a.register(t, b.Table)
	b.must(t, countCall("id", "hello", "1234"))
	noID := countCall("", "hello", "1234")
	long := countCall("long", strings.Repeat("x", 21), "1234")
	few := countCall("few", "hello", "1234")
	few.Args = few.Args[:1]
	unset := countCall("unset", "hello", "1234")
	unset.Args[0] = engine.Value{}
	tests := []struct {
		name string
		call engine.Call
		want error // nil for any
	}{
		{"other arguments under the ID", countCall("id", "bye", "1234"), store.ErrMismatch},
		{"another action under the ID", engine.Call{ID: "id", Action: engine.CallSMS, Args: []engine.Value{engine.PhoneValue(amina), engine.TextValue("x")}}, store.ErrMismatch},
		{"no such action", engine.Call{ID: "x", Action: "no_such"}, nil},
		{"no ID", noID, nil},
		{"too long a text", long, actions.ErrArgument},
		{"a short PIN", countCall("pin", "hello", "123"), actions.ErrArgument},
		{"a value too few", few, nil},
		{"a value that is not set", unset, actions.ErrArgument},
	}
	for _, test := range tests {
		out, err := b.Do(context.Background(), test.call)
		if err == nil || test.want != nil && !errors.Is(err, test.want) || errors.Is(err, engine.ErrUnknown) {
			t.Errorf("%s: %v, %v; want %v", test.name, out, err, test.want)
		}
		if err != nil && (strings.Contains(err.Error(), "1234") || strings.Contains(err.Error(), "123")) {
			t.Errorf("%s: the error holds the PIN: %v", test.name, err)
		}
	}
	if n := effects(t, b.store); n != 1 {
		t.Errorf("%d effects, want 1", n)
	}
}

// An error of the work undoes what it wrote, and the action can run again.
func TestFailureLeavesNothing(t *testing.T) {
	b, a := newBench(t), &counted{fail: errors.New("boom")}
	a.register(t, b.Table)
	if _, err := b.Do(context.Background(), countCall("id", "hello", "1234")); err == nil || errors.Is(err, engine.ErrUnknown) || !strings.Contains(err.Error(), "count_me: boom") {
		t.Errorf("Do: %v", err)
	}
	if n := effects(t, b.store); n != 0 {
		t.Errorf("%d effects, want none", n)
	}
	a.fail = nil
	b.must(t, countCall("id", "hello", "1234"))
	if n := effects(t, b.store); n != 1 {
		t.Errorf("%d effects, want 1", n)
	}
}

// The refusal of an action done too often is stored, without what the work wrote.
func TestLimitIsStored(t *testing.T) { onStores(t, limitIsStored) }

func limitIsStored(t *testing.T, open func(testing.TB, func() time.Time) store.Store) {
	b, a := newBenchOn(t, open), &counted{fail: engine.ErrLimited}
	a.register(t, b.Table)
	for range 2 {
		if _, err := b.Do(context.Background(), countCall("id", "hello", "1234")); !errors.Is(err, engine.ErrLimited) {
			t.Errorf("Do: %v", err)
		}
		a.fail = nil // the next day
	}
	if n := effects(t, b.store); n != 0 || a.runs.Load() != 1 {
		t.Errorf("%d effects in %d runs, want none in 1", n, a.runs.Load())
	}
}

// flaky is a store whose calls fail with the given faults, one each.
type flaky struct {
	store.Store
	mu     sync.Mutex
	faults []fault
	tries  int
}

type fault struct {
	commits bool // the transaction happens despite the error
	err     error
}

func (f *flaky) Within(ctx context.Context, fn func(context.Context, store.Tx) error) error {
	now := f.next()
	if now.err == nil {
		return f.Store.Within(ctx, fn)
	}
	err := f.Store.Within(ctx, func(ctx context.Context, tx store.Tx) error {
		if err := fn(ctx, tx); err != nil || now.commits {
			return err
		}
		return now.err
	})
	return errors.Join(err, now.err)
}

func (f *flaky) Result(ctx context.Context, id string) ([]byte, error) {
	if now := f.next(); now.err != nil {
		return nil, now.err
	}
	return f.Store.Result(ctx, id)
}

func (f *flaky) next() (now fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tries++
	if len(f.faults) > 0 {
		now, f.faults = f.faults[0], f.faults[1:]
	}
	return now
}

func TestUncertainCommits(t *testing.T) { onStores(t, uncertainCommits) }

func uncertainCommits(t *testing.T, open func(testing.TB, func() time.Time) store.Store) {
	lost := errors.New("connection lost")
	unknown := fmt.Errorf("commit: %w", store.ErrUnknown)
	happened, rolledBack := fault{true, unknown}, fault{false, unknown}
	down := fault{false, lost}
	forever := func(f fault) (all []fault) {
		for range 1000 {
			all = append(all, f)
		}
		return all
	}
	tests := []struct {
		name    string
		faults  []fault
		timeout time.Duration
		want    error // of Do
		effects int
		tries   int // 0 for many
	}{
		{"the answer was lost, the commit happened", []fault{happened}, 0, nil, 1, 2},
		{"the answer was lost, the commit did not happen", []fault{rolledBack}, 0, nil, 1, 2},
		{"lost three times", []fault{rolledBack, happened, rolledBack}, 0, nil, 1, 4},
		{"one connection dropped", []fault{down}, 0, nil, 1, 2},
		{"two connections dropped", []fault{down, down}, 0, nil, 1, 3},
		{"four connections dropped", []fault{down, down, down, down}, 0, nil, 1, 5},
		{"the database is down", forever(down), 0, lost, 0, 5},
		{"lost, then the database is down", append([]fault{happened}, forever(down)...), 100 * time.Millisecond, engine.ErrUnknown, 1, 0},
		{"lost for ever", forever(rolledBack), 100 * time.Millisecond, engine.ErrUnknown, 0, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := newClock()
			f := &flaky{Store: open(t, c.Now), faults: test.faults}
			table, a := actions.New(f, c.Now), &counted{}
			a.register(t, table)
			ctx := context.Background()
			if test.timeout > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, test.timeout)
				defer cancel()
			}
			_, err := table.Do(ctx, countCall("id", "hello", "1234"))
			if !errors.Is(err, test.want) || errors.Is(err, engine.ErrUnknown) != (test.want == engine.ErrUnknown) {
				t.Errorf("Do: %v, want %v", err, test.want)
			}
			if n := effects(t, f.Store); n != test.effects {
				t.Errorf("%d effects, want %d", n, test.effects)
			}
			if test.tries > 0 && f.tries != test.tries {
				t.Errorf("%d tries, want %d", f.tries, test.tries)
			}
			// After any fault, a repeat with the same ID leaves one effect.
			f.faults = nil
			if _, err := table.Do(context.Background(), countCall("id", "hello", "1234")); err != nil {
				t.Errorf("a repeat: %v", err)
			}
			if n := effects(t, f.Store); n != 1 {
				t.Errorf("%d effects in the end, want 1", n)
			}
		})
	}
}

// This control has the same faults but another identity for the retry, and sees
// two effects.
func TestWithoutTheLogEffectsDouble(t *testing.T) {
	c := newClock()
	f := &flaky{Store: openStore(t, c.Now), faults: []fault{{true, store.ErrUnknown}}}
	table, a := actions.New(f, c.Now), &counted{}
	a.register(t, table)
	for _, id := range []string{"first", "second"} { // a retry under another identity
		_, _ = table.Do(context.Background(), countCall(id, "hello", "1234"))
	}
	if n := effects(t, f.Store); n != 2 {
		t.Errorf("%d effects, want 2: the test can't see a doubled effect", n)
	}
}

type readOut struct {
	Done *struct {
		Run int64 `menu:"run,number 0..1000"`
	}
}

func TestReadsRunAgain(t *testing.T) {
	b := newBench(t)
	var runs int64
	s := actions.Spec{Name: "look", About: "Looks.", Reads: true, Takes: time.Second}
	err := actions.Register(b.Table, s, func(context.Context, actions.Call, struct{}) (actions.Work[readOut], error) {
		return func(context.Context, store.Tx) (out readOut, err error) {
			runs++
			out.Done = &struct {
				Run int64 `menu:"run,number 0..1000"`
			}{runs}
			return out, nil
		}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	b.must(t, engine.Call{ID: "id", Action: "look"})
	if out := b.must(t, engine.Call{ID: "id", Action: "look"}); value(out, "run").Int() != 2 {
		t.Errorf("a repeat of a read gives %v, want a second run", out)
	}
	if b, err := b.store.Result(context.Background(), "id"); b != nil || err != nil {
		t.Errorf("a read is in the log: %s, %v", b, err)
	}
}

func TestOutcomesAreHeldToTheContract(t *testing.T) {
	type outs struct{ A, B *struct{} }
	type chosen struct {
		Done *struct {
			Kind string `menu:"kind,choice a|b"`
		}
	}
	b := newBench(t)
	spec := func(name string) actions.Spec {
		return actions.Spec{Name: name, About: "About.", Takes: time.Second}
	}
	bad := chosen{}
	bad.Done = &struct {
		Kind string `menu:"kind,choice a|b"`
	}{"c"}
	if err := errors.Join(
		actions.Register(b.Table, spec("none"), does[struct{}](outs{})),
		actions.Register(b.Table, spec("both"), does[struct{}](outs{&struct{}{}, &struct{}{}})),
		actions.Register(b.Table, spec("option"), does[struct{}](bad)),
	); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"none": "no outcome is set", "both": "a and b are both set", "option": `kind: "c" is not one of its options`} {
		if _, err := b.Do(context.Background(), engine.Call{ID: name, Action: name}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}

// A secret never reaches the database file.
func TestNoSecretInTheDatabase(t *testing.T) {
	const password = "kisiri-7391-kabisa"
	c := newClock()
	path := filepath.Join(t.TempDir(), "test.db")
	s, err := sqlite.Open(context.Background(), sqlite.Config{Path: path, Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	table := actions.New(s, c.Now)
	type in struct {
		Password engine.Secret `menu:"password,secret 20"`
		Note     string        `menu:"note,text 20"`
	}
	err = actions.Register(table, actions.Spec{Name: "keep", About: "Keeps a note.", Takes: time.Second},
		func(_ context.Context, c actions.Call, in in) (actions.Work[ok], error) {
			return func(ctx context.Context, tx store.Tx) (ok, error) {
				return ok{&struct{}{}}, tx.AddMessage(ctx, store.Message{ID: c.ID, To: amina, Text: in.Note})
			}, nil
		})
	if err != nil {
		t.Fatal(err)
	}
	args := []engine.Value{engine.SecretValue(password), engine.TextValue("canary-note")}
	if _, err := table.Do(context.Background(), engine.Call{ID: "id", Action: "keep", Args: args}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(data, []byte("canary-note")) {
		t.Error("the file lacks the note, so the search proves nothing")
	}
	if bytes.Contains(data, []byte(password)) {
		t.Error("the file holds the password")
	}
}
