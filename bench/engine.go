package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/paytrace/paytrace/engine"
	"github.com/paytrace/paytrace/engine/runner"
	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/gateway/africastalking"
	"github.com/paytrace/paytrace/server"
	"github.com/paytrace/paytrace/store/redis"
)

// engineCmd answers callbacks as the service does, with a menu that is larger
// than files may be.
type engineCmd struct {
	Redis   string `required:"" help:"Address of Redis."`
	Screens int    `required:"" help:"How many screens the menu has."`
	serving
}

// Run answers callbacks until it is killed.
func (v *engineCmd) Run(ctx context.Context) error {
	program, err := engine.New(chain(v.Screens))
	if err != nil {
		return err
	}
	catalog, err := runner.NewCatalog(program)
	if err != nil {
		return err
	}
	records, err := redis.Open(ctx, redis.Config{URL: secret.New(v.Redis)})
	if err != nil {
		return err
	}
	runner := &runner.Runner{
		Sessions: redis.NewBreaker(records), Programs: catalog, Actions: none{},
		Identity: runner.NewIdentity(make([]byte, runner.KeySize)), TTL: runner.DefaultTTL, Now: time.Now,
		Recent: runner.NewRecent(runner.DefaultRecent),
	}
	s, err := server.New(server.Config{
		Handle: runner.Handle, Codec: africastalking.Codec{}, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	return v.serve(ctx, func(ln net.Listener) error { return s.Serve(ln) })
}

// none has no actions.
type none struct{ *runner.MemoryRows }

// Act implements runner.Actions.
func (none) Act(context.Context, engine.Call, *runner.Place) (engine.Outcome, error) {
	return engine.Outcome{}, errNoActions
}

// Read implements runner.Actions.
func (none) Read(context.Context, engine.Call) (engine.Outcome, error) {
	return engine.Outcome{}, errNoActions
}

var errNoActions = errors.New("this menu has no actions")

func words(s string) engine.Localized { return engine.Localized{{{Lit: s}}} }

// options of a screen, the k-th of which leads k screens on.
const options = 5

// chain is a menu of n screens.
func chain(n int) engine.Definition {
	def := engine.Definition{
		Name: "chain", Service: "Chain", Codes: []engine.Code{{Dial: chained.code, Start: "s0"}},
		Nav: engine.Nav{Invalid: words("Invalid option. Try again.")},
	}
	for i := range n {
		s := engine.Screen{
			Name: fmt.Sprintf("s%d", i), Kind: engine.ScreenMenu,
			Say: []engine.Say{{Words: words(fmt.Sprintf("Screen %d", i))}},
		}
		for k := 1; k <= options; k++ {
			s.Options = append(s.Options, engine.Option{
				Key: fmt.Sprint(k), Label: words(fmt.Sprintf("Option %d", k)), Go: fmt.Sprintf("s%d", (i+k)%n),
			})
		}
		def.Screens = append(def.Screens, s)
	}
	return def
}
