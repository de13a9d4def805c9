package rest_test

import (
	"context"
	"crypto/rand"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/paytrace/paytrace/gateway"
	"github.com/paytrace/paytrace/server/rest"
	"github.com/paytrace/paytrace/store"
)

func (w *world) worker(phone string) store.Worker {
	w.t.Helper()
	worker, err := w.db.Worker(context.Background(), phone)
	if err != nil {
		w.t.Fatal(err)
	}
	return worker
}

func TestRegisterAndFind(t *testing.T) {
	w := newWorld(t, nil)
	auth := w.key(rest.ScopeRegister, rest.ScopeLookup)
	w.problem(w.lookup(auth, amina), http.StatusNotFound)
	made := w.register(auth, "0711 000-001")
	row := w.worker(amina)
	if made.status != http.StatusCreated || made.field(t, "worker_id") != row.WorkerID || made.field(t, "phone") != amina ||
		made.field(t, "created") != true || made.field(t, "status") != "unverified" {
		t.Fatalf("registered: %d %s; the row is %+v", made.status, made.body, row)
	}
	if !row.VerifiedAt.IsZero() {
		t.Error("the number is verified, although it was only typed")
	}
	if strings.Contains(made.body, row.PublicKey[:12]) || made.header.Get("Cache-Control") != "no-store" {
		t.Errorf("the answer shows the wallet or may be stored: %s", made.body)
	}
	messages, err := w.db.Messages(context.Background(), 10)
	if err != nil || len(messages) != 1 || messages[0].To != amina || !strings.Contains(messages[0].Text, row.WorkerID) {
		t.Errorf("messages: %+v, %v", messages, err)
	}
	want := `{"worker_id":"` + row.WorkerID + `","phone":"` + amina + `"}`
	for _, typed := range []string{amina, "0711000001", "+254711000001", "%2B254%20711%20000%20001", "00254711000001"} {
		if found := w.lookup(auth, typed); found.status != http.StatusOK || found.body != want {
			t.Errorf("by-phone/%s: %d %s", typed, found.status, found.body)
		}
	}
	if found := w.send(http.MethodGet, made.header.Get("Location"), "", "Authorization", auth); found.body != want {
		t.Errorf("Location %q leads to %d %s", made.header.Get("Location"), found.status, found.body)
	}
	again := w.register(auth, amina)
	if again.status != http.StatusOK || again.field(t, "created") != false || again.field(t, "status") != nil || again.field(t, "worker_id") != row.WorkerID {
		t.Errorf("registered again: %d %s", again.status, again.body)
	}
	if !w.worker(amina).VerifiedAt.IsZero() {
		t.Error("a look-up or a second registration verified the number")
	}
}

// A key that vouches counts as a call from the number.
func TestVouch(t *testing.T) {
	w := newWorld(t, nil)
	plain, vouching := w.key(rest.ScopeRegister), w.key(rest.ScopeRegister, rest.ScopeVouch)
	if a := w.register(vouching, amina); a.status != http.StatusCreated || a.field(t, "status") != "verified" || w.worker(amina).VerifiedAt.IsZero() {
		t.Errorf("%d %s, %+v", a.status, a.body, w.worker(amina))
	}
	w.register(plain, brian)
	if a := w.register(vouching, brian); a.status != http.StatusOK || a.field(t, "status") != "verified" || w.worker(brian).VerifiedAt.IsZero() {
		t.Errorf("an existing account: %d %s, %+v", a.status, a.body, w.worker(brian))
	}
	w.problem(w.register(w.key(rest.ScopeVouch), amina), http.StatusForbidden)
}

func TestKeys(t *testing.T) {
	w := newWorld(t, nil)
	ctx := context.Background()
	good := w.key(rest.ScopeLookup)
	id := strings.Split(good, "_")[1]
	expiring, record, err := rest.NewKey(rand.Reader, "brief", []string{rest.ScopeLookup}, w.clock.Now(), w.clock.Now().Add(time.Hour))
	if err != nil || w.db.AddAPIKey(ctx, record) != nil {
		t.Fatal(err)
	}
	brief := "Bearer " + expiring.Reveal()
	w.problem(w.lookup(brief, amina), http.StatusNotFound)
	w.clock.Pass(time.Hour)
	last := good[len(good)-1:]
	other := map[string]string{"a": "q"}[last]
	if other == "" {
		other = "a"
	}
	for name, auth := range map[string]string{
		"none": "", "basic": "Basic " + good, "another": "Bearer something", "cut": good[:len(good)-1],
		"one letter off": good[:len(good)-1] + other, "no secret": "Bearer pt_" + id, "expired": brief,
		"unknown": "Bearer pt_aaaaaaaa_" + strings.Split(good, "_")[2],
	} {
		got := w.lookup(auth, amina)
		w.problem(got, http.StatusUnauthorized)
		if challenge := got.header.Get("WWW-Authenticate"); !strings.HasPrefix(challenge, `Bearer realm="paytrace"`) {
			t.Errorf("%s: WWW-Authenticate is %q", name, challenge)
		}
	}
	refused := w.register(good, amina)
	if kind := w.problem(refused, http.StatusForbidden); kind != "/docs#missing-scope" || !strings.Contains(refused.header.Get("WWW-Authenticate"), `scope="register"`) {
		t.Errorf("without the scope: %s, %q", kind, refused.header.Get("WWW-Authenticate"))
	}
	w.problem(w.lookup(strings.Replace(good, "Bearer", "bearer", 1), amina), http.StatusNotFound)
	used, err := w.db.APIKey(ctx, id)
	if err != nil || !used.UsedAt.Equal(w.clock.Now()) {
		t.Errorf("used at %v, %v", used.UsedAt, err)
	}
	if err := w.db.RevokeAPIKey(ctx, id, w.clock.Now()); err != nil {
		t.Fatal(err)
	}
	w.problem(w.lookup(good, amina), http.StatusUnauthorized)
}

