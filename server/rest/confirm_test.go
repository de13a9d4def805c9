package rest_test

import (
	"context"
	"net/http"
	"regexp"
	"testing"

	"github.com/paytrace/paytrace/server/rest"
)

func (w *world) post(path, auth, body string, headers ...string) answer {
	w.t.Helper()
	headers = append([]string{"Authorization", auth, "Content-Type", "application/json"}, headers...)
	return w.send(http.MethodPost, path, body, headers...)
}

func (w *world) confirm(auth, phone, code string, headers ...string) answer {
	w.t.Helper()
	return w.post("/api/v1/workers/confirm", auth, `{"phone":"`+phone+`","code":"`+code+`"}`, headers...)
}

func (w *world) requestCode(auth, phone string) answer {
	w.t.Helper()
	return w.post("/api/v1/workers/request-code", auth, `{"phone":"`+phone+`"}`)
}

// lastCode returns the code in the newest message, and another code.
func (w *world) lastCode() (code, wrong string) {
	w.t.Helper()
	list, err := w.db.Messages(context.Background(), 100)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, m := range list {
		if m.Once {
			code = regexp.MustCompile(`\d{6}`).FindString(m.Text)
			break
		}
	}
	if wrong = "0" + code[1:]; wrong == code {
		wrong = "1" + code[1:]
	}
	return code, wrong
}

func TestConfirm(t *testing.T) {
	w := newWorld(t, nil)
	auth := w.key(rest.ScopeRegister, rest.ScopeConfirm)
	w.problem(w.requestCode(auth, amina), http.StatusNotFound)
	w.register(auth, amina)
	if got := w.problem(w.confirm(auth, amina, "123456"), http.StatusUnprocessableEntity); got != "/docs#no-code" {
		t.Errorf("before one was sent: %s", got)
	}
	if got := w.requestCode(auth, amina); got.status != http.StatusAccepted || got.body != `{"phone":"`+amina+`","status":"sent"}` {
		t.Errorf("%d %s", got.status, got.body)
	}
	code, wrong := w.lastCode()
	once := []string{"Idempotency-Key", `"a"`}
	for range 2 { // a repeat does not count as a guess
		if got := w.confirm(auth, amina, wrong, once...); w.problem(got, http.StatusUnprocessableEntity) != "/docs#wrong-code" ||
			got.field(t, "detail") != "This is not the code that was sent. Tries left: 4." {
			t.Errorf("a wrong code: %s", got.body)
		}
	}
	// The same key with another code is another request.
	if got := w.problem(w.confirm(auth, amina, code, once...), http.StatusUnprocessableEntity); got != "/docs#idempotency-key-reused" {
		t.Errorf("another code under one Idempotency-Key: %s", got)
	}
	for _, bad := range []string{"", "12345", "1234567", "12345a", "１２３４５６"} {
		w.problem(w.confirm(auth, amina, bad), http.StatusUnprocessableEntity)
	}
	got := w.confirm(auth, amina, code)
	if got.status != http.StatusOK || got.field(t, "status") != "verified" || got.field(t, "worker_id") != w.worker(amina).WorkerID {
		t.Errorf("%d %s", got.status, got.body)
	}
	if w.worker(amina).VerifiedAt.IsZero() {
		t.Error("it is not verified")
	}
	w.problem(w.requestCode(w.key(rest.ScopeRegister), amina), http.StatusForbidden)
}

func TestWrongCodesLock(t *testing.T) {
	w := newWorld(t, nil)
	auth := w.key(rest.ScopeRegister, rest.ScopeConfirm)
	w.register(auth, amina)
	w.requestCode(auth, amina)
	code, wrong := w.lastCode()
	for range 4 {
		w.problem(w.confirm(auth, amina, wrong), http.StatusUnprocessableEntity)
	}
	for _, tried := range []string{wrong, code} {
		got := w.confirm(auth, amina, tried)
		w.problem(got, http.StatusTooManyRequests)
		if got.header.Get("Retry-After") != "1800" {
			t.Errorf("Retry-After %q", got.header.Get("Retry-After"))
		}
	}
}

func TestCodesAreLimited(t *testing.T) {
	w := newWorld(t, nil)
	auth := w.key(rest.ScopeRegister, rest.ScopeConfirm)
	w.register(auth, amina)
	for range 5 {
		w.requestCode(auth, amina)
	}
	got := w.requestCode(auth, amina)
	w.problem(got, http.StatusTooManyRequests)
	// It is 09:00:30; days begin at midnight, UTC.
	if got.header.Get("Retry-After") != "53970" {
		t.Errorf("Retry-After %q", got.header.Get("Retry-After"))
	}
}
