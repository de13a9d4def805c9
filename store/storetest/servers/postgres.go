package servers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/jackc/pgx/v5"
)

// postgresConnections is more than all test packages together open.
const postgresConnections = 400

// StartPostgres starts a server of the caller's own, for tests that kill it. Other tests
// share one: see Database.
func StartPostgres(ctx context.Context) (*Server, error) {
	initdb, err := find(ctx, "initdb", "postgresql")
	if err != nil {
		return nil, err
	}
	dir, err := dataDir("postgres")
	if err != nil {
		return nil, err
	}
	s, err := startPostgres(ctx, initdb, dir)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start Postgres: %w", err), os.RemoveAll(dir))
	}
	return s, nil
}

func startPostgres(ctx context.Context, initdb, dir string) (*Server, error) {
	cmd := exec.CommandContext(ctx, initdb, "-D", dir, "-U", "postgres", "-A", "trust", "-E", "UTF8",
		"--locale=C", "--no-sync", "--no-instructions")
	cmd.Dir = dir
	if err := attributes(cmd, 0); err != nil {
		return nil, err
	}
	if output, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s: %w: %s", cmd, err, output)
	}
	return onFreePort(ctx, func(port int) *Server {
		return postgresOn(filepath.Join(filepath.Dir(initdb), "postgres"), dir, port)
	})
}

// postgresOn turns fsync off for speed: only a power cut could lose data. A crash of the
// server loses nothing more, since the system still has what was written.
func postgresOn(path, dir string, port int) *Server {
	url := fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", port)
	args := []string{"-D", dir}
	for _, setting := range []string{
		"listen_addresses=127.0.0.1", "port=" + strconv.Itoa(port), "unix_socket_directories=",
		"max_connections=" + strconv.Itoa(postgresConnections),
		"fsync=off", "full_page_writes=off", "shared_buffers=64MB", "log_min_messages=fatal",
	} {
		args = append(args, "-c", setting)
	}
	return &Server{URL: url, program: program{
		path: path, args: args, dir: dir,
		stop:   syscall.SIGINT,  // "fast": closes open connections
		orphan: syscall.SIGQUIT, // "immediate": ends its own children too
		ask:    func(ctx context.Context) error { return askPostgres(ctx, url) },
	}}
}

func askPostgres(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}
