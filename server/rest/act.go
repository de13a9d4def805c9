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
	"github.com/paytrace/paytrace/store"
)

// provider is the name under which requests are known in the action log.
const provider = "rest"

// ask is an action on behalf of a key.
type ask struct {
	action string
	args   []engine.Value
	// caller is the number that the key's holder vouches for; "" for none.
	caller string
	// secret is the one among args, which tells two requests under one
	// Idempotency-Key apart; "" for none.
	secret string
}

// act runs an action once for the request's idempotency key, or once where it
// has none. The problem is nil if it ended in an outcome.
func (a *API) act(ctx context.Context, r *request, do ask) (engine.Outcome, *Problem) {
	once := r.once
	if once == "" {
		var raw [16]byte
		if _, err := io.ReadFull(a.Rand, raw[:]); err != nil {
			return engine.Outcome{}, a.unavailable(r, err)
		}
		// Of another length than any key that a client can send.
		once = "no key " + hex.EncodeToString(raw[:])
	} else {
		once = "key " + once
	}
	id := a.Identity.Request(provider, r.key.ID, once)
	leave, ok := a.flights.enter(ctx, id)
	if !ok {
		return engine.Outcome{}, a.inProgress(r)
	}
	defer leave()
	call := engine.Call{
		ID: id, Action: do.action, Args: do.args, Caller: do.caller, Provider: provider, Service: provider, Session: id,
	}
	if do.secret != "" {
		call.Secrets = a.Identity.Request(provider+" secret", r.key.ID, do.secret)
	}
	out, err := a.Actions.Do(ctx, call)
	if err != nil {
		return out, a.undone(r, err)
	}
	return out, nil
}

// undone is what the client is told of an action that did not end.
func (a *API) undone(r *request, err error) *Problem {
	switch {
	case errors.Is(err, engine.ErrLimited):
		return a.limited(r)
	case errors.Is(err, store.ErrMismatch):
		p := problem(http.StatusUnprocessableEntity, typeReused,
			"This Idempotency-Key was used for another request. Make a new key for each request.")
		p.Title = "Idempotency-Key is already used"
		return p
	case errors.Is(err, engine.ErrUnknown):
		a.Logger.Error("outcome of a request not known", "key", r.key.ID, "error", err)
		r.header.Set("Retry-After", waitForDatabase)
		return problem(http.StatusServiceUnavailable, typeUnsure,
			"It is not known whether this was done. Send the same request again, with the same Idempotency-Key.")
	case errors.Is(err, store.ErrBusy):
		return a.inProgress(r)
	case errors.Is(err, store.ErrAmbiguous):
		r.header.Set("Retry-After", waitForPerson)
		return problem(http.StatusConflict, typeAmbiguous,
			"Several accounts of the old service hold this number, and nobody has decided yet which one answers for it.")
	}
	return a.unavailable(r, err)
}

func (a *API) inProgress(r *request) *Problem {
	r.header.Set("Retry-After", waitForTwin)
	p := problem(http.StatusConflict, typeWaits,
		"A request with this Idempotency-Key, or on this number, is still being worked on. Send the same again later.")
	p.Title = "A request is outstanding for this Idempotency-Key"
	return p
}

// limited is the problem of a limit that is not the key's but the number's.
// Such limits are counted by UTC day.
func (a *API) limited(r *request) *Problem {
	now := a.Now()
	tomorrow := now.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)
	r.header.Set("Retry-After", strconv.Itoa(seconds(tomorrow.Sub(now))))
	return problem(http.StatusTooManyRequests, typeQuota, "This was asked for too often for this number today.")
}

// value is one value of an outcome as a text.
func value(out engine.Outcome, name string) string {
	for _, n := range out.Values {
		if n.Name == name {
			return n.Value.Text()
		}
	}
	return ""
}

// unexpected is an outcome that the action does not have.
func (a *API) unexpected(r *request, out engine.Outcome) (int, any) {
	p := a.unavailable(r, errors.New("an outcome this API does not know: "+out.Name))
	return p.Status, p
}
