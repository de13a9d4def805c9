package paytrace_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/paytrace/paytrace"

// own are the folders each folder may import of the project itself: the arrows
// of ARCHITECTURE.md. A folder stands for all below it that has no line of its
// own; a name that ends in "/..." stands for all below it.
var own = map[string][]string{
	".":                           nil,
	"menus":                       nil,
	"docs/diagnostics":            nil,
	"engine/gsm7":                 nil,
	"engine/msisdn":               nil,
	"engine/secret":               nil,
	"engine/spelling":             nil,
	"engine/terminal":             nil,
	"engine/machine":              nil,
	"engine/endpoint":             nil,
	"engine/wire":                 nil,
	"engine":                      {"engine/gsm7", "engine/machine", "engine/msisdn", "engine/secret"},
	"engine/enginetest":           {"engine"},
	"engine/runner":               {"engine"},
	"engine/proof":                nil,
	"service/proof":               nil,
	"engine/diag":                 {"engine", "engine/secret", "engine/terminal"},
	"engine/sample":               {"engine", "engine/msisdn"},
	"engine/graph":                {"engine", "engine/sample"},
	"engine/menu":                 {"engine", "engine/diag", "engine/menu/check", "engine/menu/compile", "engine/menu/syntax"},
	"engine/menu/syntax":          {"engine", "engine/diag", "engine/endpoint", "engine/gsm7", "engine/msisdn", "engine/spelling", "engine/wire"},
	"engine/menu/check":           {"engine", "engine/diag", "engine/menu/syntax", "engine/gsm7", "engine/msisdn", "engine/spelling"},
	"engine/menu/compile":         {"engine", "engine/msisdn", "engine/menu/syntax"},
	"engine/menu/rewrite":         {"engine", "engine/diag", "engine/menu/syntax", "engine/menu/check", "engine/spelling"},
	"engine/menu/catalog":         {"engine", "engine/diag", "engine/menu/syntax", "engine/menu/check", "engine/menu/rewrite", "engine/spelling"},
	"engine/menu/schema":          {"engine", "engine/menu/syntax"},
	"engine/menu/compat":          {"engine", "engine/diag", "engine/graph", "engine/menu/syntax"},
	"engine/menu/menutest":        {"engine", "engine/diag"},
	"engine/dialscript":           {"engine", "engine/runner", "engine/diag", "engine/gsm7", "engine/msisdn", "engine/secret", "engine/spelling"},
	"engine/dialscript/report":    {"engine", "engine/terminal", "engine/dialscript"},
	"engine/dialscript/record":    {"engine", "engine/msisdn", "engine/sample", "engine/secret", "engine/terminal", "engine/dialscript", "engine/dialscript/report"},
	"engine/dialscript/coverage":  {"engine", "engine/graph", "engine/sample", "engine/dialscript", "engine/dialscript/record"},
	"wallet":                      {"engine/gsm7", "engine/msisdn", "engine/secret"},
	"wallet/...":                  {"wallet", "wallet/stellar", "engine/secret"},
	"wallet/mpesa":                {"engine/secret", "wallet/payments"},
	"wallet/mpesa/fake":           {"wallet/mpesa"},
	"wallet/ledger":               nil,
	"wallet/payments":             nil,
	"sms":                         {"engine/gsm7", "engine/msisdn", "engine/secret"},
	"sms/...":                     {"sms", "engine/gsm7", "engine/msisdn", "engine/secret"},
	"gateway":                     {"engine", "engine/msisdn"},
	"gateway/declared":            {"gateway", "engine", "engine/menu/syntax", "engine/wire"},
	"gateway/...":                 {"gateway", "gateway/...", "engine", "engine/msisdn"},
	"gateway/gatewaytest":         {"gateway", "engine", "internal/fuzz"},
	"store":                       {"engine", "wallet", "wallet/ledger", "wallet/payments", "sms", "engine/secret"},
	"store/...":                   {".", "store", "store/...", "engine", "engine/runner", "engine/secret", "wallet", "wallet/ledger", "wallet/payments"},
	"store/storetest/servers/...": {"store/storetest/servers"},
	"actions":                     {"engine", "engine/runner", "engine/gsm7", "engine/msisdn", "engine/secret", "store", "sms", "wallet"},
	"actions/payments":            {"actions", "engine", "engine/secret", "store", "wallet/ledger", "wallet/payments"},
	"actions/payments/proof":      nil,
	"actions/mpesa":               {"store", "wallet/mpesa", "wallet/payments"},
	"actions/backend":             {"engine", "engine/endpoint", "engine/msisdn", "engine/sample", "engine/secret"},
	"actions/backend/backendtest": {"actions/backend"},
	"server":                      {"engine", "engine/runner", "engine/gsm7", "engine/msisdn", "engine/secret", "gateway", "actions", "store"},
	"server/pay":                  {"store", "wallet/mpesa"},
	"server/rest":                 {"engine", "engine/runner", "engine/msisdn", "engine/secret", "store"},
	"internal/docstest":           nil,
	"internal/fuzz":               nil,
	"internal/gotest":             nil,
	"internal/supply":             nil,
	"internal/service/metrics":    {"engine", "engine/runner", "actions/backend", "sms", "store", "wallet/payments"},
	"internal/service/tracing":    {"engine", "engine/runner", "engine/secret", "actions/backend", "sms", "store"},
	"internal/service":            {"internal/report", "internal/service/metrics", "internal/service/tracing", "menus", "engine/...", "gateway/...", "actions/...", "server/...", "sms/...", "store/...", "wallet/..."},
	"internal/command":            {"..."},
	"internal/command/handset":    {"engine/gsm7", "engine/terminal"},
	"service":                     {"actions", "internal/command", "internal/service"},
	"internal/release":            nil,
	"internal/report":             {"store"},
	"internal/stress":             {"engine", "gateway"},
	"deploy":                      {"internal/service", "store/storetest/servers"},
	"bench":                       {"actions/backend", "engine", "engine/runner", "engine/secret", "gateway/africastalking", "server", "store/redis", "store/storetest/servers"},
	"cmd/paytrace":                {"service"},
}

