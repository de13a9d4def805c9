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
)

// places are where the system's packages put the servers' programs, besides
// the PATH. Debian keeps initdb and postgres in a folder of the version.
var places = []string{
	"/usr/lib/postgresql/*/bin",
	"/usr/pgsql-*/bin",
	"/usr/local/pgsql/bin",
	"/opt/homebrew/opt/postgresql*/bin",
}

// installing keeps two kinds of server from asking for the system's package
// lock at once.
var installing sync.Mutex

// find is the path of a program; where it is not there and we may, its
// package is installed.
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
	return "", fmt.Errorf("%s was not found, also after its package %q was installed", name, pkg)
}

func look(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	var found []string
	for _, place := range places {
		matches, _ := filepath.Glob(filepath.Join(place, name)) // the patterns are good
		found = append(found, matches...)
	}
	if len(found) == 0 {
		return ""
	}
	return slices.Max(found) // of several versions the newest, near enough
}

// install asks apt. The first try may fail where the lists are old.
func install(ctx context.Context, pkg string) error {
	installing.Lock()
	defer installing.Unlock()
	if os.Geteuid() != 0 {
		return fmt.Errorf("only root may install it; run: sudo apt-get install %s", pkg)
	}
	apt, err := exec.LookPath("apt-get")
	if err != nil {
		return errors.New("there is no apt-get; install it as your system does")
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
