// Package backendtest has a backend for tests. It acts once for each Idempotency-Key, as
// docs/actions.md asks, and misbehaves on demand. It judges for itself what it was asked.
package backendtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/paytrace/paytrace/actions/backend"
)

// A Fault is one way to misbehave.
type Fault string

// The faults. A backend acts before it answers, unless the fault says otherwise.
const (
	None       Fault = ""
	Never      Fault = "never answers"
	DoesNot    Fault = "answers 500 and does nothing"
	Status500  Fault = "acts and answers 500"
	Dies       Fault = "acts and dies before it answers"
	CutBody    Fault = "acts and answers half a body"
	Oversize   Fault = "answers more than 64 KB"
	WrongTypes Fault = "answers values of other types"
	Stranger   Fault = "answers an outcome that it may not have"
	Redirects  Fault = "redirects to another host"
	Refuses    Fault = "answers 400 and does nothing"
	Conflicts  Fault = "answers 409"
	Changes    Fault = "answers another outcome the second time"
)

// A Request is what a backend was asked.
type Request struct {
	Path, Key string
	Header    http.Header
	Body      string
	Action    string         `json:"action"`
	Service   string         `json:"service"`
	Caller    string         `json:"caller"`
	Language  string         `json:"language"`
	Call      string         `json:"call"`
	Again     bool           `json:"again"`
	Values    map[string]any `json:"values"`
}

// An Answer is an outcome with its values.
type Answer struct {
	Outcome string         `json:"outcome"`
	Values  map[string]any `json:"values,omitempty"`
}

// Backend is an http.Handler. Its fields are set before its first request.
type Backend struct {
	// Act does an action, once for a key. Nil answers the outcome "done".
	Act func(Request) Answer
	// Fault chooses how to misbehave at the n-th request (from 0) for a key; nil never.
	Fault func(r Request, n int) Fault
	// Keys check the signatures; without keys none is checked.
	Keys []backend.Key
	// Now is the clock of the signatures; nil is the machine's.
	Now func() time.Time
	// Forgetful makes a backend that keeps no keys and acts every time, for controls.
	Forgetful bool

	mu       sync.Mutex
	requests []Request
	answers  map[string]Answer
	first    map[string]string // by key: what was asked first
	asked    map[string]int    // by key
	effects  map[string]int    // by key
	wrong    []string
}

// ServeHTTP answers one request.
func (b *Backend) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(io.LimitReader(req.Body, backend.MaxAnswer))
	if err != nil {
		return // the other side is gone
	}
	if len(b.Keys) > 0 {
		now := time.Now
		if b.Now != nil {
			now = b.Now
		}
		if err := backend.Verify(req.Header, now(), body, b.Keys...); err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
	}
	r := Request{Path: req.URL.Path, Key: req.Header.Get("Idempotency-Key"), Header: req.Header, Body: string(body)}
	if err := json.Unmarshal(body, &r); err != nil {
		b.blame("a body is not JSON: %v", err)
		http.Error(w, "not JSON", http.StatusBadRequest)
		return
	}
	n := b.arrived(r)
	fault := None
	if b.Fault != nil {
		fault = b.Fault(r, n)
	}
	switch fault {
	case DoesNot:
		http.Error(w, "Amina 0712345678 broke it", http.StatusInternalServerError)
		return
	case Refuses:
		http.Error(w, "no", http.StatusBadRequest)
		return
	case Conflicts:
		http.Error(w, "conflict", http.StatusConflict)
		return
	case Redirects:
		http.Redirect(w, req, "http://127.0.0.1:1/elsewhere", http.StatusTemporaryRedirect)
		return
	}
	answer, err := b.act(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	if fault == Changes && n > 0 {
		answer = Answer{Outcome: "failed"}
	}
	b.answer(w, req, fault, answer)
}

func (b *Backend) answer(w http.ResponseWriter, req *http.Request, fault Fault, answer Answer) {
	text, err := json.Marshal(answer)
	if err != nil {
		b.blame("an answer can't be written: %v", err)
	}
	switch fault {
	case Never:
		<-req.Context().Done()
		return
	case Status500:
		http.Error(w, "Amina 0712345678 broke it", http.StatusInternalServerError)
		return
	case Dies:
		panic(http.ErrAbortHandler)
	case CutBody:
		w.Header().Set("Content-Length", fmt.Sprint(len(text)))
		_, _ = w.Write(text[:len(text)/2])
		_ = http.NewResponseController(w).Flush() // the other side may be gone
		panic(http.ErrAbortHandler)
	case Oversize:
		text = append(text[:len(text)-1], `,"more":"`+strings.Repeat("x", backend.MaxAnswer)+`"}`...)
	case WrongTypes:
		text = []byte(`{"outcome":"done","values":{"ref":{"a":["Amina"]}}}`)
	case Stranger:
		text = []byte(`{"outcome":"Amina 0712345678"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(text)
}

// arrived notes a request and returns how many came before it for its key.
func (b *Backend) arrived(r Request) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.asked == nil {
		b.asked, b.answers, b.first, b.effects = map[string]int{}, map[string]Answer{}, map[string]string{}, map[string]int{}
	}
	b.requests = append(b.requests, r)
	b.asked[r.Key]++
	return b.asked[r.Key] - 1
}

var errOther = errors.New("the key belongs to another request")

// act does an action once for a key.
func (b *Backend) act(r Request) (Answer, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if r.Key == "" {
		b.wrong = append(b.wrong, "a request has no Idempotency-Key")
	}
	id := fmt.Sprint(r.Action, r.Caller, r.Call)
	if first, known := b.first[r.Key]; known && first != id {
		b.wrong = append(b.wrong, fmt.Sprintf("the key %s came with two requests", r.Key))
		return Answer{}, errOther
	}
	b.first[r.Key] = id
	if answer, known := b.answers[r.Key]; known && !b.Forgetful {
		return answer, nil
	}
	answer := Answer{Outcome: "done"}
	if b.Act != nil {
		answer = b.Act(r)
	}
	b.answers[r.Key] = answer
	b.effects[r.Key]++
	return answer, nil
}

func (b *Backend) blame(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wrong = append(b.wrong, fmt.Sprintf(format, args...))
}

// Requests returns what was asked so far.
func (b *Backend) Requests() []Request {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.requests)
}

// Effects returns how often the backend acted for each key.
func (b *Backend) Effects() map[string]int {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := map[string]int{}
	for key, n := range b.effects {
		all[key] = n
	}
	return all
}

// Answered returns the answer that the backend has stored for a key.
func (b *Backend) Answered(key string) (Answer, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	a, ok := b.answers[key]
	return a, ok
}

// Judge returns what was wrong with the requests: a key with two requests, a request
// without a key, an action that happened twice.
func (b *Backend) Judge() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := slices.Clone(b.wrong)
	for key, n := range b.effects {
		if n > 1 {
			list = append(list, fmt.Sprintf("the key %s acted %d times", key, n))
		}
	}
	return list
}
