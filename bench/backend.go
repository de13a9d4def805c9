package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/paytrace/paytrace/actions/backend"
)

// saved is a call whose only callback asks a backend: what the caller has saved.
var saved = dialogue{
	name: "backend", code: "*384*2#", callers: 100_000,
	texts:   []string{""},
	screens: []string{"END You have saved KES 1,250."},
}

const savedMenu = `ussd: 1
service: Saved
dial: "*384*2#"
start: main
screens:
  main: {do: balance_of(caller), when: {found: shown}}
  shown: {end: "You have saved {balance}."}
`

const savedActions = `serve_at: ${SAVED_URL}
actions:
  balance_of:
    takes: {phone: phone}
    ends: {found: {balance: money 0..999999}}
    within: 3s
    is: read only
    post: /balance
`

// askTime is how long both wait for the backend.
const askTime = 3 * time.Second

// savedAnswer is 1,250 shillings.
const savedAnswer = `{"outcome":"found","values":{"balance":125000}}`

// savedKey signs the requests of the service and of the bare handler.
const savedKey = "whsec_YSBrZXkgZm9yIGEgbWVhc3VyZW1lbnQsIG5vIG1vcmU="

// backendCmd answers the requests of both.
type backendCmd struct{ serving }

// Run answers until it is killed.
func (v *backendCmd) Run(ctx context.Context) error {
	s := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // whoever asks and goes away is not answered
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, savedAnswer)
	})}
	return v.serve(ctx, func(ln net.Listener) error { return s.Serve(ln) })
}

// asker sends a bare handler's requests to a backend: what net/http and encoding/json
// need for the same requests and answers as those of the service.
type asker struct {
	to     string
	key    backend.Key
	client *http.Client
}

func newAsker(address string) (*asker, error) {
	key, err := backend.ParseKey(savedKey)
	return &asker{address + "/balance", key, &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}}, err
}

// screen asks a backend for a caller, and returns the last screen.
func (a *asker) screen(ctx context.Context, session, caller string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	body, err := json.Marshal(map[string]any{
		"action": "balance_of", "service": saved.code, "caller": caller, "language": "en", "call": session, "values": map[string]any{"phone": caller},
	})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.to, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", session)
	backend.Sign(req.Header, session, time.Now(), body, []backend.Key{a.key})
	resp, err := a.client.Do(req)
	if err != nil {
		return "", err
	}
	got, err := io.ReadAll(io.LimitReader(resp.Body, backend.MaxAnswer))
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return "", err
	}
	var answer struct {
		Outcome string `json:"outcome"`
		Values  struct {
			Balance int64 `json:"balance"`
		} `json:"values"`
	}
	if err := json.Unmarshal(got, &answer); err != nil || answer.Outcome != "found" {
		return "", fmt.Errorf("found the outcome %q: %w", answer.Outcome, err)
	}
	shillings := answer.Values.Balance / 100
	return fmt.Sprintf("END You have saved KES %d,%03d.", shillings/1000, shillings%1000), nil
}

// withBackend compares callbacks that ask a backend on this machine.
func (b *bench) withBackend(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	asked, err := start(ctx, self, nil, "backend")
	if err != nil {
		return err
	}
	b.stop = append(b.stop, asked.stop)
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	b.stop = append(b.stop, func() error { return os.RemoveAll(dir) })
	for name, text := range map[string]string{"saved.yaml": savedMenu, "actions.yaml": savedActions} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	var t struct{ bare, stored, service, again, embedded *target }
	env := []string{"SAVED_URL=http://" + asked.address, "ACTIONS_KEY=" + savedKey}
	for _, start := range []struct {
		into **target
		from func() (*target, error)
	}{
		{&t.service, func() (*target, error) { return b.serviceOf(ctx, "service", dir, env...) }},
		{&t.again, func() (*target, error) { return b.serviceOf(ctx, "service again", dir, env...) }},
		{&t.embedded, func() (*target, error) { return b.embeddedOf(ctx, "embedded", dir, env...) }},
		{&t.bare, func() (*target, error) { return b.bare(ctx, "form", &saved, "--backend", "http://"+asked.address) }},
		{&t.stored, func() (*target, error) {
			sizes, err := b.sizes(ctx, t.service, &saved)
			if err != nil {
				return nil, err
			}
			return b.bare(ctx, "bare", &saved, "--backend", "http://"+asked.address, "--redis", b.redis, "--sizes", joined(sizes))
		}},
	} {
		if *start.into, err = start.from(); err != nil {
			return err
		}
	}
	fmt.Fprintln(b.out, "Backend: each callback asks a backend on this machine. Form: a Fiber handler that sends the same signed request with\n"+
		"net/http. Bare: the same with one GET and one compare-and-set in Redis.")
	return b.compare(ctx, &saved, comparison{
		targets: []*target{t.bare, t.stored, t.service, t.again, t.embedded},
		ratios:  []pair{{t.service, t.stored}, {t.service, t.bare}, {t.embedded, t.bare}},
		copies:  []pair{{t.again, t.service}},
	})
}
