//go:build unix

package paytrace_test

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

// job is a service that runs beside the commands.
type job struct {
	number  string // as in "kill %1"
	cmd     *exec.Cmd
	log     bytes.Buffer
	drained chan struct{}
	ended   bool
}

// defaultPort is where a service listens as the document has it, if nothing
// says otherwise.
const defaultPort = "5000"

var portSetting = regexp.MustCompile(`\bPORT=(\d+) ?`)

// start runs a service until it has said what to try, and gives that. It
// listens on any port that is free, and the one in the document leads there.
func (w *walk) start(s step, command string) (greeting string) {
	w.t.Helper()
	port := defaultPort
	for _, text := range append([]string{command}, w.env...) {
		if m := portSetting.FindStringSubmatch(text); m != nil {
			port = m[1]
			break
		}
	}
	// In place of the shell, so that signals reach it alone.
	command = "exec env " + w.there(portSetting.ReplaceAllString(command, ""))
	j := &job{number: w.nextNumber(), cmd: w.command(command), drained: make(chan struct{})}
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
	m := regexp.MustCompile(`http://(localhost:\d+)`).FindStringSubmatch(greeting)
	if m == nil {
		err := j.cmd.Wait()
		w.t.Fatalf("%s:%d: the service did not start: %v\n%s%s", w.doc, s.line, err, greeting, &j.log)
	}
	w.places["localhost:"+port] = m[1]
	go func() { defer close(j.drained); _, _ = io.Copy(io.Discard, out) }()
	w.jobs = append(w.jobs, j)
	return w.here(greeting)
}

// nextNumber is as a shell counts: one above those that still run.
func (w *walk) nextNumber() string {
	highest := '0'
	for _, j := range w.jobs {
		if !j.ended {
			highest = max(highest, rune(j.number[0]))
		}
	}
	return string(highest + 1)
}

func (w *walk) job(s step, number string) *job {
	w.t.Helper()
	for _, j := range w.jobs {
		if j.number == number && !j.ended {
			return j
		}
	}
	w.t.Fatalf("%s:%d: %s: no such service runs", w.doc, s.line, s.command)
	return nil
}

// end stops a service and waits for that: as Ctrl-C and a process manager do,
// or as a crash.
func (j *job) end(t *testing.T, signal syscall.Signal) {
	t.Helper()
	if j.ended {
		return
	}
	j.ended = true
	_ = syscall.Kill(-j.cmd.Process.Pid, signal)
	<-j.drained
	err := j.cmd.Wait()
	stopped := strings.Contains(j.log.String(), "stopping") || j.log.Len() == 0 && err == nil // its log may go to a file
	if signal != syscall.SIGKILL && !stopped {
		t.Errorf("the service did not stop as it should: %v\n%s", err, &j.log) // make says that it was interrupted
	}
}
