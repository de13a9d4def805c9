// Command bench measures what a callback costs above the least it could cost: the
// service and a bare handler that makes the same round trips run side by side,
// and their CPU time per callback is compared.
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

type verbs struct {
	Measure  measureCmd  `cmd:"" default:"withargs" help:"Compare the service with bare handlers (the default verb)."`
	Sessions sessionsCmd `cmd:"" help:"Measure what a million sessions take in Redis."`
	Bare     bareCmd     `cmd:"" help:"Be the bare handler."`
	Engine   engineCmd   `cmd:"" help:"Be the service with a menu of many screens."`
}

// faults are other than 0 and the 2 of misuse.
const (
	statusVoid  = 1 // the measurement says nothing
	statusWrong = 2
	statusFault = 3
)

// errVoid: two copies of one program cost different amounts, so a comparison of
// two programs would say nothing.
var errVoid = errors.New("void: two copies of one program differ")

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parser, err := kong.New(&verbs{}, kong.Name("bench"), kong.BindTo(ctx, (*context.Context)(nil)))
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
