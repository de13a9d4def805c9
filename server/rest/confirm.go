package rest

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strconv"

	"github.com/paytrace/paytrace/engine"
)

// codeSent is the answer to a request for a code.
type codeSent struct {
	Phone string `json:"phone"`
	// Status is "sent": it is on its way, and nobody knows whether it arrives.
	Status string `json:"status"`
}

// confirmed is an account whose number was shown to be its owner's.
type confirmed struct {
	worker
	Status string `json:"status"`
}

// requestCode has a one-time code sent to a number that has an account.
func (a *API) requestCode(ctx context.Context, r *request) (int, any) {
	number, p := bodyPhone(r)
	if p != nil {
		return p.Status, p
	}
	out, p := a.act(ctx, r, ask{action: "request_code", args: []engine.Value{engine.PhoneValue(number)}})
	if p != nil {
		return p.Status, p
	}
	switch out.Name {
	case "sent":
		return http.StatusAccepted, codeSent{number, "sent"}
	case "not_found":
		p := noAccount()
		return p.Status, p
	}
	return a.unexpected(r, out)
}

var aCode = regexp.MustCompile(`^[0-9]{6}$`)

// confirm takes a code.
func (a *API) confirm(ctx context.Context, r *request) (int, any) {
	values, p := members(r.Request, "phone", "code")
	if p != nil {
		return p.Status, p
	}
	number, ok := phone(values["phone"])
	var faults []Fault
	if !ok {
		faults = append(faults, Fault{Pointer: "#/phone", Detail: phoneWanted})
	}
	if !aCode.MatchString(values["code"]) {
		faults = append(faults, Fault{Pointer: "#/code", Detail: "The six digits of the message are expected."})
	}
	if len(faults) > 0 {
		p := invalid(faults...)
		return p.Status, p
	}
	out, p := a.act(ctx, r, ask{
		action: "confirm_code", secret: values["code"],
		args: []engine.Value{engine.PhoneValue(number), engine.SecretValue(values["code"])},
	})
	if p != nil {
		return p.Status, p
	}
	if out.Name == "confirmed" {
		return http.StatusOK, confirmed{workerOf(out, number), verified}
	}
	return a.unconfirmed(r, out)
}

func (a *API) unconfirmed(r *request, out engine.Outcome) (int, any) {
	var p *Problem
	switch out.Name {
	case "wrong":
		p = problem(http.StatusUnprocessableEntity, typeWrongCode, fmt.Sprintf("This is not the code that was sent. Tries left: %d.", number(out, "left")))
		p.Title = "Wrong code"
	case "expired":
		p = problem(http.StatusUnprocessableEntity, typeNoCode, "There is no code for this number that can still be used. Have one sent.")
		p.Title = "No code"
	case "locked":
		r.header.Set("Retry-After", strconv.FormatInt(60*number(out, "minutes"), 10))
		p = problem(http.StatusTooManyRequests, typeQuota, "Wrong codes were given too often for this number. Wait, and have another code sent.")
	default:
		return a.unexpected(r, out)
	}
	return p.Status, p
}

// number is one value of an outcome as a number.
func number(out engine.Outcome, name string) int64 {
	for _, n := range out.Values {
		if n.Name == name {
			return n.Value.Int()
		}
	}
	return 0
}
