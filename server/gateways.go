package server

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/paytrace/paytrace/gateway"
)

// A Gateway is one more gateway that posts its callbacks here: below /gateways/NAME, and a
// path secret behind that. Its own keys are those of Config where it has no secret.
type Gateway struct {
	Codec gateway.Codec
	// Secrets lists the secrets that its path may have. Without any, those of Config and
	// its API keys are accepted.
	Secrets []string
	// Methods lists the HTTP methods of its callbacks, and Parts says how many parts the
	// path of a callback has behind the secret.
	Methods []string
	Parts   int
}

// gatewaysPath stands before the names of gateways in a path.
const gatewaysPath = "/gateways/"

// gatewayPath matches a name that a path may have.
var gatewayPath = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

// front is where the callbacks of one gateway arrive.
type front struct {
	codec   gateway.Codec
	auth    auth
	methods []string
	parts   int
}

// arrival is one request at a front.
type arrival struct {
	codec gateway.Codec
	auth  *auth
	// secret is that of the path, and path what stands behind it.
	secret, path string
}

func (c *Config) checkGateways() error {
	known := map[string]bool{}
	for _, g := range c.Gateways {
		if g.Codec == nil || !gatewayPath.MatchString(g.Codec.Name()) || len(g.Methods) == 0 {
			return errors.New("server: a gateway needs a Codec with a name such as acme, and Methods")
		}
		if known[g.Codec.Name()] {
			return fmt.Errorf("server: the gateway %s is there twice", g.Codec.Name())
		}
		known[g.Codec.Name()] = true
		for _, secret := range g.Secrets {
			if err := CheckPathSecret(secret); err != nil {
				return fmt.Errorf("server: path secret of the gateway %s: %w", g.Codec.Name(), err)
			}
		}
	}
	return nil
}

func newFronts(c Config) map[string]*front {
	fronts := map[string]*front{}
	for _, g := range c.Gateways {
		f := &front{codec: g.Codec, auth: newAuth(c), methods: g.Methods, parts: g.Parts}
		if len(g.Secrets) > 0 {
			f.auth = auth{secrets: hashes(g.Secrets)}
		}
		fronts[g.Codec.Name()] = f
	}
	return fronts
}

// arrived returns where a request to /ussd or to a delivery report arrives.
func (s *Server) arrived(c *fiber.Ctx) arrival {
	return arrival{codec: s.config.Codec, auth: &s.auth, secret: c.Params("secret")}
}

// arrivedAt finds the gateway of a path, its secret, and what stands behind that. ok is
// false for a path of no gateway.
func (s *Server) arrivedAt(path string) (f *front, a arrival, ok bool) {
	name, rest, more := strings.Cut(strings.TrimPrefix(path, gatewaysPath), "/")
	f = s.fronts[name]
	if f == nil {
		return nil, arrival{}, false
	}
	var parts []string
	if more {
		parts = strings.Split(rest, "/")
	}
	a = arrival{codec: f.codec, auth: &f.auth}
	switch len(parts) {
	case f.parts:
	case f.parts + 1:
		a.secret, parts = strings.Clone(parts[0]), parts[1:]
		if a.secret == "" {
			return nil, arrival{}, false
		}
	default:
		return nil, arrival{}, false
	}
	a.path = strings.Join(parts, "/")
	return f, a, true
}

// gateways answers the requests of all gateways in Config.Gateways.
func (s *Server) gateways(c *fiber.Ctx) error {
	f, a, ok := s.arrivedAt(string(c.Request().URI().PathOriginal()))
	switch {
	case !ok:
		return fiber.ErrNotFound
	case !slices.Contains(f.methods, c.Method()):
		c.Set(fiber.HeaderAllow, strings.Join(f.methods, ", "))
		return fiber.ErrMethodNotAllowed
	}
	return s.answerAt(c, a)
}
