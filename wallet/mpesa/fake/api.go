package fake

import (
	"context"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/paytrace/paytrace/wallet/mpesa"
)

// refusal answers requests to a path without looking at them.
type refusal struct {
	path    string
	left    int
	status  int
	code    string
	message string
}

// Refuse answers the next n requests to a path with an error code.
func (s *Safaricom) Refuse(path string, n, status int, code, message string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusals = append(s.refusals, refusal{path, n, status, code, message})
}

// fields are the values of a request. Numbers keep their digits.
type fields map[string]string

// problem is an answer with an errorCode.
func (s *Safaricom) problem(status int, code, message string) reply {
	return reply{status: status, body: map[string]string{"requestId": s.number("%d-%d-1"), "errorCode": code, "errorMessage": message}}
}

// number makes an ID from a format with two numbers.
func (s *Safaricom) number(format string) string {
	s.made++
	return fmt.Sprintf(format, s.made, s.rand.IntN(1_000_000))
}

const receiptAlphabet = "ABCDEFGHIJKLMNPQRSTUVWXYZ0123456789"

// receipt makes a receipt number that no other has.
func (s *Safaricom) receipt() string {
	s.made++
	tail := ""
	for n := s.made; len(tail) < 7; n /= len(receiptAlphabet) {
		tail = string(receiptAlphabet[n%len(receiptAlphabet)]) + tail
	}
	now := s.config.Now().In(mpesa.Nairobi)
	return string([]byte{'A' + byte(now.Year()-2006)%26, 'A' + byte(now.Month()) - 1, receiptAlphabet[now.Day()]}) + tail
}

// answer answers a request to the API.
func (s *Safaricom) answer(r *http.Request) (status int, body []byte, cut bool) {
	raw := []byte("{}")
	if r.Body != nil {
		read, err := io.ReadAll(io.LimitReader(r.Body, maxRequest))
		if err != nil {
			return 0, nil, true
		}
		raw = read
	}
	s.mu.Lock()
	a := s.dispatch(r, raw)
	s.mu.Unlock()
	s.deliverAll(context.WithoutCancel(r.Context()), a.before)
	if a.cut {
		return 0, nil, true
	}
	if a.raw != "" {
		return a.status, []byte(a.raw), false
	}
	body, err := json.Marshal(a.body)
	if err != nil {
		return http.StatusInternalServerError, nil, false
	}
	return a.status, body, false
}

// operations lists the paths of the API.
var operations = map[string]struct {
	get bool // GET is allowed, too
	do  func(*Safaricom, fields) reply
}{
	"/mpesa/stkpush/v1/processrequest":  {do: (*Safaricom).push},
	"/mpesa/stkpushquery/v1/query":      {do: (*Safaricom).queryPush},
	"/mpesa/b2c/v3/paymentrequest":      {do: (*Safaricom).pay},
	"/mpesa/transactionstatus/v1/query": {do: (*Safaricom).askStatus},
	"/mpesa/accountbalance/v1/query":    {do: (*Safaricom).askBalance},
	"/mpesa/reversal/v1/request":        {do: (*Safaricom).reverse},
	"/mpesa/c2b/v1/registerurl":         {do: (*Safaricom).registerC2B},
	"/mpesa/c2b/v2/registerurl":         {do: (*Safaricom).registerC2B},
	"/pulltransactions/v1/register":     {do: (*Safaricom).registerPull},
	"/pulltransactions/v1/query":        {get: true, do: (*Safaricom).pull},
}

// dispatch finds the operation of a request and checks its token.
func (s *Safaricom) dispatch(r *http.Request, raw []byte) reply {
	for i := range s.refusals {
		if f := &s.refusals[i]; f.left > 0 && f.path == r.URL.Path {
			f.left--
			return s.problem(f.status, f.code, f.message)
		}
	}
	if r.URL.Path == "/oauth/v1/generate" {
		return s.oauth(r)
	}
	op, ok := operations[r.URL.Path]
	switch {
	case !ok:
		return s.problem(http.StatusNotFound, "404.001.01", "Resource not found")
	case r.Method != http.MethodPost && (!op.get || r.Method != http.MethodGet):
		return s.problem(http.StatusMethodNotAllowed, "405.001", "Method Not Allowed")
	}
	if s.chance(s.config.Faults.Stale) {
		s.token = ""
	}
	if token, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); !found || token == "" || token != s.token || !s.config.Now().Before(s.tokenEnds) {
		return s.problem(http.StatusUnauthorized, "404.001.03", "Invalid Access Token")
	}
	f, err := readFields(raw)
	if err != nil {
		return s.problem(http.StatusBadRequest, "400.002.05", "Invalid Request Payload")
	}
	return op.do(s, f)
}

// readFields reads a flat object.
func readFields(raw []byte) (fields, error) {
	var values map[string]json.RawMessage
	if err := json.Unmarshal(raw, &values); err != nil {
		return nil, err
	}
	f := fields{}
	for name, value := range values {
		var text string
		if json.Unmarshal(value, &text) != nil {
			text = string(value)
		}
		f[name] = text
	}
	return f, nil
}

