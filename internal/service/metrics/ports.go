package metrics

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/paytrace/paytrace/actions/backend"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/sms"
	"github.com/paytrace/paytrace/wallet/payments"
)

type turnLabels struct{ program, network, outcome string }

type turnCounters struct {
	turns, ended prometheus.Counter // ended is nil where the session goes on
	seconds      prometheus.Observer
}

// The outcomes of a callback, besides the built-in ends.
const (
	continued = "continued"
	ended     = "ended"
)

// Handle counts callbacks and measures them.
func (m *Metrics) Handle(next func(context.Context, engine.Request) engine.Reply) func(context.Context, engine.Request) engine.Reply {
	return func(ctx context.Context, req engine.Request) engine.Reply {
		began := m.config.Now()
		reply := next(ctx, req)
		key := turnLabels{reply.Program, m.networks.label(req.Network), outcomeOf(&reply)}
		c, known := m.answered.find(key)
		if !known {
			c = m.answered.add(key, m.turnCounters(key))
		}
		c.turns.Inc()
		c.seconds.Observe(m.config.Now().Sub(began).Seconds())
		if c.ended != nil {
			c.ended.Inc()
		}
		return reply
	}
}

// turnCounters returns what makes the counters of some labels.
func (m *Metrics) turnCounters(key turnLabels) func() turnCounters {
	return func() turnCounters {
		service := m.config.Menu(key.program)
		c := turnCounters{turns: m.turns.WithLabelValues(service, key.network, key.outcome), seconds: m.seconds.WithLabelValues(service)}
		if key.outcome != continued {
			c.ended = m.sessions.WithLabelValues(service, key.network, key.outcome)
		}
		return c
	}
}

// outcomeOf says how a callback was answered. The engine's own last screens are named
// "(busy)" and so on; those names are few.
func outcomeOf(reply *engine.Reply) string {
	if !reply.End {
		return continued
	}
	if name, ok := strings.CutPrefix(reply.Screen, "("); ok {
		return strings.TrimSuffix(name, ")")
	}
	return ended
}

type screenLabels struct {
	program *engine.Program
	screen  string
}

// versionShown is how much of a menu's hash is a label.
const versionShown = 8

// Watch counts the screens that a callback led to.
func (m *Metrics) Watch(p *engine.Program, moves []engine.Move) {
	for i := range moves {
		to := moves[i].To
		if to == "" || to == moves[i].Screen {
			continue
		}
		key := screenLabels{p, to}
		reached, known := m.reached.find(key)
		if !known {
			reached = m.reached.add(key, m.screenCounter(key))
		}
		reached.Inc()
	}
}

// screenCounter returns what makes the counter of a screen.
func (m *Metrics) screenCounter(key screenLabels) func() prometheus.Counter {
	return func() prometheus.Counter {
		hash := key.program.Hash()
		return m.screens.WithLabelValues(key.program.Name(), hash[:min(versionShown, len(hash))], key.screen)
	}
}

type actionLabels struct{ action, result string }

// failedResult is the result of an action without an outcome, and of a request that
// failed for no reason that has a name.
const failedResult = "error"

// Actions measures actions.
func (m *Metrics) Actions(next runner.Actions) runner.Actions { return &measuredActions{next, m} }

type measuredActions struct {
	runner.Actions
	m *Metrics
}

// Act measures an action that writes.
func (a *measuredActions) Act(ctx context.Context, call engine.Call, at *runner.Place) (engine.Outcome, error) {
	began := a.m.config.Now()
	out, err := a.Actions.Act(ctx, call, at)
	a.m.observe(call.Action, out, err, a.m.config.Now().Sub(began))
	return out, err
}

// Read measures an action that only reads.
func (a *measuredActions) Read(ctx context.Context, call engine.Call) (engine.Outcome, error) {
	began := a.m.config.Now()
	out, err := a.Actions.Read(ctx, call)
	a.m.observe(call.Action, out, err, a.m.config.Now().Sub(began))
	return out, err
}

