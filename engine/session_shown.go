package engine

import (
	"strings"

	"github.com/paytrace/paytrace/engine/msisdn"
)

// nationalDigits is how many last digits of a phone number stand for its owner,
// whatever is written before them.
const nationalDigits = 9

// ShownSession returns a gateway's session ID for logs and lists. Some gateways make
// the ID from the caller's number; the number is masked in it.
func ShownSession(session, caller string) string {
	if len(caller) < nationalDigits {
		return session
	}
	national := caller[len(caller)-nationalDigits:]
	if !strings.Contains(session, national) {
		return session
	}
	return strings.ReplaceAll(session, national, msisdn.Mask(national))
}
