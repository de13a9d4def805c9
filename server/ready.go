package server

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/paytrace/paytrace/engine/secret"
)

// Check checks one dependency for /ready.
type Check struct {
	// Name is the dependency's name in the answer, such as "postgres".
	Name string
	// Ask returns nil if the dependency works. The log and the inner listener have
	// its error; to others /ready says only whether the dependency was reached and
	// answered.
	Ask func(context.Context) error
	// Spare says that callbacks are answered without this dependency. Its
	// failure is shown but takes no instance out of service, because it would
	// take out all of them at once.
	Spare bool
}

// checkEvery is how long an answer of /ready is reused. Everybody may ask, and
// asking must not become a way to load the database.
const checkEvery = time.Second

// health says that the process answers, and nothing about its dependencies.
func health(c *fiber.Ctx) error {
	c.Context().SetContentType("application/json")
	c.Context().SetBodyString(`{"status":"ok"}`)
	return nil
}

// readiness checks all dependencies concurrently, at most once in checkEvery.
type readiness struct {
	checks  []Check
	timeout time.Duration
	now     func() time.Time
	log     *slog.Logger

	mu     sync.Mutex
	at     time.Time
	status int
	// body has our own words about an error, and detailed those of the dependency.
	body, detailed []byte
}

// report is the body of /ready.
type report struct {
	Status string   `json:"status"`
	Checks []result `json:"checks"`
}

type result struct {
	Name  string `json:"name"`
	OK    bool   `json:"ok"`
	Spare bool   `json:"spare,omitempty"`
	Error string `json:"error,omitempty"`
	cause string
}

// serve answers everybody, and serveDetailed those who reach the inner listener.
func (r *readiness) serve(c *fiber.Ctx) error { return r.answer(c, &r.body) }

func (r *readiness) serveDetailed(c *fiber.Ctx) error { return r.answer(c, &r.detailed) }

func (r *readiness) answer(c *fiber.Ctx, body *[]byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now := r.now(); r.body == nil || now.Sub(r.at) >= checkEvery {
		if err := r.renew(); err != nil {
			return err
		}
		r.at = now
	}
	c.Status(r.status)
	c.Context().SetContentType("application/json")
	c.Context().SetBody(*body)
	return nil
}

func (r *readiness) renew() error {
	answer := report{Status: "ready", Checks: r.ask()}
	r.status = http.StatusOK
	for _, res := range answer.Checks {
		if !res.OK && !res.Spare {
			answer.Status, r.status = "not ready", http.StatusServiceUnavailable
		}
	}
	var err, detailedErr error
	r.body, err = json.Marshal(answer)
	for i := range answer.Checks {
		answer.Checks[i].Error = answer.Checks[i].cause
	}
	r.detailed, detailedErr = json.Marshal(answer)
	return errors.Join(err, detailedErr)
}

func (r *readiness) ask() []result {
	ctx, cancel := context.WithTimeout(context.Background(), r.timeout)
	defer cancel()
	results := make([]result, len(r.checks))
	var all sync.WaitGroup
	for i, check := range r.checks {
		all.Go(func() { results[i] = r.one(ctx, check) })
	}
	all.Wait()
	return results
}

// one checks a dependency. It does not wait longer than ctx, even if the check
// ignores ctx.
func (r *readiness) one(ctx context.Context, check Check) result {
	done := make(chan error, 1)
	go func() {
		defer func() {
			if cause := recover(); cause != nil {
				done <- panicked(cause)
			}
		}()
		done <- check.Ask(ctx)
	}()
	var err error
	select {
	case err = <-done:
	case <-ctx.Done():
		err = ctx.Err()
	}
	cause := ""
	if err != nil {
		cause = credentials.ReplaceAllString(err.Error(), secret.Redacted)
		r.log.LogAttrs(ctx, slog.LevelWarn, "not ready", slog.String("check", check.Name), slog.String("error", cause))
	}
	return result{Name: check.Name, OK: err == nil, Spare: check.Spare, Error: public(err), cause: cause}
}

// credentials matches passwords in the error texts of database drivers.
var credentials = regexp.MustCompile(`(?i)//[^/@\s]*@|(password|secret|key|token)\s*[=:]\s*\S+`)

// public returns what everybody may know of an error, in our own words: those of a
// dependency name its hosts, users and versions. The log has them.
func public(err error) string {
	var network net.Error
	switch {
	case err == nil:
		return ""
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "no answer in time"
	case errors.As(err, &network):
		return "cannot connect"
	}
	return "refused"
}
