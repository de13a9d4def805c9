package backend_test

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"

	"github.com/paytrace/paytrace/actions/backend"
	"github.com/paytrace/paytrace/actions/backend/backendtest"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/endpoint"
)

// learns returns the cases in which a backend has something to learn.
func learns(t *testing.T, h http.Handler, c *engine.Contract) []string {
	t.Helper()
	base, err := url.Parse(serveHandler(t, h))
	if err != nil {
		t.Fatal(err)
	}
	v := &backend.Verifier{Client: client(t, backend.Config{Keys: keys(t, presentKey)}), Base: base}
	var list []string
	for _, l := range slices.Concat(v.Signature(context.Background()), v.Action(context.Background(), backend.Target{Contract: *c, To: base.JoinPath("pay")})) {
		if l.Learn != "" {
			list = append(list, l.Action+": "+l.Case)
		}
	}
	return list
}

// right answers everything as docs/actions.md asks. Its fields take one duty away each.
type right struct {
	t *testing.T

	openDoor, forgets, mixesUp, lateAnswer, noCheck, takesTypes, needsPIN bool

	mu      sync.Mutex
	answers map[string][2]string // by key: what was asked, without secrets, and answered
	n       int
}

func (b *right) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(io.LimitReader(r.Body, backend.MaxAnswer+1))
	if len(body) > backend.MaxAnswer {
		http.Error(w, "long", http.StatusRequestEntityTooLarge)
		return
	}
	if err := backend.Verify(r.Header, time.Now(), body, keys(b.t, presentKey)...); err != nil && !b.openDoor {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	var q backendtest.Request
	if err := json.Unmarshal(body, &q); err != nil {
		http.Error(w, "not JSON", http.StatusBadRequest)
		return
	}
	if r.URL.Path == "/verify" {
		if b.noCheck {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(`{"outcome":"ok"}`))
		return
	}
	b.pay(w, r.Header.Get("Idempotency-Key"), q)
}

func (b *right) pay(w http.ResponseWriter, key string, q backendtest.Request) {
	_, textual := q.Values["note"].(string)
	if !textual && !b.takesTypes {
		http.Error(w, "note is no text", http.StatusBadRequest)
		return
	}
	pin, typed := q.Values["pin"].(string)
	delete(q.Values, "pin")
	q.Key, q.Body, q.Again = "", "", false
	asked, _ := json.Marshal(q)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.answers == nil {
		b.answers = map[string][2]string{}
	}
	known, ok := b.answers[key]
	switch {
	case ok && known[0] != string(asked) && !b.mixesUp:
		http.Error(w, "the key belongs to another request", http.StatusConflict)
		return
	case ok && !b.forgets:
	case !typed && b.needsPIN:
		http.Error(w, "no PIN", http.StatusBadRequest)
		return
	case !typed || pin == "":
		known = [2]string{string(asked), `{"outcome":"failed"}`}
	default:
		b.n++
		known = [2]string{string(asked), `{"outcome":"done","values":{"ref":"R-` + string(rune('0'+b.n)) + `"}}`}
	}
	b.answers[key] = known
	if b.lateAnswer {
		known[1] = strings.Replace(known[1], "R-", "R-too-long-for-it-", 1)
	}
	_, _ = w.Write([]byte(known[1]))
}

// A backend that does everything has nothing to learn; each duty that is missing is named.
func TestVerify(t *testing.T) {
	all := []string{"no signature", "the signature of an unknown key", "a signature that is six minutes old"}
	var open []string
	for _, action := range []string{"signature", "pay"} {
		for _, what := range all {
			open = append(open, action+": "+what)
		}
	}
	for name, c := range map[string]struct {
		change func(*right)
		want   []string
	}{
		"nothing":    {func(*right) {}, nil},
		"signatures": {func(b *right) { b.openDoor = true }, open},
		"answers":    {func(b *right) { b.forgets = true }, []string{"pay: the same key again", "pay: the same key again, without secrets", "pay: the same key twice at once"}},
		"409":        {func(b *right) { b.mixesUp = true }, []string{"pay: the same key with another request"}},
		"lengths":    {func(b *right) { b.lateAnswer = true }, []string{"pay: a request"}},
		"the check":  {func(b *right) { b.noCheck = true }, []string{"signature: the right signature"}},
		"types":      {func(b *right) { b.takesTypes = true }, []string{"pay: values of other types"}},
		"secrets":    {func(b *right) { b.needsPIN = true }, []string{"pay: again with an unknown key"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := &right{t: t}
			c.change(b)
			if diff := cmp.Diff(c.want, learns(t, b, pay(plenty))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Whatever a backend answers, the suite ends and names it.
func TestVerifyOfFaultyBackends(t *testing.T) {
	for _, fault := range []backendtest.Fault{
		backendtest.Dies, backendtest.CutBody, backendtest.Oversize, backendtest.WrongTypes, backendtest.Stranger, backendtest.Redirects,
		backendtest.Refuses, backendtest.Conflicts, backendtest.DoesNot,
	} {
		b := &backendtest.Backend{Act: act, Fault: func(backendtest.Request, int) backendtest.Fault { return fault }}
		if got := learns(t, b, pay(plenty)); len(got) == 0 {
			t.Errorf("a backend that %s has nothing to learn", fault)
		}
	}
}

// A backend in time for a contract is not in time for a shorter one.
func TestVerifyMeasuresTime(t *testing.T) {
	if got := learns(t, &right{t: t}, pay(time.Nanosecond)); !slices.Contains(got, "pay: a request") {
		t.Errorf("nothing is said of a late answer: %v", got)
	}
}

// The document is valid, and answers that the client takes are valid by it.
func TestOpenAPI(t *testing.T) {
	at := func(text string) endpoint.Template {
		template, err := endpoint.ParseTemplate(text)
		if err != nil {
			t.Fatal(err)
		}
		return template
	}
	row := engine.Type{Kind: engine.KindList, Record: "payment", Fields: []engine.Field{{Name: "ref", Type: text(6)}}}
	list := engine.Contract{Name: "list", About: "Lists payments.", Reads: true, Takes: time.Second, Outcomes: []engine.OutcomeContract{
		{Name: "listed", Gives: []engine.Field{{Name: "payments", Type: row}}}, {Name: "none"},
	}}
	other := engine.Contract{Name: "other", Takes: time.Second, Outcomes: []engine.OutcomeContract{{Name: "done"}}}
	b, err := backend.OpenAPI("Sacco", []backend.Served{
		{Contract: *pay(plenty), To: at("${SACCO_URL}/v1/pay")},
		{Contract: list, To: at("https://lists.example/all")},
		{Contract: other, To: at("${SACCO_URL}/v1/pay")},
	}, at("${SACCO_URL}/v1"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := libopenapi.NewDocument(b)
	if err != nil {
		t.Fatal(err)
	}
	v, errs := validator.NewValidator(doc)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if ok, errs := v.ValidateDocument(); !ok {
		for _, e := range errs {
			t.Error(e.Message, e.Reason, e.SchemaValidationErrors)
		}
	}
	var parsed struct {
		Paths map[string]map[string]any `json:"paths"`
	}
	if err := json.Unmarshal(b, &parsed); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"/all", "/v1/pay", "/v1/verify"}, slices.Sorted(maps.Keys(parsed.Paths))); diff != "" {
		t.Error(diff)
	}
	for _, says := range []string{`"operationId": "pay_other"`, `"{SACCO_URL}"`, `"https://lists.example"`, `"pattern": "^[0-9]{4}$"`, `"enum": [`} {
		if !strings.Contains(string(b), says) {
			t.Errorf("the document lacks %s", says)
		}
	}
}
