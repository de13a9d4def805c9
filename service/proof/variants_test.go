package proof_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strconv"
	"sync/atomic"
	"syscall"

	"github.com/paytrace/paytrace/actions"
	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/internal/service"
)

// variants lists programs by name that differ from the shipped one in one thing.
// They are this test binary, because the program itself has no switch for it.
var variants = map[string]func(ctx context.Context) service.Options{
	"paytrace-forgetful": func(context.Context) service.Options {
		return service.Options{Decorators: service.Decorators{Actions: []func(runner.Actions) runner.Actions{forget}}}
	},
	"paytrace-crashing": crashing,
	"paytrace-crashing-forgetful": func(ctx context.Context) service.Options {
		o := crashing(ctx)
		o.Decorators.Actions = append(o.Decorators.Actions, forget)
		return o
	},
}

// runVariant serves as a variant does and returns its exit status. The proofs
// start it as "serve --port 0 --menus DIR".
func runVariant(options func(ctx context.Context) service.Options) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := serve(ctx, options(ctx), os.Args[len(os.Args)-1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func serve(ctx context.Context, o service.Options, menus string) (err error) {
	if o.Settings, err = service.ToServe(); err != nil {
		return err
	}
	if o.Menus, err = (service.Program{}).OpenFolder(menus); err != nil {
		return err
	}
	defer o.Menus.Close()
	sink := service.NewLogSink(o.Settings, os.Stderr)
	defer sink.Close()
	o.Diagnostics, o.Log = sink, sink.Logger()
	s, err := service.New(ctx, o)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return errors.Join(err, s.Close())
	}
	fmt.Fprintf(os.Stdout, "listens on http://localhost:%d\n", ln.Addr().(*net.TCPAddr).Port)
	return errors.Join(s.Serve(ctx, ln), s.Close())
}

// forgetful runs every delivery's action under a new name, as a service without
// rows of calls would.
type forgetful struct {
	runner.Actions
	runs *atomic.Int64
}

func forget(a runner.Actions) runner.Actions { return forgetful{a, new(atomic.Int64)} }

// Act implements runner.Actions.
func (f forgetful) Act(ctx context.Context, call engine.Call, _ *runner.Place) (engine.Outcome, error) {
	call.ID += "#" + strconv.Itoa(os.Getpid()) + "-" + strconv.FormatInt(f.runs.Add(1), 10)
	return f.Actions.(*actions.Table).Do(ctx, call)
}
