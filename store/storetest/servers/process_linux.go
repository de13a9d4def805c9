package servers

import (
	"os/exec"
	"syscall"
)

// attributes lets a server end with this process, however that ends, and run as another
// user than root, since Postgres refuses to run as root.
func attributes(cmd *exec.Cmd, orphan syscall.Signal) error {
	credential, err := unprivileged()
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: credential, Pdeathsig: orphan, Setpgid: true}
	return err
}
