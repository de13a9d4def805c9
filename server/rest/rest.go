// Package rest serves the API for programs, such as the web application and
// other services of the team. It runs the same actions as the menus for holders
// of a key, and touches no account itself.
//
// server/openapi.json describes the API. Every answer but a success is a problem
// document (RFC 9457).
package rest

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/store"
)

// Budget bounds the time of one request. An action uses at most 3.5 s of it.
const Budget = 8 * time.Second

// API answers the requests of programs. New makes one.
type API struct {
	Config
	flights flights
	budget  time.Duration
}

// Actions runs actions for requests that belong to no call.
type Actions interface {
	// Do runs an action once for its Call.ID: a repeat gets the stored outcome. The
	// error wraps engine.ErrLimited, store.ErrMismatch or engine.ErrUnknown; any other
	// one says that the action surely did nothing.
	Do(ctx context.Context, call engine.Call) (engine.Outcome, error)
}

// Config holds what an API needs. Only the quotas and Logger may be left out.
type Config struct {
	Actions  Actions
	Store    Store
	Identity runner.Identity
	Rand     io.Reader // safe for concurrent use
	Now      func() time.Time
	// PerMinute and PerDay bound the requests of one key; 0 means the default.
	PerMinute, PerDay int
	// Logger gets one line for each request, without phone numbers. It may be
	// nil.
	Logger *slog.Logger
	// Refused logs a request without a valid key, or over a quota. If it is nil,
	// such a request gets a line like all others.
	Refused func(Refusal)
}

// Store lists the methods of store.Store that the API itself calls.
type Store interface {
	Within(ctx context.Context, fn func(ctx context.Context, tx store.Tx) error) error
	APIKey(ctx context.Context, id string) (store.APIKey, error)
	UseAPIKey(ctx context.Context, id string, at time.Time) error
}

// New makes an API.
func New(c Config) *API {
	if c.PerMinute <= 0 {
		c.PerMinute = DefaultPerMinute
	}
	if c.PerDay <= 0 {
		c.PerDay = DefaultPerDay
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return &API{Config: c, budget: Budget}
}

// Route describes where an operation is served.
type Route struct {
	Method, Path string
	Handler      http.Handler
	// Knows reports whether an Authorization header carries a key that may be used
	// now. It counts nothing.
	Knows func(authorization string) bool
}

// operation describes one operation of the API and the scope a key needs for it.
type operation struct {
	method, path, scope string
	// do answers a request whose key has the scope and is within its quotas.
	do func(a *API, ctx context.Context, r *request) (status int, body any)
}

var operations = []operation{
	{http.MethodPost, "/api/v1/workers/register", ScopeRegister, (*API).register},
	{http.MethodGet, "/api/v1/workers/by-phone/{phone}", ScopeLookup, (*API).byPhone},
	{http.MethodPost, "/api/v1/workers/request-code", ScopeConfirm, (*API).requestCode},
	{http.MethodPost, "/api/v1/workers/confirm", ScopeConfirm, (*API).confirm},
}

// Routes returns the routes of all operations.
func (a *API) Routes() []Route {
	var routes []Route
	for _, op := range operations {
		routes = append(routes, Route{op.method, op.path, a.handler(op), a.knows})
	}
	return routes
}

// request is an HTTP request with its key and the header of its answer.
type request struct {
	*http.Request
	header http.Header // of the answer
	key    store.APIKey
	once   string // the idempotency key, or ""
	// token is what the request shows as its key; refused says why the key may do
	// nothing. key is the key of that name, also if it was revoked.
	token   string
	refused string
}

// Refusal is a request whose key may do nothing.
type Refusal struct {
	Peer, Operation string
	// KeyID is the ID of a key that was made here, or "".
	KeyID string
	// Token is what the request shows as its key. It may be valid elsewhere: do
	// not log it.
	Token  string
	Status int
	Why    string
}

func (r *request) may(scope string) bool { return slices.Contains(r.key.Scopes, scope) }

func (a *API) handler(op operation) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The request's own context ends when the server stops, but requests in
		// flight must still be answered.
		ctx, cancel := context.WithTimeout(context.Background(), a.budget)
		defer cancel()
		began := a.Now()
		req := &request{Request: r, header: w.Header()}
		status, body := a.answer(ctx, op, req)
		write(w, status, body)
		if req.refused != "" && a.Refused != nil {
			a.Refused(Refusal{Peer: r.RemoteAddr, Operation: op.method + " " + op.path, KeyID: req.key.ID, Token: req.token, Status: status, Why: req.refused})
			return
		}
		a.Logger.LogAttrs(ctx, slog.LevelInfo, "request",
			slog.String("operation", op.method+" "+op.path), slog.String("key", req.key.ID),
			slog.Int("status", status), slog.Float64("took_ms", float64(a.Now().Sub(began).Microseconds())/1000))
	})
}

