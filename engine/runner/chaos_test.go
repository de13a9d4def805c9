package runner_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/enginetest"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/store/memory"
)

const canary = "PINCANARY"

// anyMenuWithSecrets returns a menu in which some questions ask for a secret, some
// of them twice, and some calls can be resumed.
func anyMenuWithSecrets(t *rapid.T) engine.Definition {
	def := enginetest.AnyMenu(t)
	def.Vars = append(def.Vars, engine.Var{Name: "pin", Type: engine.Type{Kind: engine.KindSecret, Width: len(canary)}})
	for i := range def.Screens {
		a := def.Screens[i].Ask
		if a == nil || !rapid.Bool().Draw(t, "secret") {
			continue
		}
		a.Var = "pin"
		if rapid.Bool().Draw(t, "twice") {
			a.Repeat = words("Again")
		}
	}
	if rapid.Bool().Draw(t, "resume") {
		def.Session.Resume = time.Minute
	}
	return def
}

// A chaos is one caller's session on a service whose records get lost and whose
// gateway repeats callbacks and delivers old ones late.
type chaos struct {
	t        *rapid.T
	p        *engine.Program
	r        *runner.Runner
	sessions *memory.Sessions
	req      engine.Request
	lost     bool // a record was lost in this call
	texts    []string
	last     engine.Reply
}

func (c *chaos) deliver(text string) engine.Reply {
	c.req.Text = text
	reply := c.r.Handle(context.Background(), c.req)
	if reply.Fault != nil && (!c.lost || reply.Screen != "(expired)") {
		c.t.Fatalf("texts %q, then %q: %s: %v", c.texts, text, reply.Screen, reply.Fault)
	}
	rec, err := c.sessions.Load(context.Background(), "ussd:session:"+c.req.Session)
	if err != nil || strings.Contains(string(rec), canary) || strings.Contains(reply.Text, canary) {
		c.t.Fatalf("the secret is in %q or %s (%v)", reply.Text, rec, err)
	}
	return reply
}

func (c *chaos) same(what string, got engine.Reply) {
	if got.Text != c.last.Text || got.End != c.last.End {
		c.t.Fatalf("texts %q, %s: got %q, want %q", c.texts, what, got.Text, c.last.Text)
	}
}

// key draws what the caller types next.
func (c *chaos) key() string {
	if s, ok := c.p.Screen(c.last.Screen); ok && s.Ask != nil && s.Ask.Var == "pin" && rapid.IntRange(0, 3).Draw(c.t, "right") > 0 {
		return canary
	}
	return rapid.SampledFrom([]string{"1", "2", "3", "7", "12", "0", "00", "98", "", "hello", "*", "1*2"}).Draw(c.t, "key")
}

// While the record exists, every delivery of a callback gets the same bytes,
// whatever comes between them. Without it there is still a screen, no effect runs
// twice, and no secret is ever stored or shown.
func TestCallsInChaos(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, err := engine.New(anyMenuWithSecrets(t))
		if err != nil {
			t.Fatal(err)
		}
		catalog, err := runner.NewCatalog(p)
		if err != nil {
			t.Fatal(err)
		}
		now := func() time.Time { return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC) }
		results := map[string]int{}
		out := enginetest.Fetched(t)
		c := &chaos{t: t, p: p, sessions: memory.NewSessions(now), req: engine.Request{Provider: "test", Session: "s", Caller: "254711000111", Service: "*1#"}}
		c.r = &runner.Runner{
			Sessions: c.sessions, Programs: catalog, Identity: runner.NewIdentity(make([]byte, runner.KeySize)), TTL: time.Minute, Now: now,
			Actions: runner.NewMemoryActions(func(_ context.Context, call engine.Call) (engine.Outcome, error) {
				results[call.ID]++
				return out, nil
			}),
		}
		text, typed := "", []string(nil)
		for step := range rapid.IntRange(1, 15).Draw(t, "steps") {
			if step > 0 && !c.last.End {
				typed = append(typed, c.key())
				text = strings.Join(typed, "*")
			}
			c.texts = append(c.texts, text)
			c.last = c.deliver(text)
			switch rapid.IntRange(0, 5).Draw(t, "event") {
			case 0, 1:
				c.same("repeated", c.deliver(text))
			case 2:
				late := c.texts[rapid.IntRange(0, len(c.texts)-1).Draw(t, "late")]
				if len(late) < len(text) {
					c.same(fmt.Sprintf("%q late", late), c.deliver(late))
					c.same("repeated behind it", c.deliver(text))
				}
			case 3:
				c.sessions.Forget()
				c.lost = true
				c.last = c.deliver(text)
				c.same("repeated without its record", c.deliver(text))
			}
		}
		if len(results) > 1 {
			t.Fatalf("the one action of the call ran %d times", len(results))
		}
	})
}
