package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/actions/backend"
	"github.com/paytrace/paytrace/engine"
)

// registerBackend adds the actions of actions.yaml that a backend answers.
func (s *Service) registerBackend(context.Context) error {
	if s.options.Demo != nil {
		return s.registerDemo()
	}
	declared, err := s.options.Menus.Declared(s.options.Diagnostics)
	if err != nil || len(declared.Posts) == 0 {
		return err
	}
	b, err := NewBackend(declared, s.settings)
	if err != nil {
		return err
	}
	client := b.Client(s.settings, time.Now)
	s.close = append(s.close, func() error { client.CloseIdle(); return nil })
	if err := b.Check(client); err != nil {
		return err
	}
	asked := decorate[backend.Backend](client, s.options.Decorators.Backend, append(measured(s, s.metrics.Backend), traced(s, s.tracing.Backend)...)...)
	if err := b.register(s.table, asked); err != nil {
		return err
	}
	s.table.LogTo(s.log)
	s.jobs[actions.JobAsk] = s.table.AskAgain
	s.choose("actions", "%d answered over HTTP%s", len(b.Targets), unsignedNote(s.settings))
	return nil
}

func unsignedNote(s Settings) string {
	if len(s.ActionsKeys) == 0 {
		return ", not signed: ACTIONS_KEY is not set"
	}
	return ""
}

// register adds the actions to a table, unless the program has one of that name: it then
// answers itself.
func (b *Backend) register(table *actions.Table, ask backend.Backend) error {
	built := table.Contracts()
	for _, t := range b.Targets {
		if hasContract(built, t.Contract.Name) {
			continue
		}
		if err := table.RegisterRemote(t.Contract, remote(t, ask)); err != nil {
			return usagef("actions.yaml: %w", err)
		}
	}
	return nil
}

// remote returns the function that asks a backend for one action.
func remote(t backend.Target, ask backend.Backend) actions.Remote {
	return func(ctx context.Context, q actions.Question) (engine.Outcome, error) {
		out, err := ask.Ask(ctx, backend.Request{
			Contract: q.Contract, To: t.To, ID: q.Call.ID, Caller: q.Call.Caller, Service: q.Call.Service, Lang: q.Call.Lang,
			Session: q.Call.Session, Args: q.Call.Args, Again: q.Again, Today: engine.DateOf(q.Now),
		})
		var fault *backend.Fault
		if errors.As(err, &fault) && !fault.Certain {
			err = fmt.Errorf("%w: %w", engine.ErrUnknown, err)
		}
		return out, err
	}
}
