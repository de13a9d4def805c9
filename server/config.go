package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"regexp"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/gateway"
)

// Config holds the settings and handlers of a Server.
type Config struct {
	// Handle answers a callback. Its context ends after Budget.
	Handle func(context.Context, engine.Request) engine.Reply
	// Codec reads and writes for the gateway that posts to /ussd.
	Codec gateway.Codec
	// Gateways lists the other gateways.
	Gateways []Gateway
	// Ready lists the dependencies that /ready checks.
	Ready []Check

	// APIKey lists the accepted keys; a callback must carry one as its Bearer
	// token. APIKeyOld lists keys that are still accepted during a change. A key
	// is taken literally, commas included; an empty one counts as not set.
	APIKey    []string
	APIKeyOld []string
	// PathSecret authorizes /ussd/{secret}, for gateways that can't send a
	// header. It has at least MinPathSecret letters, digits and - . _ ~.
	// PathSecretOld lists secrets that are still accepted during a change; an
	// empty one counts as not set.
	PathSecret    string
	PathSecretOld []string

	// Busy is the screen shown when Handle panics; "" means a default.
	Busy string
	// Reports takes the delivery reports posted to /sms/delivery. They are
	// refused if it is not set.
	Reports Reports
	// Ended takes a gateway's report that a session is over; nil takes none.
	Ended func(gateway.Event)
	// Routes and Mounts add handlers of other packages.
	Routes []Route
	Mounts []Mount
	// Metrics is served on the inner listener, at /metrics; nil serves none.
	Metrics http.Handler
	// NoDocs turns off /docs and /openapi.json.
	NoDocs bool
	// TrustedProxies lists the proxies whose X-Forwarded-For names the sender of a
	// request. Limits and logs go by that address.
	TrustedProxies []netip.Prefix
	// Logger gets one line for each callback, never with what a caller typed. It
	// may be nil.
	Logger *slog.Logger
	// ShownCode returns what a log line shows of a dialled code. Callers can dial on
	// behind a menu's code, so the rest may be a PIN. nil shows only the first part.
	ShownCode func(code string) string
	// Trace returns a context for log lines about a provider's session, and for Handle. nil
	// adds nothing to them.
	Trace func(ctx context.Context, provider, session string) context.Context
	// Refusals logs refused requests; nil means a log of its own on Logger.
	Refusals *Refusals
	// Now gives the time for durations in the log; nil means time.Now.
	Now func() time.Time
}

// Route adds a handler for one method and path.
type Route struct {
	Method string
	// Path may have named segments, such as
	// "/api/v1/workers/by-phone/{phone}". The handler reads them with
	// Request.PathValue.
	Path    string
	Handler http.Handler
	// Knows reports whether a request with this Authorization header may be one that
	// the handler accepts. A client that waits for "100 Continue" is asked for its
	// body only then. nil accepts all.
	Knows func(authorization string) bool
}

// Mount adds a handler for a path and everything below it.
type Mount struct {
	// Path begins with a slash and does not end with one, such as "/metrics".
	Path    string
	Handler http.Handler
	// MaxBody allows bodies of more than gateway.MaxBody bytes.
	MaxBody int
}

// routePath matches a path of plain segments and names in braces.
var routePath = regexp.MustCompile(`^(/([A-Za-z0-9._~-]+|\{[A-Za-z_]+\}))+$`)

// MinPathSecret is the minimum length of a path secret. 16 random characters of
// the 66 allowed are 96 bits.
const MinPathSecret = 16

func (c *Config) check() error {
	if c.Handle == nil || c.Codec == nil {
		return errors.New("server: Config needs Handle and Codec")
	}
	if err := c.checkGateways(); err != nil {
		return err
	}
	for _, secret := range c.secrets() {
		if err := CheckPathSecret(secret); secret != "" && err != nil {
			return fmt.Errorf("server: path secret: %w", err)
		}
	}
	if c.PathSecret == "" && len(c.secrets()) > 1 {
		return errors.New("server: an old path secret is set without a new one; set PathSecret, too")
	}
	for _, r := range c.Routes {
		if r.Method == "" || !routePath.MatchString(r.Path) || r.Handler == nil {
			return fmt.Errorf("server: route %q %q: it needs a method, a path such as /api/v1/x and a handler", r.Method, r.Path)
		}
	}
	for _, m := range c.Mounts {
		if !strings.HasPrefix(m.Path, "/") || strings.HasSuffix(m.Path, "/") || m.Handler == nil {
			return fmt.Errorf("server: mount %q: it needs a path such as /metrics and a handler", m.Path)
		}
	}
	return nil
}

// secrets lists all path secrets, the new one first.
func (c *Config) secrets() []string { return append([]string{c.PathSecret}, c.PathSecretOld...) }

// CheckPathSecret checks a path secret. Its error may go to a log, so it never
// repeats the secret.
func CheckPathSecret(secret string) error {
	if len(secret) < MinPathSecret {
		return fmt.Errorf("found %d characters, expected at least %d", len(secret), MinPathSecret)
	}
	for i := range len(secret) {
		if !unreserved(secret[i]) {
			return fmt.Errorf("character %d needs escaping in a URL, expected only letters, digits and - . _ ~", i+1)
		}
	}
	return nil
}

// unreserved reports whether b needs no escape in any part of a URL (RFC 3986,
// section 2.3).
func unreserved(b byte) bool {
	switch {
	case 'a' <= b|0x20 && b|0x20 <= 'z', '0' <= b && b <= '9':
		return true
	}
	return strings.IndexByte("-._~", b) >= 0
}

// firstPart returns "*384*…" for "*384*8481#".
func firstPart(code string) string {
	if i := strings.IndexByte(strings.TrimPrefix(code, "*"), '*'); i >= 0 {
		return code[:len(code)-len(strings.TrimPrefix(code, "*"))+i] + "*…"
	}
	return code
}

func (c *Config) defaults() {
	if c.Busy == "" {
		c.Busy = engine.BuiltinBusy.In("en")
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.ShownCode == nil {
		c.ShownCode = firstPart
	}
	if c.Refusals == nil {
		c.Refusals = NewRefusals(c.Logger)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
}