func TestBodies(t *testing.T) {
	w := newWorld(t, nil)
	auth := w.key(rest.ScopeRegister)
	const json = "application/json"
	for _, test := range []struct {
		name, kind, body string
		status           int
		at               string
	}{
		{"charset", "application/json; charset=utf-8", `{"phone":"0711000001"}`, 201, ""},
		{"spaces", json, " {\n\"phone\" : \"\\u002b254711000001\" } ", 200, ""},
		{"no type", "", `{"phone":"0711000001"}`, 415, ""},
		{"form", "application/x-www-form-urlencoded", `phone=0711000001`, 415, ""},
		{"empty", json, ``, 400, ""},
		{"cut", json, `{"phone":"0711000001"`, 400, ""},
		{"two", json, `{"phone":"0711000001"}{}`, 400, ""},
		{"not UTF-8", json, "{\"phone\":\"0711000001\xff\"}", 400, ""},
		{"list", json, `[]`, 422, "#"},
		{"null", json, `null`, 422, "#"},
		{"nothing in it", json, `{}`, 422, "#"},
		{"number", json, `{"phone":254711000001}`, 422, "#/phone"},
		{"null phone", json, `{"phone":null}`, 422, "#/phone"},
		{"object", json, `{"phone":{"a":["0711000001"]}}`, 422, "#/phone"},
		{"twice", json, `{"phone":"0711000001","phone":"0711000002"}`, 422, "#/phone"},
		{"more", json, `{"phone":"0711000001","a/b~":1}`, 422, "#/a~1b~0"},
		{"more text", json, `{"phone":"0711000001","name":"Amina"}`, 422, "#/name"},
		{"no mobile", json, `{"phone":"0201234567"}`, 422, "#/phone"},
		{"NUL", json, `{"phone":"0711000001\u0000"}`, 422, "#/phone"},
		{"long", json, `{"phone":"` + strings.Repeat(" ", 40) + `0711000001"}`, 422, "#/phone"},
		{"deep", json, `{"phone":` + strings.Repeat("[", 4000), 400, ""},
		{"large", json, `{"phone":"` + strings.Repeat("7", gateway.MaxBody) + `"}`, 413, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := w.send(http.MethodPost, "/api/v1/workers/register", test.body, "Authorization", auth, "Content-Type", test.kind)
			if test.status < 300 {
				if got.status != test.status {
					t.Fatalf("%d %s", got.status, got.body)
				}
				return
			}
			w.problem(got, test.status)
			if errs, _ := got.field(t, "errors").([]any); test.at != "" && (len(errs) != 1 || errs[0].(map[string]any)["pointer"] != test.at) {
				t.Errorf("errors %v, want one at %s", errs, test.at)
			}
			if strings.HasPrefix(test.name, "more") && !strings.Contains(got.body, "This member is unknown.") {
				t.Errorf("the answer to an unknown member is %s", got.body)
			}
			if strings.Contains(got.body, "711000001") {
				t.Errorf("the answer repeats the number: %s", got.body)
			}
		})
	}
}

// The document and docs/api.md describe every type of problem.
func TestProblemTypesAreDocumented(t *testing.T) {
	read := func(name string) string {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	types := regexp.MustCompile(`"(/docs#[a-z-]+|https://iana[^"]+)"`).FindAllStringSubmatch(read("problem.go"), -1)
	if len(types) < 9 {
		t.Fatalf("only %d types found", len(types))
	}
	for _, file := range []string{document, "../../docs/api.md"} {
		for _, kind := range types {
			if !strings.Contains(read(file), kind[1]) {
				t.Errorf("%s does not describe the problem type %s", file, kind[1])
			}
		}
	}
}
