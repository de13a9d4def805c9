//go:build unix

package paytrace_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// README.md is followed as a newcomer would, in a copy of the repository: every
// "$ command" of its console blocks is run in order, and what it prints is
// compared with the lines below it. A block of YAML or a dial script whose
// first line is "# path" is saved there. "make run" starts the service, in place
// of the one that runs; localhost:5000 is wherever that one listens.
func TestReadmeRuns(t *testing.T) {
	w := newWalk(t)
	for _, b := range blocks(t, "README.md") {
		switch b.lang {
		case "console":
			for _, s := range b.steps(t) {
				w.run(s)
			}
		case "yaml", "dial":
			w.save(b)
		default:
			t.Errorf("README.md:%d: a block of %q can't be run; write it as console, yaml or dial", b.line, b.lang)
		}
	}
	help, err := w.shell("go run ./cmd/paytrace --help")
	if err != nil {
		t.Fatalf("--help: %v\n%s", err, help)
	}
	_, commands, _ := strings.Cut(help, "\nCommands:\n")
	var verbs []string
	for _, m := range regexp.MustCompile(`(?m)^  ([a-z]+) `).FindAllStringSubmatch(commands, -1) {
		verbs = append(verbs, m[1])
	}
	table, _, _ := strings.Cut(section(t, "README.md", "Verbs"), "| make |")
	same(t, "verbs", column(table, 1), verbs)
}

// block is a fenced block and the line of its fence.
type block struct {
	lang, text string
	line       int
}

func blocks(t *testing.T, doc string) []block {
	t.Helper()
	var all []block
	var open *block
	line := 0
	for text := range strings.Lines(read(t, doc)) {
		line++
		lang, fence := strings.CutPrefix(text, "```")
		switch {
		case fence && open == nil:
			open = &block{lang: strings.TrimSpace(lang), line: line}
		case fence:
			all = append(all, *open)
			open = nil
		case open != nil:
			open.text += text
		}
	}
	if open != nil {
		t.Fatalf("%s:%d: this block does not end", doc, open.line)
	}
	return all
}

// step is a command and what it prints.
type step struct {
	line          int
	command, want string
}

func (b block) steps(t *testing.T) []step {
	t.Helper()
	var all []step
	line := b.line
	for text := range strings.Lines(b.text) {
		line++
		if command, ok := strings.CutPrefix(text, "$ "); ok {
			all = append(all, step{line: line, command: strings.TrimSpace(command)})
		} else if len(all) > 0 {
			all[len(all)-1].want += text
		} else {
			t.Fatalf("README.md:%d: output without a command above it", line)
		}
	}
	return all
}

// walk is a newcomer's working folder.
type walk struct {
	t    *testing.T
	ctx  context.Context
	dir  string
	env  []string
	port string            // where the service listens
	ids  map[string]string // the Worker IDs behind their names
	stop func()
}

// walkTimeout is for a machine that has to compile everything first.
const walkTimeout = 8 * time.Minute

func newWalk(t *testing.T) *walk {
	// The test's own context ends before the service is stopped.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), walkTimeout)
	w := &walk{t: t, ctx: ctx, dir: t.TempDir(), ids: map[string]string{}, stop: func() {}}
	t.Cleanup(func() { w.stop(); cancel() })
	if err := copyTree(w.dir); err != nil {
		t.Fatal(err)
	}
	// The settings of whoever runs the tests, and of a make above, are not the
	// newcomer's. Port 0 is any that is free.
	foreign := regexp.MustCompile(`(?m)^([A-Z_]+)=`).FindAllString(read(t, ".env.example"), -1)
	foreign = append(foreign, "MAKEFLAGS=", "MAKELEVEL=", "MFLAGS=")
	for _, v := range os.Environ() {
		keep := true
		for _, name := range foreign {
			keep = keep && !strings.HasPrefix(v, name)
		}
		if keep {
			w.env = append(w.env, v)
		}
	}
	w.env = append(w.env, "PORT=0")
	return w
}

