// Command release builds what a version of PayTrace is delivered as: for each system an
// archive with the program, its completions and its bill of materials, and the checksums
// of all. Two runs on the same source with the same Go give the same bytes.
package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// program is the name of the program, of its archives and of its completions.
const program = "paytrace"

// stampedVersion is the variable that a build sets to name its version.
const stampedVersion = "github.com/paytrace/paytrace/internal/service.stamped"

// checksums is the name of the file that sha256sum -c reads.
const checksums = "SHA256SUMS"

// documents go into every archive as they are in the repository.
var documents = []string{"README.md", "CHANGELOG.md", "LICENSE", ".env.example", "deploy/paytrace.service"}

// shells are those that the program prints a completion for, and the file in which
// each looks for it.
var shells = map[string]string{
	"bash": "completions/paytrace.bash",
	"zsh":  "completions/_paytrace",
	"fish": "completions/paytrace.fish",
}

// target is a system that the program is built for.
type target struct{ os, arch string }

func (t target) String() string { return t.os + "/" + t.arch }

// release is one run.
type release struct {
	dir     string // the repository
	pkg     string // the package of the program
	out     string // where the archives go
	version string // "" for what the program says itself
	targets []target
	at      time.Time // the time of every file
	log     io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Getenv("SOURCE_DATE_EPOCH"), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, epoch string, log io.Writer) error {
	flags := flag.NewFlagSet("release", flag.ContinueOnError)
	r := release{dir: ".", log: log}
	flags.StringVar(&r.out, "out", "dist", "folder for the archives; its earlier content is removed")
	flags.StringVar(&r.version, "version", "", "version, as 0.1.0; empty for that of the source")
	flags.StringVar(&r.pkg, "package", "./cmd/paytrace", "package of the program")
	targets := flags.String("targets", "linux/amd64,linux/arm64,darwin/amd64,darwin/arm64", "systems to build for, with commas between them")
	if err := flags.Parse(args); err != nil {
		return err
	}
	for text := range strings.SplitSeq(*targets, ",") {
		system, arch, ok := strings.Cut(text, "/")
		if !ok {
			return fmt.Errorf("-targets: found %q, expected a system as linux/amd64", text)
		}
		r.targets = append(r.targets, target{system, arch})
	}
	var err error
	if r.at, err = sourceTime(ctx, r.dir, epoch); err != nil {
		return err
	}
	return r.run(ctx)
}

// sourceTime returns the time that all files get: SOURCE_DATE_EPOCH, or that of the
// commit. The time of the build would make two builds differ.
func sourceTime(ctx context.Context, dir, epoch string) (time.Time, error) {
	if epoch == "" {
		out, err := command(ctx, dir, nil, "git", "log", "-1", "--format=%ct")
		if err != nil {
			return time.Time{}, fmt.Errorf("find the time of the commit (or set SOURCE_DATE_EPOCH): %w", err)
		}
		epoch = strings.TrimSpace(string(out))
	}
	seconds, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH: found %q, expected seconds since 1970", epoch)
	}
	return time.Unix(seconds, 0).UTC(), nil
}

func (r *release) run(ctx context.Context) error {
	work, err := os.MkdirTemp("", "release")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }()
	shared, err := r.shared(ctx, work)
	if err != nil {
		return err
	}
	if err := errors.Join(os.RemoveAll(r.out), os.MkdirAll(r.out, 0o755)); err != nil {
		return err
	}
	var made []string
	for _, t := range r.targets {
		names, err := r.deliver(ctx, work, t, shared)
		if err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
		made = append(made, names...)
	}
	return r.sum(made)
}

// shared returns the files that are the same for all systems. The completions come from
// a program for this machine, which also says the version.
func (r *release) shared(ctx context.Context, work string) ([]file, error) {
	own := filepath.Join(work, "own")
	if err := r.build(ctx, target{runtime.GOOS, runtime.GOARCH}, own); err != nil {
		return nil, err
	}
	if r.version == "" {
		out, err := command(ctx, work, nil, own, "version")
		if err != nil {
			return nil, err
		}
		fields := strings.Fields(string(out))
		if len(fields) < 2 {
			return nil, fmt.Errorf("the program says its version as %q; expected %q and the version", out, program)
		}
		r.version = fields[1]
	}
	var files []file
	for _, name := range documents {
		content, err := os.ReadFile(filepath.Join(r.dir, name))
		if err != nil {
			return nil, err
		}
		files = append(files, file{filepath.Base(name), 0o644, content})
	}
	for shell, name := range shells {
		out, err := command(ctx, work, nil, own, "completion", shell)
		if err != nil {
			return nil, err
		}
		files = append(files, file{name, 0o644, out})
	}
	return files, nil
}

// build builds the program for a system.
func (r *release) build(ctx context.Context, t target, to string) error {
	flags := "-s -w"
	if r.version != "" {
		flags += " -X " + stampedVersion + "=" + r.version
	}
	env := []string{"GOOS=" + t.os, "GOARCH=" + t.arch, "CGO_ENABLED=0", "GOFLAGS="}
	to, err := filepath.Abs(to)
	if err != nil {
		return err
	}
	_, err = command(ctx, r.dir, env, "go", "build", "-trimpath", "-ldflags", flags, "-o", to, r.pkg)
	return err
}

// deliver writes the archive and the bill of materials of one system, and returns their
// names.
func (r *release) deliver(ctx context.Context, work string, t target, shared []file) ([]string, error) {
	binary := filepath.Join(work, t.os+"_"+t.arch)
	if err := r.build(ctx, t, binary); err != nil {
		return nil, err
	}
	content, err := os.ReadFile(binary)
	if err != nil {
		return nil, err
	}
	bom, err := billOfMaterials(binary, r.version, r.at)
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("%s_%s_%s_%s", program, r.version, t.os, t.arch)
	files := append(slices.Clone(shared), file{program, 0o755, content}, file{program + ".cdx.json", 0o644, bom})
	archive, err := pack(name, files, r.at)
	if err != nil {
		return nil, err
	}
	names := []string{name + ".tar.gz", name + ".cdx.json"}
	for i, content := range [][]byte{archive, bom} {
		if err := os.WriteFile(filepath.Join(r.out, names[i]), content, 0o644); err != nil {
			return nil, err
		}
		fmt.Fprintf(r.log, "%s  %d bytes\n", names[i], len(content))
	}
	return names, os.Remove(binary)
}

// sum writes the checksums of the files that were made.
func (r *release) sum(names []string) error {
	var b strings.Builder
	slices.Sort(names)
	for _, name := range names {
		content, err := os.ReadFile(filepath.Join(r.out, name))
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%x  %s\n", sha256.Sum256(content), name)
	}
	return os.WriteFile(filepath.Join(r.out, checksums), []byte(b.String()), 0o644)
}

// command runs a command and returns its output. The error has what it printed.
func command(ctx context.Context, dir string, env []string, name string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	var failed strings.Builder
	cmd.Stderr = &failed
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, failed.String())
	}
	return out, nil
}
