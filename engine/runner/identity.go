package runner

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash"
	"sync"

	"github.com/paytrace/paytrace/engine"
)

// KeySize is the length of the identity key in bytes.
const KeySize = 32

// An Identity computes the names of sessions and actions. They are keyed hashes:
// what a caller typed may contain a PIN, and a plain hash of four digits hides
// nothing. The key is stored outside the database.
//
// While the key changes, two keys are valid: new calls are named with the Identity's
// own one, and calls that the other one has named go on under it.
type Identity struct {
	macs  *sync.Pool // of *namer
	other *sync.Pool // that of the other valid key; nil if there is one key
}

// NewIdentity returns an Identity with this key, which should have KeySize bytes.
func NewIdentity(key []byte) Identity { return Identity{macs: namers(key)} }

// NewIdentities returns an Identity with a key, beside which another one is valid.
func NewIdentities(key, other []byte) Identity {
	return Identity{macs: namers(key), other: namers(other)}
}

func namers(key []byte) *sync.Pool {
	key = append([]byte(nil), key...)
	return &sync.Pool{New: func() any { return &namer{mac: hmac.New(sha256.New, key)} }}
}

// Other returns the Identity of the other valid key. ok is false if there is none.
func (id Identity) Other() (other Identity, ok bool) {
	return Identity{macs: id.other, other: id.macs}, id.other != nil
}

// A RowKey names the row of a call.
type RowKey struct {
	Name string
	// Other is the name that the row would have under the other valid identity key, ""
	// if there is none.
	Other string
}

// ErrOtherKey says that the row of a call, or the result of a request, is stored under
// the other valid identity key. Nothing was stored. It wraps ErrFenced: a call goes on
// from the row that there is.
var ErrOtherKey = fmt.Errorf("%w: the other identity key names it", engine.ErrFenced)

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
	n := id.sum(parts, more)
	name := base64.RawURLEncoding.EncodeToString(n.sum[:size])
	id.macs.Put(n)
	return name
}

// sum returns a namer with the hash of the parts. The caller puts it back.
func (id Identity) sum(parts, more []string) *namer {
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
	n.mac.Sum(n.sum[:0])
	return n
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
func (id Identity) row(r *engine.Request) RowKey {
	var key RowKey
	key.Name = id.name(actionNameSize, "call", r.Provider, r.Service, r.Session, r.Caller)
	if other, ok := id.Other(); ok {
		key.Other = other.name(actionNameSize, "call", r.Provider, r.Service, r.Session, r.Caller)
	}
	return key
}

// session names the beginning of a session.
func (id Identity) session(r *engine.Request) string {
	return id.name(actionNameSize, "session", r.Provider, r.Service, r.Session, r.Caller)
}

// traceSize is the length of a trace ID and the span ID behind it.
const traceSize = 24

// A TraceName names the trace of a session, and the first span of it, as OpenTelemetry
// does: with 16 and with 8 bytes.
type TraceName [traceSize]byte

// Trace returns the ID of the trace.
func (n TraceName) Trace() [16]byte { return [16]byte(n[:16]) }

// Span returns the ID of the first span.
func (n TraceName) Span() [8]byte { return [8]byte(n[16:]) }

// Trace returns the name that all callbacks of a provider's session have in common,
// whichever instance answers them.
func (id Identity) Trace(provider, session string) TraceName {
	n := id.sum([]string{"trace", provider, session}, nil)
	name := TraceName(n.sum[:traceSize])
	id.macs.Put(n)
	return name
}

// Percent returns a number from 0 to 99 for a caller, the same each time for one
// experiment, and another one for another.
func (id Identity) Percent(experiment, caller string) int {
	n := id.sum([]string{"percent", experiment, caller}, nil)
	percent := binary.BigEndian.Uint64(n.sum[:]) % 100
	id.macs.Put(n)
	return int(percent)
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

// of returns the identity whose key gives the request this owner. ok is false if no valid
// key does.
func (id Identity) of(r *engine.Request, owner string) (found Identity, ok bool) {
	if id.owner(r) == owner {
		return id, true
	}
	other, ok := id.Other()
	return other, ok && other.owner(r) == owner
}

func (id Identity) head(r *engine.Request, program string, inputs []string) string {
	return id.nameOf(headNameSize, []string{"head", r.Provider, r.Session, r.Caller, r.Service, program}, inputs)
}

func (id Identity) repeat(r *engine.Request, screen, input string) string {
	return id.name(headNameSize, "repeat", r.Provider, r.Session, screen, input)
}

// identify gives the turn the identity key that made the owner of a session's record.
// It returns false if no valid key did: the record belongs to somebody else.
func (t *turn) identify(owner string) bool {
	found, ok := t.Identity.of(&t.req, owner)
	if ok {
		t.Identity = found
	}
	return ok
}
