package proof_test

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

	"github.com/paytrace/paytrace/store/storetest/servers"
)

// Only a process can be killed, so the proofs run the service as processes. The
// program is the shipped one. A variant is this test binary under another name
// (see variants). Both are built without the race detector, which would take
// most of the time.

func TestMain(m *testing.M) {
	if options, ok := variants[filepath.Base(os.Args[0])]; ok {
		os.Exit(runVariant(options))
	}
	status := servers.Stopping{M: m}.Run()
	if programsDir != "" {
		_ = os.RemoveAll(programsDir) // a folder for temporary files
	}
	os.Exit(status)
}

// programs returns a folder with the program and its variants.
func programs(t testing.TB) string {
	t.Helper()
	dir, err := built()
	if err != nil {
		t.Fatalf("build the programs: %v", err)
	}
	return dir
}

// programsDir names the folder of built, or is empty before the first use.
var programsDir string

// built builds the program and its variants, once.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "paytrace-programs-")
	if err != nil {
		return "", err
	}
	programsDir = dir
	for _, args := range [][]string{
		{"build", "-o", filepath.Join(dir, "paytrace"), "../../cmd/paytrace"},
		{"test", "-c", "-o", filepath.Join(dir, "variant"), "."},
	} {
		cmd := exec.Command("go", args...)
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

// process holds one life of an instance.
type process struct {
	cmd *exec.Cmd
	url string // where it listens
	// ended is closed when the process has ended.
	ended chan struct{}
}

// shownLog bounds the end of a log that an error shows, in bytes.
const shownLog = 1000

// startTime allows for a program that connects and migrates on a busy machine.
const startTime = time.Minute

var listens = regexp.MustCompile(`http://localhost:\d+`)

// start starts "serve" of a program and waits until it listens. The process
// appends its log to the file.
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
		_ = cmd.Wait() // cmd.ProcessState keeps the result
		close(p.ended)
	}()
	if p.url == "" {
		<-p.ended
		said, _ := os.ReadFile(logFile)
		return nil, fmt.Errorf("%s did not start: %v\n%s", program, cmd.ProcessState, said[max(0, len(said)-shownLog):])
	}
	return p, nil
}

// kill kills the process with SIGKILL, which it can't delay.
func (p *process) kill() { _ = p.cmd.Process.Kill() }

// environ returns settings as lines of an environment.
func environ(pairs map[string]string) (env []string) {
	for name, value := range pairs {
		env = append(env, name+"="+value)
	}
	return env
}

// logs returns the contents of all files.
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
