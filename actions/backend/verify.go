package backend

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/paytrace/paytrace/engine"
)

// A Target is an action of a backend with its address.
type Target struct {
	Contract engine.Contract
	To       *url.URL
}

// A Lesson is one thing that a backend has to do, and whether it does.
type Lesson struct {
	// Action is the action's name, or "signature" for what concerns all.
	Action string
	// Case says what was sent.
	Case string
	// Learn says what was found and what is expected; "" if the backend does it.
	Learn string
	// Spare says that callers are served all the same.
	Spare bool
}

// A Verifier tries everything on a backend that PayTrace relies on. It runs the actions
// for real, with made-up values and keys.
type Verifier struct {
	Client *Client
	// Base is the address below which the check of signatures is answered; nil for none.
	Base *url.URL
	// Caller is the number that the requests come from: digits without a plus sign.
	Caller string
}

// verifyCaller is a number that nobody has.
const verifyCaller = "254700000000"

// Signature checks that the backend works and checks signatures. It runs no action.
func (v *Verifier) Signature(ctx context.Context) []Lesson {
	if v.Base == nil {
		return nil
	}
	to := v.Base.JoinPath(checkPath)
	body, err := json.Marshal(requestBody{Action: checkAction, Call: checkAction})
	if err != nil {
		return []Lesson{{Action: "signature", Case: "the check", Learn: err.Error()}}
	}
	right := exchange{to: to, id: newID(), body: body}
	missing := false
	list := []Lesson{v.lesson(ctx, "signature", "the right signature", right, func(r result) string {
		var a answerBody
		if missing = r.status == http.StatusNotFound; missing {
			return fmt.Sprintf("%s is not there (status 404); answer {\"outcome\":%q} at it, so that the key can be checked without running an action", to, checkOutcome)
		}
		if r.status != http.StatusOK || json.Unmarshal(r.body, &a) != nil || a.Outcome == nil || *a.Outcome != checkOutcome {
			return fmt.Sprintf("status %d; expected status 200 and {\"outcome\":%q}. If it is 401, compare ACTIONS_KEY with the backend's key, and both clocks", r.status, checkOutcome)
		}
		return ""
	})}
	list[0].Spare = missing
	if len(v.Client.config.Keys) == 0 || list[0].Learn != "" {
		return list
	}
	return append(list, v.wrongSignatures(ctx, "signature", right)...)
}

// wrongSignatures checks that a request without a right signature is refused.
func (v *Verifier) wrongSignatures(ctx context.Context, action string, right exchange) []Lesson {
	stranger := Key{bytes: secretOf("nobody has this key, so it is wrong")}
	now := v.Client.config.Now()
	var list []Lesson
	for _, c := range []struct {
		what string
		at   time.Time
		keys []Key
	}{
		{"no signature", now, nil},
		{"the signature of an unknown key", now, []Key{stranger}},
		{"a signature that is six minutes old", now.Add(-Tolerance - time.Minute), v.Client.config.Keys},
	} {
		x := right
		x.id, x.sign = newID(), func(h http.Header, id string, body []byte) { Sign(h, id, c.at, body, c.keys) }
		list = append(list, v.lesson(ctx, action, c.what, x, status4("refuse it with status 401, and do nothing", http.StatusUnauthorized)))
	}
	return list
}

// Action checks one action.
func (v *Verifier) Action(ctx context.Context, t Target) []Lesson {
	c := &t.Contract
	first, err := v.exchange(t, false, false)
	if err != nil {
		return []Lesson{{Action: c.Name, Case: "made-up values", Learn: err.Error()}}
	}
	var answer any
	list := []Lesson{v.lesson(ctx, c.Name, "a request", first, func(r result) string {
		if r.took > c.Takes {
			return fmt.Sprintf("answered after %v; the contract says %v. Answer \"pending\" in time, or raise \"within\"", r.took.Round(time.Millisecond), c.Takes)
		}
		answer = r.value()
		return v.keeps(c, r)
	})}
	if list[0].Learn != "" {
		return list // what follows would repeat it
	}
	if len(v.Client.config.Keys) > 0 {
		list = append(list, v.wrongSignatures(ctx, c.Name, first)...)
	}
	list = append(list, v.malformed(ctx, t)...)
	if c.Reads {
		return list
	}
	same := func(r result) string {
		if lack := v.keeps(c, r); lack != "" {
			return lack
		}
		if !reflect.DeepEqual(answer, r.value()) {
			return "another answer than the first time; store the answer with the Idempotency-Key, and repeat it"
		}
		return ""
	}
	list = append(list, v.lesson(ctx, c.Name, "the same key again", first, same))
	if again, err := v.exchange(t, false, true); err == nil {
		again.id = first.id
		list = append(list, v.lesson(ctx, c.Name, "the same key again, without secrets", again, same))
	}
	if other, err := v.exchange(t, true, false); err == nil && !bytes.Equal(other.body, first.body) {
		other.id = first.id
		list = append(list, v.lesson(ctx, c.Name, "the same key with another request", other,
			status4("refuse it with status 409, and do nothing", http.StatusConflict)))
	}
	return append(list, v.atOnce(ctx, t), v.leaves(ctx, t), v.unknown(ctx, t))
}

