package runner

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"hash"
	"sync"

	"github.com/paytrace/paytrace/engine"
)

// KeySize is the length of the identity key in bytes.
const KeySize = 32

// An Identity computes the names of sessions and actions. They are keyed hashes:
// what a caller typed may contain a PIN, and a plain hash of four digits hides
// nothing. The key is stored outside the database.
type Identity struct{ macs *sync.Pool } // of *namer

// NewIdentity returns an Identity with this key, which should have KeySize bytes.
func NewIdentity(key []byte) Identity {
	key = append([]byte(nil), key...)
	return Identity{&sync.Pool{New: func() any { return &namer{mac: hmac.New(sha256.New, key)} }}}
}

// Lengths of the names in bytes. Names of actions are stored for good; heads and
// owners only distinguish a session's own callbacks from others.
const (
	actionNameSize = 20
	headNameSize   = 12
)

// A namer computes one name at a time and is reused: every callback needs a few.
type namer struct {
	mac  hash.Hash
	text []byte
	sum  [sha256.Size]byte
}

// name returns a keyed hash of the parts.
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

// add writes a part after its length. So different lists of parts never write the
// same bytes.
func (n *namer) add(part string) {
	n.text = binary.BigEndian.AppendUint32(n.text, uint32(len(part)))
	n.text = append(n.text, part...)
}

// Action names one effect by everything the gateway sends with the callback that
// led to it, and by its place in that step. The name depends on no instance,
// clock, record or version of a menu.
func (id Identity) Action(r *engine.Request, textSoFar string, place int) string {
	return id.call("action", r, textSoFar, place)
}

// own names one of the engine's own calls. These are counted apart: the first
// action of a step has the same place whatever was read, sent or stored before.
func (id Identity) own(r *engine.Request, textSoFar string, place int) string {
	return id.call("own", r, textSoFar, place)
}

func (id Identity) call(what string, r *engine.Request, textSoFar string, place int) string {
	return id.name(actionNameSize, what, r.Provider, r.Service, r.Session, r.Caller, textSoFar, string(rune('0'+place)))
}

// row names what the database keeps of a call.
func (id Identity) row(r *engine.Request) string {
	return id.name(actionNameSize, "call", r.Provider, r.Service, r.Session, r.Caller)
}

// session names the beginning of a session.
func (id Identity) session(r *engine.Request) string {
	return id.name(actionNameSize, "session", r.Provider, r.Service, r.Session, r.Caller)
}

// Request names one effect that no call asked for, by where the request came from
// and the name it was given there.
func (id Identity) Request(provider, owner, name string) string {
	return id.name(actionNameSize, "request", provider, owner, name)
}

// Caller returns an opaque name for a caller of a provider.
func (id Identity) Caller(r *engine.Request) string {
	return id.name(headNameSize, "caller", r.Provider, r.Caller)
}

func (id Identity) owner(r *engine.Request) string {
	return id.name(headNameSize, "owner", r.Provider, r.Session, r.Caller, r.Service)
}

func (id Identity) head(r *engine.Request, program string, inputs []string) string {
	return id.nameOf(headNameSize, []string{"head", r.Provider, r.Session, r.Caller, r.Service, program}, inputs)
}

func (id Identity) repeat(r *engine.Request, screen, input string) string {
	return id.name(headNameSize, "repeat", r.Provider, r.Session, screen, input)
}
