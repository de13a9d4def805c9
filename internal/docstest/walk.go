//go:build unix

// Package docstest runs the pages of the documentation as a reader would, and
// compares what the commands print with what the pages show.
package docstest

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A Walk follows one document in a copy of the files that the program is built
// from. It runs every "$ command" of a console block in order and compares the
// output with the lines below it. "…" stands for any text, and NW-XXXXXXXX for
// a Worker ID that stays the same on the whole page. The commands share one
// environment, as in one shell: an export lasts. A Walk adds to a shell:
//
//   - A command that ends in " &" starts a service. The Walk waits until the
//     service has printed its whole greeting. "kill %1" stops it and waits for
//     its end. Every service stops at the end of the document.
//   - "make run" starts a service too, and stops the one that runs.
//   - "make build" omits the flags of a release, because they would compile
//     every dependency once more.
//   - Servers listen at addresses of the test. The Walk replaces an address of
//     the document ("localhost:5432") in commands and files, and restores it in
//     their output. It does the same with the port of a service.
//   - A command that fails prints its status on a line of its own, "exit
//     status 1".
//   - A block in another language is saved under the name in its first line,
//     "# path".
type Walk struct {
	t         *testing.T
	doc       string
	ctx       context.Context
	dir       string
	env       []string
	mu        sync.Mutex        // for servers that ask for an address
	addresses map[string]string // real addresses by those in the document
	ids       map[string]string // Worker IDs by their placeholders
	services  []*service
}

// timeout allows for a machine that has to compile everything first.
const timeout = 15 * time.Minute

// Start copies the repository in the current folder to dir and returns a Walk
// of doc there. Walks that use the same dir one after the other compile the
// program only once, because the build cache depends on the folder. addresses
// maps the addresses of the document to real ones.
func Start(t *testing.T, dir, doc string, addresses map[string]string) *Walk {
	t.Helper()
	// The test's own context ends before the services are stopped.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), timeout)
	w := &Walk{t: t, doc: doc, ctx: ctx, dir: dir, addresses: map[string]string{}, ids: map[string]string{}}
	for name, address := range addresses {
		w.addresses[name] = address
	}
	t.Cleanup(func() {
		for _, s := range w.services {
			s.stop(t, syscall.SIGINT)
		}
		cancel()
	})
	if err := copyRepository(dir); err != nil {
		t.Fatal(err)
	}
	w.env = readersEnvironment(t)
	return w
}

// readersEnvironment returns the environment without the settings of whoever
// runs the tests, and without those of a make above.
func readersEnvironment(t *testing.T) (env []string) {
	foreign := regexp.MustCompile(`(?m)^([A-Z_]+)=`).FindAllString(Read(t, ".env.example"), -1)
	foreign = append(foreign, "MAKEFLAGS=", "MAKELEVEL=", "MFLAGS=")
	for _, v := range os.Environ() {
		if !slices.ContainsFunc(foreign, func(name string) bool { return strings.HasPrefix(v, name) }) {
			env = append(env, v)
		}
	}
	return env
}

// copyRepository empties a folder and copies the files there that the program
// is built from.
func copyRepository(to string) error {
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	return filepath.WalkDir(".", func(name string, e fs.DirEntry, err error) error {
		switch base := e.Name(); {
		case err != nil:
			return err
		case e.IsDir() && (base == ".git" || base == "bin" || base == "testdata" || base == "adr"):
			return filepath.SkipDir
		case e.IsDir():
			return os.MkdirAll(filepath.Join(to, name), 0o755)
		case !e.Type().IsRegular() || strings.HasSuffix(base, "_test.go") || strings.HasPrefix(base, "paytrace.db") || base == "paytrace.key":
			return nil
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, name), b, 0o644)
	})
}

// Follow runs the whole document. Each part under a heading is a subtest, and a
// part that fails does not stop the next one.
func (w *Walk) Follow() {
	whole := w.t
	defer func() { w.t = whole }()
	for _, part := range parts(whole, w.doc) {
		if len(part.blocks) == 0 {
			continue
		}
		whole.Run(part.heading, func(t *testing.T) {
			w.t = t
			for _, b := range part.blocks {
				if b.lang != "console" {
					w.save(b)
					continue
				}
				for _, s := range steps(t, w.doc, b) {
					w.run(s)
				}
			}
		})
	}
}

func (w *Walk) save(b block) {
	w.t.Helper()
	first, _, _ := strings.Cut(b.text, "\n")
	name, ok := strings.CutPrefix(first, "# ")
	if !ok || !filepath.IsLocal(name) {
		w.t.Fatalf("%s:%d: a block of %q is saved as a file, so its first line must be \"# path\"", w.doc, b.line, b.lang)
	}
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(w.toReal(b.text)), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

var killing = regexp.MustCompile(`^kill (-9 )?%(\d)$`)

// run runs one command. Where the command fails, the document has to show an
// exit status.
func (w *Walk) run(s step) {
	w.t.Helper()
	command, background := strings.CutSuffix(s.command, " &")
	if s.command == "make build" {
		command = "go build -o bin/paytrace ./cmd/paytrace"
	}
	switch kill := killing.FindStringSubmatch(s.command); {
	case s.command == "make run":
		for _, running := range w.services {
			running.stop(w.t, syscall.SIGINT)
		}
		w.compare(s, w.serve(s, command))
	case background:
		w.compare(s, w.serve(s, command))
	case kill != nil:
		signal := syscall.SIGTERM
		if kill[1] != "" {
			signal = syscall.SIGKILL
		}
		w.service(s, kill[2]).stop(w.t, signal)
		w.compare(s, "")
	default:
		got, err := w.Shell(command)
		if err != nil && !strings.Contains("\n"+s.want, "\nexit status ") {
			w.t.Fatalf("%s:%d: %s: %v\n%s", w.doc, s.line, s.command, err, got)
		}
		if err != nil {
			got += err.Error() + "\n"
		}
		w.compare(s, got)
	}
}

// toReal replaces the addresses of the document with the real ones.
func (w *Walk) toReal(text string) string {
	for name, address := range w.addresses {
		text = strings.ReplaceAll(text, name, address)
	}
	return text
}

// toDocument replaces the real addresses with those of the document.
func (w *Walk) toDocument(text string) string {
	for name, address := range w.addresses {
		text = strings.ReplaceAll(text, address, name)
	}
	return text
}

// Shell runs a command, keeps the environment that it leaves, and returns its
// output. It returns an *exec.ExitError where the command fails.
func (w *Walk) Shell(command string) (string, error) {
	left := filepath.Join(w.dir, ".environment")
	cmd := w.shell(w.toReal(command) + "\nstatus=$?\nenv -0 > " + left + "\nexit $status")
	out, err := cmd.CombinedOutput()
	if env, failed := os.ReadFile(left); failed == nil {
		w.env = strings.Split(strings.TrimSuffix(string(env), "\x00"), "\x00")
	}
	return w.toDocument(string(out)), err
}

// shell returns a shell with a process group of its own. Cancelling kills the
// whole group.
func (w *Walk) shell(command string) *exec.Cmd {
	cmd := exec.CommandContext(w.ctx, "sh", "-c", command)
	cmd.Dir, cmd.Env = w.dir, append(slices.Clone(w.env), "PWD="+w.dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	return cmd
}
