package servers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"
)

const (
	// stopTime is how long a server may take to end before it is killed.
	stopTime = 10 * time.Second
	// askEvery is how often a server that starts is asked whether it answers.
	askEvery = 20 * time.Millisecond
	// portTries bounds how often another port is tried: another process may take a free
	// port before the server does.
	portTries = 5
)

// Server is one server process of a test's own.
type Server struct {
	// URL is the server's address.
	URL string

	program program
	mu      sync.Mutex
	process *process
}

// program says how to run a server, any number of times, on the same data and port.
type program struct {
	path   string
	args   []string
	dir    string // its data; removed at the end
	stop   os.Signal
	orphan syscall.Signal // its signal if the test process dies
	ask    func(ctx context.Context) error
}

// process is one run of a program.
type process struct {
	cmd    *exec.Cmd
	output bytes.Buffer // read only after ended
	ended  chan struct{}
}

// Start runs the server again after Kill, on the same data and port.
func (s *Server) Start(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := &process{cmd: exec.Command(s.program.path, s.program.args...), ended: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = &p.output, &p.output
	p.cmd.Dir = s.program.dir
	if err := attributes(p.cmd, s.program.orphan); err != nil {
		return err
	}
	started := make(chan error)
	go p.run(started)
	if err := <-started; err != nil {
		return err
	}
	s.process = p
	return p.await(ctx, s.program.ask)
}

// run keeps its thread for the life of the process: Linux signals a parent's death to a
// child when the thread that started the child ends.
func (p *process) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	started <- err
	if err == nil {
		_ = p.cmd.Wait() // how the server ended does not matter
		close(p.ended)
	}
}

func (p *process) await(ctx context.Context, ask func(context.Context) error) error {
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	for {
		err := ask(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.ended:
			return fmt.Errorf("%s ended before it answered: %s", p.cmd.Path, bytes.TrimSpace(p.output.Bytes()))
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer: %w", p.cmd.Path, err)
		case <-tick.C:
		}
	}
}

// Kill ends the server as a crash does, and waits for its end. Start finds its data.
func (s *Server) Kill() error { return s.end(s.program.kill()) }

// Stop ends the server and removes its data.
func (s *Server) Stop() error {
	return errors.Join(s.end(s.program.stop), os.RemoveAll(s.program.dir))
}

func (s *Server) end(signal os.Signal) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return nil
	}
	p := s.process
	s.process = nil
	if err := p.cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.ended:
		return nil
	case <-time.After(stopTime):
		return errors.Join(fmt.Errorf("%s did not end within %s", p.cmd.Path, stopTime), p.cmd.Process.Kill())
	}
}

// onFreePort starts the server that make returns for a free port.
func onFreePort(ctx context.Context, make func(port int) *Server) (*Server, error) {
	var failed error
	for range portTries {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		s := make(port)
		if err := s.Start(ctx); err == nil {
			return s, nil
		} else {
			failed = errors.Join(err, s.end(s.program.stop))
		}
		if ctx.Err() != nil {
			break
		}
	}
	return nil, failed
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	address, ok := l.Addr().(*net.TCPAddr)
	if err := l.Close(); err != nil || !ok {
		return 0, fmt.Errorf("find a free port: %v %w", l.Addr(), err)
	}
	return address.Port, nil
}
