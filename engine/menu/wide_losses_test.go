package menu

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/menu/check"
	"github.com/paytrace/paytrace/engine/menu/compile"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/store/memory"
)

// lossyCallsInCI bounds the calls that are made through instances that forget. There is
// one in so many of the other proof's, as lossyShare says.
const (
	lossyCallsInCI = 4_000
	lossyShare     = 4
)

// What befalls one callback in so many.
const (
	lossOdds   = 4
	repeatOdds = 3
	lateOdds   = 4
	starOdds   = 6
)

// TestLossesChangeNoCall makes the same calls twice on menus of the whole
// language: once on a service to which nothing happens, and once on two instances
// that share sessions which are lost at any moment, with callbacks repeated and
// come late at either. A screen may differ only where the protocol says so: the
// call ends, or a screen that the caller has seen before is asked again. Nothing is
// done that the first service did not do.
func TestLossesChangeNoCall(t *testing.T) {
	most := min(proofCalls(t)/lossyShare, lossyCallsInCI)
	total := map[string]int{}
	for seed := uint64(0); total["calls"] < most; seed += 2 {
		fsys, r := drawWide(seed, false)
		f, found := check.Diagnose(fsys, "wide.yaml", "", wideContracts)
		if len(errorsOf(found)) > 0 {
			continue
		}
		p, err := compile.Compile(f, wideContracts, compile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for n := range 20 {
			c := newLossyCall(t, p, newWalker(p, f, r), n)
			fault := c.run()
			for what, n := range c.tally {
				total[what] += n
			}
			if fault != "" {
				t.Fatalf("seed %d: %s\n%s\n%s\n%s", seed, fault, strings.Join(c.story, "\n"), fsys["wide.yaml"].Data, moreOf(fsys))
			}
		}
	}
	t.Logf("%v", total)
	for _, what := range []string{"lost", "repeated", "late", "ran", "asked again"} {
		if total[what] < most/200 {
			t.Errorf("%d times %s in %d calls: too few to mean anything", total[what], what, most)
		}
	}
}

// lossyCall holds one call, on the service to which nothing happens and on the two
// that forget.
type lossyCall struct {
	*walker
	calm      *runner.Runner
	done      *ledger
	instances [2]*runner.Runner
	sessions  *memory.Sessions
	did       *ledger
	req       engine.Request

	texts   []string // of the callbacks so far
	replies []engine.Reply
	lost    bool
	// star says that the caller typed a star. Without its record it is not known
	// whether it parts answers.
	star  bool
	tally map[string]int
	story []string
}

func newLossyCall(t *testing.T, p *engine.Program, w *walker, n int) *lossyCall {
	t.Helper()
	catalog, err := runner.NewCatalog(p)
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC) }
	newRunner := func(s runner.Sessions, a runner.Actions) *runner.Runner {
		return &runner.Runner{
			Sessions: s, Programs: catalog, Actions: a, TTL: runner.DefaultTTL, Now: now,
			Identity: runner.NewIdentity([]byte("0123456789abcdef0123456789abcdef")),
		}
	}
	c := &lossyCall{walker: w, done: newLedger(), did: newLedger(), sessions: memory.NewSessions(now), tally: map[string]int{"calls": 1}}
	c.calm = newRunner(memory.NewSessions(now), c.done)
	for i := range c.instances {
		c.instances[i] = newRunner(c.sessions, c.did)
		if n%2 == 0 {
			c.instances[i].Recent = runner.NewRecent(8)
		}
	}
	c.req = engine.Request{Provider: "test", Session: fmt.Sprint("s", n), Caller: "254711000111", Service: wideCodes[n%len(wideCodes)], Network: "63902"}
	return c
}

// run makes the call; it is the fault that was met, or "".
func (c *lossyCall) run() string {
	var typed []string
	for range longestCall / 2 {
		c.req.Text = strings.Join(typed, "*")
		want := c.calm.Handle(context.Background(), c.req)
		c.texts, c.replies = append(c.texts, c.req.Text), append(c.replies, want)
		if want.Fault != nil {
			return fmt.Sprintf("the calm service: %v", want.Fault)
		}
		if fault, over := c.disturbed(len(c.texts) - 1); fault != "" || over {
			return fault
		}
		if want.End {
			return ""
		}
		typed = append(typed, c.keys(want.Screen))
	}
	return ""
}

// disturbed delivers the newest callback to the instances, with what befalls it.
func (c *lossyCall) disturbed(newest int) (fault string, over bool) {
	for again := true; again; again = c.IntN(repeatOdds) == 0 {
		if c.IntN(lateOdds) == 0 && newest > 0 {
			c.tally["late"]++
			// The reply reaches nobody, whatever it is.
			if fault, _ := c.deliver(c.IntN(newest), newest); fault != "" {
				return fault, true
			}
		}
		if fault, over := c.deliver(newest, newest); fault != "" || over {
			return fault, over
		}
		c.tally["repeated"]++
	}
	return "", false
}

