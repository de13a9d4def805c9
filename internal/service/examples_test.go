package service_test

import (
	"bufio"
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"testing/fstest"
	"time"

	"github.com/paytrace/paytrace/actions/backend"
	"github.com/paytrace/paytrace/engine/menu/syntax"
	"github.com/paytrace/paytrace/internal/service"
)

// exampleBackends has the command that starts each backend of examples, on a free port.
var exampleBackends = map[string][]string{
	"python": {"python3", "backend.py", "0"},
	"node":   {"node", "backend.mjs", "0"},
	"go":     {"go", "run", ".", "0"},
}

var addressLine = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// startExample starts a backend and returns its address.
func startExample(t *testing.T, language string) string {
	t.Helper()
	args := exampleBackends[language]
	if _, err := exec.LookPath(args[0]); err != nil {
		t.Skipf("%s is not installed, so its example is not tried", args[0])
	}
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	if language == "go" { // "go run" leaves its child behind when it is killed
		program := filepath.Join(t.TempDir(), "backend")
		build := exec.Command("go", "build", "-o", program, ".")
		build.Dir = filepath.Join("..", "..", "examples", language)
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		cmd = exec.CommandContext(ctx, program, "0")
	}
	cmd.Dir = filepath.Join("..", "..", "examples", language)
	cmd.Env = append(os.Environ(), "ACTIONS_KEY="+saccoKey)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = cmd.Wait() // it was killed
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the backend ended before it said where it is: %v", err)
	}
	return addressLine.FindString(line)
}

// Each backend of examples has nothing to learn, and answers calls to the menu beside it.
func TestExampleBackends(t *testing.T) {
	files := fstest.MapFS{}
	for _, name := range []string{"sacco.yaml", "actions.yaml"} {
		data, err := os.ReadFile(filepath.Join("..", "..", "examples", "menus", name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	declared, found := syntax.ReadDeclared(files, syntax.DeclaredFile, "menus")
	if len(found) > 0 {
		t.Fatal(found)
	}
	for language := range exampleBackends {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			at := startExample(t, language)
			s := newSaccoAt(t, at, files)
			s.says("END Amina Odhiambo, you have saved KES 12,500.", "1")
			s.says("END KES 500 is on its way. Ref W-1.", "2", "500", "1", "1234")
			s.says("END You have saved less than KES 13,000. Nothing was sent.", "2", "13000", "1", "1234")
			if got := s.dial("2", "500", "1", "9999"); got != "CON Wrong PIN.\nYour PIN?" {
				t.Errorf("a wrong PIN: %q", got)
			}
			s.says("END Amina Odhiambo, you have saved KES 12,000.", "1")

			settings, err := service.ReadSettings(func(name string) string { return map[string]string{"SACCO_URL": at, "ACTIONS_KEY": saccoKey}[name] })
			if err != nil {
				t.Fatal(err)
			}
			b, err := service.NewBackend(declared, settings)
			if err != nil {
				t.Fatal(err)
			}
			client := b.Client(settings, time.Now)
			defer client.CloseIdle()
			v := &backend.Verifier{Client: client, Base: b.Base}
			lessons := v.Signature(t.Context())
			for _, target := range b.Targets {
				lessons = append(lessons, v.Action(t.Context(), target)...)
			}
			for _, l := range lessons {
				if l.Learn != "" {
					t.Errorf("%s: %s: %s", l.Action, l.Case, l.Learn)
				}
			}
			if _, err := url.Parse(at); err != nil || len(lessons) < 20 {
				t.Errorf("%d cases tried at %q", len(lessons), at)
			}
		})
	}
}
