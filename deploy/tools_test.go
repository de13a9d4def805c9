// Package deploy has tests only: of the files in this folder, which put the service
// online.
package deploy

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// root is the root of the repository.
const root = ".."

// tool runs a tool of tools/deploy/go.mod in the root of the repository.
func tool(t *testing.T, env []string, name string, args ...string) (string, error) {
	t.Helper()
	return run(t, root, env, append([]string{"tool", "-modfile=tools/deploy/go.mod", name}, args...)...)
}

// run runs the go command in a folder and returns its output; of one that fails, with
// what it says of the error.
func run(t *testing.T, dir string, env []string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return stdout.String() + stderr.String(), err
	}
	return stdout.String(), nil
}

// read returns a file of the repository.
func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
