package servers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"testing"

	"github.com/redis/go-redis/v9"
)

// redisDatabases is how many Redis databases there are. Each test gets the next one, and
// after the last the first again. Database 0 counts them.
const redisDatabases = 4096

// StartRedis starts a server of the caller's own, for tests that kill it or change its
// settings. Other tests share one: see Redis.
func StartRedis(ctx context.Context) (*Server, error) {
	path, err := find(ctx, "redis-server", "redis-server")
	if err != nil {
		return nil, err
	}
	dir, err := dataDir("redis")
	if err != nil {
		return nil, err
	}
	s, err := onFreePort(ctx, func(port int) *Server { return redisOn(path, dir, port) })
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start Redis: %w", err), os.RemoveAll(dir))
	}
	return s, nil
}

// redisOn stores nothing on disk: the tests expect a restart to lose everything.
func redisOn(path, dir string, port int) *Server {
	url := fmt.Sprintf("redis://127.0.0.1:%d/0", port)
	return &Server{URL: url, program: program{
		path: path, dir: dir,
		args: []string{
			"--bind", "127.0.0.1", "--port", strconv.Itoa(port), "--dir", dir,
			"--save", "", "--appendonly", "no", "--databases", strconv.Itoa(redisDatabases),
		},
		stop: syscall.SIGTERM, orphan: syscall.SIGKILL,
		ask: func(ctx context.Context) error {
			return withRedis(url, func(c *redis.Client) error { return c.Ping(ctx).Err() })
		},
	}}
}

// Redis returns the URL of an empty database of the shared Redis, which no other test
// uses at this time, in any process. A test that needs FLUSHALL, which empties all
// databases, starts its own server.
func Redis(t testing.TB) string {
	t.Helper()
	server, err := shared.redis.get(RedisVariable, StartRedis)
	if err != nil {
		missing(t, err)
	}
	url, err := redisDatabase(t.Context(), server)
	if err != nil {
		t.Fatalf("make a Redis database for the test: %v", err)
	}
	return url
}

func redisDatabase(ctx context.Context, server string) (string, error) {
	var number int64
	err := withRedis(server, func(c *redis.Client) (err error) {
		number, err = c.Incr(ctx, "paytrace-test-databases").Result()
		return err
	})
	if err != nil {
		return "", err
	}
	url := withDatabase(server, strconv.FormatInt(1+number%(redisDatabases-1), 10))
	return url, withRedis(url, func(c *redis.Client) error { return c.FlushDB(ctx).Err() })
}

func withRedis(url string, do func(*redis.Client) error) (err error) {
	options, err := redis.ParseURL(url)
	if err != nil {
		return err
	}
	options.DisableIdentity = true
	client := redis.NewClient(options)
	defer func() { err = errors.Join(err, client.Close()) }()
	return do(client)
}
