package server

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/netip"
	"sync"
	"time"
)

const (
	// refusalWindow is how long refusals are counted before the count is logged.
	refusalWindow = time.Minute
	// linesPerPeer is how many lines of its own one peer gets in a window: enough
	// to see what a misconfigured client does wrong.
	linesPerPeer = 5
	// linesPerWindow bounds the lines of all peers together.
	linesPerWindow = 60
	// keyNameSize is the length of a wrong key's name, in bytes. It tells the few
	// keys of one window apart.
	keyNameSize = 4
	// addressBlock is the length of an IPv6 prefix that one customer is given.
	addressBlock = 64
)

// Refusals logs refused requests, but only a few a minute: everybody may send a
// request that is refused, and the log must not grow with them. It counts the others
// and logs their number.
type Refusals struct {
	log *slog.Logger
	// seed makes the names of wrong keys. It lasts as long as the process, so
	// nobody can try all PINs to find the one behind a name.
	seed [sha256.Size]byte

	mu       sync.Mutex
	open     bool                 // a window is open
	lines    int                  // written in this window
	peers    map[netip.Prefix]int // refusals of the peers that have lines
	unlogged int
}

// NewRefusals returns a log of refusals that writes to log.
func NewRefusals(log *slog.Logger) *Refusals {
	r := &Refusals{log: log, peers: map[netip.Prefix]int{}}
	_, _ = rand.Read(r.seed[:]) // it never fails
	return r
}

// Log logs a refused request of a peer, or counts it.
func (r *Refusals) Log(msg string, peer netip.Addr, attrs ...slog.Attr) {
	if !r.admit(peer) {
		return
	}
	r.log.LogAttrs(context.Background(), slog.LevelWarn, msg, append(attrs, slog.String("peer", peer.String()))...)
}

// KeyName returns a name for a key that is not valid. The same key has the same
// name until the service is started again. The name does not tell the key.
func (r *Refusals) KeyName(key []byte) string {
	if len(key) == 0 {
		return "none"
	}
	mac := hmac.New(sha256.New, r.seed[:])
	mac.Write(key)
	return "unknown-" + hex.EncodeToString(mac.Sum(nil)[:keyNameSize])
}

// admit counts a refusal and reports whether it gets a line.
func (r *Refusals) admit(peer netip.Addr) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.open {
		r.open = true
		time.AfterFunc(refusalWindow, r.Flush)
	}
	block := blockOf(peer)
	n, known := r.peers[block]
	if known || r.lines < linesPerWindow {
		r.peers[block] = n + 1
	}
	if n >= linesPerPeer || r.lines >= linesPerWindow {
		r.unlogged++
		return false
	}
	r.lines++
	return true
}

// blockOf returns the addresses that stand for one peer.
func blockOf(peer netip.Addr) netip.Prefix {
	bits := peer.BitLen()
	if peer.Is6() && !peer.Is4In6() {
		bits = addressBlock
	}
	block, err := peer.WithZone("").Prefix(bits)
	if err != nil {
		return netip.Prefix{} // all peers without an address are one
	}
	return block
}

// Flush ends the window and logs how many refusals had no line of their own, and
// who sent most.
func (r *Refusals) Flush() {
	r.mu.Lock()
	unlogged, most, of := r.unlogged, 0, netip.Prefix{}
	for peer, n := range r.peers {
		if n > most || n == most && peer.Addr().Less(of.Addr()) {
			most, of = n, peer
		}
	}
	r.open, r.lines, r.unlogged = false, 0, 0
	clear(r.peers)
	r.mu.Unlock()
	if unlogged > 0 {
		r.log.LogAttrs(context.Background(), slog.LevelWarn, "requests refused without a line of their own",
			slog.Int("requests", unlogged), slog.String("most_from", of.String()), slog.Int("its_requests", most))
	}
}
