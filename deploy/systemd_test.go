package deploy

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paytrace/paytrace/internal/service"
)

const unit = "deploy/paytrace.service"

// exposure is what systemd-analyze may give the unit, in tenths; 0 is the safest.
const exposure = "25"

func analyze(t *testing.T, args ...string) (string, error) {
	t.Helper()
	path, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not installed, so the unit can't be examined")
	}
	out, err := exec.Command(path, args...).CombinedOutput()
	return string(out), err
}

func TestUnitIsHardened(t *testing.T) {
	if out, err := analyze(t, "security", "--offline=true", "--threshold="+exposure, filepath.Join(root, unit)); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	// The control: without its sandbox the unit does not pass.
	var open strings.Builder
	for line := range strings.Lines(read(t, unit)) {
		if !strings.HasPrefix(line, "Protect") && !strings.HasPrefix(line, "Private") && !strings.HasPrefix(line, "Capability") {
			open.WriteString(line)
		}
	}
	path := filepath.Join(t.TempDir(), "open.service")
	if err := os.WriteFile(path, []byte(open.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := analyze(t, "security", "--offline=true", "--threshold="+exposure, path); err == nil {
		t.Errorf("a unit without a sandbox passes\n%s", out)
	}
}

// systemd knows every line of the unit.
func TestUnitIsValid(t *testing.T) {
	text := strings.Replace(read(t, unit), "/usr/local/bin/paytrace serve", "/bin/true", 1)
	path := filepath.Join(t.TempDir(), "paytrace.service")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := analyze(t, "verify", "--man=no", "--recursive-errors=no", path)
	if err != nil || strings.Contains(out, path) {
		t.Errorf("%v\n%s", err, out)
	}
}

// Each way to stop the service leaves it the time that it may need.
func TestTimeToStop(t *testing.T) {
	const stop = 30 // seconds, in the unit and in compose.yaml
	if service.StopWithin.Seconds() >= stop {
		t.Errorf("the service may take %v to stop, and is killed after %d s", service.StopWithin, stop)
	}
	if !strings.Contains(read(t, unit), "TimeoutStopSec=30\n") || !strings.Contains(read(t, "deploy/compose.yaml"), "stop_grace_period: 30s\n") {
		t.Errorf("the unit or compose.yaml give another time to stop than %d s", stop)
	}
}
