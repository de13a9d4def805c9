package postgres_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/postgres"
)

// A link can do these with a COMMIT.
const (
	deliver   int32 = iota // both ways
	loseReply              // the server gets it, but its answer is lost
	loseAsked              // it does not reach the server
)

// link is a network connection between the store and the server.
type link struct {
	url    string
	server string
	fault  atomic.Int32
	syncs  atomic.Int32 // how often the store waited for the answers to its statements
}

func newLink(t *testing.T, server string) *link {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	l := &link{server: u.Host}
	u.Host = listener.Addr().String()
	l.url = u.String()
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go l.carry(client)
		}
	}()
	return l
}

// carry copies one connection's bytes both ways until one side closes.
func (l *link) carry(client net.Conn) {
	defer func() { _ = client.Close() }()
	server, err := net.Dial("tcp", l.server)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	var cut atomic.Bool
	go func() {
		defer func() { _, _ = client.Close(), server.Close() }()
		buffer := make([]byte, 64<<10)
		for {
			n, err := server.Read(buffer)
			if err != nil || cut.Load() {
				return // the answer to COMMIT is lost here
			}
			if _, err := client.Write(buffer[:n]); err != nil {
				return
			}
		}
	}()
	for first := true; ; first = false {
		message, err := readMessage(client, first)
		if err != nil {
			return
		}
		if !first && message[0] == 'S' {
			l.syncs.Add(1)
		}
		if commits(message) {
			switch l.fault.Load() {
			case loseAsked:
				return
			case loseReply:
				cut.Store(true)
			}
		}
		if _, err := server.Write(message); err != nil {
			return
		}
	}
}

// readMessage reads one message of the frontend: a type (not in the first message) and a
// length that includes itself.
func readMessage(from io.Reader, first bool) ([]byte, error) {
	head := make([]byte, 5)
	if first {
		head = head[:4]
	}
	if _, err := io.ReadFull(from, head); err != nil {
		return nil, err
	}
	body := make([]byte, binary.BigEndian.Uint32(head[len(head)-4:])-4)
	_, err := io.ReadFull(from, body)
	return append(head, body...), err
}

func commits(message []byte) bool {
	return len(message) > 5 && message[0] == 'Q' && bytes.HasPrefix(bytes.ToLower(message[5:]), []byte("commit"))
}

// once runs an action whose effect is one worker.
func once(s store.Store, id string) (string, error) {
	var answer string
	err := s.Within(context.Background(), func(ctx context.Context, tx store.Tx) error {
		stored, done, err := tx.Begin(ctx, id, []byte("f"))
		if err != nil || done {
			answer = string(stored)
			return err
		}
		if err := tx.AddWorker(ctx, store.Worker{
			WorkerID: "NW-" + id, Phone: id, PublicKey: "G" + id, SealedSecret: "x",
		}); err != nil {
			return err
		}
		answer = "done"
		return tx.Finish(ctx, id, []byte(answer))
	})
	return answer, err
}

func TestLostCommit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		fault    int32
		want     error
		happened bool
	}{
		{"delivered", deliver, nil, true},
		{"the answer is lost", loseReply, store.ErrUnknown, true},
		{"the question is lost", loseAsked, store.ErrUnknown, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := migrated(t)
			l := newLink(t, server)
			direct, over := openAt(t, postgres.Config{URL: server}), openAt(t, postgres.Config{URL: l.url})
			l.fault.Store(c.fault)
			if _, err := once(over, "254700000001"); !errors.Is(err, c.want) {
				t.Fatalf("error is %v, want %v", err, c.want)
			}
			l.fault.Store(deliver)
			result, err := direct.Result(t.Context(), "254700000001")
			if err != nil || (result != nil) != c.happened {
				t.Errorf("the action has the result %q (%v), want one: %v", result, err, c.happened)
			}
			// A repeat under the same action ID completes the action.
			for range 2 {
				answer, err := once(over, "254700000001")
				if err != nil || answer != "done" {
					t.Errorf("a repeat answers %q, %v", answer, err)
				}
			}
			if _, err := direct.Worker(t.Context(), "254700000001"); err != nil {
				t.Errorf("the effect is missing: %v", err)
			}
		})
	}
}

// If a connection ends before COMMIT, nothing happened, and the error says so.
func TestBackendKilled(t *testing.T) {
	t.Parallel()
	server := migrated(t)
	s := openAt(t, postgres.Config{URL: server})
	admin, err := pgx.Connect(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = admin.Close(context.Background()) }()
	err = s.Within(t.Context(), func(ctx context.Context, tx store.Tx) error {
		if _, _, err := tx.Begin(ctx, "killed", []byte("f")); err != nil {
			return err
		}
		killed, err := admin.Exec(ctx, `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
			WHERE datname = current_database() AND application_name = 'paytrace' AND state = 'idle in transaction'`)
		if err != nil || killed.RowsAffected() != 1 {
			t.Fatalf("killed %d backends (%v), want 1", killed.RowsAffected(), err)
		}
		return tx.Finish(ctx, "killed", []byte("x"))
	})
	if err == nil || errors.Is(err, store.ErrUnknown) {
		t.Errorf("error is %v, want one that is not ErrUnknown", err)
	}
	if result, err := s.Result(t.Context(), "killed"); err != nil || result != nil {
		t.Errorf("the action has the result %q (%v), want none", result, err)
	}
	if _, err := once(s, "254700000001"); err != nil {
		t.Errorf("the store does not work after a killed backend: %v", err)
	}
}
