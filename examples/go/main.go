// Command sacco-backend is a backend for the menu in examples/menus, with Go's standard
// library alone.
//
// Run it with: go run . 8000
//
// ACTIONS_KEY is the key that PayTrace signs with. Without it, requests are taken
// unsigned, which is for a first try on one machine only.
//
// Answers and members are in memory, so they are lost with the process. A backend in
// service keeps both in one database, and writes them in one transaction.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	maxBody   = 64 << 10
	tolerance = 5 * time.Minute // by which a signature may be old
)

type request struct {
	Action string                     `json:"action"`
	Caller string                     `json:"caller"`
	Values map[string]json.RawMessage `json:"values"`
}

type answer struct {
	Outcome string         `json:"outcome"`
	Values  map[string]any `json:"values,omitempty"`
}

// refused is a request that is refused before anything is done.
type refused struct {
	status int
	why    string
}

func (r refused) Error() string { return r.why }

type member struct {
	name  string
	cents int64
	pin   string
}

type known struct {
	asked  string
	answer answer
}

type backend struct {
	key []byte

	mu      sync.Mutex // one request at a time: the second of two with one key waits
	answers map[string]known
	members map[string]*member
}

// checkSignature checks the signature as Standard Webhooks say.
func (b *backend) checkSignature(h http.Header, body []byte) error {
	if b.key == nil {
		return nil
	}
	id, stamp := h.Get("webhook-id"), h.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || time.Since(time.Unix(seconds, 0)).Abs() > tolerance {
		return refused{http.StatusUnauthorized, "the signature is missing or too old"}
	}
	mac := hmac.New(sha256.New, b.key)
	mac.Write([]byte(id + "." + stamp + "."))
	mac.Write(body)
	right := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	for _, given := range strings.Fields(h.Get("webhook-signature")) {
		if hmac.Equal([]byte(given), []byte(right)) {
			return nil
		}
	}
	return refused{http.StatusUnauthorized, "the signature is wrong"}
}

func (b *backend) findMember(r request) (answer, error) {
	var phone string
	if json.Unmarshal(r.Values["phone"], &phone) != nil {
		return answer{}, refused{http.StatusBadRequest, "phone is missing"}
	}
	m := b.members[phone]
	if m == nil {
		return answer{Outcome: "not_found"}, nil
	}
	return answer{"found", map[string]any{"name": m.name, "balance": m.cents}}, nil
}

func (b *backend) withdraw(r request) (answer, error) {
	var amount int64
	if json.Unmarshal(r.Values["amount"], &amount) != nil || amount < 5000 || amount > 2000000 {
		return answer{}, refused{http.StatusBadRequest, "amount is no amount"}
	}
	var pin string
	if json.Unmarshal(r.Values["pin"], &pin) != nil {
		return answer{Outcome: "failed"}, nil // asked again without the PIN, and the first request never came
	}
	m := b.members[r.Caller]
	switch {
	case m == nil || m.pin != pin:
		return answer{Outcome: "wrong_pin"}, nil
	case m.cents < amount:
		return answer{Outcome: "too_little"}, nil
	}
	m.cents -= amount
	return answer{"sent", map[string]any{"ref": fmt.Sprintf("W-%d", len(b.answers)+1)}}, nil
}

// once does an action once for a key, and repeats its answer for the same key.
func (b *backend) once(key string, r request, action func(request) (answer, error)) (answer, error) {
	values := map[string]json.RawMessage{}
	for name, value := range r.Values {
		if name != "pin" { // a PIN is stored nowhere
			values[name] = value
		}
	}
	asked, err := json.Marshal([]any{r.Action, r.Caller, values})
	if err != nil {
		return answer{}, err
	}
	if k, ok := b.answers[key]; ok {
		if k.asked != string(asked) {
			return answer{}, refused{http.StatusConflict, "the key belongs to another request"}
		}
		return k.answer, nil
	}
	a, err := action(r)
	if err == nil {
		b.answers[key] = known{string(asked), a}
	}
	return a, err
}

func (b *backend) answer(path string, h http.Header, body []byte) (answer, error) {
	if len(body) > maxBody {
		return answer{}, refused{http.StatusRequestEntityTooLarge, "the body is too long"}
	}
	if err := b.checkSignature(h, body); err != nil {
		return answer{}, err
	}
	var r request
	if err := json.Unmarshal(body, &r); err != nil {
		return answer{}, refused{http.StatusBadRequest, "the body is not a request"}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch path {
	case "/verify":
		return answer{Outcome: "ok"}, nil
	case "/members/find":
		return b.findMember(r)
	case "/withdraw":
		return b.once(h.Get("Idempotency-Key"), r, b.withdraw)
	}
	return answer{}, refused{http.StatusNotFound, "there is no such action"}
}

// ServeHTTP answers one request.
func (b *backend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return // the other side is gone
	}
	w.Header().Set("Content-Type", "application/json")
	a, err := b.answer(r.URL.Path, r.Header, body)
	var no refused
	switch {
	case errors.As(err, &no):
		w.WriteHeader(no.status)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": no.why})
	case err != nil:
		w.WriteHeader(http.StatusInternalServerError)
	default:
		_ = json.NewEncoder(w).Encode(a)
	}
}

func run(port string) error {
	b := &backend{answers: map[string]known{}, members: map[string]*member{"+254711000111": {"Amina Odhiambo", 1250000, "1234"}}}
	if text := os.Getenv("ACTIONS_KEY"); text != "" {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, "whsec_"))
		if err != nil {
			return errors.New("ACTIONS_KEY is not whsec_ and base64")
		}
		b.key = key
	}
	ln, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		return err
	}
	fmt.Printf("The backend answers at http://%s\n", ln.Addr())
	return (&http.Server{Handler: b, ReadHeaderTimeout: 5 * time.Second}).Serve(ln)
}

func main() {
	port := "8000"
	if len(os.Args) > 1 {
		port = os.Args[1]
	}
	if err := run(port); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