// malformed checks that wrong values and long bodies are refused.
func (v *Verifier) malformed(ctx context.Context, t Target) []Lesson {
	var list []Lesson
	if len(t.Contract.Params) > 0 {
		wrong := make(members, 0, len(t.Contract.Params))
		for _, p := range t.Contract.Params {
			wrong = append(wrong, member{p.Name, json.RawMessage(`{"not":["this"]}`)})
		}
		if x, err := v.with(t, wrong); err == nil {
			list = append(list, v.lesson(ctx, t.Contract.Name, "values of other types", x, status4("refuse it with status 400, and do nothing", 0)))
		}
	}
	long := members{{"long", json.RawMessage(`"` + strings.Repeat("x", MaxAnswer) + `"`)}}
	if x, err := v.with(t, long); err == nil {
		list = append(list, v.lesson(ctx, t.Contract.Name, "a body of more than 64 KB", x, status4("refuse it with status 413, and do nothing", 0)))
	}
	return list
}

// atOnce sends two requests with one key at the same time.
func (v *Verifier) atOnce(ctx context.Context, t Target) Lesson {
	lesson := Lesson{Action: t.Contract.Name, Case: "the same key twice at once"}
	x, err := v.exchange(t, false, false)
	if err != nil {
		lesson.Learn = err.Error()
		return lesson
	}
	var results [2]result
	var both sync.WaitGroup
	for i := range results {
		both.Go(func() { results[i] = v.send(ctx, x) })
	}
	both.Wait()
	for _, r := range results {
		if lesson.Learn = v.keeps(&t.Contract, r); lesson.Learn != "" {
			lesson.Learn += ". Let the second request wait for the first"
			return lesson
		}
	}
	if !reflect.DeepEqual(results[0].value(), results[1].value()) {
		lesson.Learn = "two different answers; let the second request wait for the first, and repeat its answer"
	}
	return lesson
}

// leaves ends a request as soon as it is sent, and asks again: the answer was lost.
func (v *Verifier) leaves(ctx context.Context, t Target) Lesson {
	x, err := v.exchange(t, false, false)
	if err != nil {
		return Lesson{Action: t.Contract.Name, Case: "a lost answer", Learn: err.Error()}
	}
	gone, leave := context.WithCancel(ctx)
	defer leave()
	sent := httptrace.WithClientTrace(gone, &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { leave() }})
	v.send(sent, x)
	return v.lesson(ctx, t.Contract.Name, "the same key after a lost answer", x, func(r result) string { return v.keeps(&t.Contract, r) })
}

// unknown asks again for a key that the backend does not know, without the secrets.
func (v *Verifier) unknown(ctx context.Context, t Target) Lesson {
	x, err := v.exchange(t, false, true)
	if err != nil {
		return Lesson{Action: t.Contract.Name, Case: "an unknown key", Learn: err.Error()}
	}
	return v.lesson(ctx, t.Contract.Name, "again with an unknown key", x, func(r result) string {
		if lack := v.keeps(&t.Contract, r); lack != "" {
			return lack + ". Do it now if no secret is needed; else answer \"failed\", and never do it later"
		}
		return ""
	})
}

// status4 expects a status 4xx, or one alone.
func status4(expected string, only int) func(result) string {
	return func(r result) string {
		if only != 0 && r.status == only || only == 0 && r.status >= 400 && r.status < 500 {
			return ""
		}
		return fmt.Sprintf("status %d; %s", r.status, expected)
	}
}

