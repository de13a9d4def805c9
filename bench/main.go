// Command bench compares the service with bare handlers that make the same round trips:
// the CPU time of a callback, and how long answers take. All run side by side.
//
//	go run ./bench
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

type subcommands struct {
	Measure  measureCmd  `cmd:"" default:"withargs" help:"Compare the service with bare handlers (the default)."`
	Sessions sessionsCmd `cmd:"" help:"Measure the memory of a million sessions in Redis."`
	Bare     bareCmd     `cmd:"" help:"Serve as the bare handler."`
	Backend  backendCmd  `cmd:"" help:"Serve as the backend of an action over HTTP."`
	Engine   engineCmd   `cmd:"" help:"Serve a menu of many screens."`
}

// The exit statuses besides 0.
const (
	statusVoid  = 1 // the measurement has no value
	statusWrong = 2
	statusFault = 3
)

// errVoid reports that two copies of one program cost different amounts, so that
// comparing two programs has no value.
var errVoid = errors.New("void: two copies of one program differ")

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parser, err := kong.New(&subcommands{}, kong.Name("bench"), kong.BindTo(ctx, (*context.Context)(nil)))
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		return statusFault
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		return statusWrong
	}
	switch err := parsed.Run(); {
	case errors.Is(err, errVoid):
		fmt.Fprintln(os.Stderr, "bench:", err)
		return statusVoid
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		return statusFault
	}
	return 0
}
