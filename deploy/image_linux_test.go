package deploy

import (
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

const dockerfile = "deploy/Dockerfile"

// image is the file tree of the Dockerfile's last stage, made without a container
// engine, and what the stage says of how it is run.
type image struct {
	root             string
	user             uint32
	workdir          string
	entrypoint, args []string
	health           []string
	env              []string
}

// build runs the commands of the first stage in a copy of what the engine would send,
// and copies to the second stage what the Dockerfile says.
func build(t *testing.T) image {
	t.Helper()
	// The tree must be open to another user, which t.TempDir is not.
	dir, err := os.MkdirTemp("", "paytrace-image")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	all := stages(t, read(t, dockerfile))
	if len(all) != 2 || all[1].base != "scratch" {
		t.Fatalf("%s: found %d stages, want one that builds and one from scratch", dockerfile, len(all))
	}
	src, out := filepath.Join(dir, "src"), filepath.Join(dir, "out")
	sendContext(t, src)
	real := strings.NewReplacer("/src", src, "/out", out)
	for _, in := range all[0].instructions {
		if in.name != "RUN" {
			continue
		}
		cmd := exec.CommandContext(t.Context(), "sh", "-c", real.Replace(in.args))
		cmd.Dir, cmd.Env = src, append(os.Environ(), "VERSION=1.2.3")
		if output, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("RUN %s: %v\n%s", in.args, err, output)
		}
	}
	final := all[1]
	img := image{root: filepath.Join(dir, "root"), workdir: final.last(t, "WORKDIR"), env: []string{final.last(t, "ENV")}}
	for _, in := range final.instructions {
		if in.name == "COPY" {
			copyIn(t, img.root, real, in.args)
		}
	}
	uid, _, _ := strings.Cut(final.last(t, "USER"), ":")
	user, err := strconv.ParseUint(uid, 10, 32)
	if err != nil || user == 0 {
		t.Fatalf("USER: found %q, want a number that is not root's: clusters refuse names", uid)
	}
	img.user = uint32(user)
	_, health, _ := strings.Cut(final.last(t, "HEALTHCHECK"), "CMD ")
	for text, to := range map[string]*[]string{final.last(t, "ENTRYPOINT"): &img.entrypoint, final.last(t, "CMD"): &img.args, health: &img.health} {
		if err := json.Unmarshal([]byte(text), to); err != nil {
			t.Fatalf("%q: %v; an image without a shell needs the form of a list", text, err)
		}
	}
	return img
}

// sendContext copies the repository without what .dockerignore leaves out.
func sendContext(t *testing.T, to string) {
	t.Helper()
	out := ignored(read(t, dockerfile+".dockerignore"))
	err := filepath.WalkDir(root, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, name)
		if err != nil || e.IsDir() && relative == ".git" {
			return filepath.SkipDir
		}
		if !e.Type().IsRegular() || out(filepath.ToSlash(relative)) {
			return nil
		}
		return copyFile(name, filepath.Join(to, relative))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, content, info.Mode())
}

// copyIn does a COPY from the first stage.
func copyIn(t *testing.T, root string, real *strings.Replacer, args string) {
	t.Helper()
	owner := 0
	var paths []string
	for _, arg := range strings.Fields(args) {
		if text, ok := strings.CutPrefix(arg, "--chown="); ok {
			uid, _, _ := strings.Cut(text, ":")
			var err error
			if owner, err = strconv.Atoi(uid); err != nil {
				t.Fatalf("COPY %s: %v", args, err)
			}
		} else if !strings.HasPrefix(arg, "--") {
			paths = append(paths, arg)
		}
	}
	if len(paths) != 2 {
		t.Fatalf("COPY %s: found %d paths, want 2", args, len(paths))
	}
	from, to := real.Replace(paths[0]), filepath.Join(root, paths[1])
	info, err := os.Stat(from)
	if err != nil {
		t.Fatal(err)
	}
	if info.IsDir() {
		// What COPY takes of a folder is its content, and the first one is empty.
		err = os.MkdirAll(filepath.Dir(to), 0o755)
		if err == nil {
			err = os.Mkdir(to, info.Mode())
		}
	} else {
		err = copyFile(from, to)
	}
	if err == nil {
		err = os.Chown(to, owner, owner)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// command returns a command in the image, as the user of the image.
func (img image) command(t *testing.T, env []string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Path = args[0] // in the image
	cmd.Dir, cmd.Env = img.workdir, append(append([]string{"PATH=/"}, img.env...), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: img.root, Credential: &syscall.Credential{Uid: img.user, Gid: img.user}}
	return cmd
}

// The image is built and run without a container engine: its program starts as the
// user of the image in a tree with nothing else, writes only to /data, answers its
// health check, and stops in order.
func TestImageRuns(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can enter the tree of the image, so its program can't be run")
	}
	img := build(t)
	version, err := img.command(t, nil, append(img.entrypoint, "version")...).CombinedOutput()
	if err != nil || !strings.HasPrefix(string(version), "paytrace 1.2.3 ") {
		t.Fatalf("the version is %q, %v; want the one that the build named", version, err)
	}
	env := []string{"PORT=" + freePort(t), "USSD_PATH_SECRET=njia-ya-majaribio-4711"}
	if out, err := img.command(t, env, img.health...).CombinedOutput(); err == nil {
		t.Errorf("the health check passes before the service runs: %s", out)
	}
	service := img.command(t, env, append(img.entrypoint, img.args...)...)
	var log bytes.Buffer
	service.Stdout, service.Stderr = io.Discard, &log
	if err := service.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- service.Wait() }()
	await(t, env[0], ended, &log)
	if out, err := img.command(t, env, img.health...).CombinedOutput(); err != nil || string(out) != "{\"status\":\"ok\"}\n" {
		t.Errorf("the health check: %v, %q", err, out)
	}
	if err := service.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Errorf("the service did not stop in order: %v\n%s", err, &log)
	}
	for line := range strings.Lines(log.String()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("the log has a line that is no JSON: %s", line)
		}
	}
	onlyWritesData(t, img)
}

// onlyWritesData finds what the user of the image could write, or has written.
func onlyWritesData(t *testing.T, img image) {
	t.Helper()
	found := false
	err := filepath.WalkDir(img.root, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		relative, _ := filepath.Rel(img.root, name)
		if path.Base(relative) == "paytrace.db" {
			found = true
		}
		own := info.Sys().(*syscall.Stat_t).Uid == img.user
		if inData := strings.HasPrefix("/"+relative, img.workdir); own != inData || !inData && info.Mode()&0o022 != 0 {
			t.Errorf("/%s has mode %v, and is the user's: %v", relative, info.Mode(), own)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !found {
		t.Error("the service has written no paytrace.db")
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return strconv.Itoa(ln.Addr().(*net.TCPAddr).Port)
}

// await returns when the service answers, and fails the test when it ends before.
func await(t *testing.T, port string, ended <-chan error, log *bytes.Buffer) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		res, err := http.Get("http://127.0.0.1:" + strings.TrimPrefix(port, "PORT=") + "/health")
		if err == nil {
			_ = res.Body.Close()
			return
		}
		select {
		case err := <-ended:
			t.Fatalf("the service ended: %v\n%s", err, log)
		case <-t.Context().Done():
			t.Fatal("the service does not answer")
		case <-tick.C:
		}
	}
}
