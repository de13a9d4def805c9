package gatewaytest

import (
	"bytes"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/gateway"
)

// Read reads a fixture file; the package comment describes its form.
func Read(t testing.TB, path string) gateway.Request {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, body, ok := bytes.Cut(raw, []byte("\n\n"))
	if !ok {
		t.Fatalf("%s: no empty line between headers and body", path)
	}
	first, rest, _ := strings.Cut(string(head), "\n")
	method, query, _ := strings.Cut(first, " ")
	where := ""
	if rest, isPath := strings.CutPrefix(query, "/"); isPath {
		where, query, _ = strings.Cut(rest, "?")
	}
	headers := http.Header{}
	for line := range strings.Lines(rest) {
		name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		if !ok {
			t.Fatalf("%s: no header: %q", path, line)
		}
		headers.Add(name, value)
	}
	return gateway.Request{
		Method: method,
		Header: headers,
		Path:   where,
		Query:  []byte(query),
		Body:   bytes.TrimSuffix(body, []byte("\n")),
	}
}

// Scribble overwrites a request's bytes, as a server does that reuses its memory.
func Scribble(r gateway.Request) {
	for _, b := range [][]byte{r.Query, r.Body} {
		for i := range b {
			b[i] = '!'
		}
	}
}

// Fuzz fuzzes a codec, starting with the fixtures in dir. It checks that nothing
// panics, that every error is a refusal, and that a decoded request is within all
// limits and shares no memory with the body.
func Fuzz(f *testing.F, codec gateway.Codec, dir string) {
	var like *gateway.Request
	for _, path := range fixtures(f, dir) {
		r := Read(f, path)
		if like == nil {
			like = &r
		}
		f.Add(r.Path, r.Query, r.Body)
	}
	f.Fuzz(func(t *testing.T, path string, query, body []byte) {
		r := gateway.Request{Method: like.Method, Header: like.Header, Path: path, Query: bytes.Clone(query), Body: bytes.Clone(body)}
		before := Decode(t, codec, r)
		var copied string
		if before.Request != nil {
			copied = strings.Clone(before.Request.Session + before.Request.Caller + before.Request.Text)
		}
		Scribble(r)
		if q := before.Request; q != nil && q.Session+q.Caller+q.Text != copied {
			t.Error("the request shares memory with the body")
		}
	})
}
