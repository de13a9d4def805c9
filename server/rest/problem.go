package rest

import (
	"encoding/json"
	"net/http"
)

// Problem is an error document (RFC 9457). Its detail is ours, never an error's
// own text, which may repeat parts of a request.
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	// Errors are the values that can't be taken.
	Errors []Fault `json:"errors,omitempty"`
	// Violated are the names of the quota policies that were exceeded.
	Violated []string `json:"violated-policies,omitempty"`
}

// Fault is one value that can't be taken: where it is, as a JSON pointer in a
// URI fragment or a parameter's name, and what is expected there.
type Fault struct {
	Pointer   string `json:"pointer,omitempty"`
	Parameter string `json:"parameter,omitempty"`
	Detail    string `json:"detail"`
}

// Types of problems that a program may want to tell apart. The others are
// "about:blank": their status says all.
const (
	// typeQuota is registered with IANA for exceeded quotas, by
	// draft-ietf-httpapi-ratelimit-headers.
	typeQuota  = "https://iana.org/assignments/http-problem-types#quota-exceeded"
	typeBlank  = "about:blank"
	typeValues = "/docs#values"
	typeReused = "/docs#idempotency-key-reused"
	typeWaits  = "/docs#request-in-progress"
	typeUnsure = "/docs#outcome-unknown"
	typeScope  = "/docs#missing-scope"
	// typeAmbiguous: see store.ErrAmbiguous.
	typeAmbiguous = "/docs#ambiguous-number"
	typeWrongCode = "/docs#wrong-code"
	typeNoCode    = "/docs#no-code"
)

// problem makes one whose title is the status's own.
func problem(status int, kind, detail string) *Problem {
	return &Problem{Type: kind, Title: http.StatusText(status), Status: status, Detail: detail}
}

// invalid is the problem of values that can't be taken.
func invalid(faults ...Fault) *Problem {
	p := problem(http.StatusUnprocessableEntity, typeValues, "Some values can't be taken; nothing was done.")
	p.Title = "Invalid values"
	p.Errors = faults
	return p
}

// write answers with a JSON document.
func write(w http.ResponseWriter, status int, body any) {
	kind := "application/json"
	if _, ok := body.(*Problem); ok {
		kind = "application/problem+json"
	}
	text, err := json.Marshal(body)
	if err != nil { // only texts, numbers and lists of them are written
		status, text = http.StatusInternalServerError, nil
	}
	w.Header().Set("Content-Type", kind)
	// Answers hold phone numbers, and are of the moment.
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(text)
}
