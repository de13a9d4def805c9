package command

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// completionScript returns the script of a shell.
func completionScript(t *testing.T, shell string) string {
	t.Helper()
	var out bytes.Buffer
	if status := run(t.Context(), []string{"completion", shell}, streams{in: nil, out: &out, err: &out}); status != exitFine {
		t.Fatalf("%s: status %d\n%s", shell, status, &out)
	}
	return out.String()
}

// bash completes as somebody types, after it has loaded the script.
func TestBashCompletes(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed, so nobody has loaded its script")
	}
	script := filepath.Join(t.TempDir(), "completion")
	if err := os.WriteFile(script, []byte(completionScript(t, "bash")), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		typed string // what stands before the cursor; the last word may be empty
		want  string
	}{
		{"paytrace ch", "check"},
		{"paytrace check --wa", "--watch"},
		{"paytrace keys ", "api rewrap"},
		{"paytrace keys api ", "create list revoke"},
		{"paytrace keys api create --na", "--name"},
		{"paytrace explain U20", "U201 U202 U203 U204 U205 U206 U207 U208 U209"},
		{"paytrace graph --format ", "dot mermaid svg"},
		{"paytrace completion z", "zsh"},
		{"paytrace check menus/", ""}, // files are left to bash
	} {
		words := strings.Split(c.typed, " ")
		cmd := exec.Command(bash, "--norc", "--noprofile", "-c", `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _paytrace; printf '%s\n' "${COMPREPLY[@]}"`)
		cmd.Args = append(append(cmd.Args, script), words...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%q: %v\n%s", c.typed, err, out)
		}
		got := strings.Fields(string(out))
		slices.Sort(got)
		if strings.Join(got, " ") != c.want {
			t.Errorf("%q completes to %q, want %q", c.typed, got, c.want)
		}
	}
}

// Every shell that is installed reads its script, and every script has all subcommands
// and flags.
func TestCompletionScripts(t *testing.T) {
	parser, err := newParser(streams{})
	if err != nil {
		t.Fatal(err)
	}
	for _, shell := range []string{"bash", "zsh", "fish"} {
		script := completionScript(t, shell)
		for _, c := range completed(parser.Model.Node, "").all() {
			for _, f := range c.flags {
				if !strings.Contains(script, "--"+f.name) && !strings.Contains(script, "-l "+f.name) {
					t.Errorf("the script of %s lacks %s --%s", shell, c.path, f.name)
				}
			}
			if !strings.Contains(script, c.name()) {
				t.Errorf("the script of %s lacks %s", shell, c.path)
			}
		}
		path, err := exec.LookPath(shell)
		if err != nil {
			t.Logf("%s is not installed, so nobody has read its script", shell)
			continue
		}
		file := filepath.Join(t.TempDir(), shell)
		if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(path, "-n", file).CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", shell, err, out)
		}
	}
}
