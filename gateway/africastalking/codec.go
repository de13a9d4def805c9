// Package africastalking speaks the USSD callbacks of Africa's Talking. The
// aggregator posts a form for every screen, with everything the caller typed so
// far in text, and expects an answer that begins with CON or END.
//
// Facts that the aggregator's pages do not have come from captures of its sandbox;
// testdata has bodies of the same shape.
package africastalking

import (
	"errors"
	"mime"
	"net/http"
	"strings"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/gateway"
)

// Name is the provider's name in requests, records and logs.
const Name = "africastalking"

// Codec implements gateway.Codec, EventCodec and Client. Its zero value is ready.
type Codec struct{}

var (
	_ gateway.EventCodec = Codec{}
	_ gateway.Client     = Codec{}
)

// Name returns "africastalking".
func (Codec) Name() string { return Name }

// Indexes in fields.
const (
	sessionID = iota
	phoneNumber
	serviceCode
	networkCode
	text
	status
	durationInMillis
	hopsCount
	errorMessage
	cost
	hopsMetadata
)

// fields lists the fields of a callback, then the further fields of an event that
// DecodeEvent reads.
var fields = []string{
	"sessionId", "phoneNumber", "serviceCode", "networkCode", "text",
	"status", "durationInMillis", "hopsCount", "errorMessage", "cost", "hopsMetadata",
}

// Decode reads a callback. sessionId, phoneNumber, serviceCode and text are
// required; text is empty for the first screen, but a body without it would start
// the call again. networkCode may be missing, as it is with aggregators that copy
// this form. Other fields are ignored.
func (Codec) Decode(r gateway.Request) (engine.Request, error) {
	form := gateway.Form{Typed: fields[text]}
	if err := parse(&form, r); err != nil {
		return engine.Request{}, err
	}
	if _, typed := form.Get(text); !typed {
		if _, ended := form.Get(status); ended {
			return engine.Request{}, gateway.ErrNotACallback
		}
	}
	req := engine.Request{Provider: Name}
	for _, f := range [...]struct {
		at    int
		check func(name, value string) (string, error)
		into  *string
	}{
		// What callers type comes last.
		{sessionID, gateway.Session, &req.Session},
		{phoneNumber, gateway.Caller, &req.Caller},
		{networkCode, gateway.Network, &req.Network},
		{serviceCode, gateway.Service, &req.Service},
		{text, gateway.Text, &req.Text},
	} {
		value, ok := form.Get(f.at)
		if !ok && f.at != networkCode {
			return engine.Request{}, gateway.Refuse("The field %s is missing.", fields[f.at])
		}
		var err error
		if *f.into, err = f.check(fields[f.at], value); err != nil {
			var refusal *gateway.Refusal
			if errors.As(err, &refusal) && refusal.Typed {
				return req, err
			}
			return engine.Request{}, err
		}
	}
	return req, nil
}

// parse checks the size and type of a body and reads its form.
func parse(form *gateway.Form, r gateway.Request) error {
	if len(r.Body) > gateway.MaxBody {
		return gateway.RefuseSize()
	}
	if !isForm(r.ContentType()) {
		return gateway.Refuse("The Content-Type must be application/x-www-form-urlencoded.")
	}
	return form.Parse(r.Body, fields)
}

const formType = "application/x-www-form-urlencoded"

func isForm(contentType string) bool {
	if contentType == formType {
		return true
	}
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && media == formType
}

// Encode writes "CON " or "END " and the screen. Nothing may stand before CON or
// END: even a space would end the call.
//
// The header at-ussd-hop-metadata names the screen. The aggregator shows it on its
// dashboard and lists these names in its event at the end.
func (Codec) Encode(_ gateway.Request, _ engine.Request, reply engine.Reply) gateway.Response {
	prefix := "CON "
	if reply.End {
		prefix = "END "
	}
	body := make([]byte, 0, len(prefix)+len(reply.Text))
	body = append(append(body, prefix...), reply.Text...)
	r := gateway.Response{Status: http.StatusOK, ContentType: "text/plain; charset=utf-8", Body: body}
	if isHop(reply.Screen) {
		r.Header = []gateway.Named{{Name: hopHeader, Value: reply.Screen}}
	}
	return r
}

const (
	hopHeader = "at-ussd-hop-metadata"
	// maxHop bounds the bytes of the header, which the aggregator documents.
	maxHop = 99
)

// isHop reports whether a text is the name of a screen, such as main or (busy). An event
// could also have what a caller typed in its place.
func isHop(screen string) bool {
	inner := strings.TrimSuffix(strings.TrimPrefix(screen, "("), ")")
	for i := range len(inner) {
		switch c := inner[i]; {
		case 'a' <= c|0x20 && c|0x20 <= 'z':
		case i > 0 && (c == '_' || '0' <= c && c <= '9'):
		default:
			return false
		}
	}
	return inner != "" && len(screen) <= maxHop
}

// Noticed answers an event that came to the callback URL, in the form of a callback's
// answer.
func (c Codec) Noticed(r gateway.Request) gateway.Response {
	return c.Encode(r, engine.Request{}, engine.Reply{Text: "Session ended.", End: true})
}
