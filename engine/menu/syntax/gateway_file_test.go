package syntax

import (
	"strings"
	"testing"
	"testing/fstest"
)

const acme = `gateway: acme
receive: {method: POST, as: json}
fields:
  session: SessionId
  caller: Mobile
  service: ServiceCode
  text: Message
typed: last
first: Type is Initiation
answer:
  as: json
  fields:
    Type: {goes_on: response, ends: release}
    Message: "{text}"
`

// TestReadGatewayMistakes changes one line of a file, and expects a diagnostic at a line.
func TestReadGatewayMistakes(t *testing.T) {
	for _, c := range []struct{ old, next, want string }{
		{"", "", ""},
		{"gateway: acme", "gateway: Acme", `1:10: U003 "Acme" cannot be the name of a gateway.`},
		{"gateway: acme", "gateway: other", `1:10: U003 The gateway "other" is in the file "acme.yaml".`},
		{"as: json}", "as: jsn}", `2:29: U003 "as" needs query, form, json or xml, but here is "jsn".`},
		{"method: POST, as: json}", "method: POST, as: xml}", `1:1: U003 An XML callback needs the name of its outermost element.`},
		{"  caller: Mobile\n", "", `1:1: U003 "fields" needs "session", "caller" and "text".`},
		{"  caller: Mobile\n", "  caler: Mobile\n", `5:3: U002 "caler" is not a key of "fields".`},
		{"first: Type is Initiation", "first: Type Initiation", `9:8: U003 "Type Initiation" is no condition.`},
		{"first: Type is Initiation\n", "", `1:1: U003 A gateway that sends only the last input needs to say how its first callback is told.`},
		{"{goes_on: response, ends: release}", "response", `1:1: U003 Nothing in the answer says whether the call goes on.`},
		{`"{text}"`, "Hello", `1:1: U003 No field of the answer has the screen.`},
		{`"{text}"`, `"{text"`, `14:15: U003 "{text" is no placeholder.`},
		{"typed: last", "typed: some", `8:8: U003 "typed" needs all or last, but here is "some".`},
	} {
		source := strings.Replace(acme, c.old, c.next, 1)
		_, found := ReadGateway(fstest.MapFS{"gateways/acme.yaml": {Data: []byte(source)}}, "gateways/acme.yaml", "menus")
		got := ""
		if len(found) > 0 {
			got = strings.TrimPrefix(found[0].String(), "menus/gateways/acme.yaml:")
		}
		if c.want == "" && got != "" || !strings.HasPrefix(got, c.want) {
			t.Errorf("%q for %q: %s\nwant %s", c.next, c.old, got, c.want)
		}
	}
}
