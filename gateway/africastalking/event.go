package africastalking

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/paytrace/paytrace/gateway"
)

// DecodeEvent reads the notice that a session ended, posted to the events URL.
// Only sessionId and status are required. Sources differ in the other values, and
// an event that can't be read in full is still useful. input and lastAppResponse
// are dropped unread.
func (Codec) DecodeEvent(r gateway.Request) (gateway.Event, error) {
	var form gateway.Form
	if err := parse(&form, r); err != nil {
		return gateway.Event{}, err
	}
	value := func(at int) string { v, _ := form.Get(at); return v }
	for _, at := range [...]int{sessionID, status} {
		if _, ok := form.Get(at); !ok {
			return gateway.Event{}, gateway.Refuse("The field %s is missing.", fields[at])
		}
	}
	session, err := gateway.Session(fields[sessionID], value(sessionID))
	if err != nil {
		return gateway.Event{}, err
	}
	event := gateway.Event{Provider: Name, Session: session, Status: ending(value(status)), Error: value(errorMessage)}
	event.Caller, _ = gateway.Caller(fields[phoneNumber], value(phoneNumber))
	event.Service, _ = gateway.Service(fields[serviceCode], value(serviceCode))
	event.Network, _ = gateway.Network(fields[networkCode], value(networkCode))
	event.Cost, event.Screens = price(value(cost)), screens(value(hopsMetadata))
	event.Hops = int(count(value(hopsCount), maxHops))
	event.Duration = time.Duration(count(value(durationInMillis), maxMillis)) * time.Millisecond
	return event, nil
}

// Numbers above these are wrong: no session has a thousand screens or lasts a day.
const (
	maxHops   = 1000
	maxMillis = 24 * 60 * 60 * 1000
)

// count reads a number from 0 to most. Any other text counts as 0.
func count(s string, most int64) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n > most {
		return 0
	}
	return n
}

// aPrice is a price as it is sent: "KES 0.8000" in some sources, a number in others. No
// call costs a number of five digits; what is longer may be what a caller typed.
var aPrice = regexp.MustCompile(`^([A-Z]{3} )?\d{1,4}(\.\d{1,6})?$`)

// price returns a price as it is sent. Any other text counts as none.
func price(s string) string {
	if s = strings.TrimSpace(s); aPrice.MatchString(s) {
		return s
	}
	return ""
}

// screens returns the names that answers of the session had in their header. What is no
// such name is left out.
func screens(s string) (list []string) {
	for name := range strings.SplitSeq(s, "|") {
		if name = strings.TrimSpace(name); isHop(name) && len(list) < maxHops {
			list = append(list, name)
		}
	}
	return list
}

func ending(status string) gateway.Ending {
	switch status {
	case "Success":
		return gateway.Completed
	case "Incomplete":
		return gateway.Abandoned
	case "Failed":
		return gateway.Failed
	}
	return gateway.Unclear
}
