package redis_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	goredis "github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/store/redis"
	"github.com/paytrace/paytrace/store/storetest/servers"
)

// ownServer starts a Redis that the test may kill, fill and set up.
func ownServer(t testing.TB) *servers.Server {
	t.Helper()
	servers.Redis(t) // skips if no server can be started
	server, err := servers.StartRedis(t.Context())
	must(t, err)
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	return server
}

// commandCalls returns how often Redis got each command.
func commandCalls(t *testing.T, client *goredis.Client) map[string]int {
	t.Helper()
	info, err := client.Info(t.Context(), "commandstats").Result()
	must(t, err)
	counts := map[string]int{}
	for line := range strings.Lines(info) {
		name, rest, ok := strings.Cut(strings.TrimPrefix(line, "cmdstat_"), ":calls=")
		if !ok {
			continue
		}
		var n int
		if _, err := fmt.Sscanf(rest, "%d,", &n); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		counts[name] = n
	}
	return counts
}

func wantSaved(t *testing.T, s *redis.Sessions, expect string, next []byte) {
	t.Helper()
	if stored, saved, err := s.Save(t.Context(), id, expect, next, life); !saved || err != nil {
		t.Fatalf("saved %v (%q stands there), %v", saved, stored, err)
	}
}

func wantLoaded(t *testing.T, s *redis.Sessions, want []byte) {
	t.Helper()
	if stored, err := s.Load(t.Context(), id); err != nil || !bytes.Equal(stored, want) {
		t.Fatalf("loaded %q (%v), want %q", stored, err, want)
	}
}

// A Redis that lost its scripts, its keys, or both in a restart, is used as before: only
// the records are missing.
func TestLosses(t *testing.T) {
	server := ownServer(t)
	client, s := raw(t, server.URL), open(t, server.URL)
	for _, loss := range []struct {
		name string
		lose func() error
		kept bool
	}{
		{"scripts", func() error { return client.ScriptFlush(t.Context()).Err() }, true},
		{"keys", func() error { return client.FlushAll(t.Context()).Err() }, false},
		{"connections", func() error {
			return client.Do(t.Context(), "CLIENT", "KILL", "TYPE", "normal").Err()
		}, true},
		{"life", func() error { return errors.Join(server.Kill(), server.Start(t.Context())) }, false},
	} {
		t.Run(loss.name, func(t *testing.T) {
			for range 2 {
				must(t, client.Del(t.Context(), id).Err())
				wantSaved(t, s, "", record1)
				must(t, loss.lose())
				if loss.kept {
					wantSaved(t, s, head1, record2)
				} else {
					if stored, saved, err := s.Save(t.Context(), id, head1, record2, life); stored != nil || saved || err != nil {
						t.Fatalf("over a lost record: %q, saved %v, %v; want nothing done", stored, saved, err)
					}
					wantSaved(t, s, "", record2)
				}
				wantLoaded(t, s, record2)
			}
		})
	}
}

// Only the first save after a restart is an EVAL.
func TestScriptIsSentOnce(t *testing.T) {
	server := ownServer(t)
	client, s := raw(t, server.URL), open(t, server.URL)
	must(t, errors.Join(server.Kill(), server.Start(t.Context())))
	wantSaved(t, s, "", record1)
	wantSaved(t, s, head1, record1)
	wantSaved(t, s, head1, record2)
	if calls := commandCalls(t, client); calls["eval"] != 1 || calls["evalsha"] != 3 {
		t.Errorf("%d EVAL and %d EVALSHA, want 1 and 3", calls["eval"], calls["evalsha"])
	}
}

// If no Redis answers, every call returns an error. The store still opens, and works as
// soon as Redis answers.
func TestDown(t *testing.T) {
	server := ownServer(t)
	must(t, server.Kill())
	s := open(t, server.URL)
	for range 2 {
		for what, call := range calls(s) {
			if err := call(t.Context()); err == nil {
				t.Errorf("%s: no error without a Redis", what)
			}
		}
		if err := s.Ping(t.Context()); err == nil {
			t.Error("Ping: no error without a Redis")
		}
	}
	must(t, server.Start(t.Context()))
	must(t, s.Ping(t.Context()))
	wantSaved(t, s, "", record1)
	must(t, server.Kill())
	if err := s.Ping(t.Context()); err == nil {
		t.Error("Ping: no error after the Redis was killed")
	}
}

// listen starts a server that answers only what the test needs.
func listen(t *testing.T, serve func(net.Conn)) (url string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go serve(conn)
		}
	}()
	return "redis://:hush%2Fhush@" + l.Addr().String()
}

// A Redis that accepts calls and never answers costs a caller no more than the budget,
// which is well below the test's patience.
func TestSilent(t *testing.T) {
	done := make(chan struct{})
	t.Cleanup(func() { close(done) })
	s := open(t, listen(t, func(conn net.Conn) { <-done; _ = conn.Close() }))
	for what, call := range calls(s) {
		err := call(context.WithoutCancel(t.Context()))
		var network net.Error
		if !errors.As(err, &network) || !network.Timeout() {
			t.Errorf("%s: %v, want a time-out", what, err)
		}
	}
}

