// Package server answers HTTP: the gateway's callbacks, delivery reports, health
// and readiness, the API's description and its page, and the handlers that other
// packages mount. No other package has an HTTP server.
//
// A gateway ends the session if it gets anything but a screen. Every readable
// callback therefore gets a screen, even after a fault. Malformed HTTP is
// refused before it reaches a route.
package server

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/paytrace/paytrace/gateway"
)

// Budget bounds the time Handle has for one callback. Gateways wait 10 s, and
// callers about half of that.
const Budget = 4 * time.Second

// headerLimit bounds a request's headers in bytes, request line included.
const headerLimit = 8 << 10

// refusedConns bounds the connections above the limit that are told so in the form of
// all answers at one time. Beyond them the library answers in its own.
const refusedConns = 256

// limits bounds what connections may use.
type limits struct {
	// conns bounds the open connections.
	conns int
	// read bounds the time from a request's first byte to its last; for the
	// first request it starts when the connection opens.
	read time.Duration
	// write bounds the time for writing an answer.
	write time.Duration
	// idle is the time after which an unused connection is closed.
	idle time.Duration
	// strangers and denied bound what one address may use without a valid key.
	strangers, denied int
	// check bounds the time a dependency has to answer /ready.
	check time.Duration
}

var defaultLimits = limits{
	// A connection carries one callback at a time. Even if all of them use up
	// their budget, this is 1,000 callbacks a second.
	conns: 4096,
	// A callback is one packet.
	read:  5 * time.Second,
	write: 10 * time.Second,
	// Common proxies close their idle connections after a minute; ours stay open
	// longer than theirs.
	idle:      75 * time.Second,
	strangers: strangersPerPeer,
	denied:    deniedPerMinute,
	// Load balancers wait 3 to 5 seconds.
	check: 2 * time.Second,
}

// Server answers HTTP requests. Make one with New.
type Server struct {
	config Config
	app    *fiber.App
	inner  *fiber.App // for operators
	auth   auth
	fronts map[string]*front // by the gateway's name
	ready  readiness
	peers  *peers
	wire   wireRules

	mu        sync.Mutex
	closed    bool
	listeners []net.Listener
}

// New makes a server that does not listen yet. An error says what is wrong in
// config and never contains a secret.
func New(config Config) (*Server, error) {
	return newServer(config, defaultLimits)
}

func newServer(config Config, limits limits) (*Server, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	config.defaults()
	s := &Server{
		config: config,
		auth:   newAuth(config),
		fronts: newFronts(config),
		ready:  readiness{checks: config.Ready, timeout: limits.check, now: config.Now, log: config.Logger},
	}
	s.peers, s.wire = newPeers(config.TrustedProxies, limits, config.Now), s.wireRules(limits)
	s.app, s.inner = s.newApp(limits), s.newApp(limits)
	if err := s.routes(); err != nil {
		return nil, err
	}
	s.inner.Get("/health", health)
	s.inner.Get("/ready", s.ready.serveDetailed)
	if config.Metrics != nil {
		s.inner.Get("/metrics", mounted(config.Metrics))
	}
	for _, app := range []*fiber.App{s.app, s.inner} {
		http := app.Server()
		http.CloseOnShutdown = true
		http.HeaderReceived = s.bodyLimits
		http.Handler = s.guard(app.Handler())
	}
	return s, nil
}

func (s *Server) newApp(limits limits) *fiber.App {
	return fiber.New(fiber.Config{
		AppName:                      "paytrace",
		BodyLimit:                    gateway.MaxBody,
		CaseSensitive:                true,
		Concurrency:                  limits.conns + refusedConns,
		DisablePreParseMultipartForm: true,
		DisableStartupMessage:        true,
		ErrorHandler:                 s.fail,
		IdleTimeout:                  limits.idle,
		ReadBufferSize:               headerLimit,
		ReadTimeout:                  limits.read,
		WriteTimeout:                 limits.write,
	})
}

// Listen serves on a TCP address, such as ":5000", until Shutdown.
func (s *Server) Listen(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("server: %w", err)
	}
	return s.Serve(ln)
}

// Serve serves on a listener until Shutdown begins. It then returns nil at once,
// while Shutdown waits for the callbacks in flight.
func (s *Server) Serve(ln net.Listener) error { return s.serve(s.app, ln) }

// ServeInner serves /health, /ready and /metrics for operators on a listener of its own, until
// Shutdown begins. Its /ready has the errors of the dependencies, which name hosts and
// versions, so only operators may reach the listener.
func (s *Server) ServeInner(ln net.Listener) error { return s.serve(s.inner, ln) }

func (s *Server) serve(app *fiber.App, ln net.Listener) error {
	wrapped := &listener{Listener: ln, rules: s.wire, peers: s.peers}
	if !s.open(wrapped) {
		return ln.Close()
	}
	if err := app.Listener(wrapped); err != nil {
		return fmt.Errorf("server: %w", err)
	}
	return nil
}

// open adds a listener to those that Shutdown closes. It returns false after
// Shutdown.
func (s *Server) open(ln net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.listeners = append(s.listeners, ln)
	return true
}

// Shutdown accepts no more connections and waits until every request in flight
// is answered. It returns an error if ctx ends first.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.closed = true
	listeners := s.listeners
	s.mu.Unlock()
	s.config.Refusals.Flush()
	// The library closes only the listeners that it already serves.
	for _, ln := range listeners {
		_ = ln.Close()
	}
	for _, app := range []*fiber.App{s.app, s.inner} {
		if err := app.ShutdownWithContext(ctx); err != nil {
			return fmt.Errorf("server: requests still in flight: %w", err)
		}
	}
	return nil
}