// foreign are libraries that only some folders may import: one place speaks
// YAML, one HTTP, and each driver stays with its store.
var foreign = map[string][]string{
	"gopkg.in/yaml.v3":                    {"engine/menu/..."},
	"github.com/looplab/fsm":              {"engine/machine"},
	"github.com/gofiber/fiber/v2":         {"server", "bench"},
	"github.com/jackc/pgx/v5":             {"store/...", "bench"},
	"modernc.org/sqlite":                  {"store/..."},
	"github.com/riverqueue/river":         {"store/..."},
	"github.com/redis/go-redis/v9":        {"store/...", "bench"},
	"github.com/stellar/go-stellar-sdk":   {"wallet/stellar/...", "wallet/wallettest"},
	"github.com/fernet/fernet-go":         {"wallet"},
	"github.com/alecthomas/kong":          {"bench", "internal/command"},
	"charm.land":                          {"internal/command/handset"},
	"github.com/prometheus/client_golang": {"internal/service/metrics"},
	"go.opentelemetry.io/otel":            {"internal/service/tracing"},
	"net/http":                            {"bench", "internal/service/metrics", "internal/service/tracing", "internal/stress", "actions/backend/...", "server", "server/pay", "server/rest", "gateway/...", "sms/africastalking", "wallet/...", "internal/service", "internal/command", "internal/supply"},
	"github.com/nyaruka/phonenumbers":     {"engine/msisdn"},
}

func TestArrows(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports ","}}`, "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		pkg, imports, _ := strings.Cut(strings.TrimSpace(line), " ")
		folder := strings.TrimPrefix(strings.TrimPrefix(pkg, module), "/")
		if folder == "" {
			folder = "."
		}
		for _, imp := range strings.Split(imports, ",") {
			checkImport(t, folder, imp)
		}
	}
}

// TestEngineIsPure keeps the machine free of I/O, logs and contexts. It may use
// package time for durations and zones, but reads no clock.
func TestEngineIsPure(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{join .Imports "\n"}}`, "./engine").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for _, imp := range strings.Fields(string(out)) {
		for _, impure := range []string{"context", "net", "os", "log", "math/rand", "crypto/rand", "database/sql", "io/fs"} {
			if imp == impure || strings.HasPrefix(imp, impure+"/") {
				t.Errorf("engine imports %s; calls to the outside belong in engine/runner", imp)
			}
		}
	}
	files, err := filepath.Glob("engine/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(file, "_test.go") && strings.Contains(string(source), "time.Now") {
			t.Errorf("%s reads the clock; the time comes with the event", file)
		}
	}
}

func checkImport(t *testing.T, folder, imp string) {
	t.Helper()
	if imp == module || strings.HasPrefix(imp, module+"/") {
		to := strings.TrimPrefix(strings.TrimPrefix(imp, module), "/")
		if to == "" {
			to = "."
		}
		allowed, known := rule(folder)
		if !known {
			t.Errorf("%s: no arrows are drawn for this folder; add it to ARCHITECTURE.md and to the table here", folder)
		} else if !matches(allowed, to) {
			t.Errorf("%s imports %s, which the arrows do not allow", folder, to)
		}
		return
	}
	for library, folders := range foreign {
		if (imp == library || strings.HasPrefix(imp, library+"/")) && !matches(folders, folder) {
			t.Errorf("%s imports %s, which only %v may", folder, imp, folders)
		}
	}
}

// rule finds a folder's line: its own, or that of the nearest folder above it.
func rule(folder string) ([]string, bool) {
	if allowed, ok := own[folder]; ok {
		return allowed, true
	}
	for at := folder; ; {
		i := strings.LastIndexByte(at, '/')
		if i < 0 {
			return nil, false
		}
		at = at[:i]
		if allowed, ok := own[at+"/..."]; ok {
			return allowed, true
		}
	}
}

func matches(patterns []string, folder string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		if p == "..." || p == folder {
			return true
		}
		above, wild := strings.CutSuffix(p, "/...")
		return wild && (folder == above || strings.HasPrefix(folder, above+"/"))
	})
}

// The rules are no rules if nothing could break them.
func TestArrowsCanFail(t *testing.T) {
	for _, c := range []struct {
		folder, to string
		want       bool
	}{
		{"engine", "engine/gsm7", true},
		{"engine", "store", false},
		{"engine", "engine/menu", false},
		{"gateway/africastalking", "engine", true},
		{"gateway/africastalking", "server", false},
		{"store/sqlite", "store", true},
		{"store/sqlite", "actions", false},
		{"cmd/paytrace", "server", false},
		{"cmd/paytrace", "service", true},
		{"internal/command", "server", true},
		{"internal/command", "internal/service", true},
		{"internal/service", "internal/command", false},
		{"server", "internal/command", false},
		{"server", "internal/service", false},
	} {
		allowed, known := rule(c.folder)
		if got := known && matches(allowed, c.to); got != c.want {
			t.Errorf("%s → %s: got %v, want %v", c.folder, c.to, got, c.want)
		}
	}
}
