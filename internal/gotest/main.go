// Gotest runs go test with the given arguments, prints what go test prints, and
// at the end where the time went: the slowest tests and the seconds of each
// package.
//
//	go run ./internal/gotest -race ./...
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status, err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "gotest:", err)
	}
	os.Exit(status)
}

// failed is the exit status where go test itself could not be run.
const failed = 3

func run(ctx context.Context, args []string, to io.Writer) (status int, err error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"test", "-json"}, args...)...)
	cmd.Stderr = os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	out, err := cmd.StdoutPipe()
	if err != nil {
		return failed, err
	}
	if err := cmd.Start(); err != nil {
		return failed, err
	}
	r := newReport(to)
	readErr := r.read(out)
	err = cmd.Wait()
	r.summary()
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		return max(1, ended.ExitCode()), readErr
	}
	if err = errors.Join(readErr, err); err != nil {
		return failed, err
	}
	return 0, nil
}
