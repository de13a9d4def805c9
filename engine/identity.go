package engine

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"hash"
)

// KeySize is the length of the identity key in bytes.
const KeySize = 32

// Identity makes the names by which sessions and actions are known: keyed
// hashes, because what a caller typed may hold a PIN and a plain hash of four
// digits hides nothing. The key is kept outside the database.
type Identity struct{ key []byte }

// NewIdentity uses the key, which should have KeySize bytes.
func NewIdentity(key []byte) Identity { return Identity{append([]byte(nil), key...)} }

// Lengths of the names in bytes. Names of actions are stored for good; heads and
// owners only tell a session's own callbacks from others.
const (
	actionNameSize = 20
	headNameSize   = 12
)

func (id Identity) mac(purpose string, parts ...string) hash.Hash {
	h := hmac.New(sha256.New, id.key)
	writePart(h, purpose)
	for _, part := range parts {
		writePart(h, part)
	}
	return h
}

// writePart writes a part behind its length, so that no two lists of parts
// write the same bytes.
func writePart(h hash.Hash, part string) {
	var size [4]byte
	binary.BigEndian.PutUint32(size[:], uint32(len(part)))
	h.Write(size[:])
	h.Write([]byte(part))
}

func name(h hash.Hash, size int) string {
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:size])
}

// Action is the identity of one effect: of everything the gateway sends with
// the callback that led to it, and its place in that step. It depends on no
// instance, clock, checkpoint or version of a menu.
func (id Identity) Action(r *Request, textSoFar string, place int) string {
	return name(id.mac("action", r.Provider, r.Service, r.Session, r.Caller, textSoFar, string(rune('0'+place))), actionNameSize)
}

// Caller is an opaque name for a caller of a service.
func (id Identity) Caller(r *Request) string {
	return name(id.mac("caller", r.Provider, r.Caller), headNameSize)
}

func (id Identity) owner(r *Request) string {
	return name(id.mac("owner", r.Provider, r.Session, r.Caller, r.Service), headNameSize)
}

func (id Identity) head(r *Request, program string, inputs []string) string {
	h := id.mac("head", r.Provider, r.Session, r.Caller, r.Service, program)
	for _, in := range inputs {
		writePart(h, in)
	}
	return name(h, headNameSize)
}

func (id Identity) repeat(r *Request, screen, input string) string {
	return name(id.mac("repeat", r.Provider, r.Session, screen, input), headNameSize)
}
