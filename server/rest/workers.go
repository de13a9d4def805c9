package rest

import (
	"context"
	"net/http"

	"github.com/paytrace/paytrace/engine"
)

// worker holds what every program may see of an account: no name, address or
// balance, and not whether the number is verified.
type worker struct {
	WorkerID string `json:"worker_id"`
	Phone    string `json:"phone"`
}

// registered answers a registration.
type registered struct {
	worker
	// Created is false if the number already had an account.
	Created bool `json:"created"`
	// Status is "verified" or "unverified". It is missing for an account that
	// already existed, which may be either, unless the key vouches.
	Status string `json:"status,omitempty"`
}

const (
	verified   = "verified"
	unverified = "unverified"
)

func workerOf(out engine.Outcome, phone string) worker {
	return worker{WorkerID: value(out, "worker_id"), Phone: phone}
}

// register makes an account. A number in a request is only a claim, so the
// account is unverified. If the key's holder vouches for its numbers, the request
// counts as a call from the number.
func (a *API) register(ctx context.Context, r *request) (int, any) {
	number, p := bodyPhone(r)
	if p != nil {
		return p.Status, p
	}
	do := order{action: "create_account", args: []engine.Value{engine.PhoneValue(number)}}
	vouched := r.may(ScopeVouch)
	if vouched {
		do.caller = number
	}
	out, p := a.act(ctx, r, do)
	if p != nil {
		return p.Status, p
	}
	answer := registered{worker: workerOf(out, number), Created: out.Name == "created"}
	switch {
	case vouched:
		answer.Status = verified
	case answer.Created:
		answer.Status = unverified
	}
	switch out.Name {
	case "created":
		r.header.Set("Location", "/api/v1/workers/by-phone/"+number)
		return http.StatusCreated, answer
	case "exists":
		return http.StatusOK, answer
	}
	return a.unexpected(r, out)
}

// bodyPhone reads a body that has only a phone number.
func bodyPhone(r *request) (string, *Problem) {
	values, p := members(r.Request, "phone")
	if p != nil {
		return "", p
	}
	number, ok := phone(values["phone"])
	if !ok {
		return "", invalid(Fault{Pointer: "#/phone", Detail: phoneWanted})
	}
	return number, nil
}

// byPhone finds an account. It never verifies one.
func (a *API) byPhone(ctx context.Context, r *request) (int, any) {
	number, ok := phone(r.PathValue("phone"))
	if !ok {
		p := invalid(Fault{Parameter: "phone", Detail: phoneWanted})
		return p.Status, p
	}
	out, p := a.act(ctx, r, order{action: "lookup_worker", args: []engine.Value{engine.PhoneValue(number)}})
	if p != nil {
		return p.Status, p
	}
	switch out.Name {
	case "found":
		return http.StatusOK, workerOf(out, number)
	case "not_found":
		p := noAccount()
		return p.Status, p
	}
	return a.unexpected(r, out)
}

func noAccount() *Problem {
	return problem(http.StatusNotFound, typeBlank, "No account has this number.")
}
