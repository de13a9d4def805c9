//go:build unix

package servers

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// kill returns the signal that no process survives.
func (p program) kill() os.Signal { return syscall.SIGKILL }

// unprivileged returns the user that a server runs as when this process is root; nil
// means the user of this process.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		account, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(account.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(account.Gid, 10, 32)
		if err := errors.Join(err1, err2); err != nil {
			return nil, fmt.Errorf("user %s: %w", name, err)
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("Postgres can't run as root, and there is no user postgres or nobody to run it as")
}

// dataDir makes a temporary folder that the server's user owns.
func dataDir(name string) (string, error) {
	dir, err := os.MkdirTemp("", "paytrace-"+name+"-")
	if err != nil {
		return "", err
	}
	as, err := unprivileged()
	if err != nil || as == nil {
		return dir, err
	}
	return dir, os.Chown(dir, int(as.Uid), int(as.Gid))
}
