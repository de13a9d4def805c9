package rest

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strconv"

	"github.com/paytrace/paytrace/engine"
)

// codeSent answers a request for a code.
type codeSent struct {
	Phone string `json:"phone"`
	// Status is "sent": the code is on its way and may not arrive.
	Status string `json:"status"`
}

// confirmed answers the right code with the account of the number.
type confirmed struct {
	worker
	Status string `json:"status"`
}

// requestCode sends a one-time code to a number that has an account.
func (a *API) requestCode(ctx context.Context, r *request) (int, any) {
	number, p := bodyPhone(r)
	if p != nil {
		return p.Status, p
	}
	out, p := a.act(ctx, r, order{action: "request_code", args: []engine.Value{engine.PhoneValue(number)}})
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

// confirm confirms a number with its code.
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
		faults = append(faults, Fault{Pointer: "#/code", Detail: "The six digits of the SMS are expected."})
	}
	if len(faults) > 0 {
		p := invalid(faults...)
		return p.Status, p
	}
	out, p := a.act(ctx, r, order{
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
		p = problem(http.StatusUnprocessableEntity, typeNoCode, "This number has no valid code. Request a new one.")
		p.Title = "No code"
	case "locked":
		r.header.Set("Retry-After", strconv.FormatInt(60*number(out, "minutes"), 10))
		p = problem(http.StatusTooManyRequests, typeQuota, "Too many wrong codes for this number. Wait as long as Retry-After says, then request a new code.")
	default:
		return a.unexpected(r, out)
	}
	return p.Status, p
}
