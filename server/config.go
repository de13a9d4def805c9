package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/gateway"
)

// Config is what a Server is made of.
type Config struct {
	// Handle answers a callback. Its context ends after Budget.
	Handle func(context.Context, engine.Request) engine.Reply
	// Codec is the gateway that posts to /ussd.
	Codec gateway.Codec
	// Ready are the dependencies that /ready asks.
	Ready []Check

	// APIKey are the keys of which a callback must carry one as a Bearer token,
	// and APIKeyOld those that are still accepted during a change. Each is one
	// key as it stands, commas included; empty ones count as not set.
	APIKey    []string
	APIKeyOld []string
	// PathSecret opens /ussd/{secret}, for gateways that can't send a header.
	// Letters, digits and - . _ ~ only, at least MinPathSecret of them.
	// PathSecretOld are those that are still accepted during a change; empty ones
	// count as not set.
	PathSecret    string
	PathSecretOld []string

	// Busy is the screen shown when Handle panics; a default if empty.
	Busy string
	// Reports takes the delivery reports that are posted to /sms/delivery; without
	// it they are refused.
	Reports Reports
	// Routes and Mounts are handlers of other packages.
	Routes []Route
	Mounts []Mount
	// Logger gets a line a callback, never with what a caller typed. Nothing is
	// logged if it is nil.
	Logger *slog.Logger
	// Now is the clock of durations in the log; time.Now if nil.
	Now func() time.Time
}

// Route is a handler for one method and path.
type Route struct {
	Method string
	// Path may have segments with a name, as "/api/v1/workers/by-phone/{phone}";
	// the handler finds them with Request.PathValue.
	Path    string
	Handler http.Handler
}

// Mount is a handler for a path and all that is below it.
type Mount struct {
	// Path begins with a slash and does not end with one, as "/metrics".
	Path    string
	Handler http.Handler
	// MaxBody in bytes, if it is to be more than gateway.MaxBody.
	MaxBody int
}

// routePath is a path whose segments are plain, or a name in braces.
var routePath = regexp.MustCompile(`^(/([A-Za-z0-9._~-]+|\{[A-Za-z_]+\}))+$`)

// MinPathSecret is the least number of characters of a path secret: 16 of the
// 66 allowed are 96 bits, if they are random.
const MinPathSecret = 16

// defaultBusy is within one GSM-7 screen.
const defaultBusy = "The service is busy. Please try again later."

func (c *Config) check() error {
	if c.Handle == nil || c.Codec == nil {
		return errors.New("server: Config needs Handle and Codec")
	}
	for _, secret := range c.secrets() {
		if err := checkSecret(secret); err != nil {
			return err
		}
	}
	if c.PathSecret == "" && len(c.secrets()) > 1 {
		return errors.New("server: an old path secret is set and no new one; the door would stay with the old one for ever")
	}
	for _, r := range c.Routes {
		if r.Method == "" || !routePath.MatchString(r.Path) || r.Handler == nil {
			return fmt.Errorf("server: route %q %q: a method, a path such as /api/v1/x and a handler are expected", r.Method, r.Path)
		}
	}
	for _, m := range c.Mounts {
		if !strings.HasPrefix(m.Path, "/") || strings.HasSuffix(m.Path, "/") || m.Handler == nil {
			return fmt.Errorf("server: mount %q: a path such as /metrics and a handler are expected", m.Path)
		}
	}
	return nil
}

// secrets are all that open the path, the new one first.
func (c *Config) secrets() []string { return append([]string{c.PathSecret}, c.PathSecretOld...) }

// checkSecret never repeats the secret: its error ends in a log.
func checkSecret(secret string) error {
	if secret == "" {
		return nil
	}
	if len(secret) < MinPathSecret {
		return fmt.Errorf("server: the path secret has %d characters, at least %d are expected", len(secret), MinPathSecret)
	}
	for i := 0; i < len(secret); i++ {
		if !unreserved(secret[i]) {
			return fmt.Errorf("server: character %d of the path secret would need escaping in a URL; "+
				"letters, digits and - . _ ~ are expected", i+1)
		}
	}
	return nil
}

// unreserved are the characters of RFC 3986, section 2.3: they mean themselves
// in every part of a URL.
func unreserved(b byte) bool {
	switch {
	case 'a' <= b|0x20 && b|0x20 <= 'z', '0' <= b && b <= '9':
		return true
	}
	return strings.IndexByte("-._~", b) >= 0
}

func (c *Config) defaults() {
	if c.Busy == "" {
		c.Busy = defaultBusy
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
}
