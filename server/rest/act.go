package rest

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/store"
)

// provider is the name of REST requests in the action log.
const provider = "rest"

// order describes an action to run for a key.
type order struct {
	action string
	args   []engine.Value
	// caller is the number that the key's holder vouches for, or "".
	caller string
	// secret repeats the secret among args, or is "". It tells two requests with
	// one Idempotency-Key apart.
	secret string
}

// act runs an action once per idempotency key, or once if the request has none.
// It returns a problem if the action has no outcome.
func (a *API) act(ctx context.Context, r *request, do order) (engine.Outcome, *Problem) {
	once := r.once
	if once == "" {
		var raw [16]byte
		if _, err := io.ReadFull(a.Rand, raw[:]); err != nil {
			return engine.Outcome{}, a.unavailable(r, err)
		}
		// The prefix keeps it apart from every key that a client can send.
		once = "no key " + hex.EncodeToString(raw[:])
	} else {
		once = "key " + once
	}
	out, err := a.under(ctx, r, do, once, a.Identity)
	if other, ok := a.Identity.Other(); ok && errors.Is(err, runner.ErrOtherKey) {
		out, err = a.under(ctx, r, do, once, other)
	}
	switch {
	case errors.Is(err, errWaits):
		return engine.Outcome{}, a.inProgress(r)
	case err != nil:
		return out, a.failed(r, err)
	}
	return out, nil
}

// errWaits says that another request with the same name is in progress.
var errWaits = errors.New("another request with this name is in progress")

// under runs an action by its name under one of the valid identity keys.
func (a *API) under(ctx context.Context, r *request, do order, once string, identity runner.Identity) (engine.Outcome, error) {
	id := identity.Request(provider, r.key.ID, once)
	leave, ok := a.flights.enter(ctx, id)
	if !ok {
		return engine.Outcome{}, errWaits
	}
	defer leave()
	call := engine.Call{
		ID: id, Action: do.action, Args: do.args, Caller: do.caller, Provider: provider, Service: provider, Session: id,
	}
	if other, ok := identity.Other(); ok {
		call.OtherID = other.Request(provider, r.key.ID, once)
	}
	if do.secret != "" {
		call.Secrets = identity.Request(provider+" secret", r.key.ID, do.secret)
	}
	return a.Actions.Do(ctx, call)
}

// failed returns the problem of an action that has no outcome.
func (a *API) failed(r *request, err error) *Problem {
	switch {
	case errors.Is(err, engine.ErrLimited):
		return a.limited(r)
	case errors.Is(err, store.ErrMismatch):
		p := problem(http.StatusUnprocessableEntity, typeReused,
			"This Idempotency-Key was used for another request. Send a new key with each request.")
		p.Title = "Idempotency-Key is already used"
		return p
	case errors.Is(err, engine.ErrUnknown):
		a.Logger.Error("outcome of a request unknown", "key", r.key.ID, "error", err)
		r.header.Set("Retry-After", waitForDatabase)
		return problem(http.StatusServiceUnavailable, typeUnsure,
			"The outcome is unknown: this may or may not be done. Send the same request again with the same Idempotency-Key.")
	case errors.Is(err, store.ErrBusy):
		return a.inProgress(r)
	case errors.Is(err, store.ErrAmbiguous):
		r.header.Set("Retry-After", waitForPerson)
		return problem(http.StatusConflict, typeAmbiguous,
			"Several accounts of the legacy service have this number. The operator must first choose one of them. Try again tomorrow.")
	}
	return a.unavailable(r, err)
}

func (a *API) inProgress(r *request) *Problem {
	r.header.Set("Retry-After", waitForDuplicate)
	p := problem(http.StatusConflict, typeWaits,
		"Another request with this Idempotency-Key, or for this number, is in progress. Send the same request again later.")
	p.Title = "A request is outstanding for this Idempotency-Key"
	return p
}

// limited returns the problem of a number's limit, which counts per UTC day. A
// key's quotas are separate.
func (a *API) limited(r *request) *Problem {
	now := a.Now()
	tomorrow := now.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)
	r.header.Set("Retry-After", strconv.Itoa(seconds(tomorrow.Sub(now))))
	return problem(http.StatusTooManyRequests, typeQuota, "The limit of this number for today is reached. Try again tomorrow.")
}

// value returns one value of an outcome as a text, "" if it is missing.
func value(out engine.Outcome, name string) string {
	for _, n := range out.Values {
		if n.Name == name {
			return n.Value.Text()
		}
	}
	return ""
}

// number returns one value of an outcome as a number, 0 if it is missing.
func number(out engine.Outcome, name string) int64 {
	for _, n := range out.Values {
		if n.Name == name {
			return n.Value.Int()
		}
	}
	return 0
}

// unexpected answers an outcome that the API does not know.
func (a *API) unexpected(r *request, out engine.Outcome) (int, any) {
	p := a.unavailable(r, errors.New("unknown outcome "+out.Name))
	return p.Status, p
}
