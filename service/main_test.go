package service_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// program is examples/sacco, built in a module of its own.
type program struct {
	t    *testing.T
	path string
	dir  string // the folder that it runs in
}

// buildSacco builds the example as another team would: in an empty folder, with a module
// that has this one in place of a published version.
func buildSacco(t *testing.T) *program {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(root, "examples", "sacco"))); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"go.mod", "go.work"} {
		if err := os.Remove(filepath.Join(dir, file)); err != nil {
			t.Fatal(err)
		}
	}
	// The checksums of the libraries are there, so nothing is asked for on the network.
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.sum"), sums, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"mod", "init", "example.com/sacco"},
		{"mod", "edit", "-require=github.com/paytrace/paytrace@v0.1.0", "-replace=github.com/paytrace/paytrace=" + root},
		{"build", "-mod=mod", "-o", "sacco", "."},
	} {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOWORK=off")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	return &program{t: t, path: filepath.Join(dir, "sacco"), dir: t.TempDir()}
}

// run runs the program with some input, and returns what it writes and its exit status.
func (p *program) run(input string, args ...string) (string, int) {
	p.t.Helper()
	cmd := exec.Command(p.path, args...)
	cmd.Dir, cmd.Stdin = p.dir, strings.NewReader(input)
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		p.t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// serve starts the service, and returns its address.
func (p *program) serve(args ...string) (address string, stop func()) {
	p.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, p.path, append([]string{"serve", "--port", "0"}, args...)...)
	cmd.Dir = p.dir
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	var log bytes.Buffer
	cmd.Stderr = &log
	out, err := cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	stop = func() {
		cancel()
		if err := cmd.Wait(); err != nil && ctx.Err() == nil {
			p.t.Errorf("the service ended: %v\n%s", err, &log)
		}
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if address = regexp.MustCompile(`http://localhost:\d+`).FindString(lines.Text()); address != "" {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return address, stop
		}
	}
	stop()
	p.t.Fatalf("the service did not start\n%s", &log)
	return "", nil
}

func says(t *testing.T, address, session, code, text string) string {
	t.Helper()
	reply, err := http.PostForm(address+"/ussd", url.Values{
		"sessionId": {session}, "phoneNumber": {"+254711000111"}, "serviceCode": {code}, "networkCode": {"63902"}, "text": {text},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reply.Body.Close() }()
	body, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// A program of another module has every subcommand, with its own actions, menus and name.
func TestProgramOfAnotherModule(t *testing.T) {
	p := buildSacco(t)
	for _, c := range []struct {
		args  string
		input string
		want  string // part of what it writes
		exit  int
	}{
		{"check", "", "embedded/sacco.yaml: ok", 0},
		{"test", "", "3 calls: 3 passed", 0},
		{"test --cover", "", "screens", 0},
		{"test --lang all", "", "6 passed", 0},
		{"dial --phone 0711000111", "1\n", "Amina Odhiambo, you have saved KES", 0},
		{"record", "2\n", "=== Recorded call", 0},
		{"graph", "", "find_member(caller)", 0},
		{"graph --paths", "", "savings", 0},
		{"actions", "", "find_member(phone: phone)\n  Finds a member of the cooperative.", 0},
		{"doctor", "", "embedded: sacco (*384*78#)", 0},
		{"diff ./menus ./menus", "", "", 2},
		{"fmt --check", "", "", 0},
		{"fix", "", "there is no folder menus here", 2},
		{"lang sw", "", "there is no folder menus here", 2},
		{"schema", "", "json-schema.org", 0},
		{"explain U205", "", "U205", 0},
		{"completion bash", "", "complete -o default -F _sacco sacco", 0},
		{"version", "", "sacco 0.1.0", 0},
		{"--help", "", "Usage: sacco <command>", 0},
		{"check --help", "", "  sacco check", 0},
		{"chekc", "", "sacco: there is no subcommand \"chekc\"; did you mean \"check\"?\nSee: sacco --help", 2},
		{"audit", "", "", 0},
		{"jobs", "", "", 0},
		{"calls 0711000111", "", "", 0},
		{"forget 0711000111 --dry-run", "", "", 0},
		{"keys api list", "", "sacco keys api create", 0},
		{"wallets", "", "", 0},
		{"actions verify", "", "has the line \"post\"", 2},
		{"migrate --dry-run", "", "", 2},
		{"replay nothing.log --to nothing.yaml", "", "nothing.yaml", 2},
	} {
		got, exit := p.run(c.input, strings.Fields(c.args)...)
		if exit != c.exit || !strings.Contains(got, c.want) {
			t.Errorf("sacco %s: exit status %d, want %d and %q in\n%s", c.args, exit, c.exit, c.want, got)
		}
	}
	address, stop := p.serve()
	if got, want := says(t, address, "a", "*384*78#", ""), "CON Sacco\n1. My savings\n2. Exit"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := says(t, address, "a", "*384*78#", "1"), "END Amina Odhiambo, you have saved KES 12,500."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	stop()
	if got, exit := p.run("", "calls", "0711000111"); exit != 0 || !strings.Contains(got, "-> savings") {
		t.Errorf("calls: exit status %d\n%s", exit, got)
	}
	p.newService()
}

// newService makes a service with the program, and plays and serves it beside the
// program's action.
func (p *program) newService() {
	p.t.Helper()
	if got, exit := p.run("", "new", "shop"); exit != 0 || !strings.Contains(got, "\n  sacco check menus/shop.yaml") {
		p.t.Errorf("new: exit status %d\n%s", exit, got)
	}
	menu := "ussd: 1\nservice: Own\ndial: \"*384*79#\"\nstart: main\non_failed: sorry\nscreens:\n" +
		"  main:\n    do: find_member(caller)\n    when: {found: savings, not_found: sorry}\n" +
		"  savings: {end: \"Hello {name}.\"}\n  sorry: {end: Not found.}\n"
	if err := os.WriteFile(filepath.Join(p.dir, "menus", "own.yaml"), []byte(menu), 0o600); err != nil {
		p.t.Fatal(err)
	}
	for _, args := range []string{"check", "test menus/shop.dial", "diff menus menus"} {
		if got, exit := p.run("", strings.Fields(args)...); exit != 0 {
			p.t.Errorf("sacco %s: exit status %d\n%s", args, exit, got)
		}
	}
	address, stop := p.serve("--menus", "menus")
	defer stop()
	if got, want := says(p.t, address, "b", "*384*79#", ""), "END Hello Amina Odhiambo."; got != want {
		p.t.Errorf("got %q, want %q", got, want)
	}
}
