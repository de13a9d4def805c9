package redis_test

import (
	"context"
	"errors"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/store/redis"
	"github.com/paytrace/paytrace/store/storetest"
	"github.com/paytrace/paytrace/store/storetest/servers"
)

func TestMain(m *testing.M) { servers.Main(m) }

const (
	id    = "ussd:session:ATUid_1"
	head1 = `{"v":1,"h":"a",`
	life  = 10 * time.Minute
)

var (
	record1 = []byte(head1 + `"step":"main"}`)
	record2 = []byte(`{"v":3,"h":"b","step":"amount"}`)
)

func open(t testing.TB, url string) *redis.Sessions {
	t.Helper()
	s, err := redis.Open(t.Context(), redis.Config{URL: secret.New(url)})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// raw returns a client of the test's own, to read the keys.
func raw(t testing.TB, url string) *goredis.Client {
	t.Helper()
	options, err := goredis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	options.DisableIdentity = true
	client := goredis.NewClient(options)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// pass takes d from the life of every key: the server's clock can't be moved.
func pass(t *testing.T, client *goredis.Client, d time.Duration) {
	t.Helper()
	ctx := context.Background()
	keys := client.Scan(ctx, 0, "*", 1000).Iterator()
	for keys.Next(ctx) {
		left, err := client.PTTL(ctx, keys.Val()).Result()
		must(t, err)
		switch {
		case left < 0: // it has no expiry
		case left > d:
			must(t, client.PExpire(ctx, keys.Val(), left-d).Err())
		default:
			must(t, client.Del(ctx, keys.Val()).Err())
		}
	}
	must(t, keys.Err())
}

func conformance(t *testing.T, guard func(runner.Sessions) runner.Sessions) {
	t.Helper()
	storetest.RunSessions(t, func(t *testing.T) storetest.SessionsUnderTest {
		url := servers.Redis(t)
		client := raw(t, url)
		return storetest.SessionsUnderTest{
			Sessions: guard(open(t, url)), Pass: func(d time.Duration) { pass(t, client, d) },
		}
	})
}

func TestConformance(t *testing.T) {
	conformance(t, func(s runner.Sessions) runner.Sessions { return s })
}

// A breaker changes nothing while Redis works. It calls nothing slow here, since
// the test does not depend on the speed of the machine.
func TestBreakerConformance(t *testing.T) {
	conformance(t, func(s runner.Sessions) runner.Sessions { return redis.NewPatientBreaker(s) })
}

func (s *stored) want(t *testing.T, client *goredis.Client) {
	t.Helper()
	value, err := client.Get(t.Context(), s.key).Result()
	must(t, err)
	left, err := client.PTTL(t.Context(), s.key).Result()
	must(t, err)
	if value != s.value || left <= s.life-time.Minute || left > s.life {
		t.Errorf("%s has %q for %s, want %q for %s", s.key, value, left, s.value, s.life)
	}
}

type stored struct {
	key, value string
	life       time.Duration
}

// Other programs may rely on these keys, values and lives.
func TestKeys(t *testing.T) {
	url := servers.Redis(t)
	client, s := raw(t, url), open(t, url)
	if n := client.DBSize(t.Context()).Val(); n != 0 {
		t.Errorf("opening leaves %d keys, want none", n)
	}
	if _, saved, err := s.Save(t.Context(), id, "", record1, life); !saved || err != nil {
		t.Fatalf("saved %v, %v", saved, err)
	}
	must(t, s.SetLatest(t.Context(), "tag", "ATUid_1", 2*life))
	for _, want := range []stored{
		{"ussd:session:ATUid_1", string(record1), life},
		{"ussd:caller:tag", "ATUid_1", 2 * life},
	} {
		want.want(t, client)
	}
	must(t, s.SetLatest(t.Context(), "tag", "", 0))
	if keys := client.Keys(t.Context(), "*").Val(); len(keys) != 1 {
		t.Errorf("%q are left, want the session alone", keys)
	}
}

// A key with another type of value is an error, and stays unchanged.
func TestForeignKey(t *testing.T) {
	url := servers.Redis(t)
	client, s := raw(t, url), open(t, url)
	must(t, client.HSet(t.Context(), id, "step", "menu").Err())
	if stored, err := s.Load(t.Context(), id); err == nil {
		t.Errorf("loaded %q, want an error", stored)
	}
	if _, saved, err := s.Save(t.Context(), id, "", record1, life); err == nil || saved {
		t.Errorf("saved %v, %v; want an error", saved, err)
	}
	if step := client.HGet(t.Context(), id, "step").Val(); step != "menu" {
		t.Errorf("the key has %q, want the old value", step)
	}
}

// A save is one command to Redis, also the first save of a process.
func TestRoundTrips(t *testing.T) {
	server := ownServer(t)
	client, s := raw(t, server.URL), open(t, server.URL)
	must(t, client.ConfigResetStat(t.Context()).Err())
	expect := ""
	for v := 1; v <= 3; v++ {
		next := []byte(`{"v":1,"h":"a","step":"main"}`)
		if _, saved, err := s.Save(t.Context(), id, expect, next, life); !saved || err != nil {
			t.Fatalf("saved %v, %v", saved, err)
		}
		expect = engine.HeadOf(next)
	}
	if _, err := s.Load(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	calls := commandCalls(t, client)
	if calls["evalsha"] != 3 || calls["eval"] != 0 {
		t.Errorf("three saves took %d EVALSHA and %d EVAL, want 3 and 0", calls["evalsha"], calls["eval"])
	}
	if calls["get"] != 3+1 { // each script has one
		t.Errorf("%d GET, want 4", calls["get"])
	}
	for _, no := range []string{"client|setinfo", "client|maint_notifications", "command", "select"} {
		if calls[no] != 0 {
			t.Errorf("%d %s, want none", calls[no], no)
		}
	}
}

// A call whose context has already ended does not reach Redis.
func TestContext(t *testing.T) {
	s := open(t, servers.Redis(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for what, call := range calls(s) {
		if err := call(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want %v", what, err, context.Canceled)
		}
	}
	for what, call := range calls(s) {
		if err := call(t.Context()); err != nil {
			t.Errorf("%s after that: %v", what, err)
		}
	}
}

// calls returns all methods of a store, by name.
func calls(s runner.Sessions) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"Load": func(ctx context.Context) error { _, err := s.Load(ctx, id); return err },
		"Save": func(ctx context.Context) error {
			_, _, err := s.Save(ctx, id, "", record1, life)
			return err
		},
		"Latest":            func(ctx context.Context) error { _, err := s.Latest(ctx, "tag"); return err },
		"SetLatest":         func(ctx context.Context) error { return s.SetLatest(ctx, "tag", "x", life) },
		"SetLatest nothing": func(ctx context.Context) error { return s.SetLatest(ctx, "tag", "", life) },
	}
}
