//go:build unix && !linux

package servers

import (
	"os/exec"
	"syscall"
)

// attributes lets a server run as another user than root, since Postgres refuses to run
// as root. This system can't end the server with this process, so Main does.
func attributes(cmd *exec.Cmd, _ syscall.Signal) error {
	credential, err := unprivileged()
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: credential, Setpgid: true}
	return err
}
