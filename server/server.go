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

// Budget of one callback, for Handle. Gateways wait 10 s and callers about half
// of that.
const Budget = 4 * time.Second

// headerLimit in bytes, request line included.
const headerLimit = 8 << 10

// limits of connections.
type limits struct {
	// conns at a time.
	conns int
	// read is for a request from its first byte to its last, or from the
	// beginning of the connection for the first one.
	read time.Duration
	// write is for writing an answer.
	write time.Duration
	// idle closes a connection that is kept open without a request.
	idle time.Duration
	// check is what a dependency has to answer /ready.
	check time.Duration
}

var defaultLimits = limits{
	// A connection has one callback at a time, so this many callbacks that all
	// use up their budget are still 1,000 a second.
	conns: 4096,
	// A callback is one packet.
	read:  5 * time.Second,
	write: 10 * time.Second,
	// Longer than the minute after which common proxies close theirs.
	idle: 75 * time.Second,
	// Load balancers wait 3 to 5 seconds.
	check: 2 * time.Second,
}

// Server answers HTTP requests. Make one with New.
type Server struct {
	config Config
	app    *fiber.App
	door   door
	ready  readiness

	mu        sync.Mutex
	closed    bool
	listeners []net.Listener
}

// New makes a server; it listens nowhere yet. An error says what is wrong with
// the configuration and holds no secret.
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
		door:   newDoor(config),
		ready:  readiness{checks: config.Ready, timeout: limits.check, now: config.Now, log: config.Logger},
	}
	s.app = fiber.New(fiber.Config{
		AppName:                      "paytrace",
		BodyLimit:                    gateway.MaxBody,
		CaseSensitive:                true,
		Concurrency:                  limits.conns,
		DisablePreParseMultipartForm: true,
		DisableStartupMessage:        true,
		ErrorHandler:                 s.fail,
		IdleTimeout:                  limits.idle,
		ReadBufferSize:               headerLimit,
		ReadTimeout:                  limits.read,
		WriteTimeout:                 limits.write,
	})
	if err := s.routes(); err != nil {
		return nil, err
	}
	http := s.app.Server()
	http.CloseOnShutdown = true
	http.HeaderReceived = s.bodyLimits()
	http.Handler = s.guard(s.app.Handler())
	return s, nil
}

// Listen serves on a TCP address, as ":5000", until Shutdown.
func (s *Server) Listen(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("server: %w", err)
	}
	return s.Serve(ln)
}

// Serve serves on a listener until Shutdown, and then returns nil at once:
// callbacks may still be in flight, and Shutdown waits for them.
func (s *Server) Serve(ln net.Listener) error {
	wrapped := &listener{Listener: ln}
	if !s.open(wrapped) {
		return ln.Close()
	}
	if err := s.app.Listener(wrapped); err != nil {
		return fmt.Errorf("server: %w", err)
	}
	return nil
}

// open notes a listener; not after Shutdown.
func (s *Server) open(ln net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.listeners = append(s.listeners, ln)
	return true
}

// Shutdown takes no more connections and returns when every request in flight is
// answered, or with an error when ctx ends first.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.closed = true
	listeners := s.listeners
	s.mu.Unlock()
	// The library closes only the listeners it has begun to serve.
	for _, ln := range listeners {
		_ = ln.Close()
	}
	if err := s.app.ShutdownWithContext(ctx); err != nil {
		return fmt.Errorf("server: requests still in flight: %w", err)
	}
	return nil
}
