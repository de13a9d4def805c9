package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/postgres"
)

const pooled = 8

// warm opens all connections of a store and releases them.
func warm(t *testing.T, s *postgres.Store, id string) {
	t.Helper()
	var all, open sync.WaitGroup
	open.Add(pooled)
	for i := range pooled {
		all.Go(func() {
			ready := sync.OnceFunc(open.Done)
			defer ready() // also if it has no connection
			err := s.Within(context.Background(), func(ctx context.Context, tx store.Tx) error {
				ready()
				open.Wait()
				_, _, err := tx.Begin(ctx, fmt.Sprint(id, i), []byte("f"))
				return errors.Join(err, tx.Finish(ctx, fmt.Sprint(id, i), []byte("r")))
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

// dropAll ends every connection of the program to a database, as a restart of the server
// does.
func dropAll(t *testing.T, url string) {
	t.Helper()
	admin, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = admin.Close(context.Background()) }()
	var dropped int
	err = admin.QueryRow(t.Context(), `SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
		WHERE application_name = 'paytrace' AND datname = current_database()`).Scan(&dropped)
	if err != nil || dropped != pooled {
		t.Fatalf("%d connections dropped (%v), want %d", dropped, err, pooled)
	}
}

// A call must not fail because idle connections have died: nothing was begun on them.
func TestAllConnectionsDropped(t *testing.T) {
	url := migrated(t)
	s := openAt(t, postgres.Config{URL: url, Connections: pooled})
	for _, c := range []struct {
		name string
		do   func() error
	}{
		{"a transaction", func() error {
			return s.Within(t.Context(), func(context.Context, store.Tx) error { return nil })
		}},
		{"a stored result", func() error {
			r, err := s.Result(t.Context(), "a stored result1")
			if err == nil && string(r) != "r" {
				err = fmt.Errorf("result %q", r)
			}
			return err
		}},
		{"an account", func() error {
			if _, err := s.Worker(t.Context(), "254711000001"); !errors.Is(err, store.ErrNotFound) {
				return fmt.Errorf("error %v, want %w", err, store.ErrNotFound)
			}
			return nil
		}},
		{"remembered values", func() error { _, err := s.Remembered(t.Context(), "s", "254711000001"); return err }},
	} {
		t.Run(c.name, func(t *testing.T) {
			warm(t, s, c.name)
			dropAll(t, url)
			if err := c.do(); err != nil {
				t.Errorf("after all connections were dropped: %v", err)
			}
		})
	}
}
