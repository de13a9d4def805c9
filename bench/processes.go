package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"time"
)

// process is a server under measurement.
type process struct {
	cmd     *exec.Cmd
	address string
}

var listens = regexp.MustCompile(`listens on http://(?:localhost|127\.0\.0\.1):(\d+)`)

// start runs a server and waits until it says where it listens. What it logs is
// written to nowhere, as a file would cost the disk's time.
func start(ctx context.Context, path string, env []string, args ...string) (*process, error) {
	p := &process{cmd: exec.CommandContext(ctx, path, args...)}
	p.cmd.Env = append(os.Environ(), env...)
	nowhere, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = nowhere.Close() }()
	p.cmd.Stderr = nowhere
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := listens.FindStringSubmatch(lines.Text()); m != nil {
			p.address = "127.0.0.1:" + m[1]
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return p, nil
		}
	}
	return nil, errors.Join(fmt.Errorf("%s ended without listening; run it by hand to see why", path), p.cmd.Wait())
}

// stop asks the server to end, so that it may write its profile.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	end := time.AfterFunc(stopTime, func() { _ = p.cmd.Process.Kill() })
	defer end.Stop()
	_ = p.cmd.Wait() // how it ended is its own affair
	return nil
}

// stopTime is how long a server may take to end.
const stopTime = 20 * time.Second
