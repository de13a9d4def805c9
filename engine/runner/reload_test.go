package runner_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
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

// versionOf returns a menu whose texts all name its version. The meaning of keys
// changes from one version to the next.
func versionOf(t testing.TB, n int) *engine.Program {
	t.Helper()
	first, second := "ask", "other"
	if n%2 == 1 {
		first, second = second, first
	}
	src := fmt.Sprintf(`ussd: 1
service: V
dial: "*384*1#"
start: main
vars:
  city: text 20
screens:
  main:
    say: v%[1]d main
    menu:
      1: v%[1]d one -> %[2]s
      2: v%[1]d two -> %[3]s
  ask:
    say: v%[1]d city
    ask: city -> show
  other:
    say: v%[1]d other
    menu: {1: v%[1]d back -> main}
  show:
    say: v%[1]d {city}
    menu: {1: v%[1]d again -> main}
`, n, first, second)
	file, found := syntax.Read(fstest.MapFS{"v.yaml": {Data: []byte(src)}}, "v.yaml", "")
	for _, f := range found {
		t.Fatalf("%s %s %s", f.Pos, f.Code, f.Message)
	}
	p, err := compile.Compile(file, nil, menu.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var versionMark = regexp.MustCompile(`v(\d+) `)

// A reloads has what a run of calls under reloads has seen.
type reloads struct {
	calls, spanned, mixed atomic.Int64
}

// underReloads makes calls from several phones while the menu is replaced again and
// again.
func underReloads(t *testing.T, versions int, sessions runner.Sessions, known func(runner.Programs) runner.Programs) *reloads {
	t.Helper()
	all := make([]*engine.Program, versions)
	byHash := map[string]*engine.Program{}
	for i := range all {
		all[i] = versionOf(t, i)
		byHash[all[i].Hash()] = all[i]
	}
	catalog, err := runner.NewCatalog(all[0])
	if err != nil {
		t.Fatal(err)
	}
	var loads atomic.Int64
	catalog.Retain(runner.Retention{
		Load: func(_ context.Context, hash string) (*engine.Program, error) {
			loads.Add(1)
			if p, ok := byHash[hash]; ok {
				return p, nil
			}
			return nil, runner.ErrNoProgram
		},
		TTL: runner.DefaultTTL, Now: time.Now,
	})
	r := &runner.Runner{
		Sessions: sessions, Programs: known(catalog), Actions: noActions(),
		Identity: runner.NewIdentity([]byte("0123456789abcdef0123456789abcdef")), TTL: runner.DefaultTTL, Now: time.Now,
	}
	slow := engine.Request{Provider: "t", Session: "slow", Caller: "254711000111", Service: "*384*1#"}
	began := r.Handle(t.Context(), slow).Text
	var seen reloads
	var puts atomic.Int64
	stop := make(chan struct{})
	var reloader, phones sync.WaitGroup
	reloader.Go(func() {
		for i := 1; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			if err := catalog.Replace(all[i%versions]); err != nil {
				t.Error(err)
			}
			puts.Add(1)
		}
	})
	const callers, callsEach = 4, 150
	for phone := range callers {
		phones.Go(func() {
			for n := range callsEach {
				before := puts.Load()
				if mixed := oneCall(t, r, fmt.Sprintf("s-%d-%d", phone, n), n); mixed {
					seen.mixed.Add(1)
				}
				seen.calls.Add(1)
				if puts.Load() > before {
					seen.spanned.Add(1)
				}
			}
		})
	}
	phones.Wait()
	close(stop)
	reloader.Wait()
	// The first version may have come into force again; then it is not a replaced one.
	for _, p := range all[1 : 2+runner.MaxReplaced] {
		if err := catalog.Replace(p); err != nil {
			t.Error(err)
		}
	}
	// A caller who took all that time goes on with the version of the beginning.
	slow.Text = "9"
	if reply := r.Handle(t.Context(), slow); !strings.HasSuffix(reply.Text, began) {
		seen.mixed.Add(1)
	} else if loads.Load() == 0 {
		t.Error("no program was made again")
	}
	if most := 1 + runner.MaxReplaced; len(catalog.Retained()) > most {
		t.Errorf("%d programs are at hand, more than %d", len(catalog.Retained()), most)
	}
	t.Logf("%d calls, %d over a reload; %d reloads, %d programs made again", seen.calls.Load(), seen.spanned.Load(), puts.Load(), loads.Load())
	return &seen
}

// oneCall reports whether a call has seen more than one version.
func oneCall(t *testing.T, r *runner.Runner, session string, n int) (mixed bool) {
	req := engine.Request{Provider: "t", Session: session, Caller: "254711000111", Service: "*384*1#"}
	versions := map[string]bool{}
	keys := [][]string{{"1", "9", "1", "1"}, {"2", "1", "1", "Meru"}}[n%2]
	for i := range len(keys) + 1 {
		if i > 0 {
			if i > 1 {
				req.Text += "*"
			}
			req.Text += keys[i-1]
		}
		for range 2 { // with the gateway's repeat
			reply := r.Handle(t.Context(), req)
			marks := versionMark.FindAllStringSubmatch(reply.Text, -1)
			if len(marks) == 0 || reply.Fault != nil {
				t.Errorf("%s %q: %q %v", session, req.Text, reply.Text, reply.Fault)
				return false
			}
			for _, m := range marks {
				versions[m[1]] = true
			}
		}
	}
	return len(versions) > 1
}

func noActions() runner.Actions {
	return runner.NewMemoryActions(func(context.Context, engine.Call) (engine.Outcome, error) {
		return engine.Outcome{}, errors.New("this menu has no actions")
	})
}

// No call sees two versions of its menu, however often it is replaced.
func TestReloadsUnderLoad(t *testing.T) {
	seen := underReloads(t, 200, memory.NewSessions(time.Now), func(p runner.Programs) runner.Programs { return p })
	if seen.mixed.Load() > 0 {
		t.Errorf("%d of %d calls saw two versions", seen.mixed.Load(), seen.calls.Load())
	}
	if seen.spanned.Load() == 0 {
		t.Error("no call went on over a reload: the test shows nothing")
	}
}

// A recordless store has no record, and so no version.
type recordless struct{ runner.Sessions }

func (recordless) Load(context.Context, string) ([]byte, error) { return nil, nil }

func (recordless) Save(context.Context, string, string, []byte, time.Duration) ([]byte, bool, error) {
	return nil, true, nil
}

// A versionless catalogue knows no earlier version.
type versionless struct{ runner.Programs }

func (versionless) Replaced(string, time.Time) []*engine.Program { return nil }

// The control: calls see two versions if records have none and a text without its
// record is not compared on the replaced ones.
func TestReloadsWithoutRecordsMix(t *testing.T) {
	seen := underReloads(t, 200, recordless{memory.NewSessions(time.Now)},
		func(p runner.Programs) runner.Programs { return versionless{p} })
	if seen.mixed.Load() == 0 {
		t.Error("no call saw two versions: the proof could not have seen a fault")
	}
}

func TestCatalogEvicts(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	clock := func() time.Time { return now }
	old, next := versionOf(t, 1), versionOf(t, 2)
	c, err := runner.NewCatalog(old)
	if err != nil {
		t.Fatal(err)
	}
	c.Retain(runner.Retention{TTL: 3 * time.Minute, Now: clock})
	if err := c.Replace(next); err != nil {
		t.Fatal(err)
	}
	now = now.Add(3 * time.Minute)
	if _, err := c.Find(t.Context(), old.Hash()); err != nil {
		t.Fatalf("a session may still use it: %v", err)
	}
	now = now.Add(3 * time.Minute) // since its last use
	if _, err := c.Find(t.Context(), old.Hash()); err != nil {
		t.Fatalf("a session may still use it: %v", err)
	}
	now = now.Add(3*time.Minute + 1)
	c.Evict()
	if _, err := c.Find(t.Context(), old.Hash()); !errors.Is(err, runner.ErrNoProgram) {
		t.Errorf("no session can use it any more, but Find returns %v", err)
	}
	if _, err := c.Find(t.Context(), next.Hash()); err != nil {
		t.Errorf("the program in force is gone: %v", err)
	}
}

// A program that is not in memory is loaded once for all callers, and only if it has
// the same hash.
func TestCatalogLoads(t *testing.T) {
	lost, other, now := versionOf(t, 1), versionOf(t, 2), versionOf(t, 3)
	var made atomic.Int64
	answer := func() (*engine.Program, error) { return lost, nil }
	c, err := runner.NewCatalog(now)
	if err != nil {
		t.Fatal(err)
	}
	hold := make(chan struct{})
	c.Retain(runner.Retention{TTL: time.Minute, Now: time.Now, Load: func(ctx context.Context, _ string) (*engine.Program, error) {
		made.Add(1)
		<-hold
		return answer()
	}})
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Find(gone, lost.Hash()); !errors.Is(err, context.Canceled) {
		t.Errorf("the caller went away, and the answer is %v", err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if p, err := c.Find(t.Context(), lost.Hash()); err != nil || p != lost {
				t.Errorf("got %v, %v", p, err)
			}
		})
	}
	close(hold)
	all.Wait()
	if n := made.Load(); n != 1 {
		t.Errorf("it was made %d times", n)
	}
	answer = func() (*engine.Program, error) { return other, nil }
	if _, err := c.Find(t.Context(), "another"); !errors.Is(err, runner.ErrNoProgram) {
		t.Errorf("another program was taken for it: %v", err)
	}
	down := errors.New("the database is down")
	answer = func() (*engine.Program, error) { return nil, down }
	if _, err := c.Find(t.Context(), "unknown"); !errors.Is(err, down) {
		t.Errorf("got %v", err)
	}
}

