// Package backend asks a team's own service for actions, over HTTP. A request is signed
// as Standard Webhooks say, and its Idempotency-Key is the identity of the action. An
// answer counts only if it keeps to the action's contract.
package backend

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sony/gobreaker/v2"

	"github.com/paytrace/paytrace/engine"
)

const (
	// MaxAnswer bounds an answer in bytes. A list of 900 rows, more than any caller
	// leafs through, fits.
	MaxAnswer = 64 << 10
	// maxHeader bounds the head of an answer in bytes; usual ones have hundreds.
	maxHeader = 16 << 10

	// A host that fails breakAfter times in a row is left alone for breakFor; then one
	// request tests it. Callers get their answer at once in the meantime, and the host
	// can recover.
	breakAfter = 5
	breakFor   = 5 * time.Second

	// idlePerHost bounds the connections that are kept to one host: as many as requests
	// run at once on a busy instance.
	idlePerHost = 64
	// idleFor is shorter than the minute after which usual servers and balancers close an
	// idle connection.
	idleFor = 50 * time.Second
	// handshake bounds the beginning of TLS, within the time of an action.
	handshake = 2 * time.Second
)

// A Request asks a backend for one run of an action.
type Request struct {
	Contract *engine.Contract
	// To is the address; it is one that endpoint.Parse takes.
	To *url.URL
	// ID is the action's identity: the same for every try.
	ID string
	// Caller is the MSISDN for which the network vouches, digits without a plus sign.
	Caller string
	// Service is the code of the menu, without what a caller typed behind it.
	Service string
	Lang    string
	// Session is an opaque name of the call.
	Session string
	// Args are the values in the order of the contract.
	Args []engine.Value
	// Again says that the request is a later try, without the secrets: the backend
	// answers from what it has stored under the ID.
	Again bool
	// Today is the day of the request, for the dates of the answer.
	Today engine.Date
}

// A Backend answers requests. The error is a *Fault.
type Backend interface {
	Ask(ctx context.Context, r Request) (engine.Outcome, error)
}

// Config holds the settings of a Client.
type Config struct {
	// Keys sign the requests: the present one, and the one before it while it changes. A
	// Client without keys asks loopback addresses only.
	Keys []Key
	// Hosts lists the hosts that may be asked, as host, host:port or *.domain. Loopback
	// addresses need no entry.
	Hosts []string
	// Now is the clock of the signatures.
	Now func() time.Time
	// Parent returns the header "traceparent" of a request under ctx, by which the
	// backend's spans join the call's trace; "" for none. Nil sends none.
	Parent func(ctx context.Context) string
	// Dial opens connections in tests; nil means the network. The rules for addresses
	// hold all the same.
	Dial func(ctx context.Context, network, address string) (Conn, error)
	// Roots are the certificate authorities; nil means the system's.
	Roots *Roots
}

// Client is a Backend over HTTP. It sends a request once and is safe for concurrent use.
type Client struct {
	config Config
	http   *http.Client

	mu       sync.Mutex
	breakers map[string]*gobreaker.CircuitBreaker[engine.Outcome] // by host
}

var _ Backend = (*Client)(nil)

// New makes a Client.
func New(config Config) *Client {
	return &Client{
		config: config, breakers: map[string]*gobreaker.CircuitBreaker[engine.Outcome]{},
		http: &http.Client{
			Transport: transport(config),
			// A redirect would send the values to another host.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// CloseIdle closes the connections that are not in use.
func (c *Client) CloseIdle() { c.http.CloseIdleConnections() }

// Ask sends a request, within the contract's time, and returns the outcome that the
// backend answers. The error is a *Fault, which says whether the backend may have acted.
func (c *Client) Ask(ctx context.Context, r Request) (engine.Outcome, error) {
	out, err := c.ask(ctx, r)
	var fault *Fault
	if errors.As(err, &fault) {
		fault.Action, fault.Host = r.Contract.Name, r.To.Host
		fault.Certain = fault.Certain || r.Contract.Reads
		return engine.Outcome{}, fault
	}
	return out, err
}

func (c *Client) ask(ctx context.Context, r Request) (engine.Outcome, error) {
	if err := c.Allowed(r.To); err != nil {
		return engine.Outcome{}, &Fault{Kind: Refused, Certain: true, Why: err.Error()}
	}
	body, err := encode(&r)
	if err != nil {
		return engine.Outcome{}, &Fault{Kind: Refused, Certain: true, Why: err.Error()}
	}
	out, err := c.breaker(r.To.Host).Execute(func() (engine.Outcome, error) { return c.send(ctx, &r, body) })
	switch {
	case errors.Is(err, gobreaker.ErrOpenState), errors.Is(err, gobreaker.ErrTooManyRequests):
		return out, &Fault{Kind: Paused, Certain: true, Why: fmt.Sprintf("the host failed %d times in a row and is left alone for %v", breakAfter, breakFor)}
	}
	return out, err
}

// breaker returns the circuit breaker of a host. The hosts are those of the settings and
// of actions.yaml, so they stay few.
func (c *Client) breaker(host string) *gobreaker.CircuitBreaker[engine.Outcome] {
	c.mu.Lock()
	defer c.mu.Unlock()
	if b := c.breakers[host]; b != nil {
		return b
	}
	b := gobreaker.NewCircuitBreaker[engine.Outcome](gobreaker.Settings{
		Timeout:      breakFor,
		MaxRequests:  1, // one request tests the host
		ReadyToTrip:  func(counts gobreaker.Counts) bool { return counts.ConsecutiveFailures >= breakAfter },
		IsSuccessful: func(err error) bool { return !isDown(err) },
		IsExcluded:   isStopped,
	})
	c.breakers[host] = b
	return b
}

// send sends one request and reads its answer.
func (c *Client) send(ctx context.Context, r *Request, body []byte) (engine.Outcome, error) {
	asked, began := ctx, time.Now()
	ctx, cancel := context.WithTimeout(ctx, r.Contract.Takes)
	defer cancel()
	var wrote atomic.Bool
	ctx = c.bound(ctx, r.To)
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaderField: func(string, []string) { wrote.Store(true) }})
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.To.String(), bytes.NewReader(body))
	if err != nil {
		return engine.Outcome{}, &Fault{Kind: Refused, Certain: true, Why: "the request could not be made"}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "PayTrace")
	req.Header.Set(keyHeader, r.ID)
	if c.config.Parent != nil {
		if parent := c.config.Parent(asked); parent != "" {
			req.Header.Set("traceparent", parent)
		}
	}
	Sign(req.Header, r.ID, c.config.Now(), body, c.config.Keys)
	resp, err := c.http.Do(req)
	if err != nil {
		return engine.Outcome{}, c.unanswered(asked, ctx, !wrote.Load(), slow(asked, began, r.Contract, err))
	}
	defer func() { _ = resp.Body.Close() }() // it was only read
	answer, err := io.ReadAll(io.LimitReader(resp.Body, MaxAnswer+1))
	switch {
	case err != nil:
		return engine.Outcome{}, c.unanswered(asked, ctx, false, slow(asked, began, r.Contract, fmt.Errorf("%w: %w", errCut, err)))
	case resp.StatusCode != http.StatusOK:
		return engine.Outcome{}, status(resp.StatusCode)
	case len(answer) > MaxAnswer:
		return engine.Outcome{}, &Fault{Kind: Malformed, Why: fmt.Sprintf("the answer has more than %d KB", MaxAnswer>>10)}
	}
	out, err := decode(r, answer)
	if err != nil {
		return engine.Outcome{}, &Fault{Kind: Malformed, Why: err.Error()}
	}
	return out, nil
}