// deliver gives one callback to one of the instances. over says that the call
// went another way, as the protocol has it.
func (c *lossyCall) deliver(n, newest int) (fault string, over bool) {
	if c.IntN(lossOdds) == 0 {
		c.sessions.Forget()
		c.lost = true
		c.tally["lost"]++
		c.story = append(c.story, "lost")
	}
	on := c.IntN(len(c.instances))
	c.req.Text = c.texts[n]
	got := c.instances[on].Handle(context.Background(), c.req)
	c.story = append(c.story, fmt.Sprintf("%q on %d: %q (%s, %v), want %q", c.req.Text, on, got.Text, got.Screen, got.Fault, c.replies[n].Text))
	for id, action := range c.did.ran {
		// What is to be remembered may be stored one step later. The message of that step
		// then has another identity, because it is no longer the step's first own call.
		later := action == engine.CallRemember || action == engine.CallSMS && c.did.times(action) <= c.done.times(action)
		if _, ok := c.done.ran[id]; !ok && !(c.lost && later) {
			return fmt.Sprintf("%s ran, which was not asked for", action), true
		}
	}
	c.tally["ran"] += len(c.did.ran)
	for _, want := range c.replies[n : newest+1] {
		if got.Text == want.Text && got.End == want.End && got.Screen == want.Screen {
			return "", false
		}
	}
	seen := slices.ContainsFunc(c.replies[:newest+1], func(r engine.Reply) bool { return r.Screen == got.Screen })
	switch {
	case !c.lost:
		return "another screen, though nothing was lost", true
	case got.End && (got.Fault != nil || got.Screen == "("+engine.Pending+")"): // an action failed, or its outcome is unknown
		c.tally["ended"]++
		return "", true
	case seen:
		c.tally["asked again"]++
		return "", true
	case c.star:
		c.tally["read otherwise"]++
		return "", true
	}
	return "another screen", true
}

// keys returns what the caller types at a screen, now and then with a star in it.
func (c *lossyCall) keys(name string) (typed string) {
	defer func() { c.star = c.star || strings.Contains(typed, "*") }()
	screen, _ := c.p.Screen(name)
	switch {
	case c.IntN(8) == 0:
		return []string{backKey, "000", "98", "0", "x"}[c.IntN(5)]
	case screen.Kind == engine.ScreenAsk && screen.Ask.Var == "city" && c.IntN(starOdds) == 0:
		return "Ki*umu"
	case screen.Kind == engine.ScreenAsk && c.IntN(5) > 0:
		return c.answerTo(screen.Ask.Var)
	case c.IntN(5) > 0:
		return []string{"1", "2", "3"}[c.IntN(3)]
	}
	return typedAnswers[c.IntN(len(typedAnswers))]
}

// ledger runs every action once at its place. The action's identity says how it ends,
// so two ledgers tell the same.
type ledger struct {
	runner.MemoryActions
	ran map[string]string // ID → action
}

// times counts how often an action ran.
func (l *ledger) times(action string) (n int) {
	for _, ran := range l.ran {
		if ran == action {
			n++
		}
	}
	return n
}

func newLedger() *ledger {
	l := &ledger{ran: map[string]string{}}
	l.MemoryActions = runner.NewMemoryActions(l.run)
	return l
}

var errLedgerDown = errors.New("connection refused")

func (l *ledger) run(_ context.Context, call engine.Call) (engine.Outcome, error) {
	reads := call.Action == engine.CallFacts || slices.ContainsFunc(wideContracts, func(c engine.Contract) bool { return c.Name == call.Action && c.Reads })
	sum := fnv.New64a()
	fmt.Fprint(sum, call.ID)
	if reads {
		sum.Reset()
		fmt.Fprint(sum, call.Action)
	}
	out := randomOutcome(rand.New(rand.NewPCG(sum.Sum64(), 1)), &call)
	if out.Name == engine.Failed {
		return engine.Outcome{}, errLedgerDown
	}
	if call.Action == "history" && out.Name == "listed" {
		rows := make([]engine.Value, 5)
		for i := range rows {
			rows[i] = engine.RecordValue([]engine.Named{
				{Name: "date", Value: engine.DateValue(engine.Date(20000 + i))}, {Name: "amount", Value: engine.MoneyValue(7_000_000)}, {Name: "to", Value: engine.TextValue("Amina")},
			})
		}
		out.Values = []engine.Named{{Name: "payments", Value: engine.ListValue(rows)}}
	}
	if !reads {
		l.ran[call.ID] = call.Action
	}
	return out, nil
}
