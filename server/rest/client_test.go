package rest_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"testing"

	"github.com/paytrace/paytrace/server/rest"
)

var update = flag.Bool("update", false, "generate the client again")

const (
	document  = "../openapi.json"
	generated = "client_gen_test.go"
)

// TestClientMatchesTheDocument checks that client_gen_test.go was generated from
// the current document. oapi-codegen, which knows nothing about this project,
// generates it; -update runs it again.
func TestClientMatchesTheDocument(t *testing.T) {
	doc, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	made := fmt.Sprintf("// Of openapi.json with the SHA-256 %x.\n", sha256.Sum256(doc))
	if *update {
		command := exec.Command("go", "tool", "-modfile=../../tools/go.mod", "oapi-codegen",
			"-generate", "types,client", "-include-tags", "Workers", "-package", "rest_test", document)
		command.Stderr = os.Stderr
		code, err := command.Output()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(generated, append([]byte(made+"\n"), code...), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	code, err := os.ReadFile(generated)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(code, []byte(made)) {
		t.Errorf("%s is of another version of %s; run: go test ./server/rest -update", generated, document)
	}
}

// client makes a generated client with a key.
func (w *world) client(auth string) *ClientWithResponses {
	w.t.Helper()
	c, err := NewClientWithResponses(w.url, WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", auth)
		return nil
	}))
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// A client that knows only the document registers a worker, finds and confirms
// it, and can tell from the answers' types what went wrong.
func TestGeneratedClient(t *testing.T) {
	w := newWorld(t, nil)
	c, ctx := w.client(w.key(rest.ScopeRegister, rest.ScopeLookup, rest.ScopeConfirm)), t.Context()
	once := IdempotencyKey(`"8e03978e"`)
	made, err := c.RegisterWorkerWithResponse(ctx, &RegisterWorkerParams{IdempotencyKey: &once}, RegisterWorkerJSONRequestBody{Phone: "0711 000 001"})
	if err != nil || made.JSON201 == nil {
		t.Fatalf("%v, %s %s", err, made.Status(), made.Body)
	}
	if got := made.JSON201; !got.Created || got.Phone != amina || *got.Status != RegisteredStatusUnverified {
		t.Errorf("%+v", got)
	}
	found, err := c.WorkerByPhoneWithResponse(ctx, "+254 711 000 001")
	if err != nil || found.JSON200 == nil || *found.JSON200 != (Worker{Phone: amina, WorkerId: made.JSON201.WorkerId}) {
		t.Errorf("%v, %s %s", err, found.Status(), found.Body)
	}
	again, err := c.RegisterWorkerWithResponse(ctx, nil, RegisterWorkerJSONRequestBody{Phone: amina})
	if err != nil || again.JSON200 == nil || again.JSON200.Created || again.JSON200.WorkerId != made.JSON201.WorkerId {
		t.Errorf("%v, %s %s", err, again.Status(), again.Body)
	}
	sent, err := c.RequestCodeWithResponse(ctx, nil, RequestCodeJSONRequestBody{Phone: amina})
	if err != nil || sent.JSON202 == nil || sent.JSON202.Status != Sent {
		t.Errorf("%v, %s %s", err, sent.Status(), sent.Body)
	}
	code, wrong := w.lastCode()
	refused, err := c.ConfirmWorkerWithResponse(ctx, nil, ConfirmWorkerJSONRequestBody{Phone: amina, Code: wrong})
	if err != nil || refused.ApplicationproblemJSON422 == nil || refused.ApplicationproblemJSON422.Type != "/docs#wrong-code" {
		t.Errorf("%v, %s %s", err, refused.Status(), refused.Body)
	}
	confirmed, err := c.ConfirmWorkerWithResponse(ctx, nil, ConfirmWorkerJSONRequestBody{Phone: amina, Code: code})
	if err != nil || confirmed.JSON200 == nil || confirmed.JSON200.Status != ConfirmedStatusVerified || confirmed.JSON200.WorkerId != made.JSON201.WorkerId {
		t.Errorf("%v, %s %s", err, confirmed.Status(), confirmed.Body)
	}
	w.refusals(c)
}

// refusals checks that each refused request gets the problem of its status.
func (w *world) refusals(c *ClientWithResponses) {
	w.t.Helper()
	ctx := w.t.Context()
	none, err := c.WorkerByPhoneWithResponse(ctx, brian)
	if err != nil || none.ApplicationproblemJSON404 == nil {
		w.t.Errorf("no account: %v, %s %s", err, none.Status(), none.Body)
	}
	bad, err := c.RegisterWorkerWithResponse(ctx, nil, RegisterWorkerJSONRequestBody{Phone: "12"})
	if err != nil || bad.ApplicationproblemJSON422 == nil || *(*bad.ApplicationproblemJSON422.Errors)[0].Pointer != "#/phone" {
		w.t.Errorf("no number: %v, %s %s", err, bad.Status(), bad.Body)
	}
	anyone, err := w.client("").WorkerByPhoneWithResponse(ctx, amina)
	if err != nil || anyone.ApplicationproblemJSON401 == nil {
		w.t.Errorf("no key: %v, %s %s", err, anyone.Status(), anyone.Body)
	}
	other, err := w.client(w.key(rest.ScopeLookup)).RegisterWorkerWithResponse(ctx, nil, RegisterWorkerJSONRequestBody{Phone: amina})
	if err != nil || other.ApplicationproblemJSON403 == nil {
		w.t.Errorf("without the scope: %v, %s %s", err, other.Status(), other.Body)
	}
}
