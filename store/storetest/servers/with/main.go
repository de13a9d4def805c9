// With starts a Postgres and a Redis, runs a command with their addresses in its
// environment, and removes them afterwards:
//
//	go run ./store/storetest/servers/with go test ./...
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/paytrace/paytrace/store/storetest/servers"
)

// These are the exit statuses of this program; any other is the command's own.
const (
	misuse = 2
	fault  = 3
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code, err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "with:", err)
	}
	os.Exit(code)
}

func run(ctx context.Context, args []string) (code int, err error) {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return misuse, errors.New("no command; for example: with go test ./...")
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.Env = os.Environ()
	for variable, start := range map[string]func(context.Context) (*servers.Server, error){
		servers.PostgresVariable: servers.StartPostgres,
		servers.RedisVariable:    servers.StartRedis,
	} {
		if os.Getenv(variable) != "" {
			continue // a server runs already: use it, and leave it running
		}
		server, startErr := start(ctx)
		if startErr != nil && os.Getenv("CI") == "true" {
			return fault, startErr
		}
		if startErr != nil {
			fmt.Fprintln(os.Stderr, "with: continuing without this server; its tests will be skipped:", startErr)
			continue
		}
		defer func() { err = errors.Join(err, server.Stop()) }()
		cmd.Env = append(cmd.Env, variable+"="+server.URL)
	}
	return status(cmd.Run())
}

// status returns the command's own exit status.
func status(err error) (int, error) {
	var ended *exec.ExitError
	if errors.As(err, &ended) && ended.Exited() {
		return ended.ExitCode(), nil
	}
	if err != nil {
		return fault, err
	}
	return 0, nil
}
