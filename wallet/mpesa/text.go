package mpesa

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// text is a JSON value that the wire writes sometimes as a string and sometimes as a
// number, such as a ResultCode: 0, "0" or "SFC_IC0003". Numbers keep their digits.
type text string

// UnmarshalJSON reads a string, a number, true, false or null. Null gives "".
func (t *text) UnmarshalJSON(raw []byte) error {
	raw = bytes.TrimSpace(raw)
	switch {
	case len(raw) == 0, bytes.Equal(raw, []byte("null")):
		*t = ""
	case raw[0] == '"':
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return err
		}
		*t = text(s)
	case raw[0] == '{', raw[0] == '[':
		return errors.New("found a list or an object, expected a text or a number")
	default:
		*t = text(raw)
	}
	return nil
}

// Parameter is a named value of a result.
type Parameter struct {
	Name, Value string
}

// Parameters are the named values of a result, in the order of the wire. A name may
// come twice.
type Parameters []Parameter

// Get returns the first value of a name that has one, or "".
func (p Parameters) Get(name string) string {
	for _, one := range p {
		if one.Name == name && one.Value != "" {
			return one.Value
		}
	}
	return ""
}

// All returns all values of a name, without empty ones.
func (p Parameters) All(name string) []string {
	var values []string
	for _, one := range p {
		if one.Name == name && one.Value != "" {
			values = append(values, one.Value)
		}
	}
	return values
}

// maxParameters bounds the parameters read of a result; a status answer has about 20.
const maxParameters = 200

// UnmarshalJSON reads one object or a list of them, each with a Key or a Name, and
// perhaps a Value.
func (p *Parameters) UnmarshalJSON(raw []byte) error {
	type item struct {
		Key, Name, Value text
	}
	raw = bytes.TrimSpace(raw)
	var items []item
	switch {
	case len(raw) == 0, bytes.Equal(raw, []byte("null")), bytes.Equal(raw, []byte(`""`)):
	case raw[0] == '[':
		if err := json.Unmarshal(raw, &items); err != nil {
			return err
		}
	default:
		var one item
		if err := json.Unmarshal(raw, &one); err != nil {
			return err
		}
		items = []item{one}
	}
	if len(items) > maxParameters {
		return fmt.Errorf("found %d parameters, expected at most %d", len(items), maxParameters)
	}
	*p = nil
	for _, i := range items {
		name := i.Key
		if name == "" {
			name = i.Name
		}
		*p = append(*p, Parameter{string(name), string(i.Value)})
	}
	return nil
}

// Nairobi is the zone of all times on the wire. Kenya has no summer time.
var Nairobi = time.FixedZone("EAT", 3*60*60)

// stamp is the layout of most times on the wire.
const stamp = "20060102150405"

// layouts lists how the wire writes times: STK and most results, B2C results, and
// pulled transactions.
var layouts = []string{stamp, "02.01.2006 15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04:05Z"}

// ParseTime reads a time of the wire, which is Nairobi's. It returns the zero time for
// anything else: no decision depends on it.
func ParseTime(text string) time.Time {
	for _, layout := range layouts {
		if at, err := time.ParseInLocation(layout, text, Nairobi); err == nil {
			if layout == layouts[len(layouts)-1] {
				// Whether this Z means UTC is not known. Like all other times it is
				// read as Nairobi's, and receipts are compared by number, not by time.
				at = time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, Nairobi)
			}
			return at
		}
	}
	return time.Time{}
}
