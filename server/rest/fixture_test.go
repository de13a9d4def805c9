package rest_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/gateway/africastalking"
	"github.com/paytrace/paytrace/server"
	"github.com/paytrace/paytrace/server/rest"
	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/store/sqlite"
	"github.com/paytrace/paytrace/store/storetest"
	"github.com/paytrace/paytrace/store/storetest/servers"
	"github.com/paytrace/paytrace/wallet"
	"github.com/paytrace/paytrace/wallet/stellar"
)

const (
	amina = "254711000001"
	brian = "254711000002"
)

func newClock() *storetest.Clock {
	return storetest.NewClock(time.Date(2026, 3, 1, 9, 0, 30, 0, time.UTC))
}

func TestMain(m *testing.M) { servers.Main(m) }

// world is the API behind the real server, with real actions and a database.
type world struct {
	t     testing.TB
	db    store.Store
	table *actions.Table
	api   *rest.API
	clock *storetest.Clock
	url   string
}

func newWorld(t testing.TB, change func(*rest.Config)) *world {
	t.Helper()
	clock := newClock()
	db, err := sqlite.OpenMemory(context.Background(), sqlite.Config{Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	return newWorldOn(t, db, clock, change)
}

// newWorldOn makes a world on db and closes db at the end of the test.
func newWorldOn(t testing.TB, db store.Store, clock *storetest.Clock, change func(*rest.Config)) *world {
	t.Helper()
	w := &world{t: t, db: db, clock: clock}
	sealer, err := wallet.NewSealer(stellar.Keys{}, w.clock.Now, "a key for tests")
	if err != nil {
		t.Fatal(err)
	}
	w.table = actions.New(db, w.clock.Now)
	accounts := &actions.Accounts{Keys: stellar.Keys{}, Sealer: sealer, Rand: rand.Reader, CodeKey: make([]byte, runner.KeySize)}
	if err := accounts.Register(w.table); err != nil {
		t.Fatal(err)
	}
	config := rest.Config{
		Actions: w.table, Store: db, Identity: runner.NewIdentity(make([]byte, runner.KeySize)), Rand: rand.Reader,
		Now: w.clock.Now, PerMinute: 1_000_000, PerDay: 1_000_000,
	}
	if change != nil {
		change(&config)
	}
	w.api = rest.New(config)
	w.serve()
	return w
}

// serve starts the real server with the API on a free port.
func (w *world) serve() {
	w.t.Helper()
	config := server.Config{Codec: africastalking.Codec{}, Handle: func(_ context.Context, r engine.Request) engine.Reply {
		return engine.Reply{Text: "Welcome " + r.Caller}
	}}
	for _, r := range w.api.Routes() {
		config.Routes = append(config.Routes, server.Route(r))
	}
	s, err := server.New(config)
	if err != nil {
		w.t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(ln) }()
	w.url = "http://" + ln.Addr().String()
	w.t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			w.t.Errorf("Shutdown: %v", err)
		}
		if err := <-served; err != nil {
			w.t.Errorf("Serve: %v", err)
		}
		if err := w.db.Close(); err != nil {
			w.t.Error(err)
		}
	})
}

// key makes a key and returns the Authorization header for it.
func (w *world) key(scopes ...string) string {
	w.t.Helper()
	key, record, err := rest.NewKey(rand.Reader, "test", scopes, w.clock.Now(), time.Time{})
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.db.AddAPIKey(context.Background(), record); err != nil {
		w.t.Fatal(err)
	}
	return "Bearer " + key.Reveal()
}

// answer is a response.
type answer struct {
	status int
	header http.Header
	body   string
}

// field returns a member of the answer's JSON.
func (a answer) field(t testing.TB, name string) any {
	t.Helper()
	var all map[string]any
	if err := json.Unmarshal([]byte(a.body), &all); err != nil {
		t.Fatalf("%v in %d %q", err, a.status, a.body)
	}
	return all[name]
}

// send sends a request; headers are pairs of name and value.
func (w *world) send(method, path, body string, headers ...string) answer {
	w.t.Helper()
	r, err := http.NewRequest(method, w.url+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return w.sent(r)
}

func (w *world) sent(r *http.Request) answer {
	w.t.Helper()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return answer{resp.StatusCode, resp.Header, string(body)}
}

func (w *world) register(auth, phone string, headers ...string) answer {
	w.t.Helper()
	headers = append([]string{"Authorization", auth, "Content-Type", "application/json"}, headers...)
	return w.send(http.MethodPost, "/api/v1/workers/register", `{"phone":"`+phone+`"}`, headers...)
}

func (w *world) lookup(auth, phone string) answer {
	w.t.Helper()
	return w.send(http.MethodGet, "/api/v1/workers/by-phone/"+phone, "", "Authorization", auth)
}

// problem checks an error document and returns its type.
func (w *world) problem(a answer, status int) string {
	w.t.Helper()
	if a.status != status || a.header.Get("Content-Type") != "application/problem+json" || a.field(w.t, "status") != float64(status) {
		w.t.Fatalf("got %d %s %s, want a problem of status %d", a.status, a.header.Get("Content-Type"), a.body, status)
	}
	kind, _ := a.field(w.t, "type").(string)
	return kind
}