func (a *API) answer(ctx context.Context, op operation, r *request) (int, any) {
	if p := a.admit(ctx, op, r); p != nil {
		return p.Status, p
	}
	if p := plainQuery(r.URL.RawQuery); p != nil {
		return p.Status, p
	}
	once, p := idempotencyKey(r.Request)
	if p != nil {
		return p.Status, p
	}
	r.once = once
	return op.do(a, ctx, r)
}

// plainQuery refuses a query. No operation has query parameters, so a client that
// sends one expects something that will not happen.
func plainQuery(query string) *Problem {
	if query == "" {
		return nil
	}
	return problem(http.StatusBadRequest, typeBlank, "Query parameters are not allowed. Send the path without a question mark.")
}

// admit finds the request's key and counts the request. It returns a problem if
// the key is not valid, is over a quota or lacks the scope.
func (a *API) admit(ctx context.Context, op operation, r *request) *Problem {
	now := a.Now()
	if p := a.authenticate(ctx, r, now); p != nil {
		return p
	}
	quotas, err := a.count(ctx, r.key.ID, now)
	if err == nil {
		err = a.Store.UseAPIKey(ctx, r.key.ID, now)
	}
	if err != nil {
		return a.unavailable(r, err)
	}
	writeQuotas(r.header, quotas)
	if p := exceeded(r.header, quotas); p != nil {
		r.refused = "The key is over a quota."
		return p
	}
	if !r.may(op.scope) {
		r.header.Set("WWW-Authenticate", `Bearer realm="paytrace", error="insufficient_scope", scope="`+op.scope+`"`)
		return problem(http.StatusForbidden, typeScope, "This key does not have the scope "+op.scope+".")
	}
	return nil
}

func (a *API) authenticate(ctx context.Context, r *request, now time.Time) *Problem {
	token, ok := bearer(r.Header.Get("Authorization"))
	if !ok {
		r.refused = "The key is missing."
		r.header.Set("WWW-Authenticate", `Bearer realm="paytrace"`)
		return problem(http.StatusUnauthorized, typeBlank, "A key is expected: Authorization: Bearer pt_….")
	}
	r.token, r.refused = token, notOurs
	if id, ok := keyID(token); ok {
		stored, err := a.Store.APIKey(ctx, id)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			r.refused = ""
			return a.unavailable(r, err)
		}
		if err == nil {
			if r.refused = refusal(token, stored, now); r.refused != notOurs {
				r.key = stored
			}
			if r.refused == "" {
				return nil
			}
			a.noteUse(ctx, r, now)
		}
	}
	r.header.Set("WWW-Authenticate", `Bearer realm="paytrace", error="invalid_token"`)
	return problem(http.StatusUnauthorized, typeBlank, "This key is not known, has expired or was revoked.")
}

func bearer(authorization string) (token string, ok bool) {
	scheme, token, ok := strings.Cut(authorization, " ")
	return strings.TrimSpace(token), ok && strings.EqualFold(scheme, "Bearer")
}

// knows reports whether a key may be used now. While the database does not answer it
// reports true, and the request itself then gets an answer that says so.
func (a *API) knows(authorization string) bool {
	token, ok := bearer(authorization)
	id, ours := keyID(token)
	if !ok || !ours {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), a.budget)
	defer cancel()
	stored, err := a.Store.APIKey(ctx, id)
	if err != nil {
		return !errors.Is(err, store.ErrNotFound)
	}
	return refusal(token, stored, a.Now()) == ""
}

// noteUse stores the use of a key that was revoked or has expired: somebody has it who
// should not, or a program was forgotten.
func (a *API) noteUse(ctx context.Context, r *request, now time.Time) {
	if r.key.ID == "" {
		return
	}
	if err := a.Store.UseAPIKey(ctx, r.key.ID, now); err != nil {
		a.Logger.Warn("the use of a key that is over could not be stored", "key", r.key.ID, "error", err)
	}
}

// Values of Retry-After, in seconds.
const (
	waitForDatabase  = "5"
	waitForDuplicate = "1"
	waitForPerson    = "86400"
)

// unavailable logs err and returns the problem of a database that does not
// answer.
func (a *API) unavailable(r *request, err error) *Problem {
	a.Logger.Error("request not answered", "key", r.key.ID, "error", err)
	r.header.Set("Retry-After", waitForDatabase)
	return problem(http.StatusServiceUnavailable, typeBlank, "The service is busy; nothing was done. Try again later.")
}
