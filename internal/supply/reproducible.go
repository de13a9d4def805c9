package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// errDiffers says that two builds are not the same.
var errDiffers = errors.New("two builds of the same files differ: something of the machine or of the moment is in the program")

// reproducible builds the program twice and compares the results: once here, and once
// from a copy in another folder. Each Go file of the copy ends in one more empty line.
// It changes nothing in the program, and makes the compiler work again: the go command
// would else reuse what it has compiled. Packages of other modules are reused.
func reproducible(ctx context.Context, out io.Writer) error {
	dir, err := os.MkdirTemp("", "paytrace-supply-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	elsewhere := filepath.Join(dir, "copy of the project")
	if err := copyProject(ctx, elsewhere); err != nil {
		return err
	}
	here, there := filepath.Join(dir, "here"), filepath.Join(dir, "there")
	if err := build(ctx, ".", here, nil); err != nil {
		return err
	}
	if err := build(ctx, elsewhere, there, []string{"TZ=Pacific/Chatham", "LANG=sw_KE.UTF-8"}); err != nil {
		return err
	}
	one, err := hashOf(here)
	if err != nil {
		return err
	}
	other, err := hashOf(there)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "SHA-256 of a build here:           %s\nSHA-256 of a build from elsewhere: %s\n", one, other)
	if one != other {
		return errDiffers
	}
	return nil
}

// build builds the program from a folder as "make build" does, without the commit, which
// the copy does not have, and without the build ID, which is a hash of the sources.
func build(ctx context.Context, dir, file string, env []string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-buildid=", "-o", file, program)
	cmd.Dir, cmd.Env = dir, append(append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS="), env...)
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build the program: %w\n%s", err, said)
	}
	return nil
}

// copyProject copies the files of the project, without what git ignores.
func copyProject(ctx context.Context, to string) error {
	out, err := output(ctx, "", "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	if err != nil {
		return err
	}
	for name := range strings.SplitSeq(strings.TrimRight(out, "\x00"), "\x00") {
		b, err := os.ReadFile(name)
		if errors.Is(err, os.ErrNotExist) {
			continue // removed, and not committed yet
		}
		if err != nil {
			return err
		}
		if strings.HasSuffix(name, ".go") {
			b = append(b, '\n')
		}
		target := filepath.Join(to, name)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(target, b, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func hashOf(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", hash.Sum(nil)), nil
}
