package runner_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/enginetest"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/store/memory"
)

// A counting store counts its round trips.
type counting struct {
	runner.Sessions
	trips int
}

func (c *counting) Load(ctx context.Context, id string) ([]byte, error) {
	c.trips++
	return c.Sessions.Load(ctx, id)
}

func (c *counting) Save(ctx context.Context, id, expect string, next []byte, ttl time.Duration) ([]byte, bool, error) {
	c.trips++
	return c.Sessions.Save(ctx, id, expect, next, ttl)
}

// A callback takes one round trip if the text gives the state or the record is known,
// two otherwise or with an action, and three at most.
func TestRoundTrips(t *testing.T) {
	b := newBank()
	store := &counting{}
	instance := func() *line {
		l := newLine(t, paytrace(), func(ctx context.Context, c engine.Call) (engine.Outcome, error) {
			out, err := b.do(ctx, c)
			if c.Action == "create_account" {
				out = engine.Outcome{Name: "created", Values: []engine.Named{{Name: "worker_id", Value: engine.TextValue("NW-00C0FFEE")}}}
			}
			return out, err
		})
		if store.Sessions == nil {
			store.Sessions = l.r.Sessions
		}
		l.r.Sessions, l.r.Recent = store, runner.NewRecent(100)
		return l
	}
	one, two := instance(), instance()
	for i, step := range []struct {
		on    *line
		text  string
		trips int
	}{
		{one, "", 1},
		{two, "", 1},        // a repeat elsewhere
		{two, "1", 1},       // the text gives the state
		{one, "1", 1},       // late at the other
		{one, "1*12", 1},    // known, or from the text
		{two, "1*12*13", 1}, // from the text
		{one, "1*12*13", 1},
		{one, "1*12*13*0711000111", 2}, // an action
		{one, "1*12*13*0711000111", 1},
		{two, "1*12*13*0711000111", 1},
	} {
		before := store.trips
		step.on.type_(step.text)
		if got := store.trips - before; got > step.trips {
			t.Errorf("step %d, text %q: %d round trips, want at most %d", i, step.text, got, step.trips)
		}
	}
}

// Two instances that speculate on one store give the same replies as one that always
// loads, whatever the menu and whatever is typed, repeated or late.
func TestSpeculationChangesNoReply(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		def := enginetest.AnyMenu(t)
		outcome := enginetest.Fetched(t)
		act := runner.NewMemoryActions(func(context.Context, engine.Call) (engine.Outcome, error) { return outcome, nil })
		now := func() time.Time { return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC) }
		if rapid.Bool().Draw(t, "no action") {
			def.Codes[0].Start = "s0"
		}
		p, err := engine.New(def)
		if err != nil {
			t.Fatal(err)
		}
		catalog, err := runner.NewCatalog(p)
		if err != nil {
			t.Fatal(err)
		}
		newRunner := func(s runner.Sessions, recent *runner.Recent) *runner.Runner {
			return &runner.Runner{
				Sessions: s, Programs: catalog, Actions: act, Recent: recent, TTL: time.Minute, Now: now,
				Identity: runner.NewIdentity([]byte("0123456789abcdef0123456789abcdef")),
			}
		}
		shared := memory.NewSessions(now)
		plain := newRunner(memory.NewSessions(now), nil)
		speculating := []*runner.Runner{newRunner(shared, runner.NewRecent(4)), newRunner(shared, runner.NewRecent(4))}
		texts := []string{""}
		for i := range rapid.IntRange(1, 15).Draw(t, "callbacks") {
			last := texts[len(texts)-1]
			switch rapid.IntRange(0, 5).Draw(t, "what") {
			case 0: // the last again
			case 1: // an older one
				last = rapid.SampledFrom(texts).Draw(t, "late")
			default:
				key := rapid.SampledFrom([]string{"1", "2", "3", "0", "00", "98", "", "hello", "1*2", "*"}).Draw(t, "key")
				if i > 0 {
					if last != "" {
						last += "*"
					}
					last += key
					texts = append(texts, last)
				}
			}
			req := engine.Request{Provider: "t", Session: "s", Caller: "254711000111", Service: "*1#", Text: last}
			want := plain.Handle(context.Background(), req)
			got := speculating[rapid.IntRange(0, 1).Draw(t, "instance")].Handle(context.Background(), req)
			if got.Text != want.Text || got.End != want.End || got.Screen != want.Screen {
				t.Fatalf("text %q\ngot  %q on %q\nwant %q on %q", last, got.Text, got.Screen, want.Text, want.Screen)
			}
		}
	})
}

