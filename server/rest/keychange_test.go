package rest_test

import (
	"bytes"
	"net/http"
	"testing"
	"time"

	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/server/rest"
)

// A request that was answered under one identity key gets the same answer while the
// key changes, from instances that have the keys in either order, and nothing is done
// twice. Under the new key alone it would be a new request.
func TestRequestIsRepeatedWhileTheKeyChanges(t *testing.T) {
	first, second := bytes.Repeat([]byte{1}, runner.KeySize), bytes.Repeat([]byte{2}, runner.KeySize)
	w := newWorld(t, func(c *rest.Config) { c.Identity = runner.NewIdentity(first) })
	auth := w.key(rest.ScopeRegister)
	made := w.register(auth, amina, "Idempotency-Key", `"one"`)
	if made.status != http.StatusCreated {
		t.Fatalf("register: %d %s", made.status, made.body)
	}
	for _, identity := range []runner.Identity{runner.NewIdentities(first, second), runner.NewIdentities(second, first)} {
		w.api.Identity = identity
		again := w.register(auth, amina, "Idempotency-Key", `"one"`)
		if again.status != made.status || again.body != made.body {
			t.Errorf("a repeat: %d %s, want %d %s", again.status, again.body, made.status, made.body)
		}
		if other := w.register(auth, "254722000222", "Idempotency-Key", `"one"`); other.status != http.StatusUnprocessableEntity {
			t.Errorf("another request under the same name: %d %s", other.status, other.body)
		}
		w.clock.Pass(time.Second)
	}
	w.api.Identity = runner.NewIdentity(second)
	if again := w.register(auth, amina, "Idempotency-Key", `"one"`); again.status == http.StatusCreated {
		t.Errorf("without the old key: %d %s, want the answer that the number is taken", again.status, again.body)
	}
}
