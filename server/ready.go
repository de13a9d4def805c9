package server

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
)

// Check asks one dependency whether it works.
type Check struct {
	// Name is what /ready calls it, as "postgres".
	Name string
	// Ask returns nil if it works. What is wrong is shown to whoever asks, cut
	// and without passwords; the log has the error as it is.
	Ask func(context.Context) error
	// Spare says that callbacks are answered without it. A spare dependency
	// that fails is shown, but takes no instance out of service: it would take
	// out all of them at once.
	Spare bool
}

// checkEvery is how long an answer stands: /ready is open to all, and asking it
// must not be a way to load a database.
const checkEvery = time.Second

// health says that the process answers, and nothing about its dependencies.
func health(c *fiber.Ctx) error {
	c.Context().SetContentType("application/json")
	c.Context().SetBodyString(`{"status":"ok"}`)
	return nil
}

// readiness asks the dependencies, all at once and at most once in checkEvery.
type readiness struct {
	checks  []Check
	timeout time.Duration
	now     func() time.Time
	log     *slog.Logger

	mu     sync.Mutex
	at     time.Time
	status int
	body   []byte
}

// report is the answer of /ready.
type report struct {
	Status string   `json:"status"`
	Checks []result `json:"checks"`
}

type result struct {
	Name  string `json:"name"`
	OK    bool   `json:"ok"`
	Spare bool   `json:"spare,omitempty"`
	Error string `json:"error,omitempty"`
}

func (r *readiness) serve(c *fiber.Ctx) error {
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
	c.Context().SetBody(r.body)
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
	body, err := json.Marshal(answer)
	r.body = body
	return err
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

// one asks a dependency and does not wait for it longer than ctx, even if the
// check does not heed it.
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
	if err != nil {
		r.log.LogAttrs(ctx, slog.LevelWarn, "not ready", slog.String("check", check.Name), slog.Any("error", err))
	}
	return result{Name: check.Name, OK: err == nil, Spare: check.Spare, Error: public(err)}
}

// credentials finds passwords in the texts that database drivers make.
var credentials = regexp.MustCompile(`(?i)//[^/@\s]*@|(password|secret|key|token)\s*[=:]\s*\S+`)

// shownProblem is the most of an error's text that /ready shows.
const shownProblem = 200

// public is what everyone may know of an error. Network errors are said in our
// own words: theirs name hosts and users.
func public(err error) string {
	var network net.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &network) && network.Timeout(): // a context that ended too
		return "no answer in time"
	case errors.As(err, &network):
		return "cannot connect"
	}
	text := credentials.ReplaceAllString(err.Error(), "[redacted]")
	return strings.ToValidUTF8(text[:min(len(text), shownProblem)], "")
}
