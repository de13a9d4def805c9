// Package pay takes what Safaricom posts about payments. It stores each body as it came
// and answers at once; jobs work through them later.
//
// An address says by a keyed hash that this service has made it, so a forged post is
// refused without a look into the database. The addresses have none of Safaricom's own
// names, which it refuses. Two older ones that have are served, too.
package pay

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/paytrace/paytrace/store"
	"github.com/paytrace/paytrace/wallet/mpesa"
)

const (
	// budget bounds the time of one post. Safaricom waits eight seconds for the answer
	// of a validation.
	budget = 4 * time.Second
	// maxBody bounds the bytes of a post; the longest documented one has 2,000.
	maxBody = 8 << 10
)

// Config holds what the handlers need.
type Config struct {
	Addresses mpesa.Addresses
	// Take stores a post and the job that works through it.
	Take func(ctx context.Context, c store.Callback) error
	// Payable reports whether a payment to an account number would be credited.
	Payable func(ctx context.Context, account string) (bool, error)
	// ShortCode is the one that payments to the paybill must name.
	ShortCode string
	// Sources are the addresses that Safaricom posts from. A post from another one is
	// taken, and logged with a warning: Safaricom's own lists disagree. Empty means that
	// none is checked.
	Sources []netip.Prefix
	// Logger gets a line for what is unusual. It may be nil.
	Logger *slog.Logger
	// Refused hears of each post to an address that this service has not made. It may be
	// nil.
	Refused func(peer netip.Addr, path string)
	Now     func() time.Time
}

// API takes posts. New makes one.
type API struct{ config Config }

// New makes an API.
func New(c Config) *API {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Refused == nil {
		c.Refused = func(netip.Addr, string) {}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &API{c}
}

// Route describes where posts are taken.
type Route struct {
	Method, Path string
	Handler      http.Handler
	// Knows is nil: posts need no header.
	Knows func(authorization string) bool
}

// Routes lists all addresses. The last three are those of the legacy service.
func (a *API) Routes() []Route {
	var routes []Route
	for _, r := range []struct {
		path  string
		route mpesa.Route
	}{
		{"/pay/in/{intent}/{token}", mpesa.RouteIn},
		{"/pay/out/{intent}/{token}", mpesa.RouteOut},
		{"/pay/status/{intent}/{token}", mpesa.RouteStatus},
		{"/pay/timeout/{intent}/{token}", mpesa.RouteTimeout},
		{"/pay/c2b/{token}/confirm", mpesa.RouteConfirm},
		{"/pay/balance/{token}", mpesa.RouteBalance},
		{"/mpesa/deposit/callback/{intent}/{token}", mpesa.RouteIn},
	} {
		routes = append(routes, Route{Method: http.MethodPost, Path: r.path, Handler: a.taking(r.route)})
	}
	return append(
		routes,
		Route{Method: http.MethodPost, Path: "/pay/c2b/{token}/check", Handler: http.HandlerFunc(a.check)},
		Route{Method: http.MethodPost, Path: "/mpesa/deposit/callback", Handler: http.HandlerFunc(a.bare)},
		Route{Method: http.MethodPost, Path: "/mpesa/b2c/result", Handler: http.HandlerFunc(a.bare)},
	)
}

// taking stores what is posted to a route.
func (a *API) taking(route mpesa.Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, ok := a.open(w, r, route)
		if !ok {
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), budget)
		defer cancel()
		if err := a.config.Take(ctx, c); err != nil {
			a.config.Logger.Error("a callback about a payment could not be stored; the payment is asked about later",
				"route", c.Route, "payment", c.Intent, "error", err)
			answer(w, http.StatusServiceUnavailable, `{"ResultCode":1,"ResultDesc":"Not stored"}`)
			return
		}
		answer(w, http.StatusOK, string(mpesa.Acknowledgement()))
	})
}

// open reads a post to an address that this service has made, and answers any other.
func (a *API) open(w http.ResponseWriter, r *http.Request, route mpesa.Route) (store.Callback, bool) {
	intent := r.PathValue("intent")
	token, ok := a.config.Addresses.Open(route, intent, r.PathValue("token"))
	peer := peerOf(r)
	if !ok {
		a.config.Refused(peer, firstParts(r.URL.Path))
		// The server counts answers of 401 by sender, and slows down who gets many.
		answer(w, http.StatusUnauthorized, `{"ResultCode":1,"ResultDesc":"Unknown address"}`)
		return store.Callback{}, false
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil || len(body) > maxBody || !utf8.Valid(body) || strings.ContainsRune(string(body), 0) {
		a.config.Logger.Warn("a callback about a payment is not readable; the payment is asked about later", "route", route, "payment", intent, "bytes", len(body))
		answer(w, http.StatusBadRequest, `{"ResultCode":1,"ResultDesc":"Not readable"}`)
		return store.Callback{}, false
	}
	if len(a.config.Sources) > 0 && !slices.ContainsFunc(a.config.Sources, func(p netip.Prefix) bool { return p.Contains(peer) }) {
		a.config.Logger.Warn("a callback came from an address that is not in MPESA_SOURCES; it was taken, since its token is right",
			"route", route, "payment", intent, "address", peer)
	}
	return store.Callback{
		ID: callbackID(route, intent, body), Provider: mpesa.Name, Route: string(route), Intent: intent, Token: token,
		Body: string(body), Peer: peer.String(), ReceivedAt: a.config.Now(),
	}, true
}

// callbackID names a post by what it says, so that a repeat is stored once.
func callbackID(route mpesa.Route, intent string, body []byte) string {
	h := sha256.New()
	for _, part := range [][]byte{[]byte(route), {0}, []byte(intent), {0}, body} {
		h.Write(part)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// check says whether a payment to the paybill may be made. It refuses where it can't
// tell: no money moves then, and the customer tries again.
func (a *API) check(w http.ResponseWriter, r *http.Request) {
	c, ok := a.open(w, r, mpesa.RouteCheck)
	if !ok {
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), budget)
	defer cancel()
	answer(w, http.StatusOK, string(mpesa.ValidationAnswer(a.validate(ctx, []byte(c.Body)))))
}

func (a *API) validate(ctx context.Context, body []byte) (code string) {
	in, err := mpesa.ReadIncoming(body)
	switch {
	case errors.Is(err, mpesa.ErrUnreadable):
		return mpesa.RefuseOtherwise
	case in.ShortCode != a.config.ShortCode:
		return mpesa.RefuseShortCode
	}
	payable, err := a.config.Payable(ctx, in.Account)
	switch {
	case err != nil:
		a.config.Logger.Error("a payment to the paybill could not be checked, so it was refused", "error", err)
		return mpesa.RefuseOtherwise
	case !payable:
		return mpesa.RefuseAccount
	}
	return mpesa.AcceptPayment
}

// bare takes posts to the legacy service's addresses, which name no payment and have no
// token. Nothing follows from one, since everybody can write it: payments without an
// answer are asked about anyway.
func (a *API) bare(w http.ResponseWriter, r *http.Request) {
	a.config.Refused(peerOf(r), r.URL.Path)
	answer(w, http.StatusOK, string(mpesa.Acknowledgement()))
}

func answer(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body) // who left needs no answer
}

// peerOf returns the address of who posted.
func peerOf(r *http.Request) netip.Addr {
	if peer, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		return peer.Addr().Unmap()
	}
	return netip.Addr{}
}

// firstParts returns the beginning of a path, without a token that may be half right.
func firstParts(path string) string {
	parts := strings.SplitAfterN(path, "/", 4)
	return strings.Join(parts[:min(len(parts), 3)], "") + "…"
}
