package mpesa

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"

	"github.com/paytrace/paytrace/engine/secret"
)

// answer is what came back for a request.
type answer struct {
	status int
	body   []byte
	probe  probe
	// readable says that the body was one JSON object.
	readable bool
}

// probe has the fields of an answer that decide.
type probe struct {
	RequestID    text `json:"requestId"`
	ErrorCode    text `json:"errorCode"`
	ErrorMessage text `json:"errorMessage"`
	// ResponseCode is "0" where a request was accepted.
	ResponseCode        text `json:"ResponseCode"`
	ResponseDescription text `json:"ResponseDescription"`
}

// exchange sends one request and reads the answer. Its error is an *Error: NotSent if
// the request never left, else Unknown.
func (c *Client) exchange(request *http.Request) (answer, error) {
	response, err := c.http.Do(request)
	if err != nil {
		return answer{}, c.unreachable(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBody+1))
	if err != nil {
		return answer{}, &Error{Word: "the answer broke off", Cause: c.cleared(err)}
	}
	if len(body) > maxBody {
		return answer{}, &Error{Word: "the answer is longer than a megabyte"}
	}
	a := answer{status: response.StatusCode, body: body}
	a.readable = json.Unmarshal(body, &a.probe) == nil
	return a, nil
}

// unreachable tells a request that never left from one without an answer.
func (c *Client) unreachable(err error) error {
	var op *net.OpError
	var dns *net.DNSError
	if errors.As(err, &dns) || errors.As(err, &op) && op.Op == "dial" {
		return &Error{Certainty: NotSent, Word: "can't reach Safaricom", Cause: c.cleared(err)}
	}
	return &Error{Word: "no answer from Safaricom", Cause: c.cleared(err)}
}

func (c *Client) cleared(err error) error {
	return secret.ForeignError(err, maxWord, c.config.ConsumerKey, c.config.ConsumerSecret.Reveal(), c.config.Credential.Reveal())
}

// staleToken reports whether the gateway refused the token. It does so before M-Pesa
// sees the request, so the same may be sent once more.
func (a answer) staleToken() bool {
	switch a.probe.ErrorCode {
	case "404.001.03", "400.003.01", "401.002.01":
		return true
	}
	return a.status == http.StatusUnauthorized
}

// call sends a request with the shared token. If the token was refused it fetches
// another one and sends the request once more.
func (c *Client) call(ctx context.Context, method, path string, fields any) (answer, error) {
	body, err := json.Marshal(fields)
	if err != nil {
		return answer{}, notSent("write the request: %v", err)
	}
	dropped := ""
	for attempt := 1; ; attempt++ {
		token, err := c.tokens.token(ctx, dropped)
		if err != nil {
			return answer{}, &Error{Certainty: NotSent, Word: "there is no access token", Cause: err}
		}
		request, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
		if err != nil {
			return answer{}, notSent("write the request: %v", err)
		}
		request.Header.Set("Authorization", "Bearer "+token.Value.Reveal())
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Accept", "application/json")
		a, err := c.exchange(request)
		if err != nil {
			return answer{}, err
		}
		if !a.staleToken() {
			return a, nil
		}
		if attempt > 1 {
			return answer{}, &Error{
				Certainty: NotSent, Code: string(a.probe.ErrorCode), Meaning: Explain(APIGateway, string(a.probe.ErrorCode), string(a.probe.ErrorMessage)),
				Word: "Safaricom refused a new access token: " + c.words(string(a.probe.ErrorMessage), token.Value.Reveal()),
			}
		}
		dropped = token.ID
	}
}

// accepted returns nil if an answer says that a request was accepted, and otherwise an
// *Error. The errorCode decides, not the status: Safaricom refuses with 500, too.
func (c *Client) accepted(a answer) error {
	p := a.probe
	switch {
	case !a.readable:
		return &Error{Word: "the answer is not readable"}
	case p.ErrorCode != "":
		meaning := Explain(APIGateway, string(p.ErrorCode), string(p.ErrorMessage))
		return &Error{Certainty: meaning.certainty(), Code: string(p.ErrorCode), Meaning: meaning, Word: c.words(string(p.ErrorMessage))}
	case a.status < 200 || a.status > 299:
		return &Error{Word: "the answer has an error's status and no error code"}
	case p.ResponseCode == "0":
		return nil
	}
	meaning := Explain(APIResponse, string(p.ResponseCode), string(p.ResponseDescription))
	return &Error{Certainty: meaning.certainty(), Code: string(p.ResponseCode), Meaning: meaning, Word: c.words(string(p.ResponseDescription))}
}
