package rest

import (
	"encoding/json"
	"net/http"
)

// Problem is an error document (RFC 9457). Its detail never contains the text of
// an error, which may repeat parts of a request.
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	// Errors lists the invalid values.
	Errors []Fault `json:"errors,omitempty"`
	// Violated names the quota policies that were exceeded.
	Violated []string `json:"violated-policies,omitempty"`
}

// Fault describes one invalid value: its place, as a JSON pointer in a URI
// fragment or a parameter's name, and what is expected there.
type Fault struct {
	Pointer   string `json:"pointer,omitempty"`
	Parameter string `json:"parameter,omitempty"`
	Detail    string `json:"detail"`
}

// Types tell problems apart for programs. The type "about:blank" means that the
// status says everything.
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
	// typeAmbiguous stands for store.ErrAmbiguous.
	typeAmbiguous = "/docs#ambiguous-number"
	typeWrongCode = "/docs#wrong-code"
	typeNoCode    = "/docs#no-code"
)

// problem makes a problem with the status's own text as its title.
func problem(status int, kind, detail string) *Problem {
	return &Problem{Type: kind, Title: http.StatusText(status), Status: status, Detail: detail}
}

// invalid makes the problem of invalid values.
func invalid(faults ...Fault) *Problem {
	p := problem(http.StatusUnprocessableEntity, typeValues, "Some values are invalid; nothing was done.")
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
	if err != nil { // can't happen: bodies hold only texts, numbers and lists
		status, text = http.StatusInternalServerError, nil
	}
	w.Header().Set("Content-Type", kind)
	// Answers contain phone numbers and go out of date.
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(text)
}
