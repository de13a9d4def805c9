package africastalking

import (
	"mime"
	"net/http"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/gateway"
)

// Name is the provider's name in requests, records and logs.
const Name = "africastalking"

// Codec is Africa's Talking's dialect. The zero value is ready.
type Codec struct{}

var _ gateway.EventCodec = Codec{}

// Name is "africastalking".
func (Codec) Name() string { return Name }

// Indexes of the fields below.
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
)

// fields are those of a callback, then those of an event that are kept.
var fields = []string{
	"sessionId", "phoneNumber", "serviceCode", "networkCode", "text",
	"status", "durationInMillis", "hopsCount", "errorMessage",
}

// Decode reads a callback. sessionId, phoneNumber, serviceCode and text must be
// there, text even on the first screen, where it is empty: a body that lost it
// on the way would start the call anew. networkCode may be missing, as it is
// with aggregators that copy this form. Other fields are ignored.
func (Codec) Decode(r gateway.Request) (engine.Request, error) {
	var form gateway.Form
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
		{sessionID, gateway.Session, &req.Session},
		{phoneNumber, gateway.Caller, &req.Caller},
		{serviceCode, gateway.Service, &req.Service},
		{networkCode, gateway.Network, &req.Network},
		{text, gateway.Text, &req.Text},
	} {
		value, ok := form.Get(f.at)
		if !ok && f.at != networkCode {
			return engine.Request{}, gateway.Refuse("The field %s is missing.", fields[f.at])
		}
		var err error
		if *f.into, err = f.check(fields[f.at], value); err != nil {
			return engine.Request{}, err
		}
	}
	return req, nil
}

// parse reads a form body, after its size and type.
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

// Encode writes "CON " or "END " and the screen. The type is text/plain without
// a charset, as the aggregator's own library sends it; a space before CON or END
// would end the call.
func (Codec) Encode(_ engine.Request, reply engine.Reply) gateway.Response {
	prefix := "CON "
	if reply.End {
		prefix = "END "
	}
	body := make([]byte, 0, len(prefix)+len(reply.Text))
	body = append(append(body, prefix...), reply.Text...)
	return gateway.Response{Status: http.StatusOK, ContentType: "text/plain", Body: body}
}
