package servers

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Database returns the URL of a new, empty database of the shared Postgres. It is
// dropped when the test ends.
func Database(t testing.TB) string {
	t.Helper()
	return database(t, "")
}

// Clone returns the URL of a new database that is a copy of one that fill has filled.
// fill is called once for a name in this process; a copy takes a fraction of its time.
func Clone(t testing.TB, name string, fill func(ctx context.Context, url string) error) string {
	t.Helper()
	server, err := postgresURL()
	if err != nil {
		missing(t, err)
	}
	template, err := templates.get(name, func() (string, error) { return newTemplate(server, fill) })
	if err != nil {
		t.Fatalf("make the template database %q: %v", name, err)
	}
	return database(t, template)
}

func postgresURL() (string, error) {
	return shared.postgres.get(PostgresVariable, StartPostgres)
}

func database(t testing.TB, template string) string {
	t.Helper()
	server, err := postgresURL()
	if err != nil {
		missing(t, err)
	}
	name := newName("test")
	if err := createDatabase(server, name, template); err != nil {
		t.Fatalf("make a database for the test: %v", err)
	}
	t.Cleanup(func() {
		if err := dropDatabase(server, name); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	return withDatabase(server, name)
}

// templates has the databases that Clone copies, by name.
var templates named

type named struct {
	mu   sync.Mutex
	made map[string]func() (string, error)
}

func (n *named) get(name string, do func() (string, error)) (string, error) {
	n.mu.Lock()
	if n.made == nil {
		n.made = map[string]func() (string, error){}
	}
	if n.made[name] == nil {
		n.made[name] = sync.OnceValues(do)
	}
	get := n.made[name]
	n.mu.Unlock()
	return get()
}

func newTemplate(server string, fill func(ctx context.Context, url string) error) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	name := newName("template")
	if err := createDatabase(server, name, ""); err != nil {
		return "", err
	}
	shared.atEnd(func() error { return dropDatabase(server, name) })
	return name, fill(ctx, withDatabase(server, name))
}

// newName returns a name that a statement need not quote.
func newName(what string) string {
	return "paytrace_" + what + "_" + strings.ToLower(rand.Text())
}

func createDatabase(server, name, template string) error {
	statement := "CREATE DATABASE " + name
	if template != "" {
		statement += " TEMPLATE " + template
	}
	return administer(server, statement)
}

func dropDatabase(server, name string) error {
	return administer(server, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
}

func administer(server, statement string) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	if _, err := conn.Exec(ctx, statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}

func withDatabase(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		return server // can't happen: a connection was just made with it
	}
	u.Path = "/" + name
	return u.String()
}
