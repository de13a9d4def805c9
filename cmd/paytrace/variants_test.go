package main

import (
	"context"
	"os"
	"os/signal"
	"strconv"
	"sync/atomic"
	"syscall"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/service"
)

// variants lists programs that differ from the shipped one in one thing, by
// name. They are this test binary: the program itself has no switch for it.
var variants = map[string]func(ctx context.Context) service.Options{
	"paytrace-forgetful": func(context.Context) service.Options {
		return service.Options{Decorators: service.Decorators{Actions: []func(runner.Actions) runner.Actions{forget}}}
	},
	"paytrace-crashing": crashing,
}

// runVariant runs a variant.
func runVariant(options func(ctx context.Context) service.Options) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// Tests always start "serve --port 0 [--menus DIR]".
	serve, port := &serveCmd{}, 0
	serve.Port = &port
	if len(os.Args) == 6 {
		serve.Menus = os.Args[5]
	}
	os.Exit(exitStatus(serve.serve(ctx, streams{os.Stdin, os.Stdout, os.Stderr}, options(ctx)), streams{os.Stdin, os.Stdout, os.Stderr}))
}

// forgetful runs every delivery's action under a new name, as a service without
// an action log would.
type forgetful struct {
	runner.Actions
	runs *atomic.Int64
}

func forget(a runner.Actions) runner.Actions { return forgetful{a, new(atomic.Int64)} }

// Do implements runner.Actions.
func (f forgetful) Do(ctx context.Context, call engine.Call) (engine.Outcome, error) {
	if !call.StoredOnly && call.ID != "" {
		call.ID += "#" + strconv.Itoa(os.Getpid()) + "-" + strconv.FormatInt(f.runs.Add(1), 10)
	}
	return f.Actions.Do(ctx, call)
}
