// Package redis keeps session records in Redis, so that any instance of the
// service can answer any callback of a call. What it keeps is a cache: every
// record can be lost without an effect happening twice or not at all.
package redis

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/paytrace/paytrace/engine"
)

// Sessions implements runner.Sessions. Records stand under the IDs themselves,
// and what callers were last seen in under callerKey.
type Sessions struct {
	client goredis.UniversalClient
	group  *group
	secret string // what no error may show: the password
}

// callerKey comes before the tag of a caller. Session IDs have a prefix of
// their own, so that the two never meet.
const callerKey = "ussd:caller:"

// CompareAndSet is the only way a record is written. One script is one step to Redis,
// whatever other instances do at the time, and it uses one key, as a cluster
// demands. The expected head ends in a delimiter, so comparing the beginning
// compares whole heads.
var CompareAndSet = goredis.NewScript(compareAndSet)

const compareAndSet = `
local stored = redis.call('GET', KEYS[1])
local expect = ARGV[1]
if stored then
  if expect == '' or string.sub(stored, 1, #expect) ~= expect then return stored end
elseif expect ~= '' then
  return false
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
`

// errRefused is about what was to be stored; Redis was not asked.
var errRefused = errors.New("not stored")

// bounded is a context that ends in time for one call. It has a time and no end
// that could be waited for: the client sets its connection to that time, and a
// timer a call is worth sparing.
type bounded struct {
	context.Context
	at time.Time
}

// inTime bounds a call. An error says that it has no time left.
func inTime(ctx context.Context) (*bounded, error) {
	at := time.Now().Add(callTimeout)
	if end, ok := ctx.Deadline(); ok && end.Before(at) {
		at = end
	}
	return &bounded{ctx, at}, ctx.Err()
}

func (b *bounded) Deadline() (time.Time, bool) { return b.at, true }

func (b *bounded) Done() <-chan struct{} { return nil }

func (b *bounded) Err() error {
	if time.Now().Before(b.at) {
		return nil
	}
	return context.DeadlineExceeded
}

// timed has a timer, which ends also what the client waits for without a
// connection. Who takes a whole callTimeout needs none: the client's own are as long.
func (b *bounded) timed() (context.Context, context.CancelFunc) {
	return context.WithDeadline(b, b.at)
}

// Load implements runner.Sessions.
func (s *Sessions) Load(ctx context.Context, id string) ([]byte, error) {
	stored, found, err := s.get(ctx, id)
	if err != nil || !found {
		return nil, s.fault("load a session", err)
	}
	return []byte(stored), nil
}

func (s *Sessions) get(ctx context.Context, key string) (value string, found bool, err error) {
	within, err := inTime(ctx)
	if err != nil {
		return "", false, err
	}
	cmd := goredis.NewStringCmd(within, "get", key)
	_ = s.group.process(within, cmd)
	value, err = cmd.Result()
	if errors.Is(err, goredis.Nil) {
		return "", false, nil
	}
	return value, err == nil, err
}

// Save implements runner.Sessions. It is one round trip, and two where Redis
// has lost the script.
func (s *Sessions) Save(ctx context.Context, id, expect string, next []byte, ttl time.Duration) ([]byte, bool, error) {
	if n := len(next); n == 0 || n > engine.MaxRecord {
		return nil, false, fmt.Errorf("%w: the record has %d bytes, expected 1 to %d", errRefused, n, engine.MaxRecord)
	}
	if ttl < time.Millisecond {
		return nil, false, fmt.Errorf("%w: a record can't live %s, a millisecond is the least", errRefused, ttl)
	}
	if expect != "" && engine.HeadOf([]byte(expect)) != expect {
		stored, err := s.Load(ctx, id) // no record has such a head
		return stored, false, err
	}
	answer, err := s.compareAndSet(ctx, id, expect, next, ttl)
	if errors.Is(err, goredis.Nil) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, s.fault("save a session", err)
	}
	switch answer := answer.(type) {
	case string:
		return []byte(answer), false, nil
	case int64:
		return nil, true, nil
	}
	return nil, false, s.fault("save a session", fmt.Errorf("the script answered %T, expected a number or a record", answer))
}

func (s *Sessions) compareAndSet(ctx context.Context, id, expect string, next []byte, ttl time.Duration) (any, error) {
	within, err := inTime(ctx)
	if err != nil {
		return nil, err
	}
	run := func(how, script string) (any, error) {
		cmd := goredis.NewCmd(within, how, script, 1, id, expect, next, ttl.Milliseconds())
		cmd.SetFirstKeyPos(keyOfScript)
		_ = s.group.process(within, cmd)
		return cmd.Result()
	}
	answer, err := run("evalsha", CompareAndSet.Hash())
	if goredis.HasErrorPrefix(err, "NOSCRIPT") {
		answer, err = run("eval", compareAndSet)
	}
	return answer, err
}

// keyOfScript is where in its command a script's key stands, for clusters.
const keyOfScript = 3

// Latest implements runner.Sessions.
func (s *Sessions) Latest(ctx context.Context, tag string) (string, error) {
	id, _, err := s.get(ctx, callerKey+tag)
	return id, s.fault("find a caller's session", err)
}

// SetLatest implements runner.Sessions.
func (s *Sessions) SetLatest(ctx context.Context, tag, id string, ttl time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if id == "" {
		return s.fault("forget a caller's session", s.client.Del(ctx, callerKey+tag).Err())
	}
	if ttl < time.Millisecond {
		return fmt.Errorf("%w: a note can't live %s, a millisecond is the least", errRefused, ttl)
	}
	return s.fault("note a caller's session", s.client.Set(ctx, callerKey+tag, id, ttl.Truncate(time.Millisecond)).Err())
}

// Ping asks whether Redis answers.
func (s *Sessions) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return s.fault("ping", s.client.Ping(ctx).Err())
}

// Close lets go of all connections.
func (s *Sessions) Close() error { return s.fault("close", s.client.Close()) }

// fault says what was tried. Old servers and proxies repeat an AUTH that they
// don't know, password and all; such an error is told in words alone, since
// what it wraps would show it again.
func (s *Sessions) fault(what string, err error) error {
	if err == nil {
		return nil
	}
	if text := err.Error(); s.secret != "" && strings.Contains(text, s.secret) {
		return fmt.Errorf("redis: %s: %s", what, strings.ReplaceAll(text, s.secret, "[redacted]"))
	}
	if _, moved := goredis.IsMovedError(err); moved {
		return fmt.Errorf("redis: %s: %w (%s)", what, err, clusterHint)
	}
	return fmt.Errorf("redis: %s: %w", what, err)
}
