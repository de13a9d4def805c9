package africastalking

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/gateway"
)

// The aggregator's own side of a callback, for who stands in for it: scripts
// played against a service elsewhere.

// SandboxNetwork is the operator's code in callbacks of the aggregator's sandbox.
const SandboxNetwork = "99999"

// FormType is the Content-Type of a callback.
const FormType = formType

// Form is the body of a callback, its fields in the order they are sent in.
func Form(req engine.Request) []byte {
	network := req.Network
	if network == "" {
		network = SandboxNetwork
	}
	var b bytes.Buffer
	for i, f := range [...]struct{ name, value string }{
		{fields[phoneNumber], "+" + req.Caller},
		{fields[serviceCode], req.Service},
		{fields[text], req.Text},
		{fields[sessionID], req.Session},
		{fields[networkCode], network},
	} {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(f.name + "=" + url.QueryEscape(f.value))
	}
	return b.Bytes()
}

// ErrNoScreen is an answer from which no phone would get a screen.
var ErrNoScreen = errors.New("no answer that the gateway shows")

// Screen reads a service's answer as the aggregator does: 200, and "CON" or
// "END" at its very beginning. What is below the text can't be seen on a phone
// and is cut off. The error wraps ErrNoScreen.
func Screen(status int, body []byte) (text string, end bool, err error) {
	switch {
	case status != http.StatusOK:
		return "", false, fmt.Errorf("%w: the status is %d, expected 200", ErrNoScreen, status)
	case len(body) > gateway.MaxBody:
		return "", false, fmt.Errorf("%w: it is longer than %d bytes", ErrNoScreen, gateway.MaxBody)
	case !utf8.Valid(body):
		return "", false, fmt.Errorf("%w: it is not UTF-8 text", ErrNoScreen)
	}
	answer := strings.ReplaceAll(string(body), "\r\n", "\n")
	rest, goesOn := strings.CutPrefix(answer, "CON")
	if !goesOn {
		if rest, end = strings.CutPrefix(answer, "END"); !end {
			return "", false, fmt.Errorf("%w: it begins with %q, expected CON or END", ErrNoScreen, beginning(answer))
		}
	}
	if rest != "" && rest[0] != ' ' && rest[0] != '\n' {
		return "", false, fmt.Errorf("%w: it begins with %q, expected a space behind CON or END", ErrNoScreen, beginning(answer))
	}
	if rest != "" {
		rest = rest[1:]
	}
	text = strings.TrimRight(rest, " \n\t")
	if text == "" {
		return "", false, fmt.Errorf("%w: there is no text behind CON or END", ErrNoScreen)
	}
	return text, end, nil
}

// beginning is enough of an answer to know it by.
func beginning(s string) string {
	const enough = 12
	for i := range s {
		if i >= enough {
			return s[:i] + "…"
		}
	}
	return s
}
