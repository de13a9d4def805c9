package servers

import (
	"os/exec"
	"syscall"
)

// attributes makes a server a process that ends with this one, however this
// one ends, and that is not root, which Postgres refuses to be.
func attributes(cmd *exec.Cmd, orphan syscall.Signal) error {
	credential, err := unprivileged()
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: credential, Pdeathsig: orphan, Setpgid: true}
	return err
}
