package command

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestCheckWatch checks again after every change: a mistake, its correction, a
// file that is gone and comes back. It ends with the context.
func TestCheckWatch(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "shop.yaml")
	menu := func(to string) string {
		return "ussd: 1\nservice: Shop\ndial: \"*384*1#\"\nstart: " + to + "\nscreens:\n  main:\n    end: Open\n"
	}
	write(t, dir, "shop.yaml", menu("main"))
	ctx, stop := context.WithCancel(t.Context())
	changed, done := make(chan struct{}), make(chan error)
	clock := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	var said lockedBuffer
	go func() {
		v := checkCmd{Files: []string{file}}
		done <- v.watching(ctx, nil, streams{in: strings.NewReader(""), out: &said, err: &said}, changed, func() time.Time { return clock })
	}()
	change := func() {
		t.Helper()
		select {
		case changed <- struct{}{}: // taken once the check before is over
		case err := <-done:
			t.Fatalf("it ended: %v\n%s", err, said.String())
		}
	}
	// The second change is taken after the check of the first, and repeats it.
	says := func(what string) {
		t.Helper()
		change()
		change()
		checks := strings.SplitAfter(said.String(), "--- checked at 09:00:00; waiting for a change (Ctrl-C ends)\n")
		if last := checks[max(0, len(checks)-2)]; !strings.Contains(last, what) {
			t.Errorf("it says %q, not %q", last, what)
		}
	}
	says("shop.yaml: ok")
	for _, c := range []struct{ menu, want string }{
		{menu("mian"), `U101 error: "start" goes to "mian"`},
		{menu("main"), "shop.yaml: ok"},
		{"", "there is no file"},
		{menu("main"), "shop.yaml: ok"},
	} {
		if c.menu == "" {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		} else {
			write(t, dir, "shop.yaml", c.menu)
		}
		says(c.want)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
