package server

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// auth decides who may post callbacks. It holds only hashes. A comparison takes
// the same time for every key and wherever the key differs.
type auth struct {
	keys    [][sha256.Size]byte
	secrets [][sha256.Size]byte // of the path
}

func newAuth(c Config) auth {
	return auth{keys: hashes(slices.Concat(c.APIKey, c.APIKeyOld)), secrets: hashes(c.secrets())}
}

// hashes hashes all but the empty texts, which count as not set.
func hashes(list []string) (all [][sha256.Size]byte) {
	for _, text := range list {
		if text != "" {
			all = append(all, sha256.Sum256([]byte(text)))
		}
	}
	return all
}

// authorized reports whether a request may pass. A path with a secret needs the
// right secret; a path without one needs a key. If neither keys nor secrets are
// set, everybody may pass.
func (a *auth) authorized(secret string, authorization []byte) bool {
	if secret != "" {
		return among(a.secrets, []byte(secret))
	}
	if len(a.keys) == 0 {
		return len(a.secrets) == 0
	}
	token, ok := bearer(authorization)
	return ok && among(a.keys, token)
}

// authorized reports whether a request may pass. If it may, its connection is no
// longer one of an unknown sender.
func (s *Server) authorized(c *fiber.Ctx, a arrival) bool {
	if !a.auth.authorized(a.secret, c.Request().Header.Peek(fiber.HeaderAuthorization)) {
		return false
	}
	if from, ok := c.Context().Conn().(*conn); ok {
		from.identified()
	}
	return true
}

// welcome reports whether a client that waits for "100 Continue" may send its body.
// The routes refuse the others for their key; they need no body for that.
func (s *Server) welcome(h head) bool {
	path := string(h.path())
	for _, base := range []string{"/ussd", "/sms/delivery"} {
		if below(path, base) {
			return s.auth.authorized(pathSecret(strings.TrimPrefix(path, base)), h.authorization)
		}
	}
	if strings.HasPrefix(path, gatewaysPath) {
		_, a, ok := s.arrivedAt(path)
		return ok && a.auth.authorized(a.secret, h.authorization)
	}
	for _, r := range s.config.Routes {
		if r.Knows != nil && r.Method == string(h.method) && matches(r.Path, path) {
			return r.Knows(string(h.authorization))
		}
	}
	return true
}

// pathSecret returns the secret in the rest of a callback's path, as the routes find
// it: /SECRET, /SECRET/events, /events or nothing.
func pathSecret(rest string) string {
	secret, _, _ := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
	if rest == "/events" {
		return ""
	}
	return secret
}

// matches reports whether a path is one of a route with names in braces.
func matches(route, path string) bool {
	names, parts := strings.Split(route, "/"), strings.Split(path, "/")
	return slices.EqualFunc(names, parts, func(name, part string) bool {
		return name == part || strings.HasPrefix(name, "{") && part != ""
	})
}

// presented returns the key or path secret that a request shows. known names it if
// it is a valid one, by its place in the settings.
func (a *auth) presented(c *fiber.Ctx, secret string) (shown []byte, known string) {
	list, what := a.keys, "key"
	if secret != "" {
		shown, list, what = []byte(secret), a.secrets, "path secret"
	} else if token, ok := bearer(c.Request().Header.Peek(fiber.HeaderAuthorization)); ok {
		shown = token
	}
	for i, one := range list {
		if same(one, shown) == 1 {
			known = fmt.Sprintf("%s %d", what, i+1)
		}
	}
	return shown, known
}

// among reports whether list has the hash of text. It always compares the whole
// list, so the time does not depend on the place of a match.
func among(list [][sha256.Size]byte, text []byte) bool {
	found := 0
	for _, one := range list {
		found |= same(one, text)
	}
	return found == 1
}

// bearer returns the token of an Authorization header: everything after the
// scheme, because keys may contain any character.
func bearer(header []byte) (token []byte, ok bool) {
	scheme, token, ok := bytes.Cut(header, []byte(" "))
	return token, ok && bytes.EqualFold(scheme, []byte("Bearer"))
}

func same(want [sha256.Size]byte, got []byte) int {
	sum := sha256.Sum256(got)
	return subtle.ConstantTimeCompare(want[:], sum[:])
}
