package server

import (
	"math"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

const (
	// strangersPerPeer bounds the open connections of one address that have not
	// carried an authorized request. A gateway's connections leave this number with
	// their first callback; a browser opens six.
	strangersPerPeer = 256
	// deniedPerMinute bounds the requests of one address that are answered a minute
	// although they show no valid key. A person who tries the API page sends a few
	// dozen.
	deniedPerMinute = 600
	// deniedWindow is the time over which those requests are counted.
	deniedWindow = time.Minute
	// maxPeers bounds the addresses that are counted apart in a window. Later ones
	// share one count, so a flood from many addresses does not fill the memory.
	maxPeers = 10_000
)

// peers limits what an address may use before it shows a key. It never refuses an
// authorized request: otherwise a flood could keep out a gateway that shares an
// address with others.
type peers struct {
	trusted []netip.Prefix // proxies
	conns   int            // bounds all open connections
	perPeer int            // bounds those of one address without an authorized request
	denied  int            // bounds the denied requests of one address in a window
	now     func() time.Time

	mu        sync.Mutex
	open      int
	strangers map[netip.Prefix]int
	began     time.Time // of the window
	counts    map[netip.Prefix]int
}

func newPeers(trusted []netip.Prefix, l limits, now func() time.Time) *peers {
	return &peers{
		trusted: trusted, conns: l.conns, perPeer: l.strangers, denied: l.denied, now: now,
		strangers: map[netip.Prefix]int{}, counts: map[netip.Prefix]int{},
	}
}

func (p *peers) isProxy(a netip.Addr) bool {
	return slices.ContainsFunc(p.trusted, func(one netip.Prefix) bool { return one.Contains(a.WithZone("")) })
}

// connect counts a new connection. It returns a status and a sentence if the
// connection is one too many.
func (p *peers) connect(a netip.Addr) (status int, detail string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open++
	block := blockOf(a)
	p.strangers[block]++
	switch {
	case p.open > p.conns:
		return http.StatusServiceUnavailable, "There are too many connections. Try again later."
	case p.strangers[block] > p.perPeer && !p.isProxy(a):
		return http.StatusTooManyRequests, "There are too many connections from this address without a valid key."
	}
	return 0, ""
}

// identify takes a connection from those without an authorized request.
func (p *peers) identify(a netip.Addr) {
	p.mu.Lock()
	defer p.mu.Unlock()
	block := blockOf(a)
	if p.strangers[block]--; p.strangers[block] <= 0 {
		delete(p.strangers, block)
	}
}

func (p *peers) disconnect() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open--
}

// deny counts a request without a valid key. If it is over the limit, deny returns
// after how many seconds the address may send another one.
func (p *peers) deny(a netip.Addr) (wait int, over bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if now.Sub(p.began) >= deniedWindow {
		p.began = now
		clear(p.counts)
	}
	block := blockOf(a)
	if _, known := p.counts[block]; !known && len(p.counts) >= maxPeers {
		block = netip.Prefix{}
	}
	p.counts[block]++
	left := p.began.Add(deniedWindow).Sub(now)
	return int(math.Ceil(left.Seconds())), p.counts[block] > p.denied
}

// tooMany answers a request that is over the limit of deny.
func tooMany(ctx *fasthttp.RequestCtx, path string, wait int) {
	ctx.Response.ResetBody()
	ctx.Response.Header.Set("Retry-After", strconv.Itoa(wait))
	_ = refuseHTTP(ctx, path, http.StatusTooManyRequests, details[http.StatusTooManyRequests])
}

// origin returns the address that a request comes from. Behind trusted proxies this is
// the last address of X-Forwarded-For that is no trusted proxy: what stands before it
// was written by the client, who may write anything.
func (p *peers) origin(peer netip.Addr, header *fasthttp.RequestHeader) netip.Addr {
	if len(p.trusted) == 0 || !p.isProxy(peer) {
		return peer
	}
	var lines []string
	for _, line := range header.PeekAll("X-Forwarded-For") {
		lines = append(lines, string(line))
	}
	list := strings.Split(strings.Join(lines, ","), ",")
	for _, text := range slices.Backward(list) {
		address, err := netip.ParseAddr(strings.TrimSpace(text))
		if err != nil {
			return peer // the proxy writes no ports and no names; nothing here can be believed
		}
		if peer = address.Unmap(); !p.isProxy(peer) {
			return peer
		}
	}
	return peer
}