func (m *Metrics) observe(action string, out engine.Outcome, err error, took time.Duration) {
	key := actionLabels{action, out.Name}
	switch {
	case errors.Is(err, engine.ErrLimited):
		key.result = engine.Limited
	case errors.Is(err, engine.ErrFenced):
		key.result = "fenced"
	case errors.Is(err, engine.ErrUnknown):
		key.result = engine.Pending
	case err != nil:
		key.result = failedResult
	}
	seconds, known := m.acted.find(key)
	if !known {
		seconds = m.acted.add(key, func() prometheus.Observer { return m.actions.WithLabelValues(key.action, key.result) })
	}
	seconds.Observe(took.Seconds())
}

// Sender counts the messages that a provider was given.
func (m *Metrics) Sender(provider string) func(sms.Sender) sms.Sender {
	return func(next sms.Sender) sms.Sender { return &countedSender{next, provider, m} }
}

type countedSender struct {
	sms.Sender
	provider string
	m        *Metrics
}

// Send counts a message.
func (s *countedSender) Send(ctx context.Context, msg sms.Message) (sms.Receipt, error) {
	receipt, err := s.Sender.Send(ctx, msg)
	result := "ok"
	switch {
	case errors.Is(err, sms.ErrPermanent):
		result = "refused"
	case errors.Is(err, sms.ErrMaybeSent):
		result = "unknown"
	case errors.As(err, new(*sms.PausedError)):
		result = "paused"
	case err != nil:
		result = failedResult
	}
	s.m.requests.WithLabelValues(s.provider, "sms", result).Inc()
	return receipt, err
}

// Payments counts the requests to a provider of mobile money.
func (m *Metrics) Payments(next payments.Provider) payments.Provider {
	return &countedProvider{next, m}
}

type countedProvider struct {
	payments.Provider
	m *Metrics
}

// Push counts a request to pay by its verdict.
func (p *countedProvider) Push(ctx context.Context, in payments.Intent) payments.Answer {
	answer := p.Provider.Push(ctx, in)
	p.count("push", string(answer.Verdict))
	return answer
}

// Pay counts a payout by its verdict.
func (p *countedProvider) Pay(ctx context.Context, in payments.Intent) payments.Answer {
	answer := p.Provider.Pay(ctx, in)
	p.count("payout", string(answer.Verdict))
	return answer
}

// Ask counts a question about an intent by what the answer tells.
func (p *countedProvider) Ask(ctx context.Context, in payments.Intent) payments.Report {
	report := p.Provider.Ask(ctx, in)
	p.count("ask", string(report.Outcome))
	return report
}

// count counts a request. A verdict that the provider accepts is "ok", as with others.
func (p *countedProvider) count(op, result string) {
	if result == string(payments.Accepted) {
		result = "ok"
	}
	p.m.requests.WithLabelValues(p.Name(), op, result).Inc()
}

// Backend counts the requests for actions over HTTP.
func (m *Metrics) Backend(next backend.Backend) backend.Backend { return &countedBackend{next, m} }

type countedBackend struct {
	backend.Backend
	m *Metrics
}

// Ask counts and measures a request by its host, its action and how it ended.
func (b *countedBackend) Ask(ctx context.Context, r backend.Request) (engine.Outcome, error) {
	began := b.m.config.Now()
	out, err := b.Backend.Ask(ctx, r)
	result, outcome := "ok", out.Name
	if fault := (*backend.Fault)(nil); errors.As(err, &fault) {
		result, outcome = string(fault.Kind), string(fault.Kind)
	} else if err != nil {
		result, outcome = failedResult, failedResult
	}
	b.m.requests.WithLabelValues("backend", r.Contract.Name, result).Inc()
	b.m.backends.WithLabelValues(r.To.Host, r.Contract.Name, outcome).Observe(b.m.config.Now().Sub(began).Seconds())
	return out, err
}
