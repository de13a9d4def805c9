//go:build unix

package paytrace_test

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// walk follows a document in a working folder of its own, a copy of what the
// program is built from. Every "$ command" of a console block is run in order,
// and what it prints is compared with the lines below it; "…" stands for
// anything, and NW-XXXXXXXX for a Worker ID that is the same wherever it has
// that name. All commands share one environment, as in one shell: an export
// lasts. Beyond what a shell does:
//
//   - a command that ends in " &" is a service. It is waited for until it has
//     said all of its greeting, which is what it prints; "kill %1" ends it and
//     waits for that. All end with the document.
//   - "make run" is a service too, in place of the one that runs.
//   - "make build" leaves out the flags of a release, for which everything would
//     be compiled once more.
//   - servers are found at places of the test's own: whatever stands for one in
//     the document ("localhost:5432") is replaced in commands and files, and put
//     back in what they print. A service's port is one of them.
//   - a command that fails prints its status on a line of its own,
//     "exit status 1".
//   - a block of another language is saved under the name in its first line,
//     "# path".
type walk struct {
	t      *testing.T
	doc    string
	ctx    context.Context
	dir    string
	env    []string
	places map[string]string // the name in the document, and where it is
	ids    map[string]string // the Worker IDs behind their names
	jobs   []*job
}

// walkTimeout is for a machine that has to compile everything first.
const walkTimeout = 15 * time.Minute

func newWalk(t *testing.T, doc string) *walk {
	// The test's own context ends before the services are stopped.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), walkTimeout)
	w := &walk{t: t, doc: doc, ctx: ctx, dir: t.TempDir(), places: map[string]string{}, ids: map[string]string{}}
	t.Cleanup(func() {
		for _, j := range w.jobs {
			j.end(t, syscall.SIGINT)
		}
		cancel()
	})
	if err := copyTree(w.dir); err != nil {
		t.Fatal(err)
	}
	// The settings of whoever runs the tests, and of a make above, are not the
	// reader's.
	foreign := regexp.MustCompile(`(?m)^([A-Z_]+)=`).FindAllString(read(t, ".env.example"), -1)
	foreign = append(foreign, "MAKEFLAGS=", "MAKELEVEL=", "MFLAGS=")
	for _, v := range os.Environ() {
		if !slices.ContainsFunc(foreign, func(name string) bool { return strings.HasPrefix(v, name) }) {
			w.env = append(w.env, v)
		}
	}
	return w
}

// copyTree copies what the program is built from.
func copyTree(to string) error {
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

// follow does all that the document says, each part of it under its heading: a
// part that fails does not keep the next from being tried.
func (w *walk) follow() {
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
				for _, s := range w.steps(b) {
					w.run(s)
				}
			}
		})
	}
}

func (w *walk) save(b block) {
	w.t.Helper()
	first, _, _ := strings.Cut(b.text, "\n")
	name, ok := strings.CutPrefix(first, "# ")
	if !ok || !filepath.IsLocal(name) {
		w.t.Fatalf("%s:%d: a block of %q is saved, so its first line must be \"# path\"", w.doc, b.line, b.lang)
	}
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(w.there(b.text)), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

var killing = regexp.MustCompile(`^kill (-9 )?%(\d)$`)

// run runs one step. A command that fails has to say so in what it prints.
func (w *walk) run(s step) {
	w.t.Helper()
	service, background := strings.CutSuffix(s.command, " &")
	if s.command == "make build" {
		s.command = "go build -o bin/paytrace ./cmd/paytrace"
	}
	switch kill := killing.FindStringSubmatch(s.command); {
	case s.command == "make run":
		for _, j := range w.jobs {
			j.end(w.t, syscall.SIGINT)
		}
		w.compare(s, w.start(s, s.command))
	case background:
		w.compare(s, w.start(s, service))
	case kill != nil:
		signal := syscall.SIGTERM
		if kill[1] != "" {
			signal = syscall.SIGKILL
		}
		w.job(s, kill[2]).end(w.t, signal)
		w.compare(s, "")
	default:
		got, err := w.shell(s.command)
		if err != nil && !strings.Contains("\n"+s.want, "\nexit status ") {
			w.t.Fatalf("%s:%d: %s: %v\n%s", w.doc, s.line, s.command, err, got)
		}
		if err != nil {
			got += err.Error() + "\n"
		}
		w.compare(s, got)
	}
}

// there puts the places in, here takes them out.
func (w *walk) there(text string) string {
	for name, at := range w.places {
		text = strings.ReplaceAll(text, name, at)
	}
	return text
}

func (w *walk) here(text string) string {
	for name, at := range w.places {
		text = strings.ReplaceAll(text, at, name)
	}
	return text
}

// shell runs a command and keeps the environment that it leaves.
func (w *walk) shell(command string) (string, error) {
	left := filepath.Join(w.dir, ".environment")
	cmd := w.command(w.there(command) + "\nstatus=$?\nenv -0 > " + left + "\nexit $status")
	out, err := cmd.CombinedOutput()
	if env, failed := os.ReadFile(left); failed == nil {
		w.env = strings.Split(strings.TrimSuffix(string(env), "\x00"), "\x00")
	}
	return w.here(string(out)), err
}

// command is a shell with a process group of its own, which ends as a whole.
func (w *walk) command(command string) *exec.Cmd {
	cmd := exec.CommandContext(w.ctx, "sh", "-c", command)
	cmd.Dir, cmd.Env = w.dir, slices.Clone(w.env)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	return cmd
}

var hole = regexp.MustCompile(`…|NW-(?:X{8}|Y{8})`)

// compare holds what was printed against what the document shows.
func (w *walk) compare(s step, got string) {
	w.t.Helper()
	pattern, names := w.pattern(strings.TrimRight(s.want, "\n"))
	m := pattern.FindStringSubmatch(strings.TrimRight(got, "\n"))
	if m == nil {
		w.t.Fatalf("%s:%d: %s\nprinted\n%s\nexpected\n%s", w.doc, s.line, s.command, got, s.want)
	}
	for i, name := range names {
		if at := w.ids[name]; at != "" && at != m[i+1] {
			w.t.Errorf("%s:%d: %s is %s here and %s before", w.doc, s.line, name, m[i+1], at)
		}
		w.ids[name] = m[i+1]
	}
}

// pattern is an output with its holes: "…" is anything on one line, or any
// lines where it stands alone; a Worker ID with a name is the same everywhere.
func (w *walk) pattern(want string) (p *regexp.Regexp, names []string) {
	var lines []string
	for line := range strings.Lines(want) {
		line = strings.TrimSuffix(line, "\n")
		if line == "…" {
			lines = append(lines, `(?s:.*)`)
			continue
		}
		text, at := "", 0
		for _, h := range hole.FindAllStringIndex(line, -1) {
			text += regexp.QuoteMeta(line[at:h[0]])
			if at = h[1]; line[h[0]:at] == "…" {
				text += `[^\n]*?`
			} else {
				text += `(NW-[0-9A-F]{8})`
				names = append(names, line[h[0]:at])
			}
		}
		lines = append(lines, text+regexp.QuoteMeta(line[at:]))
	}
	return regexp.MustCompile(`\A` + strings.Join(lines, `\n`) + `\z`), names
}
