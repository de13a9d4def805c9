package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/paytrace/paytrace/actions/backend"
	"github.com/paytrace/paytrace/engine/endpoint"
	"github.com/paytrace/paytrace/internal/service"
)

type actionsVerifyCmd struct {
	Menus  string   `help:"Folder of menus, as for serve." placeholder:"DIR"`
	URL    string   `name:"url" help:"Address of the backend, in place of the one in actions.yaml." placeholder:"URL"`
	Writes bool     `help:"Also run actions that change something, on a backend that is not on this machine."`
	Action []string `arg:"" optional:"" help:"Actions to try (default: all that actions.yaml posts)."`
}

func (actionsVerifyCmd) Help() string {
	return `Sends a backend what it may receive one day: the same Idempotency-Key twice at
once and later, the same key with another request, wrong signatures, values of
other types, a long body, a request whose answer is lost. It prints what the
backend must still learn. The actions are run for real, with made-up values:
use a backend for tests. Settings come from the environment, as for serve.

The exit status is 1 if the backend must learn something.

Examples:
  paytrace actions verify
  paytrace actions verify --url http://127.0.0.1:8000 find_member`
}

// Run tries the backend.
func (v actionsVerifyCmd) Run(ctx context.Context, std streams) error {
	settings, err := service.FromEnvironment()
	if err != nil {
		return err
	}
	b, err := v.backend(settings, std)
	if err != nil {
		return err
	}
	client := b.Client(settings, time.Now)
	defer client.CloseIdle()
	if err := b.Check(client); err != nil {
		return err
	}
	verifier := &backend.Verifier{Client: client, Base: b.Base}
	lessons := verifier.Signature(ctx)
	var skipped []string
	for _, t := range b.Targets {
		switch {
		case len(v.Action) > 0 && !slices.Contains(v.Action, t.Contract.Name):
		case !t.Contract.Reads && !v.Writes && !endpoint.IsLoopback(t.To.Hostname()):
			skipped = append(skipped, t.Contract.Name)
		default:
			lessons = append(lessons, verifier.Action(ctx, t)...)
		}
	}
	return v.report(std, lessons, skipped)
}

// backend returns the backend that actions.yaml names, at its address or at --url.
func (v actionsVerifyCmd) backend(settings service.Settings, std streams) (*service.Backend, error) {
	folder, declared, err := declaredIn(std.own, v.Menus, std.err)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	if len(declared.Posts) == 0 {
		return nil, misuse{errors.New("no action of the folder has the line \"post\"; add it to those that a backend answers")}
	}
	for _, name := range v.Action {
		if !slices.ContainsFunc(service.Served(declared), func(s backend.Served) bool { return s.Contract.Name == name }) {
			return nil, misuse{fmt.Errorf("actions.yaml posts no action %q", name)}
		}
	}
	if v.URL == "" {
		return service.NewBackend(declared, settings)
	}
	return service.NewBackendAt(declared, v.URL)
}

func (v actionsVerifyCmd) report(std streams, lessons []backend.Lesson, skipped []string) error {
	w := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	learn := 0
	for _, l := range lessons {
		state := "ok"
		if l.Learn != "" {
			state = "learn"
			learn++
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", state, l.Action, l.Case)
		if l.Learn != "" {
			fmt.Fprintf(w, "\t\t%s\n", l.Learn)
		}
	}
	for _, name := range skipped {
		fmt.Fprintf(w, "skipped\t%s\tit changes something, and the backend is not on this machine; --writes tries it\n", name)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(std.out, "%d tried, %d to learn\n", len(lessons), learn); err != nil {
		return err
	}
	if learn > 0 {
		return outcome{exitDiagnostics}
	}
	return nil
}