// oauth gives out a token, which kills the one before.
func (s *Safaricom) oauth(r *http.Request) reply {
	key, secret, ok := r.BasicAuth()
	switch {
	case r.Method != http.MethodGet:
		return s.problem(http.StatusMethodNotAllowed, "405.001", "Method Not Allowed")
	case !ok:
		return s.problem(http.StatusBadRequest, "400.008.01", "Invalid Authentication passed")
	case r.URL.Query().Get("grant_type") != "client_credentials":
		return s.problem(http.StatusBadRequest, "400.008.02", "Invalid grant type passed")
	case key != s.config.ConsumerKey || secret != s.config.ConsumerSecret:
		return s.problem(http.StatusBadRequest, "400.008.01", "Invalid Authentication passed")
	}
	s.token, s.tokenEnds = s.number("fake-token-%d-%d"), s.config.Now().Add(tokenLife)
	// Older answers have the seconds as a text.
	seconds := any(int(tokenLife.Seconds()))
	if s.made%2 == 0 {
		seconds = strconv.Itoa(int(tokenLife.Seconds()))
	}
	return reply{status: http.StatusOK, body: map[string]any{"access_token": s.token, "expires_in": seconds}}
}

var (
	wholeAmount = regexp.MustCompile(`^[1-9][0-9]{0,8}$`)
	wireTime    = regexp.MustCompile(`^[0-9]{14}$`)
)

// invalid answers a request with a wrong field.
func (s *Safaricom) invalid(field string) reply {
	return s.problem(http.StatusBadRequest, "400.002.02", "Bad Request - Invalid "+field)
}

// checkURL reports whether an address may be posted to.
func (s *Safaricom) checkURL(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http" && s.config.PlainHTTP)
}

// shillings reads an amount between two limits, in cents.
func shillings(f fields, least, most int64) (cents int64, ok bool) {
	if !wholeAmount.MatchString(f["Amount"]) {
		return 0, false
	}
	n, err := strconv.ParseInt(f["Amount"], 10, 64)
	return n * 100, err == nil && n >= least && n <= most
}

// operator checks what all requests of the API operator have. field is the first wrong
// one.
func (s *Safaricom) operator(f fields, initiator, command string) (field string) {
	switch {
	case f[initiator] == "":
		return initiator
	case f["SecurityCredential"] == "":
		return "SecurityCredential"
	case f["CommandID"] != command:
		return "CommandID"
	case !s.checkURL(f["ResultURL"]):
		return "ResultURL"
	case !s.checkURL(f["QueueTimeOutURL"]):
		return "QueueTimeOutURL"
	case len(f["Remarks"]) < 2 || len(f["Remarks"]) > 100:
		return "Remarks"
	}
	return ""
}

// authentic reports whether the operator's name and credential are right. Safaricom
// looks at them later, so a wrong one is a result and no refusal.
func (s *Safaricom) authentic(f fields, initiator string) bool {
	if f[initiator] != s.config.Initiator {
		return false
	}
	if s.config.Key == nil {
		return f["SecurityCredential"] == s.config.Credential
	}
	sealed, err := base64.StdEncoding.DecodeString(f["SecurityCredential"])
	if err != nil {
		return false
	}
	plain, err := rsa.DecryptPKCS1v15(nil, s.config.Key, sealed) //nolint:staticcheck // as Safaricom does
	return err == nil && string(plain) == s.config.Password
}

// accepts answers a request whose result is posted later.
func (s *Safaricom) accepts(id string) (conversation string, answer reply) {
	conversation = s.number("AG_" + s.config.Now().In(mpesa.Nairobi).Format("20060102") + "_%d%06d")
	if id == "" {
		id = s.number("%d-%d-2")
	}
	return conversation, reply{status: http.StatusOK, body: map[string]string{
		"ConversationID": conversation, "OriginatorConversationID": id,
		"ResponseCode": "0", "ResponseDescription": "Accept the service request successfully.",
	}}
}

// keyed is a parameter of a result.
type keyed struct {
	Key   string
	Value any `json:",omitempty"`
}

// resultBody writes a result.
func resultBody(id, conversation, transaction, code, description string, parameters []keyed) []byte {
	// Codes that are numbers are written as numbers.
	shown := any(code)
	if n, err := strconv.Atoi(code); err == nil && !strings.HasPrefix(code, "0.") && strconv.Itoa(n) == code {
		shown = n
	}
	result := map[string]any{
		"ResultType": 0, "ResultCode": shown, "ResultDesc": description, "OriginatorConversationID": id,
		"ConversationID": conversation, "TransactionID": transaction,
		"ReferenceData": map[string]any{"ReferenceItem": keyed{Key: "QueueTimeoutURL", Value: "https://internal.example/submit"}},
	}
	if len(parameters) > 0 {
		result["ResultParameters"] = map[string]any{"ResultParameter": parameters}
	}
	return encoded(map[string]any{"Result": result})
}

// encoded writes JSON of values that can always be written.
func encoded(v any) []byte {
	body, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return body
}

// amount writes cents as the wire does: a number with two decimals.
func amount(cents int64) json.Number { return json.Number(decimal(cents)) }

func decimal(cents int64) string {
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	return fmt.Sprintf("%s%d.%02d", sign, cents/100, cents%100)
}

func stamp(at time.Time) json.Number {
	return json.Number(at.In(mpesa.Nairobi).Format("20060102150405"))
}

// description returns the words of a result.
func description(api mpesa.API, code string) string {
	if code == "0" {
		return "The service request is processed successfully."
	}
	return "Fake: " + mpesa.Explain(api, code, "").Name + "."
}
