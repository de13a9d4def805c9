package engine

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"hash"
	"sync"
)

// KeySize is the length of the identity key in bytes.
const KeySize = 32

// Identity makes the names by which sessions and actions are known: keyed
// hashes, because what a caller typed may hold a PIN and a plain hash of four
// digits hides nothing. The key is kept outside the database.
type Identity struct{ macs *sync.Pool } // of *namer

// NewIdentity uses the key, which should have KeySize bytes.
func NewIdentity(key []byte) Identity {
	key = append([]byte(nil), key...)
	return Identity{&sync.Pool{New: func() any { return &namer{mac: hmac.New(sha256.New, key)} }}}
}

// Lengths of the names in bytes. Names of actions are stored for good; heads and
// owners only tell a session's own callbacks from others.
const (
	actionNameSize = 20
	headNameSize   = 12
)

// namer makes one name at a time. It is reused: every callback makes a few.
type namer struct {
	mac  hash.Hash
	text []byte
	sum  [sha256.Size]byte
}

// name is a keyed hash of the parts.
func (id Identity) name(size int, parts ...string) string { return id.nameOf(size, parts, nil) }

func (id Identity) nameOf(size int, parts, more []string) string {
	n := id.macs.Get().(*namer)
	n.text = n.text[:0]
	for _, part := range parts {
		n.add(part)
	}
	for _, part := range more {
		n.add(part)
	}
	n.mac.Reset()
	n.mac.Write(n.text)
	clear(n.text) // inputs may be PINs
	sum := n.mac.Sum(n.sum[:0])
	name := base64.RawURLEncoding.EncodeToString(sum[:size])
	id.macs.Put(n)
	return name
}

// add writes a part behind its length, so that no two lists of parts write the
// same bytes.
func (n *namer) add(part string) {
	n.text = binary.BigEndian.AppendUint32(n.text, uint32(len(part)))
	n.text = append(n.text, part...)
}

// Action is the identity of one effect: of everything the gateway sends with
// the callback that led to it, and its place in that step. It depends on no
// instance, clock, checkpoint or version of a menu.
func (id Identity) Action(r *Request, textSoFar string, place int) string {
	return id.call("action", r, textSoFar, place)
}

// own is the identity of one of the engine's own calls. They are counted apart,
// so that the first place among a step's actions is the same whatever was read,
// sent or kept before it.
func (id Identity) own(r *Request, textSoFar string, place int) string {
	return id.call("own", r, textSoFar, place)
}

func (id Identity) call(what string, r *Request, textSoFar string, place int) string {
	return id.name(actionNameSize, what, r.Provider, r.Service, r.Session, r.Caller, textSoFar, string(rune('0'+place)))
}

// session is the identity of a session's beginning.
func (id Identity) session(r *Request) string {
	return id.name(actionNameSize, "session", r.Provider, r.Service, r.Session, r.Caller)
}

// Request is the identity of one effect that no call asked for: of whom it came
// from, and the name that this one gave the request.
func (id Identity) Request(provider, owner, name string) string {
	return id.name(actionNameSize, "request", provider, owner, name)
}

// Caller is an opaque name for a caller of a service.
func (id Identity) Caller(r *Request) string {
	return id.name(headNameSize, "caller", r.Provider, r.Caller)
}

func (id Identity) owner(r *Request) string {
	return id.name(headNameSize, "owner", r.Provider, r.Session, r.Caller, r.Service)
}

func (id Identity) head(r *Request, program string, inputs []string) string {
	return id.nameOf(headNameSize, []string{"head", r.Provider, r.Session, r.Caller, r.Service, program}, inputs)
}

func (id Identity) repeat(r *Request, screen, input string) string {
	return id.name(headNameSize, "repeat", r.Provider, r.Session, screen, input)
}
