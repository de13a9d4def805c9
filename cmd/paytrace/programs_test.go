package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// The proofs run the service in separate processes, because only a process can
// be killed. The program is the shipped one. A variant is this test binary
// under another name (variants, in variants_test.go), built again without the
// race detector, which would take most of the time.

// source is the folder of this package; tests change theirs.
var source, _ = os.Getwd()

// programs returns a folder with the program and its variants.
func programs(t testing.TB) string {
	t.Helper()
	dir, err := built()
	if err != nil {
		t.Fatalf("build the programs: %v", err)
	}
	return dir
}

// programsDir is that folder, "" until a test asks for it.
var programsDir string

// removePrograms runs at the end of all tests.
func removePrograms() {
	if programsDir != "" {
		_ = os.RemoveAll(programsDir) // a folder for temporary files
	}
}

var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "paytrace-programs-")
	if err != nil {
		return "", err
	}
	programsDir = dir
	for _, args := range [][]string{
		{"build", "-o", filepath.Join(dir, "paytrace"), "."},
		{"test", "-c", "-o", filepath.Join(dir, "variant"), "."},
	} {
		cmd := exec.Command("go", args...)
		cmd.Dir = source
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("%s: %w\n%s", cmd, err, out)
		}
	}
	for name := range variants {
		if err := os.Symlink("variant", filepath.Join(dir, name)); err != nil {
			return "", err
		}
	}
	return dir, nil
})

// process is one life of an instance.
type process struct {
	cmd *exec.Cmd
	url string // where it listens
	// ended is closed at its end.
	ended chan struct{}
}

// shownLog is how much of a log's end is shown when a process did not start.
const shownLog = 1000

// startTime lets a program connect and migrate on a busy machine.
const startTime = time.Minute

var listens = regexp.MustCompile(`http://localhost:\d+`)

// start runs a program's serve until it listens. It appends the log to the
// file.
func start(ctx context.Context, program string, env []string, logFile string, args ...string) (*process, error) {
	log, err := os.OpenFile(logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }() // the process has its own
	cmd := exec.CommandContext(ctx, program, append([]string{"serve", "--port", "0"}, args...)...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Dir = filepath.Dir(logFile)
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, ended: make(chan struct{})}
	slow := time.AfterFunc(startTime, p.kill)
	in := bufio.NewReader(out)
	for p.url == "" && err == nil {
		var line string
		line, err = in.ReadString('\n')
		p.url = listens.FindString(line)
	}
	slow.Stop()
	go func() {
		_, _ = io.Copy(io.Discard, in)
		_ = cmd.Wait() // cmd.ProcessState has the result
		close(p.ended)
	}()
	if p.url == "" {
		<-p.ended
		said, _ := os.ReadFile(logFile)
		return nil, fmt.Errorf("%s did not start: %v\n%s", program, cmd.ProcessState, said[max(0, len(said)-shownLog):])
	}
	return p, nil
}

// kill sends SIGKILL.
func (p *process) kill() { _ = p.cmd.Process.Kill() }

// environ turns pairs into an environment.
func environ(pairs map[string]string) (env []string) {
	for name, value := range pairs {
		env = append(env, name+"="+value)
	}
	return env
}

// logs returns what the files hold.
func logs(t testing.TB, files ...string) string {
	t.Helper()
	var all strings.Builder
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(b)
	}
	return all.String()
}
