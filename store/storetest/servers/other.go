//go:build !unix

package servers

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

var errUnix = errors.New("test servers can be started on Unix systems only; set the addresses of running ones in " +
	PostgresVariable + " and " + RedisVariable)

func attributes(*exec.Cmd, syscall.Signal) error { return errUnix }

func dataDir(string) (string, error) { return "", errUnix }

func (p program) kill() os.Signal { return os.Kill }