func TestRecentIsBounded(t *testing.T) {
	r := runner.NewRecent(100)
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 1000 {
				runner.PutRecent(r, fmt.Sprint(w, "-", i))
			}
		}()
	}
	wg.Wait()
	if n := runner.LenRecent(r); n > 100 {
		t.Errorf("%d records are remembered, want at most 100", n)
	}
}

// A text whose record can be neither loaded nor saved is not read on a menu that gives
// it another meaning, unless this instance remembers its reply.
func TestSpeculationWithoutRedisOnANewMenu(t *testing.T) {
	const src = `
ussd: 1
service: Cities
dial: "*384*9#"
start: main
screens:
  main: {say: Main, menu: {1: Thika -> thika, 2: Voi -> voi}}
  thika: {say: Thika, menu: {1: Buy -> bought}}
  voi: {say: Voi, menu: {1: Buy -> bought}}
  bought: {end: Bought.}
`
	const updated = "END The service was updated. Please dial again."
	d := newDesk(t)
	catalog := catalogOf(t, "cities.yaml", src)
	catalog.Now = d.r.Now
	d.r.Programs, d.r.Recent = catalog, runner.NewRecent(8)
	d.want(d.keys("1"), "CON Thika\n1. Buy")
	renumbered := strings.NewReplacer("1: Thika -> thika", "1: Voi -> voi", "2: Voi -> voi", "2: Thika -> thika").Replace(src)
	if err := catalog.Put(compiled(t, "cities.yaml", renumbered)); err != nil {
		t.Fatal(err)
	}
	d.r.Sessions = gone{}
	d.want(d.type_("1*1"), "END Bought.")
	d.req.Session = "s2"
	d.want(d.type_("1"), updated)
	d.want(d.type_("1*1"), updated)
}

// A gone store neither answers nor stores anything.
type gone struct{ runner.Sessions }

func (gone) Load(context.Context, string) ([]byte, error) { return nil, context.DeadlineExceeded }

func (gone) Save(context.Context, string, string, []byte, time.Duration) ([]byte, bool, error) {
	return nil, false, context.DeadlineExceeded
}

// Without Redis an instance goes on from its own reply, even past a consent and a PIN,
// because the caller saw it. Another instance asks the database, which knows nothing of
// this call: it asks again.
func TestConsentWithoutRedis(t *testing.T) {
	d := newDesk(t)
	d.r.Programs = withoutFacts(t)
	d.r.Recent = runner.NewRecent(8)
	d.r.Sessions = gone{d.sessions}
	d.want(d.keys("1", "500"), moneySure)
	d.want(d.type_("1*500*1"), "CON Your PIN\n0:Back 00:Home")
	d.want(d.type_("1*500*1*4321"), "CON Wrong PIN.\nYour PIN\n0:Back 00:Home")
	d.want(d.type_("1*500*1*4321*1234"), "END Sent KES 500. Ref QX81.")
	d.r.Recent = runner.NewRecent(8)
	d.req.Session = "s2"
	d.want(d.type_("1*500*1"), moneySure)
	d.want(d.type_("1*500*1*1"), moneySure)
	d.want(d.type_("1*500*1*1*1"), "CON Your PIN\n0:Back 00:Home")
}
