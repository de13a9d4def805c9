// Package redis stores session records in Redis, so that any instance of the service
// can answer any callback of a call. Its records are a cache: each may be lost, and
// every effect still happens once.
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

// Sessions implements runner.Sessions. The key of a record is the session's ID; the
// key of a caller's latest session begins with callerKey.
type Sessions struct {
	client goredis.UniversalClient
	group  *group
	secret string // the password, which no error may show
}

// callerKey comes before the tag of a caller. Session IDs begin differently, so the
// two kinds of keys never collide.
const callerKey = "ussd:caller:"

// CompareAndSet is the script that writes every record. Redis runs a script as one
// step, whatever other instances do, and this one uses one key, as a cluster
// requires. The expected head ends in a delimiter, so comparing the beginning compares
// whole heads.
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

// errRefused means that the value can't be stored; Redis was not asked.
var errRefused = errors.New("not stored")

// bounded is a context with the deadline of one call, but without a Done channel: the
// client sets the deadline on its connection, and this saves a timer per call.
type bounded struct {
	context.Context
	at time.Time
}

// inTime returns the context of one call, and an error if ctx has already ended.
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

// timed adds a timer, which also ends a wait for a connection. A call that has the
// whole callTimeout needs none: the client's own time-outs are as long.
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

// Save implements runner.Sessions. It takes one round trip, or two if Redis has lost
// the script.
func (s *Sessions) Save(ctx context.Context, id, expect string, next []byte, ttl time.Duration) ([]byte, bool, error) {
	if n := len(next); n == 0 || n > engine.MaxRecord {
		return nil, false, fmt.Errorf("%w: the record has %d bytes, want 1 to %d", errRefused, n, engine.MaxRecord)
	}
	if ttl < time.Millisecond {
		return nil, false, fmt.Errorf("%w: the record's life is %s, want at least a millisecond", errRefused, ttl)
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
	return nil, false, s.fault("save a session", fmt.Errorf("the script answered %T, want a number or a record", answer))
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

// keyOfScript is the position of a script's key in its command, for clusters.
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
		return fmt.Errorf("%w: the note's life is %s, want at least a millisecond", errRefused, ttl)
	}
	return s.fault("note a caller's session", s.client.Set(ctx, callerKey+tag, id, ttl.Truncate(time.Millisecond)).Err())
}

// Ping returns nil if Redis answers.
func (s *Sessions) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return s.fault("ping", s.client.Ping(ctx).Err())
}

// Close closes all connections.
func (s *Sessions) Close() error { return s.fault("close", s.client.Close()) }

// fault adds what was tried to an error. Old servers and proxies repeat an AUTH that
// they don't know, with the password. fault redacts such an error and wraps nothing,
// since the wrapped error would show the password.
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

// Forget removes the records of sessions and the latest sessions of callers, and
// counts the removed keys. It removes them one by one, since the nodes of a cluster
// have different keys.
func (s *Sessions) Forget(ctx context.Context, ids, tags []string) (removed int, err error) {
	keys := append([]string(nil), ids...)
	for _, tag := range tags {
		keys = append(keys, callerKey+tag)
	}
	for _, key := range keys {
		n, err := s.del(ctx, key)
		removed += n
		if err != nil {
			return removed, s.fault("forget a session", err)
		}
	}
	return removed, nil
}

func (s *Sessions) del(ctx context.Context, key string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	n, err := s.client.Del(ctx, key).Result()
	return int(n), err
}
