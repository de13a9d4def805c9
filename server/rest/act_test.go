package rest_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/server/rest"
	"github.com/paytrace/paytrace/store"
)

func TestIdempotencyKey(t *testing.T) {
	w := newWorld(t, nil)
	auth, other := w.key(rest.ScopeRegister), w.key(rest.ScopeRegister)
	const header = "Idempotency-Key"
	first := w.register(auth, amina, header, `"8e03978e"`)
	for _, same := range []string{`"8e03978e"`, `8e03978e`} {
		again := w.register(auth, "0711000001", header, same)
		if again.status != http.StatusCreated || again.body != first.body || again.header.Get("Location") != first.header.Get("Location") {
			t.Errorf("%s again: %d %s, want %d %s", same, again.status, again.body, first.status, first.body)
		}
	}
	if kind := w.problem(w.register(auth, brian, header, `"8e03978e"`), http.StatusUnprocessableEntity); kind != "/docs#idempotency-key-reused" {
		t.Errorf("another body is of type %s", kind)
	}
	if got := w.register(other, brian, header, `"8e03978e"`); got.status != http.StatusCreated {
		t.Errorf("another's key of the same text: %d %s", got.status, got.body)
	}
	if got := w.register(auth, amina, header, `"9"`); got.status != http.StatusOK {
		t.Errorf("a new key: %d %s", got.status, got.body)
	}
	for _, bad := range []string{``, `""`, `"a`, `a"b`, `a b`, `"a"b`, `"a";x=1`, `"\a"`, `"é"`, `é`} {
		w.problem(w.register(auth, amina, header, bad), http.StatusBadRequest)
	}
}

// blocking runs actions that wait until release is closed.
type blocking struct {
	rest.Actions
	began, release chan struct{}
}

func (h *blocking) Do(ctx context.Context, c engine.Call) (engine.Outcome, error) {
	h.began <- struct{}{}
	<-h.release
	return h.Actions.Do(ctx, c)
}

// A duplicate waits for the first request and gets the same answer. If its time
// ends before, the answer says so.
func TestDuplicates(t *testing.T) {
	h := &blocking{began: make(chan struct{}, 1), release: make(chan struct{})}
	w := newWorld(t, func(c *rest.Config) { h.Actions, c.Actions = c.Actions, h })
	auth := w.key(rest.ScopeRegister)
	answers := make(chan answer, 2)
	var duplicates sync.WaitGroup
	ask := func() {
		duplicates.Go(func() { answers <- w.register(auth, amina, "Idempotency-Key", `"one"`) })
	}
	ask()
	<-h.began
	w.api.SetBudget(50 * time.Millisecond)
	late := w.register(auth, amina, "Idempotency-Key", `"one"`)
	if kind := w.problem(late, http.StatusConflict); kind != "/docs#request-in-progress" || late.header.Get("Retry-After") == "" {
		t.Errorf("%s, %v", kind, late.header)
	}
	w.api.SetBudget(rest.Budget)
	ask()
	close(h.release)
	<-h.began
	duplicates.Wait()
	if a, b := <-answers, <-answers; a.status != http.StatusCreated || a.body != b.body || b.status != a.status {
		t.Errorf("duplicates: %d %s and %d %s", a.status, a.body, b.status, b.body)
	}
}

// failing runs actions that always return an error.
type failing struct{ err error }

func (f failing) Do(context.Context, engine.Call) (engine.Outcome, error) {
	return engine.Outcome{}, f.err
}

func TestErrorsOfActions(t *testing.T) {
	for _, test := range []struct {
		err    error
		status int
		kind   string
	}{
		{engine.ErrUnknown, 503, "/docs#outcome-unknown"},
		{errors.New("canary 7391"), 503, "about:blank"},
		{store.ErrBusy, 409, "/docs#request-in-progress"},
		{engine.ErrLimited, 429, "https://iana.org/assignments/http-problem-types#quota-exceeded"},
	} {
		w := newWorld(t, func(c *rest.Config) { c.Actions = failing{test.err} })
		got := w.register(w.key(rest.ScopeRegister), amina)
		if kind := w.problem(got, test.status); kind != test.kind || got.header.Get("Retry-After") == "" {
			t.Errorf("%v: %s, %v", test.err, kind, got.header)
		}
	}
}
