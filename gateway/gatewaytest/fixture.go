package gatewaytest

import (
	"bytes"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/gateway"
	"github.com/paytrace/paytrace/internal/fuzz"
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

// Fixtures are a codec with the folder of its fixtures.
type Fixtures struct {
	Codec gateway.Codec
	Dir   string
}

// Fuzz fuzzes codecs, starting with their fixtures. It checks that nothing panics, that
// every error is a refusal, and that a decoded request is within all limits and shares
// no memory with the body.
func Fuzz(tf *testing.F, codecs ...Fixtures) {
	f := fuzz.New(tf)
	like := make([]gateway.Request, len(codecs))
	for i, c := range codecs {
		for _, path := range fixtures(f, c.Dir) {
			like[i] = Read(f, path)
			f.Add(i, like[i].Path, like[i].Query, like[i].Body)
		}
	}
	f.Fuzz(func(t *testing.T, which int, path string, query, body []byte) {
		which = int(uint(which) % uint(len(codecs)))
		r := gateway.Request{Method: like[which].Method, Header: like[which].Header, Path: path, Query: bytes.Clone(query), Body: bytes.Clone(body)}
		before := Decode(t, codecs[which].Codec, r)
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
