//go:build unix && !linux

package servers

import (
	"os/exec"
	"syscall"
)

// attributes makes a server a process that is not root, which Postgres
// refuses to be. Where the system can't end it with this process, Main does.
func attributes(cmd *exec.Cmd, _ syscall.Signal) error {
	credential, err := unprivileged()
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: credential, Setpgid: true}
	return err
}
