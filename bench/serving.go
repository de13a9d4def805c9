package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime/pprof"
)

// serving is what this program's own servers have in common.
type serving struct {
	Profile string `help:"File for a CPU profile." placeholder:"FILE"`
}

// serve listens on a free port, says which, and answers until ctx ends.
func (v serving) serve(ctx context.Context, listen func(net.Listener) error) error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if v.Profile != "" {
		f, err := os.Create(v.Profile)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	fmt.Fprintln(os.Stdout, "listens on http://"+ln.Addr().String())
	ended := make(chan error, 1)
	go func() { ended <- listen(ln) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		return errors.Join(ln.Close())
	}
}
