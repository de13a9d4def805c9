package rest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"
	"pgregory.net/rapid"

	"github.com/paytrace/paytrace/gateway"
	"github.com/paytrace/paytrace/server/rest"
)

// described is the document as JSON, from which requests are made.
type described map[string]any

// at follows names and resolves references.
func (d described) at(from any, names ...string) any {
	for _, name := range names {
		m, _ := d.resolve(from).(map[string]any)
		from = m[name]
	}
	return d.resolve(from)
}

func (d described) resolve(v any) any {
	m, _ := v.(map[string]any)
	ref, _ := m["$ref"].(string)
	if ref == "" {
		return v
	}
	return d.at(map[string]any(d), strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
}

// fits draws a text that matches a schema.
func (d described) fits(t *rapid.T, schema any) string {
	if pattern, ok := d.at(schema, "pattern").(string); ok {
		return rapid.StringMatching(pattern).Draw(t, "fits")
	}
	return rapid.StringN(1, 20, 40).Draw(t, "text")
}

// body draws a body for an object's schema, or one with a fault.
func (d described) body(t *rapid.T, schema any) string {
	values := map[string]any{}
	properties, _ := d.at(schema, "properties").(map[string]any)
	for name, property := range properties {
		switch rapid.IntRange(0, 29).Draw(t, "how "+name) {
		case 0: // missing
		case 1:
			values[name] = rapid.String().Draw(t, "any text")
		case 2:
			values[name] = rapid.SampledFrom([]any{nil, 1, true, []any{}, map[string]any{"a": 1}}).Draw(t, "no text")
		default:
			values[name] = d.fits(t, property)
		}
	}
	if rapid.IntRange(0, 9).Draw(t, "more") == 0 {
		values[rapid.String().Draw(t, "name")] = "x"
	}
	text, err := json.Marshal(values)
	if err != nil {
		t.Fatal(err)
	}
	if rapid.IntRange(0, 9).Draw(t, "cut") == 0 {
		text = text[:rapid.IntRange(0, len(text)).Draw(t, "at")]
	}
	return string(text)
}

// propertyRounds times a hundred requests are made, which takes about a second.
const propertyRounds = 10

// TestRequestsFromTheDocument draws right and wrong requests from the document.
// No answer is a 500, and each answer matches the document.
func TestRequestsFromTheDocument(t *testing.T) {
	w := newWorld(t, nil)
	good := w.key(rest.Scopes()...)
	keys := []string{good, good, good, good, w.key(rest.Scopes()[:3]...), w.key(rest.ScopeLookup), "Bearer pt_x", "", "Basic x"}
	raw := w.send(http.MethodGet, "/openapi.json", "").body
	var doc described
	if err := json.Unmarshal([]byte(raw), &doc); err != nil {
		t.Fatal(err)
	}
	model, err := libopenapi.NewDocument([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	v, errs := validator.NewValidator(model, config.WithStandardBodyDecoders())
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	type operation struct {
		method, path string
		it           any
	}
	var operations []operation
	for path, item := range doc["paths"].(map[string]any) {
		for method, it := range item.(map[string]any) {
			if method != "parameters" && strings.HasPrefix(path, "/api/") {
				operations = append(operations, operation{strings.ToUpper(method), path, it})
			}
		}
	}
	if len(operations) < 4 {
		t.Fatalf("%d operations", len(operations))
	}
	seen := map[int]int{}
	check := func(t *rapid.T) {
		op := operations[rapid.IntRange(0, len(operations)-1).Draw(t, "operation")]
		phone := doc.fits(t, doc.at(map[string]any(doc), "components", "schemas", "TypedPhone"))
		if rapid.IntRange(0, 4).Draw(t, "odd") == 0 {
			phone = rapid.StringN(1, 20, 60).Draw(t, "odd phone")
		}
		path := strings.ReplaceAll(op.path, "{phone}", url.PathEscape(phone))
		var body io.Reader
		if schema := doc.at(op.it, "requestBody", "content", "application/json", "schema"); schema != nil {
			body = strings.NewReader(doc.body(t, schema))
		}
		r, err := http.NewRequest(op.method, w.url+path, body)
		if err != nil {
			t.Fatal(err)
		}
		misuse(t, r)
		r.Header.Set("Authorization", rapid.SampledFrom(keys).Draw(t, "key"))
		r.Header.Set("Content-Type", rapid.SampledFrom([]string{"application/json", "application/json; charset=utf-8", "application/json", "application/json", "text/plain", ""}).Draw(t, "type"))
		if rapid.IntRange(0, 3).Draw(t, "once") == 0 {
			r.Header.Set("Idempotency-Key", rapid.SampledFrom([]string{`"a"`, `b`, `"`, ``, `"c d"`}).Draw(t, "idempotency key"))
		}
		got := w.sent(r)
		seen[got.status]++
		if got.status == http.StatusInternalServerError {
			t.Fatalf("%s %s: %d %s", op.method, path, got.status, got.body)
		}
		if got.status == http.StatusNotFound && !strings.Contains(got.body, "account") {
			return // the drawn path belongs to no route
		}
		shown := httpResponse(got, r) //nolint:bodyclose // its body is a text in memory
		plain, _ := http.NewRequest(op.method, w.url+strings.ReplaceAll(op.path, "{phone}", "254711000001"), nil)
		shown.Request = plain
		if ok, errs := v.ValidateHttpResponse(plain, shown); !ok {
			t.Fatalf("%s %s: %d %s: %v", op.method, path, got.status, got.body, errs)
		}
	}
	statuses := []int{201, 400, 401, 403, 405, 413, 415, 422, 431}
	unseen := func(status int) bool { return seen[status] == 0 }
	// Some statuses are rare, so draw on until each was seen.
	for round := 0; round < propertyRounds || round < 10*propertyRounds && slices.ContainsFunc(statuses, unseen); round++ {
		rapid.Check(t, check)
	}
	for _, status := range statuses {
		if unseen(status) {
			t.Errorf("no request led to %d: %v", status, seen)
		}
	}
}

// misuse gives one request in five a fault that no client of the document has.
func misuse(t *rapid.T, r *http.Request) {
	switch rapid.IntRange(0, 24).Draw(t, "misuse") {
	case 0:
		r.Method = rapid.SampledFrom([]string{"PUT", "PATCH", "DELETE", "OPTIONS", "GET", "POST"}).Draw(t, "method")
	case 1:
		r.URL.RawQuery = rapid.SampledFrom([]string{"x=1", "phone=0711000001", "%zz", "&"}).Draw(t, "query")
	case 2:
		if r.Method == http.MethodPost {
			r.Body = io.NopCloser(strings.NewReader(strings.Repeat(" ", gateway.MaxBody+1)))
			r.ContentLength = gateway.MaxBody + 1
		}
	case 3:
		r.Header.Set("X-Much", strings.Repeat("x", 9000))
	case 4:
		r.Header.Set("Accept", "text/html")
		r.Header.Set("Content-Encoding", "gzip")
	}
}

func httpResponse(a answer, r *http.Request) *http.Response {
	return &http.Response{StatusCode: a.status, Header: a.header, Body: io.NopCloser(bytes.NewReader([]byte(a.body))), Request: r}
}
