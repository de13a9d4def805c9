// Package gatewaytest has the tests that every codec passes. An aggregator brings
// only data: its testdata folder has one file for each request, as the aggregator
// sent it, and beside it the golden file of what it decodes to.
//
//	POST
//	Content-Type: application/x-www-form-urlencoded
//
//	sessionId=ATUid_1&text=1%2A2
//
// Before the empty line come the method, what stands in the URL behind the gateway's own
// path ("/session/1?a=b", or only "a=b"), and the headers. The newline at the end of the file is not part of the body. Run the
// tests with -update to write the goldens again.
package gatewaytest

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/gateway"
)

var update = flag.Bool("update", false, "write the goldens again")

// Canary is the PIN in the fixtures. No refusal may repeat it.
const Canary = "7391"

// Outcome is the result of decoding a request; exactly one field is set.
type Outcome struct {
	Request *engine.Request  `json:"request,omitempty"`
	Event   *gateway.Event   `json:"event,omitempty"`
	Refused *gateway.Refusal `json:"refused,omitempty"`
}

// Run compares what a codec decodes from the fixtures in dir, *.http, with their
// goldens.
func Run(t *testing.T, codec gateway.Codec, dir string) {
	t.Helper()
	var answered *engine.Request
	var callback gateway.Request
	for _, path := range fixtures(t, dir) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".http"), func(t *testing.T) {
			outcome := checkRequest(t, codec, path)
			if answered == nil {
				answered, callback = outcome.Request, Read(t, path)
			}
		})
	}
	if answered == nil {
		t.Fatalf("no fixture in %s is a callback", dir)
	}
	t.Run("replies", func(t *testing.T) { checkReplies(t, codec, callback, *answered, dir) })
}

func fixtures(t testing.TB, dir string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.http"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no fixtures in %s: %v", dir, err)
	}
	return paths
}

func checkRequest(t *testing.T, codec gateway.Codec, path string) Outcome {
	t.Helper()
	r := Read(t, path)
	got := Decode(t, codec, r)
	Scribble(r)
	if again := Decode(t, codec, Read(t, path)); !cmp.Equal(got, again) {
		t.Errorf("the outcome changed when the request's memory was reused:\n%s", cmp.Diff(again, got))
	}
	golden(t, strings.TrimSuffix(path, ".http")+".golden", got)
	return got
}

// Decode decodes a request and checks what must hold for every outcome.
func Decode(t testing.TB, codec gateway.Codec, r gateway.Request) Outcome {
	t.Helper()
	req, err := codec.Decode(r)
	if events, ok := codec.(gateway.EventCodec); ok && errors.Is(err, gateway.ErrNotACallback) {
		event, err := events.DecodeEvent(r)
		if err != nil {
			return Outcome{Refused: refusal(t, err)}
		}
		return Outcome{Event: &event}
	}
	if err != nil {
		return Outcome{Refused: refusal(t, err)}
	}
	checkDecoded(t, codec, req)
	return Outcome{Request: &req}
}

// refusal checks that err is a refusal of one sentence that repeats nothing typed.
func refusal(t testing.TB, err error) *gateway.Refusal {
	t.Helper()
	var r *gateway.Refusal
	if !errors.As(err, &r) {
		t.Fatalf("a %T, want a *gateway.Refusal: %v", err, err)
	}
	if r.Status != http.StatusBadRequest && r.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("a refusal with status %d, want 400 or 413", r.Status)
	}
	if s := r.Sentence; !strings.HasSuffix(s, ".") || strings.ContainsAny(s, "\r\n") || strings.Contains(s, ". ") {
		t.Errorf("not one sentence on one line: %q", s)
	}
	if strings.Contains(r.Sentence, Canary) {
		t.Errorf("the refusal repeats what was typed: %q", r.Sentence)
	}
	return r
}

// checkDecoded checks a decoded request against the contract of engine.Request
// and the limits.
func checkDecoded(t testing.TB, codec gateway.Codec, req engine.Request) {
	t.Helper()
	if req.Provider != codec.Name() {
		t.Errorf("provider %q, want %q", req.Provider, codec.Name())
	}
	for field, check := range map[string]struct {
		value string
		check func(name, value string) (string, error)
	}{
		"Session": {req.Session, gateway.Session},
		"Caller":  {req.Caller, gateway.Caller},
		"Service": {req.Service, gateway.Service},
		"Network": {req.Network, gateway.Network},
	} {
		if field == "Service" && req.LastInput && !req.First {
			continue // the session's record has it
		}
		if checked, err := check.check(field, check.value); err != nil || checked != check.value {
			t.Errorf("%s is %q, but its check returns %q, %v", field, check.value, checked, err)
		}
	}
	checkText := gateway.Text
	if req.LastInput && !req.First {
		checkText = gateway.Input
	}
	if _, err := checkText("Text", req.Text); err != nil {
		t.Errorf("Text is over a limit: %v", err)
	}
	if strings.ContainsFunc(req.Text, func(r rune) bool { return r < ' ' || r == 0x7f }) || !json.Valid(quoted(req.Text)) {
		t.Errorf("Text has a control character: %q", req.Text)
	}
}

func quoted(s string) []byte {
	b, _ := json.Marshal(s)
	return b
}

// checkReplies compares an encoded screen of a call that goes on, and one of a
// call that ends, with replies.golden.
func checkReplies(t *testing.T, codec gateway.Codec, callback gateway.Request, req engine.Request, dir string) {
	t.Helper()
	type response struct {
		Status      int             `json:"status"`
		ContentType string          `json:"contentType"`
		Header      []gateway.Named `json:"header,omitempty"`
		Body        string          `json:"body"`
	}
	screens := map[string]engine.Reply{
		"continue": {Text: "Welcome\n1. \"Karibu\"\n2. Àsante & <b>", Screen: "secret_name", Program: "hash"},
		"end":      {Text: "Goodbye.", End: true, Fault: errors.New("not for callers")},
	}
	got := map[string]response{}
	for name, screen := range screens {
		r := codec.Encode(callback, req, screen)
		got[name] = response{r.Status, r.ContentType, r.Header, string(r.Body)}
		checkScreen(t, codec, r, screen)
		for _, hidden := range []string{"secret_name", "hash", "not for callers"} {
			if bytes.Contains(r.Body, []byte(hidden)) {
				t.Errorf("%s: the body shows %q", name, hidden)
			}
		}
	}
	golden(t, filepath.Join(dir, "replies.golden"), got)
}

// checkScreen checks that the aggregator's side reads the screen that was encoded.
func checkScreen(t *testing.T, codec gateway.Codec, r gateway.Response, want engine.Reply) {
	t.Helper()
	client, ok := codec.(gateway.Client)
	if !ok {
		return
	}
	header := http.Header{}
	for _, h := range r.Header {
		header.Set(h.Name, h.Value)
	}
	text, end, err := client.Screen(r.Status, header, r.Body)
	if err != nil || text != want.Text || end != want.End {
		t.Errorf("the answer %q shows %q, %v, %v", r.Body, text, end, err)
	}
}

// golden compares got, as JSON, with a golden file.
func golden(t *testing.T, path string, got any) {
	t.Helper()
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(got); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run with -update to make it)", err)
	}
	if diff := cmp.Diff(string(want), out.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}
