package rest_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/paytrace/paytrace/server/rest"
	"github.com/paytrace/paytrace/store/postgres"
	"github.com/paytrace/paytrace/store/storetest/servers"
)

// Several accounts of the legacy service have one number, and none is chosen yet.
// Programs can't see one of them, make another or send a code. Other numbers are
// served as usual. After the choice, this number is served, too.
func TestAmbiguousNumber(t *testing.T) {
	ctx := context.Background()
	url := servers.Database(t)
	db, err := postgres.Open(ctx, postgres.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	for id, phone := range map[string]string{"NW-A1": "0711000001", "NW-A2": "+254711000001", "NW-B1": "0711000002"} {
		if _, err := conn.Exec(ctx, `INSERT INTO workers (worker_id, phone, stellar_public_key, stellar_secret_encrypted)
			VALUES ($1::varchar, $2, 'G' || $1::varchar, 'token')`, id, phone); err != nil {
			t.Fatal(err)
		}
	}
	w := newWorldOn(t, db, newClock(), nil)
	auth := w.key(rest.ScopeRegister, rest.ScopeLookup, rest.ScopeConfirm)
	vouching := w.key(rest.ScopeRegister, rest.ScopeVouch)
	for what, got := range map[string]answer{
		"by-phone": w.lookup(auth, amina), "register": w.register(auth, "0711 000 001"), "register, vouched": w.register(vouching, amina),
		"request-code": w.requestCode(auth, amina),
	} {
		if kind := w.problem(got, http.StatusConflict); kind != "/docs#ambiguous-number" || got.header.Get("Retry-After") == "" {
			t.Errorf("%s: %d %s %v", what, got.status, got.body, got.header)
		}
		if strings.Contains(got.body, "NW-") {
			t.Errorf("%s shows an account: %s", what, got.body)
		}
	}
	if got := w.lookup(auth, brian); got.status != http.StatusOK || got.field(t, "worker_id") != "NW-B1" {
		t.Errorf("another number: %d %s", got.status, got.body)
	}
	if _, err := conn.Exec(ctx, `UPDATE workers SET set_aside_at = now() WHERE worker_id = 'NW-A1'`); err != nil {
		t.Fatal(err)
	}
	if got := w.lookup(auth, amina); got.status != http.StatusOK || got.field(t, "worker_id") != "NW-A2" {
		t.Errorf("after the choice: %d %s", got.status, got.body)
	}
	if got := w.register(auth, amina); got.status != http.StatusOK || got.field(t, "created") != false {
		t.Errorf("registered after the choice: %d %s", got.status, got.body)
	}
}
