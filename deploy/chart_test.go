package deploy

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	helmTool = "helm.sh/helm/v3/cmd/helm"
	chart    = "deploy/helm/paytrace"
	// kubernetes is the version that the chart needs at least.
	kubernetes = "1.30"
)

// variants are values that reach every template and every branch.
var variants = map[string][]string{
	"default": nil,
	"all": {
		"--set", "ingress.enabled=true", "--set", "ingress.className=nginx", "--set", "ingress.tlsSecret=tls",
		"--set", `ingress.annotations.a\.example/b=c`, "--set", "autoscaling.enabled=true", "--set", "menus=menus",
		"--set-string", "settings.USSD_SESSION_TTL=180", "--set", "image.pullSecrets[0].name=registry",
		"--set", "networkPolicy.operators[0].podSelector.matchLabels.app=prometheus",
		"--set", "podAnnotations.a=b", "--set", "nodeSelector.disk=ssd",
		"--set", "tolerations[0].key=a", "--set", "tolerations[0].operator=Exists",
		"--set", "affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution=null",
	},
	"small": {"--set", "replicas=1", "--set", "networkPolicy.enabled=false", "--set", "service.type=NodePort"},
}

func TestChartIsLinted(t *testing.T) {
	for name, values := range variants {
		if out, err := tool(t, nil, helmTool, append([]string{"lint", "--strict", chart}, values...)...); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

// What the chart makes is read strictly, as the types that Kubernetes has.
func TestChartIsValid(t *testing.T) {
	kinds := ""
	for name, values := range variants {
		out, err := tool(t, nil, helmTool, append([]string{"template", "ussd", chart, "--kube-version", kubernetes}, values...)...)
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		found, err := manifests(t, out)
		if err != nil {
			t.Errorf("%s: %v\n%s\n%s", name, err, found, out)
		}
		kinds += found
	}
	for _, kind := range []string{"Deployment", "Service", "PodDisruptionBudget", "NetworkPolicy", "Ingress", "HorizontalPodAutoscaler"} {
		if !strings.Contains(kinds, kind+"\n") {
			t.Errorf("no variant of the values makes a %s", kind)
		}
	}
	// The control: neither a wrong name nor a wrong type of a field passes.
	out, err := tool(t, nil, helmTool, "template", "ussd", chart, "--kube-version", kubernetes)
	if err != nil {
		t.Fatal(err)
	}
	for right, wrong := range map[string]string{"readOnlyRootFilesystem": "readonlyRoot", "replicas: 3": "replicas: three"} {
		if report, err := manifests(t, strings.Replace(out, right, wrong, 1)); err == nil || !strings.Contains(report, strings.Fields(wrong)[0][:8]) {
			t.Errorf("%s: %v\n%s", wrong, err, report)
		}
	}
}

// manifests reads manifests, and returns the kinds in them, one a line.
func manifests(t *testing.T, text string) (string, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "manifests.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return run(t, filepath.Join(root, "tools/deploy"), nil, "run", "./manifests", path)
}

// Values that would break the service are refused before anything is installed.
func TestWrongValues(t *testing.T) {
	for value, want := range map[string]string{
		"replicas=0":            "replicas",
		"secret=":               "secret",
		"replica=3":             "replica",
		"settings.PORT=80":      "PORT",
		"service.type=External": "type",
	} {
		out, err := tool(t, nil, helmTool, "template", "ussd", chart, "--set-string", "image.tag=x", "--set", value)
		if err == nil || !strings.Contains(out, want) {
			t.Errorf("--set %s: %v, want an error with %q\n%s", value, err, want, out)
		}
	}
}

// The chart and the program have one version.
func TestChartVersion(t *testing.T) {
	version := ""
	for line := range strings.Lines(read(t, "internal/service/version.go")) {
		if text, ok := strings.CutPrefix(line, "const release = "); ok {
			version = strings.Trim(strings.TrimSpace(text), `"`)
		}
	}
	if version == "" || !strings.Contains(read(t, chart+"/Chart.yaml"), "\nappVersion: "+version+"\n") {
		t.Errorf("the program's version is %q, and Chart.yaml has another appVersion", version)
	}
}
