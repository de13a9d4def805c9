//go:build unix

package docstest

import (
	"bufio"
	"bytes"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// service is a program that runs beside the commands.
type service struct {
	number  string // as in "kill %1"
	cmd     *exec.Cmd
	log     bytes.Buffer
	drained chan struct{}
	stopped bool
}

// defaultPort is the port of a service in a document that sets none.
const defaultPort = "5000"

var (
	portSetting = regexp.MustCompile(`\bPORT=(\d+) ?`)
	listensAt   = regexp.MustCompile(`http://(localhost:\d+)`)
)

// serve starts a service, waits for its whole greeting, and returns it. The
// service listens on a free port, and the port of the document leads there.
func (w *Walk) serve(s step, command string) (greeting string) {
	w.t.Helper()
	port := defaultPort
	for _, text := range append([]string{command}, w.env...) {
		if m := portSetting.FindStringSubmatch(text); m != nil {
			port = m[1]
			break
		}
	}
	// exec replaces the shell, so that signals reach the service alone.
	command = "exec env " + w.toReal(portSetting.ReplaceAllString(command, ""))
	j := &service{number: w.nextNumber(), cmd: w.shell(command), drained: make(chan struct{})}
	j.cmd.Env = append(j.cmd.Env, "PORT=0")
	j.cmd.Stderr = &j.log
	out, err := j.cmd.StdoutPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	if err := j.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	in := bufio.NewScanner(out)
	for in.Scan() {
		greeting += in.Text() + "\n"
		if strings.HasSuffix(in.Text(), " dial") {
			break
		}
	}
	m := listensAt.FindStringSubmatch(greeting)
	if m == nil {
		err := j.cmd.Wait()
		w.t.Fatalf("%s:%d: the service did not start: %v\n%s%s", w.doc, s.line, err, greeting, &j.log)
	}
	w.mu.Lock()
	w.addresses["localhost:"+port] = m[1]
	w.mu.Unlock()
	go func() { defer close(j.drained); _, _ = io.Copy(io.Discard, out) }()
	w.services = append(w.services, j)
	return w.toDocument(greeting)
}

// address returns the real address of one in the document, "" if nothing listens there.
func (w *Walk) address(name string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.addresses[name]
}

// nextNumber counts as a shell does: one above the highest that runs.
func (w *Walk) nextNumber() string {
	highest := '0'
	for _, j := range w.services {
		if !j.stopped {
			highest = max(highest, rune(j.number[0]))
		}
	}
	return string(highest + 1)
}

func (w *Walk) service(s step, number string) *service {
	w.t.Helper()
	for _, j := range w.services {
		if j.number == number && !j.stopped {
			return j
		}
	}
	w.t.Fatalf("%s:%d: %s: no such service runs", w.doc, s.line, s.command)
	return nil
}

// stop sends a signal to a service and waits for its end: SIGINT and SIGTERM
// as Ctrl-C and a process manager do, SIGKILL as a crash.
func (j *service) stop(t *testing.T, signal syscall.Signal) {
	t.Helper()
	if j.stopped {
		return
	}
	j.stopped = true
	_ = syscall.Kill(-j.cmd.Process.Pid, signal)
	<-j.drained
	err := j.cmd.Wait()
	// A log that goes to a file leaves j.log empty; then the status counts. It
	// can't count otherwise, because make reports the signal as an error.
	orderly := strings.Contains(j.log.String(), "stopping") || j.log.Len() == 0 && err == nil
	if signal != syscall.SIGKILL && !orderly {
		t.Errorf("the service did not stop in order: %v\n%s", err, &j.log)
	}
}