// keeps holds an answer against the contract.
func (v *Verifier) keeps(c *engine.Contract, r result) string {
	if r.status != http.StatusOK {
		return fmt.Sprintf("status %d; expected 200 with one of the outcomes of the contract", r.status)
	}
	if len(r.body) > MaxAnswer {
		return fmt.Sprintf("more than %d KB; answer less", MaxAnswer>>10)
	}
	if _, err := decode(&Request{Contract: c, Today: engine.DateOf(v.Client.config.Now())}, r.body); err != nil {
		return err.Error()
	}
	return ""
}

// An exchange is a request as it is sent.
type exchange struct {
	to   *url.URL
	id   string
	body []byte
	sign func(h http.Header, id string, body []byte) // nil signs as always
}

type result struct {
	status int
	body   []byte
	took   time.Duration
	err    error
}

// value returns the JSON of an answer for a comparison.
func (r result) value() any {
	var x any
	if json.Unmarshal(r.body, &x) != nil {
		return string(r.body)
	}
	return x
}

// exchange returns a request with made-up values under a key of its own.
func (v *Verifier) exchange(t Target, other, again bool) (exchange, error) {
	r := v.request(t)
	r.Again = again
	for _, p := range t.Contract.Params {
		r.Args = append(r.Args, sampleValue(&p.Type, r.Today, other))
	}
	if other && len(t.Contract.Params) == 0 {
		r.Caller = "254700000009"
	}
	body, err := encode(&r)
	return exchange{to: t.To, id: newID(), body: body}, err
}

func (v *Verifier) request(t Target) Request {
	caller := v.Caller
	if caller == "" {
		caller = verifyCaller
	}
	return Request{Contract: &t.Contract, To: t.To, Caller: caller, Service: "*384*0#", Lang: "en", Session: checkAction, Today: engine.DateOf(v.Client.config.Now())}
}

// with returns a request with values that the contract does not allow.
func (v *Verifier) with(t Target, values members) (exchange, error) {
	body, err := plainJSON(requestBody{
		Action: t.Contract.Name, Service: "*384*0#", Caller: e164(verifyCaller), Language: "en", Call: checkAction, Values: values,
	})
	return exchange{to: t.To, id: newID(), body: body}, err
}

// lesson sends a request and judges what came back.
func (v *Verifier) lesson(ctx context.Context, action, what string, x exchange, judge func(result) string) Lesson {
	r := v.send(ctx, x)
	if r.err != nil {
		return Lesson{Action: action, Case: what, Learn: r.err.Error()}
	}
	return Lesson{Action: action, Case: what, Learn: judge(r)}
}

// verifyWithin bounds one request of a check. It is longer than any action may take, so
// that a late answer is told from none.
const verifyWithin = 10 * time.Second

func (v *Verifier) send(ctx context.Context, x exchange) (r result) {
	if r.err = v.Client.Allowed(x.to); r.err != nil {
		return r
	}
	ctx, cancel := context.WithTimeout(ctx, verifyWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(v.Client.bound(ctx, x.to), http.MethodPost, x.to.String(), bytes.NewReader(x.body))
	if err != nil {
		return result{err: errors.New("the request could not be made")}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(keyHeader, x.id)
	if x.sign == nil {
		Sign(req.Header, x.id, v.Client.config.Now(), x.body, v.Client.config.Keys)
	} else {
		x.sign(req.Header, x.id, x.body)
	}
	began := time.Now()
	resp, err := v.Client.http.Do(req)
	if err != nil {
		return result{err: v.noAnswer(ctx, err)}
	}
	defer func() { _ = resp.Body.Close() }() // it was only read
	body, err := io.ReadAll(io.LimitReader(resp.Body, MaxAnswer+1))
	if err != nil {
		return result{err: v.noAnswer(ctx, fmt.Errorf("%w: %w", errCut, err))}
	}
	return result{status: resp.StatusCode, body: body, took: time.Since(began)}
}

func (v *Verifier) noAnswer(ctx context.Context, err error) error {
	f := v.Client.unanswered(context.Background(), ctx, false, err)
	if f.Kind == Late {
		return fmt.Errorf("no answer within %v; answer each request, also one that is refused", verifyWithin)
	}
	return errors.New(f.Why + "; answer each request, also one that is refused")
}

// newID returns an identity that was never used.
func newID() string {
	b := make([]byte, 15)
	_, _ = rand.Read(b) // it never fails
	return "verify_" + base64.RawURLEncoding.EncodeToString(b)
}