// A call whose program exists nowhere ends with a message. If that can't be known now,
// the call can still go on later.
func TestCallOfAProgramThatIsGone(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"gone": {runner.ErrNoProgram, "The service was updated. Please dial again."},
		"down": {errors.New("down"), "The service is busy. Please try again later."},
	} {
		t.Run(name, func(t *testing.T) {
			first, err := runner.NewCatalog(versionOf(t, 1))
			if err != nil {
				t.Fatal(err)
			}
			sessions := memory.NewSessions(time.Now)
			r := &runner.Runner{
				Sessions: sessions, Programs: first, Actions: noActions(), TTL: time.Minute, Now: time.Now,
				Identity: runner.NewIdentity([]byte("0123456789abcdef0123456789abcdef")),
			}
			req := engine.Request{Provider: "t", Session: "s", Caller: "254711000111", Service: "*384*1#"}
			r.Handle(t.Context(), req)
			restarted, err := runner.NewCatalog(versionOf(t, 2))
			if err != nil {
				t.Fatal(err)
			}
			restarted.Retain(runner.Retention{TTL: time.Minute, Now: time.Now, Load: func(context.Context, string) (*engine.Program, error) { return nil, c.err }})
			r.Programs = restarted
			req.Text = "1"
			if reply := r.Handle(t.Context(), req); reply.Text != c.want || !reply.End {
				t.Errorf("got %q", reply.Text)
			}
			r.Programs = first
			if reply := r.Handle(t.Context(), req); reply.Text != "v1 other\n1. v1 back" {
				t.Errorf("the record was touched: %q", reply.Text)
			}
		})
	}
}