// A full Redis refuses to save and still answers reads.
func TestFull(t *testing.T) {
	server := ownServer(t)
	client, s := raw(t, server.URL), open(t, server.URL)
	wantSaved(t, s, "", record1)
	must(t, client.ConfigSet(t.Context(), "maxmemory-policy", "noeviction").Err())
	must(t, client.ConfigSet(t.Context(), "maxmemory", "1").Err())
	for range 2 {
		_, saved, err := s.Save(t.Context(), id, head1, record2, life)
		if saved || !goredis.IsOOMError(err) {
			t.Errorf("saved %v, %v; want the refusal of a full Redis", saved, err)
		}
		if err := s.SetLatest(t.Context(), "tag", "x", life); !goredis.IsOOMError(err) {
			t.Errorf("noted: %v", err)
		}
		wantLoaded(t, s, record1)
	}
	must(t, client.ConfigSet(t.Context(), "maxmemory", "0").Err())
	wantSaved(t, s, head1, record2)
}

const password = `p@ss/w:rd#1?%`

// A wrong password is reported at once and never shown. The right one may contain
// characters that have a meaning in a URL.
func TestPassword(t *testing.T) {
	server := ownServer(t)
	client := raw(t, server.URL)
	must(t, client.ConfigSet(t.Context(), "requirepass", password).Err())
	host := strings.TrimSuffix(strings.TrimPrefix(server.URL, "redis://"), "/0")
	s := open(t, "redis://:p%40ss%2Fw%3Ard%231%3F%25@"+host)
	wantSaved(t, s, "", record1)
	for _, url := range []string{
		"redis://" + host, "redis://:wr0ngpass@" + host, "redis://wr0ngpass:wr0ngpass@" + host,
	} {
		s, err := redis.Open(t.Context(), redis.Config{URL: secret.New(url)})
		if err == nil {
			_ = s.Close()
			t.Errorf("%s was accepted", url)
		} else if !goredis.IsAuthError(err) || strings.Contains(err.Error(), "wr0ngpass") {
			t.Errorf("%v, want an error about the password that does not show it", err)
		}
	}
}

// Old servers repeat a command that they don't know, with the password in it, which no
// error may show.
func TestPasswordRepeated(t *testing.T) {
	url := listen(t, func(conn net.Conn) {
		defer func() { _ = conn.Close() }()
		in := bufio.NewScanner(conn)
		for in.Scan() {
			if strings.HasPrefix(in.Text(), "*") { // a command begins
				_, _ = fmt.Fprint(conn, "-ERR unknown command `AUTH`, with args beginning with: `hush/hush`\r\n")
			}
		}
	})
	s, err := redis.Open(t.Context(), redis.Config{URL: secret.New(url)})
	if err == nil {
		_ = s.Close()
		t.Fatal("a server that knows no command was accepted")
	}
	if !strings.Contains(err.Error(), "unknown command") || strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), "hush/hush") {
		t.Errorf("%v: want what the server said, without the password", err)
	}
	for e := err; e != nil; e = errors.Unwrap(e) {
		if strings.Contains(e.Error(), "hush/hush") {
			t.Errorf("%v is wrapped", e)
		}
	}
}

// A user that may not run scripts is reported when the service starts.
func TestNotAllowed(t *testing.T) {
	server := ownServer(t)
	client := raw(t, server.URL)
	must(t, client.Do(t.Context(), "ACL", "SETUSER", "reader", "on", ">hush", "~*", "+@read", "+ping").Err())
	_, err := redis.Open(t.Context(), redis.Config{URL: secret.New(strings.Replace(server.URL, "//", "//reader:hush@", 1))})
	if !goredis.IsPermissionError(err) {
		t.Errorf("%v, want an error about a missing permission", err)
	}
	must(t, client.Do(t.Context(), "ACL", "SETUSER", "few", "on", ">hush", "~ussd:*", "+get", "+set", "+del", "+eval", "+evalsha", "+ping").Err())
	wantSaved(t, open(t, strings.Replace(server.URL, "//", "//few:hush@", 1)), "", record1)
}

// Close leaves no goroutine, whatever Redis did before.
func TestNothingIsLeftRunning(t *testing.T) {
	server := ownServer(t)
	before := goleak.IgnoreCurrent()
	for _, down := range []bool{false, true} {
		s, err := redis.Open(t.Context(), redis.Config{URL: secret.New(server.URL)})
		must(t, err)
		if down {
			must(t, server.Kill())
		}
		for what, call := range calls(s) {
			if err := call(t.Context()); (err != nil) != down {
				t.Errorf("%s with Redis down %v: %v", what, down, err)
			}
		}
		must(t, s.Close())
		if _, err := s.Load(t.Context(), id); err == nil {
			t.Error("a closed store was read")
		}
		if !down {
			goleak.VerifyNone(t, before)
		}
	}
	goleak.VerifyNone(t, before)
}
