package server

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"

	"github.com/gofiber/fiber/v2"
)

// door decides who may post callbacks. It holds hashes only, and comparing takes
// the same time whichever key is meant and wherever it differs.
type door struct {
	keys   [][sha256.Size]byte
	secret [sha256.Size]byte
	// byPath says that there is a path secret.
	byPath bool
}

func newDoor(keys, old []string, secret string) door {
	d := door{secret: sha256.Sum256([]byte(secret)), byPath: secret != ""}
	for _, list := range [...][]string{keys, old} {
		for _, key := range list {
			if key != "" {
				d.keys = append(d.keys, sha256.Sum256([]byte(key)))
			}
		}
	}
	return d
}

// opens says whether the request may pass: with the secret in the path, or at
// the path without one by a key, or freely if neither is set.
func (d *door) opens(c *fiber.Ctx) bool {
	if secret := c.Params("secret"); secret != "" {
		return d.byPath && same(d.secret, []byte(secret)) == 1
	}
	if len(d.keys) == 0 {
		return !d.byPath
	}
	token, ok := bearer(c.Request().Header.Peek(fiber.HeaderAuthorization))
	found := 0
	for _, key := range d.keys {
		found |= same(key, token)
	}
	return ok && found == 1
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
