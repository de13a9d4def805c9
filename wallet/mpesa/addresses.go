package mpesa

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Route names an address that Safaricom posts to.
type Route string

// The routes. All but the last three belong to one payment.
const (
	RouteIn      Route = "in"      // what became of a push
	RouteOut     Route = "out"     // what became of a payout
	RouteStatus  Route = "status"  // what a status query found
	RouteTimeout Route = "timeout" // a request waited too long in a queue, which says nothing of it
	RouteConfirm Route = "confirm" // a payment to the paybill
	RouteCheck   Route = "check"   // may a payment to the paybill be made?
	RouteBalance Route = "balance" // the balances of the short code
)

// MaxToken is the greatest number of bytes of a payment's own token.
const MaxToken = 100

// Addresses makes the addresses that Safaricom posts to, and knows them again. Each has
// a keyed hash, so a guessed one is refused without a look into the database.
//
// Safaricom refuses addresses with its own names in them, so the paths have none.
type Addresses struct {
	base string
	// keys has the key of new addresses first. Addresses of the others are known, too.
	keys [][]byte
}

// NewAddresses makes addresses below a base, such as https://pay.example.org. Each key
// has at least 16 bytes, and is used for nothing else. Addresses that were made with one
// of the other keys are known, but no new ones are made: so the key can change while
// Safaricom still posts to older addresses.
func NewAddresses(base string, key []byte, others ...[]byte) (Addresses, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.RawQuery != "" || u.Fragment != "" {
		return Addresses{}, errors.New("mpesa: the public address must be https://host")
	}
	const leastKey = 16
	keys := append([][]byte{key}, others...)
	for _, key := range keys {
		if len(key) < leastKey {
			return Addresses{}, fmt.Errorf("mpesa: a key of addresses has %d bytes; at least %d are needed", len(key), leastKey)
		}
	}
	return Addresses{strings.TrimSuffix(base, "/"), keys}, nil
}

// In returns the address to which the result of a push is posted.
func (a Addresses) In(intent, token string) string {
	return a.payment("/pay/in/", RouteIn, intent, token)
}

// Out returns the address for what becomes of a payout.
func (a Addresses) Out(intent, token string) string {
	return a.payment("/pay/out/", RouteOut, intent, token)
}

// Status returns the address for what a status query about a payment finds.
func (a Addresses) Status(intent, token string) string {
	return a.payment("/pay/status/", RouteStatus, intent, token)
}

// Timeout returns the address to which a request that waited too long is reported.
func (a Addresses) Timeout(intent, token string) string {
	return a.payment("/pay/timeout/", RouteTimeout, intent, token)
}

// Confirm returns the address for payments to the paybill.
func (a Addresses) Confirm() string {
	return a.base + "/pay/c2b/" + a.mac(RouteConfirm, "", "") + "/confirm"
}

// Check returns the address that validates payments to the paybill.
func (a Addresses) Check() string { return a.base + "/pay/c2b/" + a.mac(RouteCheck, "", "") + "/check" }

// Balance returns the address to which balances are posted.
func (a Addresses) Balance() string { return a.base + "/pay/balance/" + a.mac(RouteBalance, "", "") }

func (a Addresses) payment(path string, route Route, intent, token string) string {
	return a.base + path + url.PathEscape(intent) + "/" + url.PathEscape(token+"."+a.mac(route, intent, token))
}

// Open checks the last part of an address of a route, and returns the payment's own
// token in it; "" for an address that belongs to no payment. It returns false for an
// address that this service has not made.
func (a Addresses) Open(route Route, intent, sealed string) (token string, ok bool) {
	mac := sealed
	if i := strings.LastIndexByte(sealed, '.'); i >= 0 {
		token, mac = sealed[:i], sealed[i+1:]
	}
	if len(token) > MaxToken || len(intent) > MaxToken {
		return "", false
	}
	for _, key := range a.keys {
		if hmac.Equal([]byte(mac), []byte(macOf(key, route, intent, token))) {
			return token, true
		}
	}
	return "", false
}

func (a Addresses) mac(route Route, intent, token string) string {
	return macOf(a.keys[0], route, intent, token)
}

// macOf returns 128 bits of a keyed hash of all that an address says.
func macOf(key []byte, route Route, intent, token string) string {
	const bytes = 16
	h := hmac.New(sha256.New, key)
	for _, part := range []string{string(route), intent, token} {
		// A length keeps the parts apart.
		h.Write([]byte{byte(len(part) >> 8), byte(len(part))}) //nolint:gosec // parts are short
		h.Write([]byte(part))
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:bytes])
}
