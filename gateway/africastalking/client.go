package africastalking

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/paytrace/paytrace/gateway"
)

// SandboxNetwork is the operator's code in callbacks of the aggregator's sandbox.
const SandboxNetwork = "99999"

// Callback implements gateway.Client. The fields have the aggregator's order.
func (Codec) Callback(call gateway.Call) gateway.Request {
	network := call.Network
	if network == "" {
		network = SandboxNetwork
	}
	var b bytes.Buffer
	for i, f := range [...]struct{ name, value string }{
		{fields[phoneNumber], "+" + call.Caller},
		{fields[serviceCode], call.Service},
		{fields[text], call.Text},
		{fields[sessionID], call.Session},
		{fields[networkCode], network},
	} {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(f.name + "=" + url.QueryEscape(f.value))
	}
	return gateway.Request{Method: http.MethodPost, Header: http.Header{"Content-Type": {formType}}, Body: b.Bytes()}
}

// Screen implements gateway.Client. An answer needs the status 200 and "CON" or
// "END" at its very beginning. White space after the text is cut, because a phone
// can't show it.
func (Codec) Screen(status int, _ gateway.Header, body []byte) (text string, end bool, err error) {
	switch {
	case status != http.StatusOK:
		return "", false, fmt.Errorf("%w: the status is %d; 200 is expected", gateway.ErrNoScreen, status)
	case len(body) > gateway.MaxBody:
		return "", false, fmt.Errorf("%w: it is longer than %d bytes", gateway.ErrNoScreen, gateway.MaxBody)
	case !utf8.Valid(body):
		return "", false, fmt.Errorf("%w: it is not UTF-8 text", gateway.ErrNoScreen)
	}
	answer := strings.ReplaceAll(string(body), "\r\n", "\n")
	rest, goesOn := strings.CutPrefix(answer, "CON")
	if !goesOn {
		if rest, end = strings.CutPrefix(answer, "END"); !end {
			return "", false, fmt.Errorf("%w: it begins with %q; CON or END is expected", gateway.ErrNoScreen, beginning(answer))
		}
	}
	if rest != "" && rest[0] != ' ' && rest[0] != '\n' {
		return "", false, fmt.Errorf("%w: it begins with %q; a space is expected after CON or END", gateway.ErrNoScreen, beginning(answer))
	}
	if rest != "" {
		rest = rest[1:]
	}
	text = strings.TrimRight(rest, " \n\t")
	if text == "" {
		return "", false, fmt.Errorf("%w: it has no text after CON or END", gateway.ErrNoScreen)
	}
	return text, end, nil
}

// beginning returns the first characters of an answer, for a message.
func beginning(s string) string {
	const enough = 12
	for i := range s {
		if i >= enough {
			return s[:i] + "…"
		}
	}
	return s
}
