package servers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// places lists where the system's packages put the servers' programs, besides the
// PATH. Debian puts initdb and postgres into a folder of the version.
var places = []string{
	"/usr/lib/postgresql/*/bin",
	"/usr/pgsql-*/bin",
	"/usr/local/pgsql/bin",
	"/opt/homebrew/opt/postgresql*/bin",
}

// installing allows one installation at a time, since the system's package manager has
// one lock.
var installing sync.Mutex

// find returns the path of a program, and installs its package if the program is missing
// and this process may.
func find(ctx context.Context, name, pkg string) (string, error) {
	if path := look(name); path != "" {
		return path, nil
	}
	if err := install(ctx, pkg); err != nil {
		return "", fmt.Errorf("%s was not found (in the PATH and %q) and could not be installed: %w", name, places, err)
	}
	if path := look(name); path != "" {
		return path, nil
	}
	return "", fmt.Errorf("%s was not found after its package %q was installed", name, pkg)
}

// Program returns the path of a program that a test needs, and installs its package if
// it is missing. Without it the test is skipped, and fails in CI.
func Program(t testing.TB, name, pkg string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), installTime)
	defer cancel()
	path, err := find(ctx, name, pkg)
	if err != nil {
		missing(t, err)
	}
	return path
}

// installTime bounds the installation of a package and of what it needs.
const installTime = 5 * time.Minute

func look(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	var found []string
	for _, place := range places {
		matches, _ := filepath.Glob(filepath.Join(place, name)) // the patterns are valid
		found = append(found, matches...)
	}
	if len(found) == 0 {
		return ""
	}
	return slices.Max(found) // roughly the newest of several versions
}

// install installs a package with apt. The first try may fail if the lists are old.
func install(ctx context.Context, pkg string) error {
	installing.Lock()
	defer installing.Unlock()
	if os.Geteuid() != 0 {
		return fmt.Errorf("only root may install it; run: sudo apt-get install %s", pkg)
	}
	apt, err := exec.LookPath("apt-get")
	if err != nil {
		return errors.New("there is no apt-get; install it with your system's package manager")
	}
	run := func(args ...string) error {
		cmd := exec.CommandContext(ctx, apt, args...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if output, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", cmd, err, output)
		}
		return nil
	}
	first := run("install", "-y", "--no-install-recommends", pkg)
	if first == nil {
		return nil
	}
	return errors.Join(run("update"), run("install", "-y", "--no-install-recommends", pkg))
}
