package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// smallDisk changes into a folder on a disk of its own, of some megabytes.
func smallDisk(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("the test fills a small disk of its own, and only root may mount one; run it as root")
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=6m"); err != nil {
		t.Skip("the test fills a small disk of its own, and this system, as a container without privileges, lets nobody mount one: ", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	t.Chdir(dir)
}

// fill fills the disk of the working folder to the last byte.
func fill(t *testing.T, name string) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for err == nil {
		_, err = f.Write(make([]byte, 1<<10))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}

// notDone matches a screen that says that nothing was done.
var notDone = regexp.MustCompile(`^END (Registration failed|The service is busy)\. Please try again later\.$`)

// The disk of the database and of the log fills up while people call. Menus go on, what
// could not be stored is said to have failed, and /ready tells it. When there is room
// again, everything goes on without a restart, and each account exists once.
func TestServeOnAFullDisk(t *testing.T) {
	smallDisk(t)
	log, err := os.Create("log")
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	s := serving(t, func(ctx context.Context, std streams) int {
		return run(ctx, []string{"serve", "--port", "0"}, streams{in: std.in, out: std.out, err: log})
	})
	caller := func(n int) string { return fmt.Sprintf("+2547110001%02d", n) }
	register := func(call string, n int) string {
		return s.calls(fmt.Sprint(call, n), caller(n), "1*0"+caller(n)[len("+254"):])
	}
	first := workerID.FindString(register("before", 0))
	if first == "" {
		t.Fatal("the control: nobody can register")
	}
	fill(t, "filler")
	t.Cleanup(func() {
		if text, err := os.ReadFile("log"); t.Failed() {
			t.Logf("%s%v", text, err)
		}
	})
	const callers = 20
	for n := 1; n <= callers; n++ {
		if said := register("full", n); !notDone.MatchString(said) {
			t.Errorf("on a full disk, caller %d reads %q", n, said)
		}
	}
	if status, body := s.ready(); status != 503 || !strings.Contains(body, `{"name":"database","ok":false,`) {
		t.Errorf("/ready on a full disk: %d %s", status, body)
	}
	if err := os.Remove("filler"); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for n := 1; n <= callers; n++ {
		said := register("after", n)
		id := workerID.FindString(said)
		if id == "" || known[id] || !strings.HasPrefix(said, "END Account created.") {
			t.Errorf("with room again, caller %d reads %q", n, said)
		}
		known[id] = true
		if again := register("again", n); !strings.HasPrefix(again, "END Account already exists. Worker ID: "+id) {
			t.Errorf("caller %d has %s and reads %q", n, id, again)
		}
	}
	if said := register("again", 0); !strings.HasSuffix(said, first) {
		t.Errorf("the account from before the full disk: %q, want %s", said, first)
	}
	if status := s.stop(); status != 0 {
		t.Errorf("status %d", status)
	}
}
