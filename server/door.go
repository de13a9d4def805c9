package server

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"slices"

	"github.com/gofiber/fiber/v2"
)

// door decides who may post callbacks. It holds hashes only, and comparing takes
// the same time whichever key is meant and wherever it differs.
type door struct {
	keys    [][sha256.Size]byte
	secrets [][sha256.Size]byte // of the path
}

func newDoor(c Config) door {
	return door{keys: hashes(slices.Concat(c.APIKey, c.APIKeyOld)), secrets: hashes(c.secrets())}
}

// hashes leaves out what is empty: that counts as not set.
func hashes(list []string) (all [][sha256.Size]byte) {
	for _, text := range list {
		if text != "" {
			all = append(all, sha256.Sum256([]byte(text)))
		}
	}
	return all
}

// opens says whether the request may pass: with the secret in the path, or at
// the path without one by a key, or freely if neither is set.
func (d *door) opens(c *fiber.Ctx) bool {
	if secret := c.Params("secret"); secret != "" {
		return among(d.secrets, []byte(secret))
	}
	if len(d.keys) == 0 {
		return len(d.secrets) == 0
	}
	token, ok := bearer(c.Request().Header.Peek(fiber.HeaderAuthorization))
	return ok && among(d.keys, token)
}

// among takes the same time wherever in the list it is, if it is.
func among(list [][sha256.Size]byte, text []byte) bool {
	found := 0
	for _, one := range list {
		found |= same(one, text)
	}
	return found == 1
}

// bearer is the token of an Authorization header. Everything behind the scheme
// is the token: keys may hold any character.
func bearer(header []byte) (token []byte, ok bool) {
	scheme, token, ok := bytes.Cut(header, []byte(" "))
	return token, ok && bytes.EqualFold(scheme, []byte("Bearer"))
}

func same(want [sha256.Size]byte, got []byte) int {
	sum := sha256.Sum256(got)
	return subtle.ConstantTimeCompare(want[:], sum[:])
}
