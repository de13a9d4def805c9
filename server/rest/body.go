package rest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/paytrace/paytrace/engine/msisdn"
)

// members reads a body that must be a JSON object with exactly the named text
// members. It reports all faults at once, with their places. encoding/json would
// accept a member that comes twice, an unknown one (unless told otherwise), names
// in another case and invalid UTF-8; each means that sender and reader disagree.
func members(r *http.Request, names ...string) (map[string]string, *Problem) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return nil, problem(http.StatusUnsupportedMediaType, typeBlank, "The Content-Type must be application/json.")
	}
	if e := r.Header.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return nil, problem(http.StatusUnsupportedMediaType, typeBlank, "The body must not be compressed.")
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, problem(http.StatusBadRequest, typeBlank, "The body could not be read.")
	}
	if !utf8.Valid(body) || !json.Valid(body) {
		return nil, problem(http.StatusBadRequest, typeBlank, "The body is not JSON in UTF-8.")
	}
	values, faults := object(body, names)
	if len(faults) > 0 {
		return nil, invalid(faults...)
	}
	return values, nil
}

// object reads the members of a JSON object; body is valid JSON.
func object(body []byte, names []string) (map[string]string, []Fault) {
	dec := json.NewDecoder(bytes.NewReader(body))
	if first, _ := dec.Token(); first != json.Delim('{') {
		return nil, []Fault{{Pointer: "#", Detail: "A JSON object is expected, such as " + example(names) + "."}}
	}
	values, faults := map[string]string{}, []Fault(nil)
	for dec.More() {
		name, value, noText := member(dec)
		if err := cmp.Or(known(name, names, values), noText); err != nil {
			faults = append(faults, Fault{Pointer: pointer(name), Detail: err.Error()})
			continue
		}
		values[name] = value
	}
	for _, name := range names {
		if _, ok := values[name]; !ok && len(faults) == 0 {
			faults = append(faults, Fault{Pointer: "#", Detail: fmt.Sprintf("The member %q is missing.", name)})
		}
	}
	return values, faults
}

var (
	errNoText  = errors.New("A text is expected.")
	errTwice   = errors.New("The member comes twice.")
	errUnknown = errors.New("This member is unknown.")
)

// member reads one member. It returns errNoText if the value is not a text.
func member(dec *json.Decoder) (name, value string, err error) {
	token, err := dec.Token()
	name, _ = token.(string)
	if err != nil {
		return name, "", err
	}
	var raw json.RawMessage
	if err := dec.Decode(&raw); err != nil {
		return name, "", err
	}
	if raw[0] != '"' {
		return name, "", errNoText
	}
	return name, value, json.Unmarshal(raw, &value)
}

func known(name string, names []string, values map[string]string) error {
	if _, twice := values[name]; twice {
		return errTwice
	}
	for _, n := range names {
		if n == name {
			return nil
		}
	}
	return errUnknown
}

// maxPointer bounds the bytes of an unknown name that an answer repeats.
const maxPointer = 64

func pointer(name string) string {
	if len(name) > maxPointer {
		name = strings.ToValidUTF8(name[:maxPointer], "")
	}
	return "#/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

func example(names []string) string {
	parts := make([]string, len(names))
	for i, n := range names {
		parts[i] = fmt.Sprintf("%q: \"…\"", n)
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// maxTyped bounds the bytes of a typed number: twenty digits, each with a
// separator.
const maxTyped = 40

const phoneWanted = "A Kenyan mobile number is expected, such as 254712345678."

// phone parses a number as people type it. It returns false if it is not a
// Kenyan mobile number.
func phone(typed string) (string, bool) {
	if len(typed) > maxTyped {
		return "", false
	}
	return msisdn.Parse(typed)
}
