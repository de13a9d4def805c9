package command

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Every subcommand's help ends with an example, and the example works.
func TestHelpExamples(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"check", "fmt", "dial", "graph", "test", "record", "actions", "schema", "jobs", "keys", "keys api", "keys api create", "keys api list", "keys api revoke", "calls", "report", "forget", "doctor", "version"} {
		t.Run(name, func(t *testing.T) {
			var help bytes.Buffer
			if status := run(t.Context(), append(strings.Fields(name), "--help"), streams{in: strings.NewReader(""), out: &help, err: &help}); status != exitFine {
				t.Fatalf("--help: status %d\n%s", status, &help)
			}
			_, after, ok := strings.Cut(help.String(), "Example:\n")
			if !ok {
				t.Fatalf("no example in\n%s", &help)
			}
			line, _, _ := strings.Cut(strings.TrimLeft(after, "\n"), "\n")
			bin := t.TempDir()
			if err := os.Symlink(self, bin+"/paytrace"); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command("sh", "-c", strings.TrimSpace(line))
			cmd.Dir = t.TempDir()
			cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s", strings.TrimSpace(line), err, out)
			}
		})
	}
}
