package servers_test

import (
	"context"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"

	"github.com/paytrace/paytrace/store/storetest/servers"
)

func TestMain(m *testing.M) { servers.Main(m) }

func postgresExec(t *testing.T, url, statement string) error {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.Background()) }()
	_, err = conn.Exec(t.Context(), statement)
	return err
}

func TestDatabasesAreApart(t *testing.T) {
	one, two := servers.Database(t), servers.Database(t)
	for _, url := range []string{one, two} {
		if err := postgresExec(t, url, `CREATE TABLE a (n INT)`); err != nil {
			t.Errorf("%s is not a new database: %v", url, err)
		}
	}
}

func TestClonesStartAsTheTemplateWasLeft(t *testing.T) {
	filled := 0
	fill := func(ctx context.Context, url string) error {
		filled++
		return postgresExec(t, url, `CREATE TABLE a AS SELECT 1 AS n`)
	}
	for range 3 {
		url := servers.Clone(t, "a", fill)
		if err := postgresExec(t, url, `DROP TABLE a`); err != nil {
			t.Errorf("a clone lacks the template's table: %v", err)
		}
	}
	if filled != 1 {
		t.Errorf("the template was filled %d times, want once", filled)
	}
}

func redisClient(t *testing.T, url string) *redis.Client {
	t.Helper()
	options, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(options)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func TestRedisDatabasesAreApart(t *testing.T) {
	one, two := redisClient(t, servers.Redis(t)), redisClient(t, servers.Redis(t))
	if err := one.Set(t.Context(), "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if n, err := two.DBSize(t.Context()).Result(); err != nil || n != 0 {
		t.Errorf("another test's database has %d keys (%v), want none", n, err)
	}
}

// A test can crash a server of its own and start it again: Postgres then has what it
// committed, Redis has nothing.
func TestKillAndStart(t *testing.T) {
	servers.Database(t) // skips if no server can be started
	db, err := servers.StartPostgres(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cache, err := servers.StartRedis(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, s := range []*servers.Server{db, cache} {
			if err := s.Stop(); err != nil {
				t.Error(err)
			}
		}
	})
	client := redisClient(t, cache.URL)
	if err := client.Set(t.Context(), "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if err := postgresExec(t, db.URL, `CREATE TABLE a (n INT)`); err != nil {
		t.Fatal(err)
	}
	for _, s := range []*servers.Server{db, cache} {
		if err := s.Kill(); err != nil {
			t.Fatal(err)
		}
	}
	if err := postgresExec(t, db.URL, `SELECT 1`); err == nil {
		t.Error("a killed Postgres answers")
	}
	for _, s := range []*servers.Server{db, cache} {
		if err := s.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := postgresExec(t, db.URL, `INSERT INTO a VALUES (1)`); err != nil {
		t.Errorf("Postgres lost what was committed: %v", err)
	}
	if n, err := client.Exists(t.Context(), "k").Result(); err != nil || n != 0 {
		t.Errorf("Redis still has %d keys (%v): the tests expect a loss", n, err)
	}
}

func TestNothingIsLeftBehind(t *testing.T) {
	servers.Database(t)
	s, err := servers.StartRedis(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	dir := servers.DataDir(s)
	if _, err := os.Stat(dir); err != nil {
		t.Fatalf("the data folder: %v", err)
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", dir, err)
	}
}