// copyTree copies what the program is built from.
func copyTree(to string) error {
	return filepath.WalkDir(".", func(name string, e fs.DirEntry, err error) error {
		switch base := e.Name(); {
		case err != nil:
			return err
		case e.IsDir() && (base == ".git" || base == "bin" || base == "testdata" || base == "docs"):
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

func (w *walk) save(b block) {
	w.t.Helper()
	first, _, _ := strings.Cut(b.text, "\n")
	name, ok := strings.CutPrefix(first, "# ")
	if !ok || !filepath.IsLocal(name) {
		w.t.Fatalf("README.md:%d: the first line of this block must be \"# path\"", b.line)
	}
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(b.text), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// run runs one step. A command that fails has to say so in what it prints.
func (w *walk) run(s step) {
	w.t.Helper()
	if s.command == "make run" {
		w.stop()
		w.compare(s, w.start())
		return
	}
	got, err := w.shell(strings.ReplaceAll(s.command, "localhost:5000", "localhost:"+w.port))
	if err != nil && !strings.Contains(s.want, "\nexit status ") {
		w.t.Fatalf("README.md:%d: %s: %v\n%s", s.line, s.command, err, got)
	}
	w.compare(s, got)
}

func (w *walk) shell(command string) (string, error) {
	cmd := w.command(command)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// command is a shell with a process group of its own, which ends as a whole.
func (w *walk) command(command string) *exec.Cmd {
	cmd := exec.CommandContext(w.ctx, "sh", "-c", command)
	cmd.Dir, cmd.Env = w.dir, w.env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	return cmd
}

// start runs the service until it has said what to try, and gives that.
func (w *walk) start() string {
	w.t.Helper()
	cmd := w.command("make run")
	log := &bytes.Buffer{}
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	banner, in := "", bufio.NewScanner(out)
	for in.Scan() {
		banner += in.Text() + "\n"
		if strings.HasSuffix(in.Text(), " dial") {
			break
		}
	}
	m := regexp.MustCompile(`http://localhost:(\d+)`).FindStringSubmatch(banner)
	if m == nil {
		err := cmd.Wait()
		w.t.Fatalf("the service did not start: %v\n%s%s", err, banner, log)
	}
	w.port = m[1]
	drained := make(chan struct{})
	go func() { defer close(drained); _, _ = io.Copy(io.Discard, out) }()
	w.stop = func() { // as Ctrl-C does
		w.stop = func() {}
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGINT)
		<-drained
		_ = cmd.Wait() // make says that it was interrupted
		if !strings.Contains(log.String(), "stopping") {
			w.t.Errorf("the service did not stop as it should:\n%s", log)
		}
	}
	return strings.ReplaceAll(banner, "localhost:"+w.port, "localhost:5000")
}

var hole = regexp.MustCompile(`…|NW-(?:X{8}|Y{8})`)

// compare holds what was printed against what README.md shows.
func (w *walk) compare(s step, got string) {
	w.t.Helper()
	pattern, names := w.pattern(strings.TrimRight(s.want, "\n"))
	m := pattern.FindStringSubmatch(strings.TrimRight(got, "\n"))
	if m == nil {
		w.t.Fatalf("README.md:%d: %s\nprinted\n%s\nexpected\n%s", s.line, s.command, got, s.want)
	}
	for i, name := range names {
		if at := w.ids[name]; at != "" && at != m[i+1] {
			w.t.Errorf("README.md:%d: %s is %s here and %s before", s.line, name, m[i+1], at)
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

// A comparison that could not fail would be none.
func TestReadmePatterns(t *testing.T) {
	w := &walk{t: t, ids: map[string]string{}}
	for _, c := range []struct {
		want, got string
		fits      bool
	}{
		{"one\ntwo", "one\ntwo", true},
		{"one\ntwo", "one\ntwo\nthree", false},
		{"one…e", "one and more", true},
		{"one…", "one\ntwo", false},
		{"one\n…", "one\ntwo\nthree", true},
		{"…\nthree", "one\ntwo\nfour", false},
		{"ID NW-XXXXXXXX.", "ID NW-0A1B2C3D.", true},
		{"ID NW-XXXXXXXX.", "ID NW-0a1b2c3d.", false},
		{"", "", true},
		{"", "something", false},
	} {
		p, _ := w.pattern(c.want)
		if got := p.MatchString(c.got); got != c.fits {
			t.Errorf("%q against %q: got %v, want %v", c.want, c.got, got, c.fits)
		}
	}
}
