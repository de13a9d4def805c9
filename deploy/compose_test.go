package deploy

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/internal/service"
)

// composed checks compose.yaml with some variables, and returns the project as JSON.
func composed(t *testing.T, env []string) (string, error) {
	t.Helper()
	return run(t, filepath.Join(root, "tools/deploy"), env, "run", "./compose", "../../deploy/compose.yaml")
}

// secrets are what .env beside compose.yaml has.
var secrets = []string{
	"POSTGRES_PASSWORD=0123456789abcdef", "USSD_PATH_SECRET=njia-ya-majaribio-4711",
	"ENCRYPTION_KEY=jaribio-badilisha-hii-kabla-ya-kuanza",
}

// project is what is tested of a project of Compose.
type project struct {
	Services map[string]struct {
		Environment map[string]string `json:"environment"`
		ReadOnly    bool              `json:"read_only"`
		CapDrop     []string          `json:"cap_drop"`
		Grace       string            `json:"stop_grace_period"`
		DependsOn   map[string]struct{ Condition string }
	}
}

// The file follows the specification of Compose, and the settings in it are right.
func TestCompose(t *testing.T) {
	out, err := composed(t, secrets)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var p project
	if err := json.Unmarshal([]byte(out), &p); err != nil {
		t.Fatal(err)
	}
	own := p.Services["paytrace"]
	settings, err := service.ReadSettingsToServe(func(name string) string { return own.Environment[name] })
	if err != nil {
		t.Errorf("the service refuses these settings: %v", err)
	}
	if want := ":5000"; settings.ListenAddress() != want {
		t.Errorf("the service listens on %q, want %q, which the port leads to", settings.ListenAddress(), want)
	}
	example := read(t, ".env.example")
	for name := range own.Environment {
		if !strings.Contains(example, "\n"+name+"=") {
			t.Errorf("%s is no setting of the service", name)
		}
	}
	if !own.ReadOnly || len(own.CapDrop) != 1 || own.CapDrop[0] != "ALL" || own.Grace != "30s" {
		t.Errorf("read-only root: %v, dropped capabilities: %q, time to stop: %s", own.ReadOnly, own.CapDrop, own.Grace)
	}
}

// A secret that is not set is told by name, with how to make one.
func TestComposeNeedsSecrets(t *testing.T) {
	for i, missing := range secrets {
		name, _, _ := strings.Cut(missing, "=")
		env := []string{name + "="}
		for j, other := range secrets {
			if i != j {
				env = append(env, other)
			}
		}
		out, err := composed(t, env)
		if err == nil || !strings.Contains(out, name) || !strings.Contains(out, "openssl rand") {
			t.Errorf("without %s: %v, %q", name, err, out)
		}
	}
}