var (
	errCut     = errors.New("the answer ends early")
	errTooSlow = errors.New("no answer in most of the time that it has")
)

// slow marks the error of a request whose callback ran out of time, if the host had at
// least half of the action's time: then it is the host that is late.
func slow(asked context.Context, began time.Time, contract *engine.Contract, err error) error {
	if errors.Is(asked.Err(), context.DeadlineExceeded) && time.Since(began) >= contract.Takes/2 {
		return fmt.Errorf("%w: %w", errTooSlow, err)
	}
	return err
}

// unanswered says why a request has no answer.
func (c *Client) unanswered(asked, ctx context.Context, certain bool, err error) *Fault {
	var refused *refusedError
	switch {
	case asked.Err() != nil && !errors.Is(err, errTooSlow):
		return &Fault{Kind: Stopped, Certain: certain, Why: "the request was ended: " + context.Cause(asked).Error()}
	case errors.As(err, &refused):
		return &Fault{Kind: Refused, Certain: certain, Why: refused.Error()}
	case ctx.Err() != nil:
		return &Fault{Kind: Late, Certain: certain, Why: "no answer in time"}
	case errors.Is(err, errCut):
		return &Fault{Kind: Cut, Why: errCut.Error()}
	}
	return &Fault{Kind: Unreachable, Certain: certain, Why: oneLine(connectionWords(err))}
}

// connectionWords says why a connection failed. The words of the libraries may repeat an
// address or a certificate's name. Those about an answer that they can't read repeat
// parts of it, so they are left out.
func connectionWords(err error) string {
	var of *url.Error
	if errors.As(err, &of) {
		err = of.Err // the other words of it are the address
	}
	var (
		network     net.Error
		certificate *tls.CertificateVerificationError
		record      tls.RecordHeaderError
		alert       tls.AlertError
	)
	switch {
	case errors.As(err, &network):
		return network.Error()
	case errors.As(err, &certificate):
		return certificate.Error()
	case errors.Is(err, http.ErrSchemeMismatch):
		return "it does not speak TLS; write http:// if it is on this machine"
	case errors.As(err, &record):
		return record.Msg
	case errors.As(err, &alert):
		return alert.Error()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "it closed the connection before it answered"
	}
	return "it answered in words that are not HTTP, or closed the connection"
}

// status interprets the status of an answer without an outcome. A backend that says 4xx
// has refused the request before it did anything; 409 says that the key belongs to
// another request.
func status(code int) *Fault {
	f := &Fault{Kind: Status, Status: code, Why: fmt.Sprintf("it answers with status %d", code)}
	switch {
	case code == http.StatusConflict:
		f.Kind, f.Why = Conflict, "it answers with status 409: it knows the Idempotency-Key from another request"
	case code == http.StatusUnauthorized:
		f.Certain, f.Why = true, "it answers with status 401: it does not accept the signature; compare ACTIONS_KEY with the backend's key, and both clocks"
	case code >= 300 && code < 400:
		f.Certain, f.Why = true, fmt.Sprintf("it answers with status %d; redirects are not followed, so write the final address", code)
	case code >= 400 && code < 500 && code != http.StatusRequestTimeout:
		f.Certain = true
	}
	return f
}

// maxWhy bounds what a log line repeats of a library's words.
const maxWhy = 300

func oneLine(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	return text[:min(len(text), maxWhy)]
}
